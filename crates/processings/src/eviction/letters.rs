//! The letters of the procedure: which are due, and what became of those prepared.

use huis_dossier::{Case, Facts, LetterDue, LetterWritten, Letters, Sent, TermState, Value};
use huis_kernel::Date;
use huis_law::Law;

use super::{
    course::{Course, Recorded, recorded},
    kinds::Kind,
    terms::{Sheet, information},
};

/// The deadlines that a letter answers.
pub(crate) const TERMS: &[&str] =
    &["lettre-information", "courrier-decision", "information-ccapex"];

/// The letters of a dossier.
pub(crate) fn letters(case: &Case<'_>, law: &Law, today: Date) -> Letters {
    let history = recorded(case.acts);
    let course = Course::new(case, &history);
    let written = written(case, &course);
    if course.closing().is_some() {
        return Letters { due: Vec::new(), written };
    }
    let mut due = informations(&course);
    due.extend(notices(&Sheet::new(course, law, today)));
    due.extend(decisions(&course));
    for letter in &mut due {
        let same = |w: &&LetterWritten| {
            w.letter == letter.letter && w.to == letter.to && w.act == letter.act
        };
        let last = written.iter().rev().find(same);
        letter.prepared = last.filter(|w| w.sent.is_none()).map(|w| w.no);
        letter.returned = last.is_some_and(|w| w.returned.is_some());
    }
    Letters { due, written }
}

fn letter(
    id: &str,
    to: Option<(&str, u32)>,
    act: Option<u32>,
    since: Date,
    as_: Facts,
) -> LetterDue {
    LetterDue {
        letter: id.to_owned(),
        to: to.map(|(section, no)| (section.to_owned(), no)),
        act,
        since,
        sent_as: as_,
        prepared: None,
        returned: false,
    }
}

/// whom no letter informed yet.
fn informations(course: &Course<'_>) -> Vec<LetterDue> {
    let mut out = Vec::new();
    let occupants = course.known.0.get("occupant").map(Vec::as_slice).unwrap_or_default();
    for (no, _) in course.occupants().into_iter().filter(|(_, l)| l.is_none()) {
        let quality = occupants.iter().find(|(n, _)| *n == no).and_then(|(_, f)| f.get("qualite"));
        let id = match quality.and_then(Value::as_str) {
            Some("autre_occupant") => "information-autre-occupant",
            _ => "information-occupant",
        };
        let facts = Facts::from([("occupant".to_owned(), Value::Reference(no))]);
        out.push(letter(id, Some(("occupant", no)), None, course.opened_on, facts));
    }
    for (no, _) in course.guarantors().into_iter().filter(|(_, l)| l.is_none()) {
        let facts = Facts::from([("caution".to_owned(), Value::Reference(no))]);
        let to = Some(("caution", no));
        out.push(letter("information-caution", to, None, course.opened_on, facts));
    }
    out
}

/// what the commission was not told yet, as its deadlines say.
fn notices(sheet: &Sheet<'_>) -> Vec<LetterDue> {
    let named = [
        ("signalement-ccapex", "ccapex-commandement-payer", "commandement_payer"),
        ("information-ccapex", "ccapex-commandement-quitter", "commandement_quitter"),
    ];
    let mut out = Vec::new();
    for (rule, id, object) in named {
        let running = sheet
            .terms
            .iter()
            .find(|t| t.rule == rule && t.state == TermState::Running && t.due <= sheet.today);
        // The commissaire de justice signals the order to pay: the prefect only when late.
        if let Some(term) = running.filter(|t| rule != "signalement-ccapex" || t.due < sheet.today)
        {
            let facts = Facts::from([("objet".to_owned(), Value::Choice(object.to_owned()))]);
            out.push(letter(id, None, term.act, term.due, facts));
        }
    }
    out
}

/// The decisions and receipts that are told by letter.
fn decisions(course: &Course<'_>) -> Vec<LetterDue> {
    let told = information::untold(course).into_iter();
    told.flat_map(|(act, letters)| {
        let one = move |(id, to)| letter(id, to, Some(act.no), act.on, Facts::new());
        letters.into_iter().map(one)
    })
    .collect()
}

fn written(case: &Case<'_>, course: &Course<'_>) -> Vec<LetterWritten> {
    let effective = huis_dossier::effective(case.acts);
    let kept = course.whole().iter().filter(|a| a.kind == Kind::Courrier);
    kept.map(|act| {
        let to =
            ["occupant", "caution"].into_iter().find_map(|section| match act.facts.get(section) {
                Some(Value::Reference(no)) => Some((section.to_owned(), *no)),
                _ => None,
            });
        let sent = information::sent(course, act.no);
        let last = |no: u32| effective.iter().find(|e| e.no == no).map_or(no, |e| e.last);
        let about = act.facts.get("pour").and_then(Value::as_int);
        LetterWritten {
            no: act.no,
            letter: act.code("modele").unwrap_or_default().to_owned(),
            act: about.and_then(|n| u32::try_from(n).ok()),
            on: act.on,
            sent: sent.map(|s| Sent {
                act: last(s.no),
                kind: s.kind.id().to_owned(),
                on: s.on,
                mode: s.code("mode").unwrap_or("courrier").to_owned(),
            }),
            returned: sent
                .and_then(|s| course.came_back(&s))
                .map(|back| (back.on, back.code("motif").unwrap_or("autre").to_owned())),
            sent_as: sent_as(act, to.as_ref()),
            to,
        }
    })
    .collect()
}

/// What the act of sending holds of the letter it sends.
fn sent_as(act: &Recorded<'_>, to: Option<&(String, u32)>) -> Facts {
    match (act.code("modele"), to) {
        (Some("ccapex-commandement-payer"), _) => {
            Facts::from([("objet".to_owned(), Value::Choice("commandement_payer".to_owned()))])
        }
        (Some("ccapex-commandement-quitter"), _) => {
            Facts::from([("objet".to_owned(), Value::Choice("commandement_quitter".to_owned()))])
        }
        (Some(id), Some((section, no))) if id.starts_with("information-") => {
            Facts::from([(section.clone(), Value::Reference(*no))])
        }
        _ => Facts::new(),
    }
}
