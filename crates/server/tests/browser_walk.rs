//! One household's dossier, from the first unpaid rent to its erasure four years after its closing:
//! agents of each profile before a browser, time moved by the clock alone. At each step, what one
//! sees, what another does not, and what the trace holds of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::{ARCHIVE, COLMAR, House, desk::Desk, http::Visitor, squeeze};
use huis_testkit::Key;

const PREFECTURE: &str = "Préfecture, prévention des expulsions";
const CCAPEX: &str = "Secrétariat de la CCAPEX";
const POLICE: &str = "Commissariat de Colmar";
const ARCHIVES: &str = "Préfecture, archives";
const DPO: &str = "Protection des données";

/// the whole life of a dossier.
#[test]
fn from_the_first_arrears_to_the_erasure_by_the_clock() {
    let house = House::on("2025-01-13");
    let desk = Desk::new(&house);
    let dossier = opening(&desk);
    prevention(&desk, &dossier);
    summons(&desk, &dossier);
    order_to_leave(&desk, &dossier);
    police(&desk, &dossier);
    eviction(&desk, &dossier);
    closing(&desk, &dossier);
    archive(&desk, &dossier);
    erasure(&desk, &dossier);
}

/// The form that is refused keeps all that was typed and says all that is wrong; the letter to
/// the occupant is asked for until it is sent.
fn opening(desk: &Desk<'_>) -> String {
    desk.house.agent("anne.keller", "instructeur", PREFECTURE, &[COLMAR]);
    desk.sign_in("anne.keller");
    desk.leave(|| desk.browser.click_link("Ouvrir un dossier").unwrap());
    let typed = [
        ("occupant-1.nom", "Zimmermann"),
        ("occupant-1.date_naissance", "31/02/1980"),
        ("local-1.numero", "12"),
        ("local-1.nom_voie", "rue des Tanneurs"),
        ("local-1.code_postal", "68000"),
        ("local-1.commune", "Colmarre"),
    ];
    desk.fill(&[("occupant-1.qualite", "en_impaye"), ("local-1.type_bailleur", "social")]);
    desk.fill(&typed);
    desk.send();
    desk.says("3 réponses sont à corriger");
    assert_eq!(desk.all("main .summary li a").len(), 3, "each fault leads to its field");
    for (name, value) in typed {
        let kept = desk.browser.property(&format!("main [name='{name}']"), "value").unwrap();
        assert_eq!(kept, value, "what was typed in {name} is still there");
    }
    for wrong in ["prenom", "date_naissance"] {
        let fault = desk.browser.text(&format!("#f-occupant-1-{wrong}-faute")).unwrap();
        assert!(!fault.is_empty(), "{wrong} has its fault beside it");
    }
    desk.fill(&[
        ("occupant-1.prenom", "Jeanne"),
        ("occupant-1.date_naissance", "17/05/1980"),
        ("occupant-1.telephone", "06 39 98 00 01"),
        ("local-1.commune", "Colmar (68066)"),
        ("local-1.loyer", "650,00"),
    ]);
    desk.send();
    assert!(desk.note().contains("Le dossier est ouvert"), "{}", desk.main());
    let dossier = desk.path();
    assert!(dossier.starts_with("/dossiers/"), "{dossier}");
    // I13: an address says nothing of the person.
    assert!(!dossier.contains("immermann"));
    desk.says("Envoyer les lettres");
    desk.record(
        &dossier,
        "information-occupant",
        "13/01/2025",
        &[("occupant", "1"), ("mode", "courrier")],
    );
    assert!(!desk.main().contains("pas reçu sa lettre"), "X-15: sent, no longer asked for");
    dossier
}

