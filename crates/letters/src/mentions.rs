//! What a letter must tell (RGPD art. 14), in the words of the register and of the office's
//! settings: an adapted text cannot say otherwise.

use huis_register::{Ending, Mention, Register, french, mention_label};
use std::collections::BTreeSet;

use crate::{Block, fill::Office};

/// A mention as blocks: its title, then what it says. `None` when a setting is missing.
pub fn mention(
    register: &Register,
    shows: &BTreeSet<String>,
    office: &Office,
    which: Mention,
) -> Result<Vec<Block>, String> {
    let mut out = vec![Block::Heading(french(mention_label(which)))];
    let say = |text: String| Block::Paragraph(french(&text));
    match which {
        Mention::Controller => {
            let who = said(&office.controller, "le responsable du traitement")?;
            out.push(say(format!("Le responsable du traitement « {} » est : {who}.", register.name)));
        }
        Mention::Purposes => {
            out.push(say("Ces données servent à :".to_owned()));
            // Purposes about the officers and their accounts say nothing to a household.
            let about = |id: &&huis_register::Purpose| {
                !matches!(id.id.as_str(), "administration" | "depot")
            };
            let items = register.purposes.iter().filter(about).map(|p| lower(&p.label));
            out.push(Block::List(items.map(|i| french(&i)).collect()));
            let bases: BTreeSet<String> = register
                .purposes
                .iter()
                .filter(about)
                .map(|p| p.legal_basis.split(" ; ").next().unwrap_or_default().to_owned())
                .collect();
            let bases: Vec<String> = bases.iter().map(|b| lower(b)).collect();
            out.push(say(format!("Leur fondement : {}.", bases.join(" ; "))));
        }
        Mention::Data => {
            let items = register.sections.iter().filter(|s| shows.contains(&s.id));
            out.push(Block::List(items.map(|s| french(&s.label)).collect()));
        }
        Mention::Origin => {
            let partners: Vec<String> =
                register.profiles.iter().filter(|p| p.partner).map(|p| lower(&p.label)).collect();
            if partners.is_empty() {
                out.push(say("Elles viennent de vous et des actes de la procédure.".to_owned()));
                return Ok(out);
            }
            out.push(say(format!(
                "Elles viennent de vous, des actes de la procédure et, selon le cas, de : {}.",
                partners.join(", ")
            )));
        }
        Mention::Recipients => {
            out.push(say("Seules des personnes nommément habilitées les voient, chacune ce que sa mission demande :".to_owned()));
            let items =
                register.profiles.iter().filter(|p| !p.sees.is_empty()).map(|p| french(&p.label));
            out.push(Block::List(items.collect()));
        }
        Mention::Retention => {
            let kept: BTreeSet<String> = register
                .retentions
                .iter()
                .map(|r| {
                    let end = match r.then {
                        Ending::Detruire => "effacées",
                        Ending::Anonymiser => "rendues anonymes",
                    };
                    let from = huis_register::start_event_label(r.from);
                    format!("Vos données sont gardées {} au plus après {from}, puis {end}.", r.keep)
                })
                .collect();
            out.extend(kept.into_iter().map(say));
        }
        Mention::Rights => {
            let desk = said(&office.rights_desk, "le service des droits")?;
            let offered: Vec<String> =
                register.rights.iter().filter(|r| r.offered).map(|r| lower(&r.label)).collect();
            out.push(say(format!("Vous avez : {}.", offered.join(", "))));
            let second = if office.secretariat.trim().is_empty() {
                String::new()
            } else {
                format!(", ou au secrétariat de la commission : {}", office.secretariat)
            };
            out.push(say(format!(
                "Pour vous en servir, écrivez à : {desk}{second}. La réponse vient sous un mois."
            )));
            for right in register.rights.iter().filter(|r| !r.offered) {
                out.push(say(right.ground.clone().unwrap_or_default()));
            }
        }
        Mention::Officer => {
            let who = said(&office.officer, "le délégué à la protection des données")?;
            out.push(say(format!("Vous pouvez le joindre : {who}.")));
        }
        Mention::Free => out.push(say(
            "Exercer vos droits est gratuit (règlement (UE) 2016/679, article 12, paragraphe 5).".to_owned(),
        )),
        Mention::Complaint => out.push(say(
            "Vous pouvez adresser une réclamation à la Commission nationale de l’informatique et des libertés (CNIL), 3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07, ou sur www.cnil.fr.".to_owned(),
        )),
    }
    Ok(out)
}

fn said<'a>(setting: &'a str, what: &str) -> Result<&'a str, String> {
    let setting = setting.trim().trim_end_matches('.');
    if setting.is_empty() {
        return Err(french(&format!("Les réglages ne disent pas {what} : renseignez-le.")));
    }
    Ok(setting)
}

/// The sentence's first letter in lower case, unless its word is an acronym.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}
