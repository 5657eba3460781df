//! The letters that inform each person, and those that announce a decision.

use huis_dossier::{Severity, Value};
use huis_law::Roll;

use super::{Done, Sheet, Spec};
use crate::eviction::{
    course::{Course, Recorded},
    kinds::Kind,
};

/// Every occupant and guarantor is informed by letter as soon as the file is created (X-15; loi
/// n° 78-17 art. 32 as the 2016 opinion reads it; RGPD art. 14). A file whose letter is not sent
/// after the days that a parameter gives (our choice) is flagged.
pub(crate) fn terms(sheet: &mut Sheet<'_>) {
    let mut people = sheet.course.occupants();
    people.extend(sheet.course.guarantors());
    if !people.is_empty() {
        informed(sheet, &people);
    }
    decided(sheet);
}

fn informed(sheet: &mut Sheet<'_>, people: &[(u32, Option<Recorded<'_>>)]) {
    // One term a file: the last letter, while one is missing there is none.
    let missing = people.iter().filter(|(_, letter)| letter.is_none()).count();
    let course = sheet.course;
    let last = course
        .whole()
        .iter()
        .filter(|a| {
            matches!(a.kind, Kind::InformationOccupant | Kind::InformationCaution)
                && course.arrived(a)
        })
        .max_by_key(|a| a.on)
        .copied();
    let opened = course.opened_on;
    let computed =
        sheet.law.after(opened, "expulsion.lettre-information", opened, course.place, Roll::None);
    let late = computed.as_ref().is_ok_and(|c| c.due < sheet.today);
    if missing > 0 && late {
        let message = match missing {
            1 => "Une personne n'a pas reçu sa lettre d'information : envoyez-la.".to_owned(),
            n => format!("{n} personnes n'ont pas reçu leur lettre d'information : envoyez-les."),
        };
        sheet.remark("lettre-non-envoyee", Severity::Warning, message, "X-15", None);
    }
    sheet.add(
        Spec {
            rule: "lettre-information",
            label: "Envoyer les lettres d'information",
            from: None,
            done: Done::Once(if missing == 0 { last } else { None }),
            over: false,
        },
        computed,
    );
}

/// The acts that are told by letter to whom they concern.
pub(crate) const TOLD: &[Kind] = &[Kind::CfpAccorde, Kind::CfpRefuse, Kind::DemandeIndemnite];

/// A letter that an act calls for: its id in the register, and its recipient.
pub(crate) type Expected = (&'static str, Option<(&'static str, u32)>);

/// The acts of the current procedure that some letter has not told yet, with those letters.
pub(crate) fn untold<'a>(course: &Course<'a>) -> Vec<(Recorded<'a>, Vec<Expected>)> {
    TOLD.iter()
        .filter_map(|kind| course.last(*kind))
        .filter(|act| !overtaken(course, act))
        .filter_map(|act| {
            let mut letters = expected(course, &act);
            letters.retain(|letter| told(course, &act, letter).is_none());
            (!letters.is_empty()).then_some((act, letters))
        })
        .collect()
}

/// The letters that tell an act.
fn expected(course: &Course<'_>, act: &Recorded<'_>) -> Vec<Expected> {
    match act.kind {
        Kind::CfpAccorde => {
            let occupants = course.occupants().into_iter();
            let each = occupants.map(|(no, _)| ("cfp-accorde-occupant", Some(("occupant", no))));
            std::iter::once(("cfp-accorde", None)).chain(each).collect()
        }
        Kind::CfpRefuse => vec![("cfp-refuse", None)],
        _ => vec![("accuse-indemnite", None)],
    }
}

/// Something since has made the letter pointless.
fn overtaken(course: &Course<'_>, act: &Recorded<'_>) -> bool {
    let ends: &[Kind] = match act.kind {
        Kind::DemandeIndemnite => &[Kind::DecisionIndemnite, Kind::RecoursContentieux],
        _ => &[Kind::Expulsion, Kind::DepartConstate, Kind::DemandeIndemnite],
    };
    course.next_of(ends, act.no).is_some()
}

/// The sending of a letter about an act.
fn told<'a>(course: &Course<'a>, act: &Recorded<'_>, letter: &Expected) -> Option<Recorded<'a>> {
    let about = Some(i64::from(act.no));
    let to = letter.1.map(|(section, no)| (section, Value::Reference(no)));
    course
        .whole()
        .iter()
        .filter(|a| {
            a.kind == Kind::Courrier
                && a.code("modele") == Some(letter.0)
                && a.facts.get("pour").and_then(Value::as_int) == about
                && to.as_ref().is_none_or(|(section, who)| a.facts.get(*section) == Some(who))
        })
        .find_map(|written| sent(course, written.no).filter(|s| course.arrived(s)))
}

/// The last sending of a prepared letter, cancelled ones left out.
pub(crate) fn sent<'a>(course: &Course<'a>, letter: u32) -> Option<Recorded<'a>> {
    const SENDINGS: &[Kind] = &[
        Kind::EnvoiCourrier,
        Kind::InformationOccupant,
        Kind::InformationCaution,
        Kind::InformationCcapex,
    ];
    let of = Some(i64::from(letter));
    course
        .whole()
        .iter()
        .rev()
        .find(|a| {
            SENDINGS.contains(&a.kind)
                && a.facts.get("courrier").and_then(Value::as_int) == of
                && a.code("mode") != Some(crate::eviction::course::CANCELLED)
        })
        .copied()
}

fn decided(sheet: &mut Sheet<'_>) {
    let course = sheet.course;
    let waiting = untold(&course).into_iter().map(|(act, _)| act).next();
    let last = TOLD.iter().filter_map(|kind| course.last(*kind)).max_by_key(|a| a.no);
    let Some(about) = waiting.or(last) else { return };
    let sent = expected(&course, &about)
        .iter()
        .filter_map(|letter| told(&course, &about, letter))
        .max_by_key(|s| s.on);
    let done = sent.filter(|_| waiting.is_none());
    let computed = sheet.law.after(
        about.on,
        "expulsion.courrier-decision",
        about.on,
        course.place,
        Roll::None,
    );
    sheet.add(
        Spec {
            rule: "courrier-decision",
            label: "Envoyer le courrier qui annonce la décision ou accuse réception",
            from: Some(about.no),
            done: Done::By(done),
            over: waiting.is_none() && done.is_none(),
        },
        computed,
    );
}
