//! Partners through the API: each files what is its own in the dossiers for which its
//! organisation is mandated, keeps a receipt, and sees nothing else; two partners never see each
//! other's files.

use serde_json::{Value, json};

use super::client::{ALL, PREFECTURE, Program, open, program};
use crate::common::{COLMAR, House};

pub struct Filing {
    pub profile: &'static str,
    pub kind: &'static str,
    fields: fn() -> Value,
    awaited: Option<&'static str>,
}

pub const FILINGS: [Filing; 6] = [
    Filing {
        profile: "bailleur",
        kind: "etat-dette",
        fields: || json!({ "versement": "120.00", "montant": "1830.00", "reprise_paiement": true }),
        awaited: None,
    },
    Filing {
        profile: "caf",
        kind: "signalement-caf",
        fields: || json!({ "organisme": "caf" }),
        awaited: Some("signalement-caf"),
    },
    Filing {
        profile: "commissaire-justice",
        kind: "signalement-ccapex",
        fields: || json!({}),
        awaited: Some("signalement-ccapex"),
    },
    Filing {
        profile: "banque-de-france",
        kind: "decision-surendettement",
        fields: || json!({ "decision": "effacement", "dispositif": "prp" }),
        awaited: None,
    },
    Filing {
        profile: "service-social",
        kind: "dsf-transmis",
        fields: || {
            json!({
                "locataire_present": true, "adultes": 2, "motif_menace": "impaye_perte_revenus",
                "preconisations": "Un accompagnement budgétaire est proposé.",
            })
        },
        awaited: Some("dsf-transmis"),
    },
    Filing {
        profile: "collectivite",
        kind: "dsf-transmis",
        fields: || json!({ "enfants": 3, "logement_etat": "trop_cher" }),
        awaited: None,
    },
];

/// What no answer to a partner may say.
const HIDDEN: [&str; 7] =
    ["Zimmermann", "Krieg", "Élise", "Tanneurs", "06 39 98", "est proposé", "1950.00"];

/// A house with an instructor and, for each profile, two organisations: one mandated for the first
/// dossier, the other for the second.
pub struct Town {
    pub house: House,
    pub anne: Program,
    pub ours: String,
    pub others: String,
}

pub fn login(side: &str, profile: &str) -> String {
    format!("{side}.{}", profile.replace('-', ""))
}

impl Town {
    pub fn new() -> Self {
        let house = House::on("2025-01-13");
        house.agent("anne.keller", "instructeur", PREFECTURE, &[COLMAR]);
        house.agent("alex.meyer", "administrateur", "Préfecture", &[]);
        let anne = program(&house, "anne.keller", &ALL, "01/02/2025");
        let alex = program(&house, "alex.meyer", &["administration"], "01/02/2025");
        let (ours, others) = (open(&anne, "Zimmermann"), open(&anne, "Krieg"));
        for (number, side) in [(&ours, "ici"), (&others, "ailleurs")] {
            for filing in &FILINGS {
                let name = format!("Organisme {} {side}", filing.profile);
                let new = json!({ "nom": name, "profil": filing.profile });
                let made = alex.post("/partenaires", &new).is(201).json();
                let code = made["id"].as_str().unwrap();
                house.agent(&login(side, filing.profile), filing.profile, "Partenaire", &[code]);
                let path = format!("/dossiers/{number}/partenaires");
                anne.post(&path, &json!({ "code": code })).is(204);
            }
        }
        // Arrears with the aid paid to the landlord, an order to pay, a summons, a survey asked for.
        let before = [
            ("impaye-constitue", json!({ "montant_dette": "1500.00", "tiers_payant": true })),
            (
                "commandement-payer",
                json!({
                    "bail_signe_le": "2024-05-02", "bailleur": "personne_physique",
                    "impaye_depuis": "2024-10-01", "montant_dette": "1950.00", "loyer": "650.00",
                }),
            ),
            ("assignation", json!({ "audience_le": "2025-06-12" })),
            ("dsf-demande", json!({})),
        ];
        for (kind, fields) in before {
            anne.act(&ours, kind, "2025-01-10", fields).is(201);
        }
        Self { house, anne, ours, others }
    }

    /// closed as shipped.
    pub fn authorise(&self) {
        let alex = program(&self.house, "alex.meyer", &["administration"], "01/02/2025");
        let value = json!({ "valeurs": { "partenaires.autorisation": "Arrêté d’essai n° 1" } });
        alex.json("PUT", "/reglages", &value).is(200);
    }
}

