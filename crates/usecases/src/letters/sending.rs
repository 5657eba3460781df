//! What becomes of letters: sent, back, sent again, marked by mistake. Each is an act.

use huis_access::Want;
use huis_dossier::{Act, Author, Draft, Fault, LetterWritten, Letters, Value};
use huis_kernel::{CaseNumber, Date, Zone};
use huis_trace::Operation;

use super::LetterFault;
use crate::{Caller, Huis, UseError};

/// How a letter leaves: code and name.
pub const MODES: [(&str, &str); 4] = [
    ("courrier", "Courrier"),
    ("recommande", "Courrier recommandé"),
    ("remise", "Remise en main propre"),
    ("electronique", "Voie électronique"),
];

/// Why a letter came back: code and name.
pub const RETURNS: [(&str, &str); 4] = [
    ("npai", "N’habite pas à l’adresse indiquée"),
    ("refuse", "Refusé par le destinataire"),
    ("non_reclame", "Non réclamé"),
    ("autre", "Autre motif"),
];

/// Letters to mark as sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendCommand {
    /// The dossier and the number of the act that holds the letter.
    pub letters: Vec<(CaseNumber, u32)>,
    /// How, one of [`MODES`].
    pub mode: String,
    /// When.
    pub on: Date,
}

/// What was marked, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendReport {
    /// Marked.
    pub done: Vec<(CaseNumber, u32)>,
    /// Not, dossier by dossier. Trying again marks only those that are left.
    pub faults: Vec<LetterFault>,
}

impl Huis {
    /// Marks letters as sent, one transaction a dossier. A letter that was already is left as it
    /// is, so that a batch that was interrupted is simply sent again.
    pub async fn send_letters(
        &self,
        caller: &Caller,
        processing: &str,
        command: &SendCommand,
    ) -> Result<SendReport, UseError> {
        if !MODES.iter().any(|(code, _)| *code == command.mode) {
            return Err(UseError::Invalid(vec!["Choisissez le mode d’envoi.".to_owned()]));
        }
        let register = &self.processed(processing)?.register;
        self.each_dossier(caller, processing, &command.letters, |letters, _, nos| {
            let mut drafts = Vec::new();
            for letter in chosen(letters, nos)? {
                if letter.sent.is_some() && letter.returned.is_none() {
                    continue;
                }
                let sent = register.letter(&letter.letter).map(|l| l.sent.clone());
                let mut facts = letter.sent_as.clone();
                facts.insert("mode".to_owned(), Value::Choice(command.mode.clone()));
                facts.insert("courrier".to_owned(), Value::Int(i64::from(letter.no)));
                drafts.push(Draft {
                    kind: sent.unwrap_or_else(|| "envoi-courrier".to_owned()),
                    on: command.on,
                    facts,
                    corrects: None,
                });
            }
            Ok(drafts)
        })
        .await
    }

    /// Takes back, the same day and by whoever recorded it, a sending that was marked by mistake: a
    /// correcting act says so.
    pub async fn unsend_letters(
        &self,
        caller: &Caller,
        processing: &str,
        letters: &[(CaseNumber, u32)],
    ) -> Result<SendReport, UseError> {
        let zone = Zone::named(&caller.office.zone).unwrap_or_else(Zone::utc);
        self.each_dossier(caller, processing, letters, |letters, acts, nos| {
            let mut drafts = Vec::new();
            for letter in chosen(letters, nos)? {
                let Some(sent) = &letter.sent else { continue };
                let act = acts.iter().find(|a| a.no == sent.act);
                let mine = act.is_some_and(|a| {
                    a.by == Author::Agent(caller.actor.agent)
                        && a.recorded.date_in(&zone) == caller.today
                });
                if !mine || letter.returned.is_some() {
                    return Err(vec![fault(
                        "envoi-passe",
                        "Un envoi s’annule le jour même, par qui l’a enregistré.",
                    )]);
                }
                let mut facts = letter.sent_as.clone();
                facts.insert("mode".to_owned(), Value::Choice("annule".to_owned()));
                facts.insert("courrier".to_owned(), Value::Int(i64::from(letter.no)));
                drafts.push(Draft {
                    kind: sent.kind.clone(),
                    on: sent.on,
                    facts,
                    corrects: Some(sent.act),
                });
            }
            Ok(drafts)
        })
        .await
    }

