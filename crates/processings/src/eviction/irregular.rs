//! What the law says of an act that stands all the same: irregular, and flagged with the
//! article.

use huis_dossier::{Flag, Severity};
use huis_kernel::Date;
use huis_law::{Law, LawError, ParameterValue, Roll, short_date};

use super::{
    course::{Course, Recorded},
    kinds::Kind,
    terms::{ccapex, force, hearing, indemnity, payment, quit},
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
        message: message.into(),
        article: article.to_owned(),
        act,
    }
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

/// What is irregular in an act, given the course before it. A parameter that is missing is told
/// by the deadline that needs it ([`super::terms::Sheet::add`]), so it is not said twice here.
pub(crate) fn flags(before: &Course<'_>, act: &Recorded<'_>, law: &Law) -> Vec<Flag> {
    let mut out = Remarks { act: act.no, list: Vec::new() };
    let told: Result<(), LawError> = match act.kind {
        Kind::Assignation => summons(before, act, law, &mut out),
        Kind::AssignationRecuePrefet => notice(before, act, law, &mut out),
        Kind::DsfTransmis => survey(before, act, law, &mut out),
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
        Kind::Jugement => judgment(act, law, &mut out),
        Kind::Appel => appeal(before, act, law, &mut out),
        Kind::ProrogationDurete => prolongation(before, act, law, &mut out),
        Kind::DelaiGrace => grace(before, act, law, &mut out),
        Kind::Protocole => {
            protocol(before, act, law, &mut out);
            Ok(())
        }
        Kind::DemandeCfp => request(before, act, law, &mut out),
        Kind::CfpAccorde => granted(before, act, law, &mut out),
        Kind::CfpRefuse => refused(before, act, law, &mut out),
        Kind::Expulsion => eviction(before, act, law, &mut out),
        Kind::DemandeIndemnite => demand(before, act, law, &mut out),
        Kind::RecoursContentieux => court(before, act, law, &mut out),
        Kind::Cloture => {
            closing(before, act, &mut out);
            Ok(())
        }
        _ => Ok(()),
    };
    drop(told);
    out.list
}

/// Loi n° 89-462 art. 24 I and II.
fn summons(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let mut early = Ok(());
    match before.last(Kind::CommandementPayer) {
        None => out.say(
            "assignation-sans-commandement",
            Severity::Warning,
            "Aucun commandement de payer n'est au dossier : vérifiez que la clause résolutoire a joué.",
            "Loi n° 89-462 art. 24 I",
        ),
        Some(order) => {
            if before.next_of(&[Kind::Regularisation], order.no).is_some() {
                out.say(
                    "assignation-apres-reglement",
                    Severity::Serious,
                    "La dette a été réglée dans le délai du commandement : la clause résolutoire n'a pas joué.",
                    "Loi n° 89-462 art. 24 I",
                );
            }
            match payment::clause_effect(before, &order, law) {
                Some(Ok(end)) if act.on <= end.due => out.say(
                    "assignation-prematuree",
                    Severity::Serious,
                    format!(
                        "L'assignation est antérieure à la fin du délai du commandement de payer ({}).",
                        short_date(end.due)
                    ),
                    &end.article,
                ),
                Some(Err(error)) => early = Err(error),
                _ => {}
            }
        }
    }
    let legal_person =
        act.code("bailleur").map(|c| c == "personne_morale").or_else(|| before.legal_person());
    if legal_person == Some(true) {
        match before.last(Kind::SaisineCcapex) {
            None if before.has(Kind::SignalementCaf) => {}
            None => out.say(
                "assignation-sans-saisine-ccapex",
                Severity::Serious,
                "Le bailleur personne morale n'a pas saisi la CCAPEX : l'assignation est irrecevable.",
                "Loi n° 89-462 art. 24 II",
            ),
            Some(seizing) => {
                let from = ccapex::earliest_summons(before, &seizing, law)?;
                if act.on < from.due {
                    out.say(
                        "assignation-avant-delai-ccapex",
                        Severity::Serious,
                        format!(
                            "La CCAPEX a été saisie trop tard : aucune assignation n'est recevable avant le {}.",
                            short_date(from.due)
                        ),
                        &from.article,
                    );
                }
            }
        }
    }
    early
}