#[test]
fn each_partner_does_its_part_through_the_api_and_sees_nothing_else_x_26() {
    let town = Town::new();
    // Off as shipped: a partner's token opens nothing, whatever it is mandated for.
    let caf = program(&town.house, "ici.caf", &ALL, "01/02/2025");
    let filing = FILINGS.iter().find(|f| f.profile == "caf").unwrap();
    assert_eq!(file(&caf, &town.ours, filing).problem(), "introuvable");
    town.authorise();
    for filing in &FILINGS {
        partner(&town, filing);
    }
    // What was deposited waits beside its act: nothing was overwritten unseen.
    let dossier = town.anne.get(&format!("/dossiers/{}", town.ours)).is(200).json();
    let acts = dossier["actes"].as_array().unwrap();
    for filing in &FILINGS {
        let found = acts.iter().filter(|a| a["genre"] == filing.kind).collect::<Vec<_>>();
        assert!(!found.is_empty(), "{}", filing.profile);
    }
    let sections = dossier["volets"].as_array().unwrap();
    assert!(!sections.iter().any(|v| v["volet"] == "dette"), "proposed, not written");
    // The mandate ends: from the next request the dossier does not exist any more for them.
    let path = format!("/dossiers/{}/partenaires", town.ours);
    let held = town.anne.get(&path).is(200).json();
    let of = |m: &&Value| m["partenaire"]["profil"] == "bailleur";
    let code =
        held["designes"].as_array().unwrap().iter().find(of).unwrap()["partenaire"]["code"].clone();
    town.anne.json("DELETE", &format!("{path}/{}", code.as_str().unwrap()), &json!({})).is(204);
    let landlord = program(&town.house, "ici.bailleur", &ALL, "01/02/2025");
    let done = landlord.get("/depots").is(200).json();
    assert_eq!(done["depots"].as_array().unwrap().len(), 1);
    assert!(done.get("suite").is_none());
    assert_eq!(landlord.get("/depots?apres=61").problem(), "illisible");
    assert_eq!(file(&landlord, &town.ours, &FILINGS[0]).problem(), "introuvable");
}

fn file(by: &Program, number: &str, filing: &Filing) -> super::client::Answer {
    let body = json!({ "acte": filing.kind, "le": "2025-01-13", "champs": (filing.fields)() });
    by.post(&format!("/dossiers/{number}/actes"), &body)
}

fn partner(town: &Town, filing: &Filing) {
    let who = filing.profile;
    let by = program(&town.house, &login("ici", who), &ALL, "01/02/2025");
    let mut said = Vec::new();
    let mut get = |path: &str| {
        let answer = by.get(path).is(200);
        said.push(answer.text());
        answer.json()
    };
    let me = get("/moi");
    assert_eq!(me["lit_des_dossiers"], false, "{who}");
    let model = get("/modele");
    let kinds: Vec<&str> =
        model["actes"].as_array().unwrap().iter().map(|a| a["code"].as_str().unwrap()).collect();
    assert!(kinds.contains(&filing.kind), "{who}: {kinds:?}");
    assert_eq!(model["volets"], json!([]), "{who} sees no section");
    let awaited = get("/attendus");
    if let Some(kind) = filing.awaited {
        let asks = |a: &Value| {
            a["numero"] == json!(town.ours) && a["actes"].as_array().unwrap().contains(&json!(kind))
        };
        assert!(awaited.as_array().unwrap().iter().any(asks), "{who}: {awaited}");
    }
    let offered = get(&format!("/dossiers/{}/actes", town.ours));
    assert_eq!(offered, json!(kinds), "{who}");
    // Nothing is foreseen for whom does not follow; what is wrong is told all the same.
    let body = json!({ "acte": filing.kind, "le": "2025-01-13", "champs": (filing.fields)() });
    let tried = by.post(&format!("/dossiers/{}/actes/essai", town.ours), &body).is(200);
    assert_eq!(tried.json(), json!({ "accepte": true, "remarques": [] }), "{who}");
    let wrong = json!({ "acte": filing.kind, "le": "2025-01-13", "champs": { "nir": "1" } });
    let path = format!("/dossiers/{}/actes", town.ours);
    assert!(by.post(&path, &wrong).is(422).faults().contains(&"champs.nir".to_owned()), "{who}");
    let done = file(&by, &town.ours, filing).is(201);
    assert_eq!(
        done.json().as_object().unwrap().len(),
        2,
        "{who}: a receipt's number: {}",
        done.text()
    );
    said.push(done.text());
    let no = done.json()["acte"].clone();
    let receipt = by.get(&format!("/dossiers/{}/recus/{no}", town.ours)).is(200);
    assert_eq!(receipt.json()["genre"], filing.kind, "{who}");
    said.push(receipt.text());
    said.push(by.get("/depots").is(200).text());
    if let Some(kind) = filing.awaited {
        let left = by.get("/attendus").is(200).text();
        assert!(!left.contains(kind), "{who}: done, no longer asked: {left}");
    }
    for text in &said {
        for hidden in HIDDEN {
            assert!(!text.contains(hidden), "{who} reads « {hidden} » in {text}");
        }
        assert!(!text.contains(&town.others), "{who}: another's number");
    }
    // I13: the other organisation's dossier, acts that are not theirs, and every way to read.
    for path in [
        format!("/dossiers/{}", town.ours),
        format!("/dossiers/{}", town.others),
        format!("/dossiers/{}/actes", town.others),
        format!("/dossiers/{}/revision", town.ours),
        format!("/dossiers/{}/courriers", town.ours),
        format!("/dossiers/{}/partenaires", town.ours),
        format!("/dossiers/{}/traces", town.ours),
        format!("/dossiers/{}/recus/1", town.ours),
        format!("/dossiers/{}/dossier.pdf", town.ours),
        "/dossiers".to_owned(),
        "/journee".to_owned(),
        "/tableau".to_owned(),
        "/partenaires".to_owned(),
        "/traces".to_owned(),
    ] {
        assert_eq!(by.get(&path).is(404).problem(), "introuvable", "{who} at {path}");
    }
    assert_eq!(file(&by, &town.others, filing).problem(), "introuvable", "{who}");
    let foreign = json!({ "acte": "cfp-accorde", "le": "2025-01-13" });
    assert_eq!(by.post(&path, &foreign).is(422).faults(), ["acte"], "{who}");
    // Nor does a colleague of the other organisation.
    let other = program(&town.house, &login("ailleurs", who), &ALL, "01/02/2025");
    for path in
        [format!("/dossiers/{}/recus/{no}", town.ours), format!("/dossiers/{}/actes", town.ours)]
    {
        assert_eq!(other.get(&path).is(404).problem(), "introuvable", "the other {who} at {path}");
    }
    assert_eq!(file(&other, &town.ours, filing).problem(), "introuvable", "the other {who}");
}

