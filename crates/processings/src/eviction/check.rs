//! What is wrong with an act: refused, with all the faults at once.

use huis_dossier::{Act, Author, Case, Draft, Facts, Fault, Flag, Judgement, Value};
use huis_kernel::{Date, Instant};
use huis_law::{Law, short_date};

use super::{
    course::{Course, Recorded, recorded},
    indemnity, irregular,
    kinds::{Kind, Need},
    order::{self, fault, fault_at},
    terms::information,
};

/// Accepts a draft, or gives all its faults.
pub(crate) fn judge(
    case: &Case<'_>,
    draft: &Draft,
    law: &Law,
    today: Date,
) -> Result<Judgement, Vec<Fault>> {
    let Some(kind) = Kind::from_id(&draft.kind) else {
        return Err(vec![fault("acte-inconnu", "Cet acte n'est pas de ceux du registre.", "X-06")]);
    };
    let unknown: Vec<Fault> = draft
        .facts
        .keys()
        .filter(|field| !kind.fields().contains(&field.as_str()) || computed(kind, field))
        .map(|field| {
            fault_at(field, "champ-inconnu", "Ce champ n'est pas de ceux de l'acte.", "X-07")
        })
        .collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let mode = draft.facts.get("mode").and_then(Value::as_str);
    if draft.corrects.is_none() && mode == Some(super::course::CANCELLED) {
        return Err(vec![fault_at(
            "mode",
            "envoi-annule-seul",
            "Seul un envoi déjà enregistré s'annule : corrigez-le.",
            "X-15",
        )]);
    }
    match draft.corrects {
        None => judge_new(case, kind, draft, law, today),
        Some(target) => judge_correction(case, kind, target, draft, law, today),
    }
}

/// What the rule writes in an act: the calculation of the indemnity (X-05, I10).
fn given(course: &Course<'_>, kind: Kind, draft: &Draft, law: &Law) -> Result<Facts, Vec<Fault>> {
    if kind == Kind::CalculIndemnite && order::answered(course, kind).is_ok() {
        return indemnity::judged(course, &draft.facts, draft.on, law);
    }
    Ok(Facts::new())
}

/// What a rule writes in an act, and nobody types (I10).
pub(crate) fn computed(kind: Kind, field: &str) -> bool {
    kind == Kind::CalculIndemnite && indemnity::COMPUTED.contains(&field)
}

/// The number that the next act will have.
fn next_no(case: &Case<'_>) -> u32 {
    case.acts.iter().map(|a| a.no).max().unwrap_or(0).saturating_add(1)
}

fn judge_new(
    case: &Case<'_>,
    kind: Kind,
    draft: &Draft,
    law: &Law,
    today: Date,
) -> Result<Judgement, Vec<Fault>> {
    let history = recorded(case.acts);
    let course = Course::new(case, &history);
    let used = used(&course, kind, &draft.facts);
    let gives = given(&course, kind, draft, law)?;
    let merged = merge(&draft.facts, &used);
    let act = Recorded { no: next_no(case), kind, on: draft.on, facts: &merged };
    let faults = faults(&course, &act, today);
    if faults.is_empty() {
        Ok(Judgement { flags: irregular::flags(&course, &act, law), used, gives })
    } else {
        Err(faults)
    }
}

/// A correction is judged by the whole history as it would then be: what it breaks further on is a
/// fault too; what was already so is not.
fn judge_correction(
    case: &Case<'_>,
    kind: Kind,
    target: u32,
    draft: &Draft,
    law: &Law,
    today: Date,
) -> Result<Judgement, Vec<Fault>> {
    let known = huis_dossier::effective(case.acts);
    let Some(original) = known.iter().find(|a| a.no == target || a.last == target) else {
        return Err(vec![fault(
            "corrige-inconnu",
            "L'acte à corriger n'est pas au dossier, ou il est annulé.",
            "X-06",
        )]);
    };
    if original.kind != draft.kind {
        return Err(vec![fault(
            "corrige-autre-nature",
            "Une correction garde la nature de l'acte : annulez-le et enregistrez l'autre.",
            "X-06",
        )]);
    }
    let original_no = original.no;
    let history = recorded(case.acts);
    let at = history.iter().position(|a| a.no == original_no).unwrap_or(history.len());
    let before = Course::new(case, history.get(..at).unwrap_or_default());
    let used = used(&before, kind, &draft.facts);
    let gives = given(&before, kind, draft, law)?;
    let mut acts: Vec<Act> = case.acts.to_vec();
    acts.push(Act {
        no: next_no(case),
        kind: draft.kind.clone(),
        on: draft.on,
        recorded: Instant(0),
        by: Author::Rule,
        facts: merge(&draft.facts, &used),
        corrects: Some(original_no),
        voided: false,
    });
    let corrected = recorded(&acts);
    let (old_faults, old_flags) = review(case, &history, law, today);
    let (new_faults, new_flags) = review(case, &corrected, law, today);
    let broken: Vec<Fault> = new_faults
        .into_iter()
        .filter(|found| found.0 == original_no || !old_faults.contains(found))
        .map(|(no, found)| if no == original_no { found } else { elsewhere(no, found) })
        .collect();
    if !broken.is_empty() {
        return Err(broken);
    }
    let flags = new_flags
        .into_iter()
        .filter(|f| f.act == Some(original_no) || !old_flags.contains(f))
        .collect();
    Ok(Judgement { flags, used, gives })
}

