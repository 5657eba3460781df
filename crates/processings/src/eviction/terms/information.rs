//! The letter that informs each occupant.

use huis_dossier::Severity;

use super::{Done, Sheet, Spec, given};

/// Every occupant is informed by letter as soon as the file is created (X-15; loi n° 78-17
/// art. 32 as the 2016 opinion reads it; RGPD art. 14). A file whose letter is not sent is flagged.
pub(crate) fn terms(sheet: &mut Sheet<'_>) {
    let occupants = sheet.course.occupants();
    if occupants.is_empty() {
        return;
    }
    // One term a file: the last letter, while one is missing there is none.
    let missing = occupants.iter().filter(|(_, letter)| letter.is_none()).count();
    let last = occupants.iter().filter_map(|(_, letter)| *letter).max_by_key(|letter| letter.on);
    let opened = sheet.course.opened_on;
    if missing > 0 {
        let message = match missing {
            1 => "Un occupant n'a pas reçu sa lettre d'information : envoyez-la.".to_owned(),
            n => format!("{n} occupants n'ont pas reçu leur lettre d'information : envoyez-les."),
        };
        sheet.remark("lettre-non-envoyee", Severity::Warning, message, "X-15", None);
    }
    sheet.add(
        Spec {
            rule: "lettre-information",
            label: "Envoyer la lettre d'information aux occupants",
            from: None,
            done: Done::Once(if missing == 0 { last } else { None }),
            over: false,
        },
        Ok(given(
            opened,
            "X-15 ; loi n° 78-17 art. 32 (2016) ; RGPD art. 14",
            "Chaque occupant est informé par courrier dès la création du dossier",
        )),
    );
}
