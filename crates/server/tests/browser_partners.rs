//! Partners before a browser: each profile files what is its own, in the dossiers for which
//! its organisation is mandated, keeps a receipt, and sees nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::{COLMAR, House, desk::Desk};
use huis_kernel::Instant;
use huis_store::partners::PartnerRow;

const PREFECTURE: &str = "Préfecture, prévention des expulsions";

/// What each partner files, and what is asked of it where something is.
struct Filing {
    profile: &'static str,
    kind: &'static str,
    label: &'static str,
    on: &'static str,
    fields: &'static [(&'static str, &'static str)],
    /// The deadline that asks for it, where there is one.
    awaited: Option<&'static str>,
}

const FILINGS: [Filing; 6] = [
    Filing {
        profile: "bailleur",
        kind: "etat-dette",
        label: "État de la dette et des paiements",
        on: "13/01/2025",
        fields: &[("versement", "120,00"), ("montant", "1 830,00"), ("reprise_paiement", "oui")],
        awaited: None,
    },
    Filing {
        profile: "caf",
        kind: "signalement-caf",
        label: "Signalement de l'impayé à la CAF ou à la MSA",
        on: "13/01/2025",
        fields: &[("organisme", "caf")],
        awaited: Some("Signaler l'impayé à la CAF ou à la MSA"),
    },
    Filing {
        profile: "commissaire-justice",
        kind: "signalement-ccapex",
        label: "Signalement du commandement de payer à la CCAPEX",
        on: "13/01/2025",
        fields: &[],
        awaited: Some("Signaler le commandement de payer à la CCAPEX"),
    },
    Filing {
        profile: "banque-de-france",
        kind: "decision-surendettement",
        label: "Décision de la commission de surendettement",
        on: "13/01/2025",
        fields: &[("decision", "effacement"), ("dispositif", "prp")],
        awaited: None,
    },
    Filing {
        profile: "service-social",
        kind: "dsf-transmis",
        label: "Diagnostic social et financier transmis",
        on: "13/01/2025",
        fields: &[
            ("locataire_present", "oui"),
            ("adultes", "2"),
            ("motif_menace", "impaye_perte_revenus"),
            ("preconisations", "Un accompagnement budgétaire est proposé."),
        ],
        awaited: Some("Remettre le diagnostic social et financier au juge et à la CCAPEX"),
    },
    Filing {
        profile: "collectivite",
        kind: "dsf-transmis",
        label: "Diagnostic social et financier transmis",
        on: "13/01/2025",
        fields: &[("enfants", "3"), ("logement_etat", "trop_cher")],
        awaited: None,
    },
];

/// What no partner's page may say of the dossier.
const HIDDEN: [&str; 6] =
    ["Zimmermann", "Jeanne", "Tanneurs", "06 39 98", "Krieg", "accompagnement budgétaire"];

/// six profiles, two organisations each; two dossiers.
#[test]
fn partners_file_what_is_theirs_and_see_nothing_else_x_26() {
    let house = House::on("2025-01-13");
    let desk = Desk::new(&house);
    let office = house.wait(house.huis.store().offices()).unwrap().remove(0).office;
    let now = Instant(0);
    house.wait(async {
        let mut work = house.huis.store().begin().await.unwrap();
        for filing in &FILINGS {
            for side in ["ici", "ailleurs"] {
                let row = PartnerRow {
                    code: format!("p{side}-{}", filing.profile),
                    name: format!("Organisme {} {side}", filing.profile),
                    profile: filing.profile.into(),
                    closed_at: None,
                };
                work.add_partner(office, &row, None, now).await.unwrap();
            }
        }
        work.commit().await.unwrap();
    });
    for filing in &FILINGS {
        for side in ["ici", "ailleurs"] {
            let login = format!("{side}.{}", filing.profile.replace('-', ""));
            let code = format!("p{side}-{}", filing.profile);
            house.agent(&login, filing.profile, "Partenaire", &[&code]);
        }
    }
    house.agent("anne.keller", "instructeur", PREFECTURE, &[COLMAR]);
    let ours = open(&desk, "Zimmermann", "Jeanne", "rue des Tanneurs");
    let others = open(&desk, "Krieg", "Paul", "rue des Clés");
    prepare(&desk, &ours);
    for filing in &FILINGS {
        name_partner(&desk, &ours, &format!("pici-{}", filing.profile));
        name_partner(&desk, &others, &format!("pailleurs-{}", filing.profile));
    }
    closed_until_authorised(&desk, &house, &ours);
    for filing in &FILINGS {
        files(&desk, filing, &ours, &others);
    }
    takes_over(&desk, &ours);
    mandate_ends(&desk, &ours);
}