/// a landlord's statement through the API: sent, its columns settled, tried, written; its
/// faults taken away; nothing of another dossier on the way.
#[test]
fn a_landlord_imports_through_the_api_and_sees_nothing_else_x_26() {
    let town = Town::new();
    town.authorise();
    let by = program(&town.house, "ici.bailleur", &["imports", "lecture"], "01/02/2025");
    let kinds = by.get("/imports").is(200).json();
    assert!(kinds["genres"].as_array().unwrap().iter().any(|g| g["code"] == "releve-impayes"));
    let csv = format!(
        "N° dossier;Date impayé;Montant dû\r\n{};12/01/2025;1 234,56\r\n{};12/01/2025;500,00\r\n",
        town.ours, town.others
    );
    let path = "/imports?genre=releve-impayes";
    let file = [("Content-Type", "text/csv")];
    assert_eq!(by.send("POST", path, &file, b"%PDF-1.7").is(422).problem(), "refus");
    let sent = by.send("POST", path, &file, csv.as_bytes()).is(201).json();
    assert_eq!(sent["lignes"], 2);
    let at = format!("/imports/{}", sent["id"].as_str().unwrap());
    let detail = by.get(&at).is(200).json();
    let settle = json!({ "correspondance": detail["correspondance"] });
    by.json("PUT", &format!("{at}/colonnes"), &settle).is(204);
    let wait = |state: &str| {
        for _ in 0..400 {
            let now = by.get(&at).is(200).json();
            if now["import"]["etat"] == state {
                return now;
            }
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        panic!("never « {state} »: {}", by.get(&at).text());
    };
    let ready = wait("pret");
    assert_eq!((&ready["import"]["ecrites"], &ready["import"]["fautives"]), (&json!(1), &json!(1)));
    by.send("POST", &format!("{at}/lancement"), &[], b"").is(204);
    let done = wait("fini");
    assert_eq!(done["import"]["ecrites"], 1);
    let faults = by.get(&format!("{at}/fautes")).is(200);
    assert!(faults.headers["content-type"].starts_with("text/csv"));
    assert!(faults.text().contains(&town.others) && !faults.text().contains("Krieg"));
    // Another's import is nobody's.
    let other = program(&town.house, "ailleurs.bailleur", &["imports"], "01/02/2025");
    for path in [at.clone(), format!("{at}/fautes")] {
        assert_eq!(other.get(&path).is(404).problem(), "introuvable");
    }
    let acts = town.anne.get(&format!("/dossiers/{}", town.ours)).json();
    let of =
        |a: &&Value| a["genre"] == "impaye-constitue" && a["champs"]["montant_dette"] == "1234.56";
    assert!(acts["actes"].as_array().unwrap().iter().any(|a| of(&a)), "{acts}");
}