/// The order to pay asks for the lease's date; the commission's opinion arrives by itself on the
/// page of whoever has the dossier open.
fn prevention(desk: &Desk<'_>, dossier: &str) {
    desk.record(dossier, "impaye-constitue", "10/01/2025", &[("montant_dette", "1 500,00")]);
    // what cannot come yet says why, and is not recorded.
    let refused = desk.all("#pas-encore li").join("\n");
    assert!(refused.contains("Jugement : Aucune assignation"), "{refused}");
    desk.house.go_to("2025-01-20");
    desk.sign_in("anne.keller");
    desk.go(&format!("{dossier}/actes/commandement-payer"));
    desk.fill(&[("on", "20/01/2025")]);
    desk.send();
    desk.says("Une réponse est à corriger");
    let asked = desk.all("#f-bail_signe_le-faute").join("");
    assert!(asked.contains("obligatoire"), "the lease's date is asked there: {asked}");
    desk.fill(&[("bail_signe_le", "02/05/2019")]);
    desk.send();
    // a lease of 2019, not renewed under the law of 2023, leaves two months.
    let term = term(desk, "Fin du délai du commandement de payer");
    assert!(term.contains("20/03/2025") && term.contains("2 mois"), "{term}");
    desk.record(dossier, "saisine-ccapex", "20/01/2025", &[("mode", "directe")]);
    live(desk, dossier);
    desk.house.agent("dora.vogel", "dpo", DPO, &[]);
    let opened = traces(desk, "dora.vogel", dossier);
    assert_line(&opened, &["Anne Keller", PREFECTURE, "Création"]);
    assert_line(&opened, &["Bruno Lang", CCAPEX, "Acte", "Avis ou recommandation de la CCAPEX"]);
}

/// the secretary writes without JavaScript, at another desk; Anne's open page shows it
/// without her asking.
fn live(desk: &Desk<'_>, dossier: &str) {
    desk.house.agent("bruno.lang", "secretaire-ccapex", CCAPEX, &[]);
    desk.go(dossier);
    let mut bruno = Visitor::new(desk.house.address);
    bruno.sign_in("bruno.lang");
    let done = bruno.fill(
        &format!("{dossier}/actes/avis-ccapex"),
        &[("on", "20/01/2025"), ("nature", "avis"), ("objet", "apurement"), ("destinataire", "")],
    );
    assert!(squeeze(&bruno.follow(done).body).contains("L'acte est enregistré"));
    desk.browser.wait_text("#chronologie", "Avis ou recommandation de la CCAPEX").unwrap();
    desk.browser.wait_text("#messages", "mis à jour").unwrap();
}

/// the last day on which the prefect may receive the summons, with the day that is safe and
/// the whole reasoning.
fn summons(desk: &Desk<'_>, dossier: &str) {
    desk.house.go_to("2025-04-01");
    desk.sign_in("anne.keller");
    let hearing = [("audience_le", "12/06/2025")];
    desk.record(dossier, "assignation", "28/03/2025", &hearing);
    let due = term(desk, "Notifier l'assignation au préfet");
    assert!(due.starts_with("dans 29 jours 30/04/2025"), "the day to act by comes first: {due}");
    for part in [
        "Le 30/04/2025 est le dernier jour sûr pour agir ; la date de la loi est le 01/05/2025",
        "24, III",
        "6 semaines",
    ] {
        assert!(due.contains(part), "« {part} » explains the deadline: {due}");
    }
    // The reasoning unfolds with the keyboard alone.
    desk.script(
        "[...document.querySelectorAll('#echeances .term')]
           .find(t => t.textContent.includes('Notifier')).querySelector('summary').focus();",
        &[],
    );
    desk.browser.press(&[Key::Enter]).unwrap();
    desk.browser.wait_text("#echeances", "Dernier jour sûr").unwrap();
    desk.record(dossier, "assignation-recue-prefet", "01/04/2025", &[]);
    let done = desk.all("#tenues .term").join("\n");
    assert!(done.contains("Notifier l'assignation au préfet"), "received in time: {done}");
    // a judgment dated before its hearing is refused, beside its date.
    desk.go(&format!("{dossier}/actes/jugement"));
    desk.fill(&[("on", "31/03/2025"), ("issue", "expulsion")]);
    desk.send();
    assert!(desk.all("#f-on-faute").join("").contains("précède l'audience"));
    desk.house.go_to("2025-06-23");
    desk.sign_in("anne.keller");
    desk.record(dossier, "jugement", "19/06/2025", &[("issue", "expulsion")]);
    desk.record(dossier, "signification-jugement", "23/06/2025", &[]);
}

/// while the prefect has not received the order to leave, no delay runs and the page says
/// so; then the commission is told.
fn order_to_leave(desk: &Desk<'_>, dossier: &str) {
    desk.house.go_to("2025-07-09");
    desk.sign_in("anne.keller");
    desk.record(dossier, "commandement-quitter-lieux", "07/07/2025", &[]);
    desk.says("le délai avant l'expulsion est suspendu");
    desk.record(dossier, "cql-recu-prefet", "09/07/2025", &[]);
    let end = term(desk, "Fin du délai du commandement de quitter les lieux");
    assert!(end.contains("09/09/2025"), "{end}");
    // the prefect informs the commission; until then the page keeps asking.
    assert!(desk.all("#suite .offers li").join("\n").contains("Information de la CCAPEX"));
    desk.record(dossier, "information-ccapex", "09/07/2025", &[("objet", "commandement_quitter")]);
    assert!(!desk.all("#suite .offers li").join("\n").contains("Information de la CCAPEX"));
}