    /// Records that a letter came back: it is due again.
    pub async fn letter_returned(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        no: u32,
        reason: &str,
        on: Date,
    ) -> Result<SendReport, UseError> {
        if !RETURNS.iter().any(|(code, _)| *code == reason) {
            return Err(UseError::Invalid(vec!["Choisissez le motif du retour.".to_owned()]));
        }
        self.each_dossier(caller, processing, &[(number, no)], |_, _, nos| {
            let back = |no: &u32| Draft {
                kind: "courrier-revenu".to_owned(),
                on,
                facts: [
                    ("courrier".to_owned(), Value::Int(i64::from(*no))),
                    ("motif".to_owned(), Value::Choice(reason.to_owned())),
                ]
                .into(),
                corrects: None,
            };
            Ok(nos.iter().map(back).collect())
        })
        .await
    }

    /// Does the same in each dossier of a batch, one transaction each; faults do not stop it.
    async fn each_dossier(
        &self,
        caller: &Caller,
        processing: &str,
        letters: &[(CaseNumber, u32)],
        decide: impl Fn(&Letters, &[Act], &[u32]) -> Result<Vec<Draft>, Vec<Fault>>,
    ) -> Result<SendReport, UseError> {
        let register = &self.processed(processing)?.register;
        let mut report = SendReport::default();
        let mut numbers: Vec<CaseNumber> = Vec::new();
        for (number, _) in letters {
            if !numbers.contains(number) {
                numbers.push(*number);
            }
        }
        for number in numbers {
            let nos: Vec<u32> = letters.iter().filter(|l| l.0 == number).map(|l| l.1).collect();
            let done = async {
                let found = self.card(caller, processing, number, Operation::Act).await?;
                let want = Want::Act("courrier");
                if let Err(refusal) = caller.decide(register, &found, want) {
                    let dossier = Some(found.dossier);
                    return self.refuse(caller, processing, Operation::Act, dossier, refusal).await;
                }
                let decide = |letters: &Letters, acts: &[Act]| decide(letters, acts, &nos);
                self.record_letters(caller, processing, &found, nos.len(), None, decide).await
            };
            let messages = match done.await {
                Ok(_) => {
                    report.done.extend(nos.iter().map(|no| (number, *no)));
                    continue;
                }
                Err(UseError::Faults(faults)) => faults.into_iter().map(|f| f.message).collect(),
                Err(UseError::Invalid(messages)) => messages,
                Err(UseError::NotFound | UseError::Refused(_)) => {
                    vec!["Ce dossier ne vous est pas accessible.".to_owned()]
                }
                Err(e) if e.is_conflict() => {
                    vec!["Le dossier a changé entre-temps : recommencez.".to_owned()]
                }
                Err(other) => return Err(other),
            };
            report.faults.push(LetterFault { number, messages });
        }
        Ok(report)
    }
}

fn fault(code: &str, message: &str) -> Fault {
    Fault {
        field: None,
        code: code.to_owned(),
        message: message.to_owned(),
        article: "X-15".to_owned(),
    }
}

/// The letters of these numbers; one that is not there is a fault.
fn chosen<'l>(letters: &'l Letters, nos: &[u32]) -> Result<Vec<&'l LetterWritten>, Vec<Fault>> {
    nos.iter()
        .map(|no| {
            let found = letters.written.iter().find(|w| w.no == *no);
            found
                .ok_or_else(|| vec![fault("courrier-inconnu", "Ce courrier n’est pas au dossier.")])
        })
        .collect()
}