fn open(desk: &Desk<'_>, last: &str, first: &str, street: &str) -> String {
    desk.sign_in("anne.keller");
    desk.go("/dossiers/nouveau");
    desk.fill(&[
        ("occupant-1.qualite", "en_impaye"),
        ("occupant-1.nom", last),
        ("occupant-1.prenom", first),
        ("occupant-1.telephone", "06 39 98 00 01"),
        ("local-1.type_bailleur", "social"),
        ("local-1.numero", "12"),
        ("local-1.nom_voie", street),
        ("local-1.code_postal", "68000"),
        ("local-1.commune", "Colmar (68066)"),
        ("local-1.loyer", "650,00"),
    ]);
    desk.send();
    assert!(desk.note().contains("Le dossier est ouvert"), "{}", desk.main());
    desk.path()
}

/// Arrears with the aid paid to the landlord, an order to pay, a summons, a survey asked for.
fn prepare(desk: &Desk<'_>, dossier: &str) {
    desk.record(
        dossier,
        "impaye-constitue",
        "10/01/2025",
        &[("montant_dette", "1 500,00"), ("tiers_payant", "oui")],
    );
    desk.record(
        dossier,
        "commandement-payer",
        "10/01/2025",
        &[
            ("bail_signe_le", "02/05/2024"),
            ("bailleur", "personne_physique"),
            ("impaye_depuis", "01/10/2024"),
            ("montant_dette", "1 950,00"),
            ("loyer", "650,00"),
        ],
    );
    desk.record(dossier, "assignation", "10/01/2025", &[("audience_le", "12/06/2025")]);
    desk.record(dossier, "dsf-demande", "10/01/2025", &[]);
}

fn name_partner(desk: &Desk<'_>, dossier: &str, code: &str) {
    desk.go(&format!("{dossier}/partenaires"));
    desk.fill(&[("organisme", code)]);
    desk.send();
    assert!(desk.note().contains("Partenaire désigné"), "{}", desk.main());
}

/// Off as shipped: a partner's account opens nothing, whatever it is mandated for.
fn closed_until_authorised(desk: &Desk<'_>, house: &House, dossier: &str) {
    desk.sign_in("ici.caf");
    desk.go(&format!("{dossier}/actes/signalement-caf"));
    assert!(desk.nothing_here(), "{}", desk.main());
    house.wait(async {
        let office = house.huis.store().offices().await.unwrap().remove(0).office;
        let act = "Arrêté d’essai n° 1";
        let key = "partenaires.autorisation";
        house.huis.store().set_setting(office, key, act, None, Instant(0)).await.unwrap();
    });
}