/// the police see four things, deposit on request only, and read back nothing; the
/// head of service decides with the report before them.
fn police(desk: &Desk<'_>, dossier: &str) {
    let number = dossier.trim_start_matches("/dossiers/");
    desk.house.go_to("2025-09-15");
    desk.house.agent("basile.roth", "instructeur", PREFECTURE, &[COLMAR]);
    desk.house.agent("paul.stern", "police", POLICE, &[COLMAR]);
    desk.house.agent("chantal.weiss", "chef", PREFECTURE, &[]);
    desk.sign_in("basile.roth");
    desk.record(dossier, "demande-cfp", "15/09/2025", &[("diligences_jointes", "oui")]);
    let report = [
        ("rapport_police.risque", "modere"),
        ("rapport_police.avis", "Risque modéré : présence possible de tiers le jour venu."),
    ];
    desk.sign_in("paul.stern");
    desk.fill(&[("numero", number)]);
    desk.leave(|| desk.browser.click("main form button.primary").unwrap());
    desk.go(&format!("{dossier}/actes/deposer-rapport"));
    desk.fill(&[("on", "15/09/2025")]);
    desk.fill(&report);
    desk.send();
    desk.says("Aucun rapport de police n'est demandé");
    desk.sign_in("basile.roth");
    desk.record(dossier, "rapport-police-demande", "15/09/2025", &[]);
    desk.house.go_to("2025-09-22");
    desk.sign_in("paul.stern");
    sees_four_things(desk, number);
    desk.record(dossier, "deposer-rapport", "22/09/2025", &report);
    assert!(!desk.main().contains("présence possible"), "deposited, not read back");
    desk.sign_in("chantal.weiss");
    desk.go(dossier);
    desk.says("présence possible de tiers");
    desk.house.go_to("2025-11-03");
    desk.sign_in("chantal.weiss");
    desk.record(dossier, "cfp-refuse", "03/11/2025", &[("motif", "ordre_public")]);
}

fn sees_four_things(desk: &Desk<'_>, number: &str) {
    desk.fill(&[("numero", number)]);
    desk.leave(|| desk.browser.click("main form button.primary").unwrap());
    for seen in [number, "13/01/2025", "Zimmermann", "Jeanne", "12", "rue des Tanneurs", "68000"] {
        desk.says(seen);
    }
    let labels = desk.all("#volets dt");
    let address = ["Nom", "Prénom", "Numéro", "Nom de la voie", "Code postal", "Ville"];
    assert!(labels.iter().all(|l| address.contains(&l.as_str())), "nothing else: {labels:?}");
    assert_eq!(desk.browser.count("#chronologie, #echeances").unwrap(), 0);
    let page = desk.browser.source().unwrap();
    // The landlord is no field of theirs, and neither is what any act says.
    for hidden in ["17/05/1980", "06 39 98", "650", "1 500", "Jugement", "Commandement", "impayé"]
    {
        assert!(!page.contains(hidden), "« {hidden} » is not theirs to see");
    }
    let offers = desk.all("#suite .offers li a");
    assert_eq!(offers, ["Rapport de police déposé"]);
    // Neither a list nor a search, and no act but theirs (I13: as if there were nothing).
    for path in ["/dossiers", "/recherche", "/tableau", "/archives"] {
        desk.go(path);
        assert!(desk.nothing_here(), "{path}");
    }
    desk.go(&format!("/dossiers/{number}/actes/cfp-accorde"));
    assert!(desk.nothing_here());
    desk.go(&format!("/dossiers/{number}"));
}

