//! The deadlines of a request: one clock for the two desks, from the receipt (X-16, D-25).

use huis_dossier::{Flag, Severity, Term, TermState};
use huis_kernel::Date;
use huis_law::{Computed, Law, LawError, Roll, Step, short_date};
use huis_register::french;

use super::{
    course::{Course, Recorded},
    kinds::Kind,
    labels,
};

/// Terms and remarks, as they are gathered.
pub(crate) struct Sheet<'a, 'c> {
    course: &'c Course<'a>,
    law: &'c Law,
    today: Date,
    pub terms: Vec<Term>,
    pub flags: Vec<Flag>,
}

impl<'a, 'c> Sheet<'a, 'c> {
    pub(crate) fn new(course: &'c Course<'a>, law: &'c Law, today: Date) -> Self {
        let mut sheet = Self { course, law, today, terms: Vec::new(), flags: Vec::new() };
        sheet.receipt();
        sheet.answer();
        sheet.terms.sort_by(|a, b| (a.due, &a.rule).cmp(&(b.due, &b.rule)));
        sheet
    }

    /// Adds a term that an act ends, in time up to its day; `over` when nothing awaits it any more.
    fn add(
        &mut self,
        rule: &str,
        computed: Result<Computed, LawError>,
        from: Option<u32>,
        done: Option<Recorded<'_>>,
        over: bool,
    ) {
        let mut explained = match computed {
            Ok(explained) => explained,
            Err(error) => {
                let message = format!("Cette échéance ne se calcule pas ({rule}) : {error}.");
                self.flag("parametre-manquant", Severity::Warning, &message, "D-25", from);
                return;
            }
        };
        explained.article = french(&explained.article);
        let state = match done {
            Some(act) if act.on <= explained.due => TermState::Met,
            Some(_) => TermState::Late,
            None if over || self.course.has(Kind::Cloture) => TermState::Dropped,
            None => TermState::Running,
        };
        self.terms.push(Term {
            rule: rule.to_owned(),
            label: labels::term(rule).to_owned(),
            due: explained.due,
            action: true,
            state,
            act: from,
            explained,
        });
    }

    fn flag(
        &mut self,
        code: &str,
        severity: Severity,
        message: &str,
        article: &str,
        act: Option<u32>,
    ) {
        self.flags.push(Flag {
            code: code.to_owned(),
            severity,
            message: french(message),
            article: french(article),
            act,
        });
    }

    /// The day of the receipt: the other desk has it, the person is told that it came.
    fn receipt(&mut self) {
        let course = self.course;
        let Some(received) = course.first(Kind::DemandeRecue) else { return };
        let sent = course.first(Kind::Transmission);
        let text = "Les deux guichets ont la demande le jour de sa réception";
        self.add(
            "transmission",
            Ok(given(received.on, "X-16", text)),
            Some(received.no),
            sent,
            false,
        );
        let typed = course.known.get("demande", "recue_le").and_then(|v| v.as_date());
        if let Some(typed) = typed.filter(|typed| *typed != received.on) {
            let message = format!(
                "Le volet dit la demande reçue le {} et l'acte le {} : corrigez l'acte, dont court le délai.",
                short_date(typed),
                short_date(received.on)
            );
            self.flag("date-reception", Severity::Warning, &message, "D-25", Some(received.no));
        }
        let late = match sent {
            Some(sent) => sent.on > received.on,
            None => self.today > received.on,
        };
        if late {
            let message = "La demande n'a pas été transmise à l'autre guichet le jour même.";
            self.flag(
                "transmission-tardive",
                Severity::Warning,
                message,
                "X-16",
                Some(received.no),
            );
        }
        let ten =
            self.law.after(received.on, "droits.accuse", received.on, course.place, Roll::None);
        let told = course.told(&["droits-accuse"], received.no);
        let answered = course.has(Kind::Reponse);
        self.add("accuse-reception", ten, Some(received.no), told, answered);
        if !course.here {
            let message = "Le traitement visé n'est pas de cette installation : le délégué décide.";
            self.flag("traitement-ailleurs", Severity::Warning, message, "X-16", None);
        }
        if course.has(Kind::PieceDemandee) && !course.identified() && !answered {
            let message = "Un justificatif d'identité est demandé. Le délai continue de courir : c'est la lecture prudente.";
            self.flag("justificatif-attendu", Severity::Info, message, "RGPD art. 12.6", None);
        }
    }

    fn answer(&mut self) {
        let course = self.course;
        let Some(received) = course.first(Kind::DemandeRecue) else { return };
        let answer = course.last(Kind::Reponse);
        let due = course.answer_due(self.law);
        let month = course.first_month(self.law);
        let extension = course.last(Kind::Prolongation);
        if let Ok(due) = &due {
            let ahead = self.law.before(due.due, "droits.rappel", received.on);
            let ahead = ahead.map(|mut c| {
                c.safe = None;
                c
            });
            let from = extension.map_or(received.no, |e| e.no);
            self.add("rappel-reponse", ahead.clone(), Some(from), answer, false);
            if course.said.officer {
                let decided = course.last(Kind::DecisionDelegue);
                self.add("decision-delegue", ahead, Some(from), decided, answer.is_some());
            }
            if answer.is_none() && self.today > due.due && !course.has(Kind::Cloture) {
                let message = format!(
                    "La réponse était due le {} : la personne peut saisir la CNIL ou le juge. Répondez aujourd'hui.",
                    short_date(due.due)
                );
                self.flag("reponse-en-retard", Severity::Serious, &message, "RGPD art. 12.3", None);
            }
        }
        self.add("reponse", due.clone(), Some(received.no), answer, false);
        if let Some(answer) = answer {
            let told = course.told(Course::ANSWERS, answer.no);
            self.add("envoi-reponse", due, Some(answer.no), told, false);
        }
        if let Some(extension) = extension {
            let told = course.told(&["droits-prolongation"], extension.no);
            let limit = month.as_ref().ok().map(|m| m.due);
            let in_time = limit.is_some_and(|limit| match told {
                Some(told) => told.on <= limit,
                None => self.today <= limit,
            });
            if !in_time && answer.is_none_or(|a| limit.is_none_or(|l| a.on > l)) {
                let message = "La prolongation n'a pas été annoncée à la personne dans le mois : elle ne vaut pas, la réponse est due sans délai.";
                self.flag(
                    "prolongation-non-annoncee",
                    Severity::Serious,
                    message,
                    "RGPD art. 12.3",
                    Some(extension.no),
                );
            }
            self.add("envoi-prolongation", month, Some(extension.no), told, answer.is_some());
        }
    }
}

/// A date with no delay to count.
fn given(due: Date, article: &str, text: &str) -> Computed {
    Computed {
        due,
        safe: None,
        article: french(article),
        in_force_since: None,
        verified: true,
        steps: vec![Step { text: french(text), date: Some(due) }],
    }
}