fn files(desk: &Desk<'_>, filing: &Filing, ours: &str, others: &str) {
    let who = filing.profile;
    let number = ours.trim_start_matches("/dossiers/");
    desk.sign_in(&format!("ici.{}", who.replace('-', "")));
    let mut pages = vec![desk.browser.source().unwrap()];
    match filing.awaited {
        Some(what) => {
            let asked = desk.all("#attendu tbody tr").join("\n");
            assert!(asked.contains(number) && asked.contains(what), "{who}: {asked}");
            desk.leave(|| desk.browser.click("#attendu tbody th a").unwrap());
        }
        None => {
            desk.fill(&[("numero", number)]);
            desk.leave(|| desk.browser.click("main form button.primary").unwrap());
        }
    }
    pages.push(desk.browser.source().unwrap());
    let offers = desk.all(".offers li a");
    assert!(offers.contains(&filing.label.to_owned()), "{who}: {offers:?}");
    desk.go(&format!("{ours}/actes/{}", filing.kind));
    pages.push(desk.browser.source().unwrap());
    desk.fill(&[("on", filing.on)]);
    desk.fill(filing.fields);
    desk.send();
    desk.says("Rien n'est encore enregistré");
    desk.leave(|| desk.browser.click("main [value='confirmer']").unwrap());
    assert!(desk.note().contains("dépôt est enregistré"), "{who}: {}", desk.main());
    assert!(desk.path().starts_with(&format!("{ours}/recus/")), "{who}: {}", desk.path());
    let receipt = desk.path();
    for part in [number, filing.label, "13/01/2025", "Préfecture d'essai"] {
        desk.says(part);
    }
    // The receipt holds nothing of what was deposited: not even its own words.
    for (_, value) in filing.fields.iter().filter(|(_, v)| v.len() > 3) {
        assert!(!desk.main().contains(value), "{who}: « {value} » is read back");
    }
    pages.push(desk.browser.source().unwrap());
    desk.go("/journee");
    assert!(desk.all("#depots tbody tr").join("\n").contains(number), "{who}: {}", desk.main());
    pages.push(desk.browser.source().unwrap());
    if let Some(what) = filing.awaited {
        let asked = desk.all("#attendu tbody tr").join("\n");
        assert!(!asked.contains(what), "{who}: done, no longer asked: {asked}");
    }
    for page in &pages {
        for hidden in HIDDEN {
            assert!(!page.contains(hidden), "{who} reads « {hidden} »");
        }
        assert!(!page.contains(others.trim_start_matches("/dossiers/")), "{who}: another's number");
    }
    // I13: the other organisation's dossier, acts that are not theirs, and every way to read.
    for path in [
        others.to_owned(),
        format!("{others}/actes/{}", filing.kind),
        format!("{ours}/actes/cfp-accorde"),
        format!("{ours}/imprimer"),
        format!("{ours}/volets/dette/1"),
        format!("{ours}/partenaires"),
        format!("{ours}/recus/1"),
        format!("{ours}/version"),
        "/dossiers".to_owned(),
        "/recherche".to_owned(),
        "/tableau".to_owned(),
        "/archives".to_owned(),
        "/partenaires".to_owned(),
    ] {
        desk.go(&path);
        assert!(desk.nothing_here(), "{who} at {path}: {}", desk.main());
    }
    // Nor does a colleague of the other organisation read this receipt.
    desk.sign_in(&format!("ailleurs.{}", who.replace('-', "")));
    for path in [ours.to_owned(), receipt, format!("{ours}/actes/{}", filing.kind)] {
        desk.go(&path);
        assert!(desk.nothing_here(), "the other {who} at {path}");
    }
}

/// What was deposited waits beside its act: the instructor takes over field by field, and nothing
/// is overwritten unseen.
fn takes_over(desk: &Desk<'_>, dossier: &str) {
    desk.sign_in("anne.keller");
    desk.go(dossier);
    let sections = desk.all("#volets").join("\n");
    assert!(!sections.contains("1 830,00"), "proposed, not written: {sections}");
    // Art. 24 VIII: the erased debt suspends the clause for two years.
    let terms = desk.all("#echeances .term").join("\n");
    assert!(terms.contains("suspension de la clause") && terms.contains("13/01/2027"), "{terms}");
    let take = "main .acts a[href*='/reprendre/'][href$='/dette']";
    let links = desk.browser.count(take).unwrap();
    assert_eq!(links, 2, "the landlord's statement and the commission's decision");
    let href = desk.script(
        "return [...document.querySelectorAll(arguments[0])].pop().getAttribute('href');",
        &[serde_json::json!(take)],
    );
    desk.go(href.as_str().unwrap());
    let offered = desk.browser.property("main [name='montant']", "value").unwrap();
    assert_eq!(common::squeeze(offered.as_str().unwrap()), "1 830,00");
    desk.send();
    assert!(desk.note().contains("Le volet est enregistré"), "{}", desk.main());
    // Now the section holds something: the commission's « prp » is shown beside it, chosen or not.
    desk.go(dossier);
    desk.leave(|| desk.browser.click(take).unwrap());
    desk.says("Proposé par le dépôt");
    desk.leave(|| desk.browser.click("main form button.primary").unwrap());
    assert!(desk.note().contains("Le volet est enregistré"), "{}", desk.main());
    let debt = desk.all("#volet-dette").join("\n");
    assert!(debt.contains("1 830,00") && debt.contains("Rétablissement personnel"), "{debt}");
}

/// From the next click the dossier does not exist any more for them; the receipt stays.
fn mandate_ends(desk: &Desk<'_>, dossier: &str) {
    desk.go(&format!("{dossier}/partenaires"));
    desk.leave(|| desk.browser.click("#pici-bailleur button").unwrap());
    assert!(desk.note().contains("Partenaire retiré"), "{}", desk.main());
    desk.sign_in("ici.bailleur");
    assert_eq!(desk.all("#depots tbody tr").len(), 1);
    desk.go(dossier);
    assert!(desk.nothing_here());
}