/// The State pays for the time it refused; the eviction takes place out of the winter truce, with
/// the help then granted.
fn eviction(desk: &Desk<'_>, dossier: &str) {
    desk.house.go_to("2026-02-02");
    desk.house.agent("clara.frey", "instructeur", PREFECTURE, &[]);
    desk.house.agent("denis.muller", "chef", PREFECTURE, &[]);
    desk.sign_in("clara.frey");
    let truce = term(desk_on(desk, dossier), "Fin de la trêve hivernale");
    assert!(truce.contains("31/03/2026"), "{truce}");
    desk.record(dossier, "demande-indemnite", "02/02/2026", &[("montant", "2 400,00")]);
    desk.house.go_to("2026-04-14");
    desk.sign_in("denis.muller");
    desk.record(dossier, "cfp-accorde", "02/04/2026", &[("effet_le", "02/04/2026")]);
    desk.record(
        dossier,
        "decision-indemnite",
        "14/04/2026",
        &[("sens", "transaction"), ("montant", "1 800,00")],
    );
    desk.sign_in("clara.frey");
    let page = desk.record(
        dossier,
        "expulsion",
        "14/04/2026",
        &[("heure", "9"), ("relogement", "non"), ("meubles", "non"), ("force_publique", "oui")],
    );
    assert!(!page.contains("Expulsion pendant la trêve"), "out of the truce: {page}");
    assert_eq!(desk.all("#chronologie .note.bad"), Vec::<String>::new(), "nothing irregular");
    desk.record(dossier, "pv-expulsion-transmis", "14/04/2026", &[]);
    desk.record(dossier, "paiement-indemnite", "14/04/2026", &[("montant", "1 800,00")]);
}

fn desk_on<'a, 'b>(desk: &'b Desk<'a>, dossier: &str) -> &'b Desk<'a> {
    desk.go(dossier);
    desk
}

/// closed, the dossier is gone from every ordinary place that same moment.
fn closing(desk: &Desk<'_>, dossier: &str) {
    let number = dossier.trim_start_matches("/dossiers/");
    desk.house.go_to("2026-05-11");
    desk.sign_in("clara.frey");
    desk.go("/dossiers");
    desk.says(number);
    assert!(search(desk, "Zimerman", "Jeanne").contains(number), "near spelling, while it runs");
    desk.record(dossier, "cloture", "11/05/2026", &[("motif", "execution_cfp")]);
    assert!(desk.note().contains("Le dossier est clos"), "{}", desk.note());
    for path in ["/journee", "/dossiers", "/tableau"] {
        desk.go(path);
        assert!(!desk.main().contains(number), "{path}");
    }
    assert!(search(desk, "Zimmermann", "Jeanne").contains("Aucun dossier en cours"));
    desk.browser.fill("#recherche-rapide", number).unwrap();
    desk.leave(|| desk.browser.press(&[Key::Enter]).unwrap());
    assert!(desk.nothing_here(), "the number leads nowhere");
    let page = desk.browser.source().unwrap();
    assert!(!page.contains("clos") && !page.contains("archiv"), "and does not say why (I13)");
}

fn search(desk: &Desk<'_>, last: &str, first: &str) -> String {
    desk.go("/recherche");
    desk.fill(&[("personne.nom", last), ("personne.prenom", first)]);
    desk.leave(|| desk.browser.submit("[name='personne.nom']").unwrap());
    assert!(!desk.path().contains(last), "no name in an address (I13)");
    desk.main()
}

/// the archive opens to its own grant and passphrase; the officer reads who went
/// where, for a year and no longer.
fn archive(desk: &Desk<'_>, dossier: &str) {
    let number = dossier.trim_start_matches("/dossiers/");
    desk.house.go_to("2026-05-12");
    desk.house.agent("zoe.hirtz", "archiviste", ARCHIVES, &[]);
    desk.sign_in("zoe.hirtz");
    desk.go(dossier);
    assert!(desk.path().starts_with("/archives"), "locked, even for its grant: {}", desk.path());
    desk.fill(&[("phrase", "une autre phrase que la bonne")]);
    desk.send();
    assert!(desk.main().contains("L'archive est fermée"), "a wrong passphrase opens nothing");
    unlock(desk);
    let found = archive_search(desk, "Simmermann", "Jeane");
    assert!(found.contains(number) && found.contains("Sera effacé le 11/05/2030"), "{found}");
    desk.leave(|| desk.browser.click_link(number).unwrap());
    desk.says("Dossier clos le 11/05/2026");
    desk.says("conservé en archive jusqu'au 11/05/2030, puis effacé");
    desk.says("rue des Tanneurs");
    desk.house.agent("edgar.ott", "dpo", DPO, &[]);
    let opened = traces(desk, "edgar.ott", dossier);
    assert_line(&opened, &["Zoe Hirtz", ARCHIVES, "Consultation d'une archive"]);
    assert_line(&opened, &["Clara Frey", PREFECTURE, "Acte", "Clôture"]);
    assert_line(&opened, &["Paul Stern", POLICE, "Consultation", "Prénom"]);
    assert_line(&opened, &["Chantal Weiss", PREFECTURE, "Acte", "refusé"]);
    let first = opened.iter().any(|line| line.contains("Création"));
    assert!(!first, "X-23: what is older than a year is gone: {opened:?}");
    desk.go("/traces");
    verify(desk);
}

