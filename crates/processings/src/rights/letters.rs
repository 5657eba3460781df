//! The letters of a request: which are due, and what became of those prepared.

use huis_dossier::{Facts, LetterDue, LetterWritten, Letters, Sent, Value};

use super::{
    course::{Course, Recorded},
    kinds::Kind,
};

/// The deadlines that a letter answers.
pub(crate) const TERMS: &[&str] = &["accuse-reception", "envoi-prolongation", "envoi-reponse"];

/// The letters of a dossier.
pub(crate) fn letters(course: &Course<'_>) -> Letters {
    let written: Vec<LetterWritten> =
        course.acts.iter().filter(|a| a.kind == Kind::Courrier).map(|a| kept(course, a)).collect();
    if course.has(Kind::Cloture) {
        return Letters { due: Vec::new(), written };
    }
    let mut due = Vec::new();
    let received = course.first(Kind::DemandeRecue).filter(|_| !course.has(Kind::Reponse));
    due.extend(received.and_then(|a| missing(course, "droits-accuse", &a)));
    let piece = course.last(Kind::PieceDemandee).filter(|_| !course.identified());
    due.extend(piece.and_then(|a| missing(course, "droits-piece", &a)));
    let extension = course.last(Kind::Prolongation).filter(|_| !course.has(Kind::Reponse));
    due.extend(extension.and_then(|a| missing(course, "droits-prolongation", &a)));
    if let Some(answer) = course.last(Kind::Reponse) {
        due.extend(missing(course, answer_letter(course, &answer), &answer));
    }
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

/// The letter that carries an answer. A right that the register does not open has its own: the
/// ground is the register's.
fn answer_letter(course: &Course<'_>, answer: &Recorded<'_>) -> &'static str {
    match (answer.text("sens"), course.asked("droit")) {
        (Some("refusee"), _) if course.ground().is_some() => "droits-opposition",
        (Some("refusee"), _) => "droits-refus",
        (_, "acces") => "droits-acces",
        (_, "rectification") => "droits-rectification",
        _ => "droits-accord",
    }
}

/// A letter about an act, unless it reached the person.
fn missing(course: &Course<'_>, letter: &str, about: &Recorded<'_>) -> Option<LetterDue> {
    if course.told(&[letter], about.no).is_some() {
        return None;
    }
    Some(LetterDue {
        letter: letter.to_owned(),
        to: Some(("demandeur".to_owned(), course.requester()?)),
        act: Some(about.no),
        since: about.on,
        sent_as: Facts::new(),
        prepared: None,
        returned: false,
    })
}

fn kept(course: &Course<'_>, act: &Recorded<'_>) -> LetterWritten {
    let to = match act.facts.get("demandeur") {
        Some(Value::Reference(no)) => Some(("demandeur".to_owned(), *no)),
        _ => None,
    };
    let sent = course.sent(act.no);
    let about = act.facts.get("pour").and_then(Value::as_int);
    LetterWritten {
        no: act.no,
        letter: act.text("modele").unwrap_or_default().to_owned(),
        to,
        act: about.and_then(|n| u32::try_from(n).ok()),
        on: act.on,
        sent: sent.map(|(s, _)| Sent {
            act: s.last,
            kind: s.kind.id().to_owned(),
            on: s.on,
            mode: s.text("mode").unwrap_or("courrier").to_owned(),
        }),
        returned: sent
            .and_then(|(_, back)| back)
            .map(|b| (b.on, b.text("motif").unwrap_or("autre").to_owned())),
        sent_as: Facts::new(),
    }
}
