//! What follows the eviction: the report, the furniture, the papers.

use huis_law::Roll;

use super::{Done, Sheet, Spec, given};
use crate::eviction::kinds::Kind;

/// Deadlines after the eviction.
pub(crate) fn terms(sheet: &mut Sheet<'_>) {
    let course = sheet.course;
    let Some(done) = course.last(Kind::Expulsion) else { return };
    let sent = course.next_of(&[Kind::PvExpulsionTransmis], done.no);
    sheet.add(
        Spec {
            rule: "pv-expulsion",
            label: "Transmission du procès-verbal d'expulsion au préfet et à la CCAPEX",
            from: Some(done.no),
            done: Done::Once(sent),
            over: false,
        },
        Ok(given(done.on, "CPCE art. L. 431-3", "Aucun délai fixé : dès l'expulsion")),
    );
    // The furniture's delays run from the report's service: the eviction's day is taken.
    let kept: &[(&str, &str, &str, bool)] = &[
        ("meubles", "expulsion.meubles", "Fin du délai de retrait des meubles", true),
        (
            "meubles-contestation",
            "expulsion.meubles-contestation",
            "Fin du délai de contestation sur les meubles",
            true,
        ),
        (
            "papiers",
            "expulsion.papiers",
            "Fin de la conservation des papiers par le commissaire de justice",
            false,
        ),
    ];
    for (rule, id, label, procedural) in kept.iter().filter(|_| done.yes("meubles")) {
        let roll = if *procedural { Roll::Cpc642 } else { Roll::None };
        let computed = sheet.law.after(done.on, id, done.on, course.place, roll);
        sheet.add(
            Spec { rule, label, from: Some(done.no), done: Done::Reached, over: false },
            computed,
        );
    }
}
