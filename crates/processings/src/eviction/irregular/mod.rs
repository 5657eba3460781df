//! What the law says of an act that stands all the same: irregular, and flagged with the
//! article.

mod eviction;
mod force;
mod indemnity;
mod judgment;
mod summons;

use huis_dossier::{Flag, Severity};
use huis_law::{Law, LawError};

use super::{
    course::{Course, Recorded},
    kinds::Kind,
    typography::french,
};

/// A remark.
pub(crate) fn flag(
    code: &str,
    severity: Severity,
    message: impl Into<String>,
    article: &str,
    act: Option<u32>,
) -> Flag {
    Flag {
        code: code.to_owned(),
        severity,
        message: french(&message.into()),
        article: french(article),
        act,
    }
}

/// What could not be computed: said, never passed over.
pub(crate) fn unavailable(what: &str, error: &LawError, act: Option<u32>) -> Flag {
    // A rule that was not in force yet sets no deadline; anything else is a fault of the files.
    let severity = match error {
        LawError::NotInForce { .. } => Severity::Info,
        _ => Severity::Serious,
    };
    let message = format!("« {what} » n'est pas contrôlé : {error}.");
    flag("parametre-absent", severity, message, "X-02", act)
}

/// The remarks on one act.
struct Remarks {
    act: u32,
    list: Vec<Flag>,
}

impl Remarks {
    fn say(&mut self, code: &str, severity: Severity, message: impl Into<String>, article: &str) {
        self.list.push(flag(code, severity, message, article, Some(self.act)));
    }
}

/// What is irregular in an act, given the course before it.
pub(crate) fn flags(before: &Course<'_>, act: &Recorded<'_>, law: &Law) -> Vec<Flag> {
    let mut out = Remarks { act: act.no, list: Vec::new() };
    let told: Result<(), LawError> = match act.kind {
        Kind::Assignation => summons::summons(before, act, law, &mut out),
        Kind::AssignationRecuePrefet => summons::notice(before, act, law, &mut out),
        Kind::DsfTransmis => summons::survey(before, act, law, &mut out),
        Kind::SaisineCcapex => {
            if before.legal_person() == Some(false) {
                out.say(
                    "saisine-non-requise",
                    Severity::Info,
                    "La saisine n'est requise que des bailleurs personnes morales autres qu'une société familiale.",
                    "Loi n° 89-462 art. 24 II",
                );
            }
            Ok(())
        }
        Kind::Jugement => judgment::judgment(act, law, &mut out),
        Kind::Appel => judgment::appeal(before, act, law, &mut out),
        Kind::ProrogationDurete => judgment::prolongation(before, act, law, &mut out),
        Kind::DelaiGrace => judgment::grace(before, act, law, &mut out),
        Kind::Protocole => {
            judgment::protocol(before, act, law, &mut out);
            Ok(())
        }
        Kind::DemandeCfp => force::request(before, act, law, &mut out),
        Kind::CfpAccorde => force::granted(before, act, law, &mut out),
        Kind::CfpRefuse => force::refused(before, act, law, &mut out),
        Kind::CommandementQuitter => judgment::during_erasure(before, act, law, &mut out),
        Kind::Expulsion => eviction::eviction(before, act, law, &mut out)
            .and_then(|()| judgment::during_erasure(before, act, law, &mut out)),
        Kind::DemandeIndemnite => indemnity::demand(before, act, law, &mut out),
        Kind::RecoursContentieux => indemnity::court(before, act, law, &mut out),
        Kind::Cloture => {
            closing(before, act, &mut out);
            Ok(())
        }
        _ => Ok(()),
    };
    if let Err(error) = told {
        out.list.push(unavailable(act.kind.id(), &error, Some(act.no)));
    }
    out.list
}

/// a ground that the dossier does not bear out.
fn closing(before: &Course<'_>, act: &Recorded<'_>, out: &mut Remarks) {
    let unproven = match act.code("motif") {
        Some("execution_cfp") => !before.has(Kind::Expulsion),
        Some("resolue_avant_resiliation") => before.title().is_some(),
        _ => false,
    };
    if unproven {
        out.say(
            "motif-non-etaye",
            Severity::Warning,
            "Le motif de clôture ne correspond pas aux actes du dossier : vérifiez-le.",
            "X-09",
        );
    }
}