/// four years to the day after the closing, the sweep leaves a certificate and nothing
/// else; the trace is sound.
fn erasure(desk: &Desk<'_>, dossier: &str) {
    let number = dossier.trim_start_matches("/dossiers/");
    let eve = desk.house.go_to("2030-05-10");
    assert_eq!((eve.gone, eve.failed), (0, 0), "not a day early");
    desk.house.agent("yves.lux", "archiviste", ARCHIVES, &[]);
    desk.house.agent("flora.marx", "dpo", DPO, &[]);
    desk.sign_in("yves.lux");
    unlock(desk);
    assert!(archive_search(desk, "Zimmermann", "Jeanne").contains(number), "the eve: still there");
    desk.sign_in("flora.marx");
    desk.go("/conservation?au=2030-05-11");
    desk.says(number);
    let swept = desk.house.go_to("2030-05-11");
    assert_eq!((swept.gone, swept.failed), (1, 0), "on the day, by itself");
    desk.sign_in("yves.lux");
    unlock(desk);
    let gone = archive_search(desk, "Zimmermann", "Jeanne");
    assert!(gone.contains("Aucun dossier clos ne correspond"), "{gone}");
    desk.go(dossier);
    assert!(desk.nothing_here());
    desk.sign_in("flora.marx");
    desk.go("/conservation");
    let certificate = desk.all("#certificats ~ .scroll tbody tr").join("\n");
    for part in ["11/05/2030", "« dossier »", "« evaluations »", "1 dossier dont il ne reste rien"]
    {
        assert!(certificate.contains(part), "« {part} »: {certificate}");
    }
    assert!(!desk.browser.source().unwrap().contains(number), "a certificate names no dossier");
    desk.go("/traces");
    verify(desk);
    let lines = desk.all(".traces tbody tr").join("\n");
    assert!(lines.contains("Yves Lux") && !lines.contains("Anne Keller"), "X-23: {lines}");
}

// --- What several steps do ------------------------------------------------------------------------

/// The deadline of this name among those that run, with its reasons.
fn term(desk: &Desk<'_>, label: &str) -> String {
    let terms = desk.all("#echeances > .terms > .term");
    let found = terms.iter().find(|t| t.contains(label));
    found.unwrap_or_else(|| panic!("no deadline « {label} » among {terms:?}")).clone()
}

/// Who opened a dossier, as an officer reads it.
fn traces(desk: &Desk<'_>, officer: &str, dossier: &str) -> Vec<String> {
    desk.sign_in(officer);
    desk.go(&format!("{dossier}/traces"));
    desk.all(".traces tbody tr")
}

fn assert_line(lines: &[String], parts: &[&str]) {
    let there = lines.iter().any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(there, "no line with {parts:?} among {lines:#?}");
}

fn verify(desk: &Desk<'_>) {
    desk.browser.click("details.card > summary").unwrap();
    desk.leave(|| desk.browser.click("details.card button.primary").unwrap());
    desk.says("Journal intact");
    let told = desk.all(".pairs dd").join("\n");
    let purged =
        told.split(" purgée").next().and_then(|t| t.rsplit(' ').next()?.parse::<u32>().ok());
    assert!(purged.is_some_and(|days| days > 0), "X-23, X-24: and the rest verifies: {told}");
}

fn unlock(desk: &Desk<'_>) {
    desk.go("/archives");
    desk.fill(&[("phrase", ARCHIVE)]);
    desk.send();
    desk.says("Archive ouverte pour votre session");
}

fn archive_search(desk: &Desk<'_>, last: &str, first: &str) -> String {
    desk.go("/archives");
    desk.fill(&[("personne.nom", last), ("personne.prenom", first)]);
    desk.leave(|| desk.browser.submit("[name='personne.nom']").unwrap());
    desk.main()
}