/// A fault that a correction makes in another act of the dossier.
fn elsewhere(no: u32, found: Fault) -> Fault {
    Fault {
        field: None,
        message: format!("Ainsi corrigé, l'acte n° {no} ne tiendrait plus : {}", found.message),
        ..found
    }
}

/// The faults and the remarks of each act of a history, as if it were recorded in its place.
fn review(
    case: &Case<'_>,
    history: &[Recorded<'_>],
    law: &Law,
    today: Date,
) -> (Vec<(u32, Fault)>, Vec<Flag>) {
    let mut faulty = Vec::new();
    let mut flags = Vec::new();
    for (i, act) in history.iter().enumerate() {
        let course = Course::new(case, history.get(..i).unwrap_or_default());
        faulty.extend(faults(&course, act, today).into_iter().map(|f| (act.no, f)));
        flags.extend(irregular::flags(&course, act, law));
    }
    (faulty, flags)
}

/// What the dossier already knows of the fields of an act: the start of its form.
pub(crate) fn already_known(course: &Course<'_>, kind: Kind) -> Facts {
    let mut facts = Facts::new();
    let mut put = |field: &str, value: Option<&Value>| {
        if let Some(value) = value {
            facts.insert(field.to_owned(), value.clone());
        }
    };
    let landlord = Value::Choice("personne_morale".to_owned());
    match kind {
        Kind::CommandementPayer => {
            put("bail_signe_le", course.known.get("local", "date_bail"));
            put("loyer", course.known.get("local", "loyer"));
            // A social landlord is a legal person; a private one may be either: it is asked.
            put("bailleur", course.social().filter(|social| *social).map(|_| &landlord));
            let arrears = course.last(Kind::ImpayeConstitue);
            let debt = arrears.and_then(|a| a.facts.get("montant_dette"));
            put("montant_dette", debt.or_else(|| course.known.get("dette", "montant")));
        }
        Kind::Assignation => {
            let order = course.last(Kind::CommandementPayer);
            let said = order.and_then(|a| a.facts.get("bailleur"));
            let social = course.social().filter(|social| *social).map(|_| &landlord);
            put("bailleur", said.or(social));
        }
        Kind::ProposerIndemnite | Kind::DecisionIndemnite => {
            let done = course.last_of(&[Kind::CalculIndemnite, Kind::ProposerIndemnite]);
            put(
                "montant",
                done.and_then(|a| a.facts.get("montant").or_else(|| a.facts.get("total"))),
            );
        }
        Kind::SignalementCaf => {
            put("organisme", course.known.get("occupant", "organisme_payeur"));
        }
        _ => {}
    }
    facts
}

/// The facts that the guards read and that were not typed: sealed with the act (I10).
fn used(course: &Course<'_>, kind: Kind, typed: &Facts) -> Facts {
    const READ: &[&str] = &["bail_signe_le", "bailleur", "loyer"];
    let mut facts = already_known(course, kind);
    facts.retain(|field, _| READ.contains(&field.as_str()) && !typed.contains_key(field));
    facts
}

fn merge(typed: &Facts, used: &Facts) -> Facts {
    let mut all = used.clone();
    all.extend(typed.iter().map(|(field, value)| (field.clone(), value.clone())));
    all
}

/// All that is wrong with an act, given the course before it.
fn faults(before: &Course<'_>, act: &Recorded<'_>, today: Date) -> Vec<Fault> {
    let mut out = Vec::new();
    if act.on > today {
        out.push(fault_at(
            "on",
            "date-future",
            "Un acte s'enregistre quand il a eu lieu : sa date est à venir.",
            "X-06",
        ));
    }
    match order::answered(before, act.kind) {
        Ok(Some(earlier)) => not_before(act, &earlier, &mut out),
        Ok(None) => {}
        Err(refusal) => out.push(refusal),
    }
    needs(act, &mut out);
    letter(before, act, &mut out);
    match act.kind {
        Kind::InformationOccupant => person(before, act, "occupant", &mut out),
        Kind::InformationCaution => person(before, act, "caution", &mut out),
        Kind::Courrier => {
            for section in ["occupant", "caution"].iter().filter(|s| act.facts.contains_key(**s)) {
                person(before, act, section, &mut out);
            }
        }
        Kind::CommandementPayer => lease(act, &mut out),
        Kind::InformationCcapex => notice(before, act, &mut out),
        Kind::Assignation | Kind::AudienceFixee | Kind::AudienceRenvoyee => {
            later(
                act,
                "audience_le",
                "audience-avant-acte",
                "L'audience précède l'acte.",
                &mut out,
            );
        }
        Kind::Jugement => judgment(before, act, &mut out),
        Kind::ProrogationDurete | Kind::DelaiGrace | Kind::Protocole => {
            later(act, "fin", "fin-avant-debut", "La fin précède la décision.", &mut out);
        }
        Kind::CfpAccorde => {
            later(
                act,
                "effet_le",
                "effet-avant-decision",
                "L'effet précède la décision.",
                &mut out,
            );
        }
        Kind::Expulsion => eviction(before, act, &mut out),
        Kind::Cloture => closing(before, act, &mut out),
        Kind::Reouverture => reopening(before, act, &mut out),
        _ => {}
    }
    out
}

fn not_before(act: &Recorded<'_>, earlier: &Recorded<'_>, out: &mut Vec<Fault>) {
    if act.on < earlier.on {
        let message = format!(
            "La date précède celle de l'acte auquel celui-ci répond ({}).",
            short_date(earlier.on)
        );
        out.push(fault_at("on", "avant-acte-precedent", &message, "X-06"));
    }
}

/// The fields without which the act cannot be judged, and their closed lists.
fn needs(act: &Recorded<'_>, out: &mut Vec<Fault>) {
    for (field, need) in act.kind.needs() {
        match (act.facts.get(*field), need) {
            (None, _) => out.push(fault_at(field, "manquant", "Ce champ est nécessaire.", "X-06")),
            (Some(value), Need::OneOf(codes))
                if value.as_str().is_none_or(|c| !codes.contains(&c)) =>
            {
                out.push(fault_at(
                    field,
                    "valeur-inconnue",
                    "Cette valeur n'est pas de la liste nationale.",
                    "X-28",
                ));
            }
            _ => {}
        }
    }
}

/// A date of an act that cannot come before the act itself.
fn later(act: &Recorded<'_>, field: &str, code: &str, message: &str, out: &mut Vec<Fault>) {
    if act.date(field).is_some_and(|date| date < act.on) {
        out.push(fault_at(field, code, message, "X-06"));
    }
}

/// A letter goes to an occupant of this dossier.
/// The person that an act names by reference is of the dossier.
fn person(before: &Course<'_>, act: &Recorded<'_>, section: &str, out: &mut Vec<Fault>) {
    let Some(value) = act.facts.get(section) else { return };
    let known = before.known.0.get(section).map(Vec::as_slice).unwrap_or_default();
    let there = known.iter().any(|(no, _)| value == &Value::Reference(*no));
    if !known.is_empty() && !there {
        let (code, message) = if section == "occupant" {
            ("occupant-inconnu", "Cet occupant n'est pas au dossier.")
        } else {
            ("caution-inconnue", "Cette caution n'est pas au dossier.")
        };
        out.push(fault_at(section, code, message, "X-15"));
    }
}

/// The letter that an act sends or that comes back was prepared, and sent before it came back.
fn letter(before: &Course<'_>, act: &Recorded<'_>, out: &mut Vec<Fault>) {
    let Some(no) = act.facts.get("courrier").and_then(Value::as_int) else { return };
    let prepared =
        before.whole().iter().find(|a| a.kind == Kind::Courrier && i64::from(a.no) == no);
    let Some(prepared) = prepared else {
        out.push(fault_at(
            "courrier",
            "courrier-inconnu",
            "Ce courrier n'est pas au dossier : préparez-le d'abord.",
            "X-15",
        ));
        return;
    };
    let sent = information::sent(before, prepared.no);
    let gone = sent.filter(|s| before.arrived(s));
    let (code, message) = match (act.kind == Kind::CourrierRevenu, gone) {
        (true, None) => {
            ("courrier-pas-parti", "Ce courrier n'est pas parti, ou il est déjà revenu.")
        }
        (false, Some(_)) => ("courrier-deja-parti", "Ce courrier est déjà parti."),
        _ => return,
    };
    out.push(fault_at("courrier", code, message, "X-15"));
}

fn lease(act: &Recorded<'_>, out: &mut Vec<Fault>) {
    const ARTICLE: &str = "Loi n° 89-462 art. 24 I";
    for field in ["bail_signe_le", "bail_reconduit_le", "impaye_depuis"] {
        if act.date(field).is_some_and(|date| date > act.on) {
            out.push(fault_at(
                field,
                "apres-commandement",
                "Cette date est postérieure au commandement.",
                ARTICLE,
            ));
        }
    }
    if let (Some(signed), Some(renewed)) =
        (act.date("bail_signe_le"), act.date("bail_reconduit_le"))
        && renewed < signed
    {
        out.push(fault_at(
            "bail_reconduit_le",
            "reconduction-avant-bail",
            "La reconduction précède la signature du bail.",
            ARTICLE,
        ));
    }
}

/// The commission is told of an act that exists.
fn notice(before: &Course<'_>, act: &Recorded<'_>, out: &mut Vec<Fault>) {
    let told = match act.code("objet") {
        Some("commandement_payer") => Kind::CommandementPayer,
        Some("commandement_quitter") => Kind::CommandementQuitter,
        _ => return,
    };
    match before.last(told) {
        // `answered` has compared with the last order of either kind; this is the one told of.
        Some(earlier)
            if act.on < earlier.on && !out.iter().any(|f| f.code == "avant-acte-precedent") =>
        {
            not_before(act, &earlier, out);
        }
        Some(_) => {}
        None => out.push(fault_at(
            "objet",
            "sans-commandement",
            "Cet acte n'est pas au dossier : enregistrez-le d'abord.",
            "X-27",
        )),
    }
}

/// Loi n° 89-462 art. 24 V; CPCE art. L. 412-1 and L. 412-3.
fn judgment(before: &Course<'_>, act: &Recorded<'_>, out: &mut Vec<Fault>) {
    if before.hearing().is_some_and(|hearing| act.on < hearing) {
        out.push(fault_at(
            "on",
            "avant-audience",
            "Le jugement précède l'audience : corrigez l'une des deux dates.",
            "X-06",
        ));
    }
    if act.code("issue") == Some("delais") && act.date("delais_jusqu_au").is_none() {
        out.push(fault_at(
            "delais_jusqu_au",
            "manquant",
            "Indiquez jusqu'à quand le juge accorde des délais de paiement.",
            "Loi n° 89-462 art. 24 V",
        ));
    }
    for field in ["delais_jusqu_au", "grace_jusqu_au"] {
        later(act, field, "fin-avant-debut", "Cette date précède le jugement.", out);
    }
    let shortened = act.code("delai_cql") == Some("reduit");
    let days = act.facts.get("delai_cql_jours").and_then(Value::as_int);
    if shortened && days.is_none_or(|n| n < 1) {
        out.push(fault_at(
            "delai_cql_jours",
            "manquant",
            "Indiquez le nombre de jours du délai réduit.",
            "CPCE art. L. 412-1",
        ));
    }
}

fn eviction(before: &Course<'_>, act: &Recorded<'_>, out: &mut Vec<Fault>) {
    let hour = act.facts.get("heure").and_then(Value::as_int);
    if hour.is_some_and(|h| !(0..24).contains(&h)) {
        out.push(fault_at("heure", "heure-impossible", "Une heure va de 0 à 23.", "X-06"));
    }
    if !act.yes("force_publique") {
        return;
    }
    let granted = before.last(Kind::DemandeCfp).and_then(|request| {
        before.acts().iter().rev().find(|a| a.kind == Kind::CfpAccorde && a.no > request.no)
    });
    if granted.is_none_or(|granted| act.on < granted.on) {
        out.push(fault_at(
            "force_publique",
            "cfp-non-accorde",
            "Le concours de la force publique n'était pas accordé à cette date.",
            "CPCE art. L. 153-1",
        ));
    }
}

/// The clock of retention starts at the closing: it cannot be put before what happened.
fn closing(before: &Course<'_>, act: &Recorded<'_>, out: &mut Vec<Fault>) {
    let last = before.whole().iter().map(|a| a.on).max();
    let opened = before.opened_on;
    let floor = last.map_or(opened, |day| day.max(opened));
    if act.on < floor {
        let message =
            format!("La clôture ne peut précéder le {}, date du dernier acte.", short_date(floor));
        out.push(fault_at("on", "avant-dernier-acte", &message, "X-09"));
    }
}

/// A new incident reopens only what was closed because the debt was paid.
fn reopening(before: &Course<'_>, act: &Recorded<'_>, out: &mut Vec<Fault>) {
    let Some(closing) = before.closing() else { return };
    if act.code("motif") == Some("incident_recurrent")
        && closing.code("motif") != Some("dette_soldee")
    {
        out.push(fault_at(
            "motif",
            "incident-sans-dette-soldee",
            "Un incident récurrent ne rouvre qu'un dossier clos pour dette soldée : ouvrez un nouveau dossier.",
            "X-09",
        ));
    }
}