/// Loi n° 89-462 art. 24 III: irrecevable under six weeks before the hearing.
fn notice(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let (Some(summons), Some(date)) = (before.last(Kind::Assignation), before.first_hearing()) else {
        return Ok(());
    };
    let limit = hearing::notice_to_prefect(&summons, date, law)?;
    if act.on > limit.due {
        out.say(
            "assignation-tardive",
            Severity::Serious,
            format!(
                "Assignation reçue après le {} : elle est irrecevable.",
                short_date(limit.safe.unwrap_or(limit.due))
            ),
            &limit.article,
        );
    } else if limit.safe.is_some_and(|safe| act.on > safe) {
        out.say(
            "assignation-jour-limite",
            Severity::Serious,
            "Assignation reçue le jour où le délai a expiré à 0 h : elle est irrecevable selon l'avis de la Cour de cassation ; seule une lecture large la dirait dans les temps.",
            &limit.article,
        );
    }
    Ok(())
}

fn survey(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let Some(limit) = hearing::survey_due(before, law).transpose()? else { return Ok(()) };
    if act.on > limit.due {
        out.say(
            "dsf-tardif",
            Severity::Warning,
            format!("Diagnostic transmis après le {}.", short_date(limit.due)),
            &limit.article,
        );
    }
    Ok(())
}

/// Loi n° 89-462 art. 24 V; CPCE art. L. 412-3 and L. 412-4.
fn judgment(act: &Recorded<'_>, law: &Law, out: &mut Remarks) -> Result<(), LawError> {
    if let Some(until) = act.date("delais_jusqu_au") {
        let (longest, dated) = law.delay("expulsion.delais-paiement-max", act.on)?;
        if until > longest.after(act.on) {
            out.say(
                "delais-trop-longs",
                Severity::Warning,
                format!("Les délais de paiement dépassent {longest} : vérifiez la date."),
                &dated.article,
            );
        }
    }
    if let Some(until) = act.date("grace_jusqu_au") {
        bounds_of_grace(act, until, law, out)?;
        if act.yes("mauvaise_foi") || act.yes("voie_de_fait") {
            excluded_grace(out);
        }
    }
    Ok(())
}

fn bounds_of_grace(
    act: &Recorded<'_>,
    until: Date,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let (shortest, dated) = law.delay("expulsion.grace-min", act.on)?;
    let (longest, _) = law.delay("expulsion.grace-max", act.on)?;
    if until < shortest.after(act.on) || until > longest.after(act.on) {
        out.say(
            "grace-hors-bornes",
            Severity::Warning,
            format!("Le délai de grâce va de {shortest} à {longest} : vérifiez la date."),
            &dated.article,
        );
    }
    Ok(())
}

fn excluded_grace(out: &mut Remarks) {
    out.say(
        "grace-exclue",
        Severity::Serious,
        "Aucun délai de grâce n'est ouvert en cas de mauvaise foi ou d'entrée par voie de fait.",
        "CPCE art. L. 412-3",
    );
}

fn grace(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let barred = |j: Recorded<'_>| j.yes("mauvaise_foi") || j.yes("voie_de_fait");
    if before.last(Kind::Jugement).is_some_and(barred) {
        excluded_grace(out);
    }
    act.date("fin").map_or(Ok(()), |until| bounds_of_grace(act, until, law, out))
}

/// CPC art. 538.
fn appeal(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let Some(served) = before.last(Kind::SignificationJugement) else { return Ok(()) };
    let end = law.after(served.on, "expulsion.appel", served.on, before.place, Roll::Cpc642)?;
    if act.on > end.due {
        out.say(
            "appel-tardif",
            Severity::Serious,
            format!("Appel formé après le {} : il est irrecevable.", short_date(end.due)),
            &end.article,
        );
    }
    Ok(())
}

/// CPCE art. L. 412-2.
fn prolongation(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let (Some(order), Some(until)) = (before.last(Kind::CommandementQuitter), act.date("fin")) else {
        return Ok(());
    };
    let delay = quit::quit_delay(before, &order, law)?;
    let (longest, dated) = law.delay("expulsion.prorogation-durete-max", act.on)?;
    if delay.end().is_some_and(|end| until > longest.after(end.due)) {
        out.say(
            "prorogation-trop-longue",
            Severity::Warning,
            format!("La prorogation dépasse {longest} après la fin du délai : vérifiez la date."),
            &dated.article,
        );
    }
    Ok(())
}

/// CCH art. L. 442-6-5: between the social landlord and the occupants.
fn protocol(before: &Course<'_>, act: &Recorded<'_>, law: &Law, out: &mut Remarks) {
    const ARTICLE: &str = "CCH art. L. 442-6-5";
    if before.social() == Some(false) {
        out.say(
            "protocole-bailleur-prive",
            Severity::Serious,
            "Le protocole de cohésion sociale est propre aux bailleurs sociaux.",
            ARTICLE,
        );
    }
    if let (Some(until), Ok((longest, dated))) =
        (act.date("fin"), law.delay("expulsion.protocole-max", act.on))
        && until > longest.after(act.on)
    {
        out.say(
            "protocole-trop-long",
            Severity::Warning,
            format!("Le protocole dépasse {longest} : un avenant est nécessaire."),
            &dated.article,
        );
    }
}

/// CPCE art. R. 153-1; CE 18 déc. 2013 n° 363126.
fn request(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    if act.facts.get("diligences_jointes").is_some() && !act.yes("diligences_jointes") {
        out.say(
            "demande-incomplete",
            Severity::Warning,
            "La demande ne contient pas le dispositif du titre et l'exposé des diligences.",
            "CPCE art. R. 153-1",
        );
    }
    if before.protocol(act.on).is_some() {
        out.say(
            "demande-pendant-protocole",
            Severity::Warning,
            "Un protocole de cohésion sociale est en cours : sa dénonciation vaudra nouvelle réquisition.",
            "CE 16 avr. 2008 n° 300268",
        );
    }
    let Some(order) = before.last(Kind::CommandementQuitter) else { return Ok(()) };
    let delay = quit::quit_delay(before, &order, law)?;
    if delay.end().is_none_or(|end| act.on < end.due) {
        out.say(
            "demande-prematuree",
            Severity::Warning,
            "Demande reçue avant la fin du délai du commandement de quitter les lieux : elle peut être rejetée comme prématurée ; sinon, le préfet est réputé saisi à cette fin.",
            "CE 18 déc. 2013 n° 363126",
        );
    }
    Ok(())
}

fn granted(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    late_decision(before, act, law, out)?;
    let Some(order) = before.last(Kind::CommandementQuitter) else { return Ok(()) };
    let from = act.date("effet_le").unwrap_or(act.on);
    let first = quit::first_possible_day(before, &order, law)?;
    if let Some(first) = first.filter(|first| from < first.due) {
        out.say(
            "concours-avant-terme",
            Severity::Info,
            format!("Aucune expulsion n'est possible avant le {}.", short_date(first.due)),
            &first.article,
        );
    }
    Ok(())
}

fn refused(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    late_decision(before, act, law, out)
}

fn late_decision(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let Some(request) = before.last(Kind::DemandeCfp) else { return Ok(()) };
    let explicit = before.next_of(&[Kind::CfpRefuse], request.no).is_some();
    let due = force::silence(before, &request, law)?;
    if let Some(due) = due.filter(|due| act.on > due.due && !explicit) {
        out.say(
            "decision-apres-silence",
            Severity::Warning,
            format!("Le silence a valu refus le {}.", short_date(due.due)),
            &due.article,
        );
    }
    Ok(())
}

/// CPCE art. L. 141-1, L. 412-1 to L. 412-6, L. 153-1.
fn eviction(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    const DAYS: &str = "CPCE art. L. 141-1";
    if act.on.weekday() == jiff::civil::Weekday::Sunday {
        out.say("expulsion-dimanche", Severity::Serious, "Aucune exécution un dimanche.", DAYS);
    }
    if let Some(name) = law.holiday(act.on, before.place) {
        let message = format!("Aucune exécution un jour férié ({name}).");
        out.say("expulsion-jour-ferie", Severity::Serious, message, DAYS);
    }
    if let Some(hour) = act.facts.get("heure").and_then(huis_dossier::Value::as_int) {
        let bound = |id| match law.parameter(id, act.on).map(|d| d.value) {
            Some(ParameterValue::Number(n)) => Ok(i64::from(n)),
            Some(_) => Err(LawError::Unit { id: id.to_owned(), expected: "un nombre" }),
            None => Err(LawError::NotInForce { id: id.to_owned(), on: act.on }),
        };
        let (from, to) = (bound("expulsion.heure-debut")?, bound("expulsion.heure-fin")?);
        if hour < from || hour >= to {
            let message = format!("Aucune exécution avant {from} heures ni après {to} heures.");
            out.say("expulsion-nuit", Severity::Serious, message, DAYS);
        }
    }
    if quit::truce_applies(before)
        && !act.yes("relogement")
        && let Some(truce) = law.truce(act.on)
    {
        out.say(
            "expulsion-pendant-treve",
            Severity::Serious,
            "Expulsion pendant la trêve hivernale, sans relogement assuré.",
            &truce.article,
        );
    }
    let Some(order) = before.last(Kind::CommandementQuitter) else { return Ok(()) };
    let delay = quit::quit_delay(before, &order, law)?;
    match delay.end() {
        None => out.say(
            "expulsion-delai-suspendu",
            Severity::Serious,
            "Le préfet n'a pas été saisi du commandement : le délai avant l'expulsion était suspendu.",
            "CPCE art. L. 412-5",
        ),
        Some(end) => {
            let prolonged = before
                .next_of(&[Kind::ProrogationDurete], order.no)
                .and_then(|p| p.date("fin"))
                .map_or(end.due, |until| until.max(end.due));
            let at_once = matches!(delay, quit::QuitDelay::None(_)) && prolonged == end.due;
            if act.on < prolonged || (act.on == prolonged && !at_once) {
                let message = format!(
                    "Expulsion avant la fin du délai du commandement de quitter les lieux ({}).",
                    short_date(prolonged)
                );
                out.say("expulsion-avant-delai", Severity::Serious, message, &end.article);
            }
        }
    }
    if let Some((_, until)) = quit::grace(before).filter(|(_, until)| act.on <= *until) {
        out.say(
            "expulsion-pendant-grace",
            Severity::Serious,
            format!("Expulsion pendant un délai de grâce, qui court jusqu'au {}.", short_date(until)),
            "CPCE art. L. 412-3",
        );
    }
    if before.protocol(act.on).is_some() {
        out.say(
            "expulsion-pendant-protocole",
            Severity::Serious,
            "Expulsion pendant un protocole de cohésion sociale.",
            "CCH art. L. 442-6-5",
        );
    }
    if let Some(title) = before.title() {
        let end = law.after(
            title.on,
            "expulsion.titre-executoire",
            title.on,
            before.place,
            Roll::None,
        )?;
        if act.on > end.due {
            out.say(
                "titre-prescrit",
                Severity::Serious,
                "Le jugement n'est plus exécutoire.",
                &end.article,
            );
        }
    }
    Ok(())
}

/// CPCE art. R. 154-1 and R. 154-2.
fn demand(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let Some(request) = before.last(Kind::DemandeCfp) else { return Ok(()) };
    if force::refusal(before, &request, law, act.on)?.is_none() {
        out.say(
            "indemnite-sans-refus",
            Severity::Serious,
            "Le concours de la force publique n'a pas été refusé, ni expressément ni par silence : aucune responsabilité n'est née.",
            "CPCE art. R. 154-1",
        );
    }
    Ok(())
}

/// CJA art. R. 421-1 and R. 421-2.
fn court(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let Some(demand) = before.last(Kind::DemandeIndemnite) else { return Ok(()) };
    let Some(refused) = indemnity::refused_on(before, &demand, law)? else {
        out.say(
            "recours-apres-transaction",
            Severity::Warning,
            "Une transaction a été signée : le recours est sans objet.",
            "CPCE art. R. 154-3",
        );
        return Ok(());
    };
    if act.on < refused {
        out.say(
            "recours-premature",
            Severity::Warning,
            format!("Aucun refus n'est né avant le {}.", short_date(refused)),
            "CJA art. R. 421-1",
        );
        return Ok(());
    }
    let limit = indemnity::to_court(before, refused, law)?;
    if act.on > limit.due {
        out.say(
            "recours-tardif",
            Severity::Serious,
            format!("Recours formé après le {}.", short_date(limit.due)),
            &limit.article,
        );
    }
    Ok(())
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
