//! Templates against the register: the shipped ones hold, hostile ones are told line by line, what
//! was sealed reads back the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

use huis_dossier::{Facts, Value};
use huis_kernel::CaseNumber;
use huis_letters::{Block, Letter, Material, Office, Template, easy_lines, file_names, pictogram};
use huis_register::{Mention, Register};
use proptest::prelude::*;

fn register() -> Register {
    Register::parse("expulsion.toml", include_str!("../../../registers/expulsion.toml")).unwrap()
}

fn shipped(name: &str) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../letters");
    std::fs::read_to_string(root.join(name)).unwrap()
}

fn office() -> Office {
    Office {
        name: "Préfecture d’essai".into(),
        controller: "Préfet d’essai".into(),
        rights_desk: "Bureau des droits".into(),
        secretariat: String::new(),
        officer: "dpd@example.org".into(),
        place: "Colmar".into(),
        ..Office::default()
    }
}

fn text(value: &str) -> Value {
    Value::Text(value.into())
}

fn home() -> Facts {
    Facts::from([
        ("numero".into(), text("12")),
        ("type_voie".into(), Value::Choice("rue".into())),
        ("nom_voie".into(), text("des Tanneurs")),
        ("code_postal".into(), text("68000")),
        ("commune".into(), text("68066")),
    ])
}

fn person(first: &str, last: &str) -> Facts {
    Facts::from([("prenom".into(), text(first)), ("nom".into(), text(last))])
}

fn fill(id: &str, own: &Facts) -> Result<Letter, Vec<String>> {
    let (register, office, home, none) = (register(), office(), home(), Facts::new());
    let template = Template::read(&register, &shipped(&format!("{id}.toml"))).unwrap();
    let day = "2026-03-02".parse().unwrap();
    template.fill(&Material {
        register: &register,
        office: &office,
        number: "4821-7730-K"
            .parse::<CaseNumber>()
            .unwrap_or_else(|_| CaseNumber::random(&huis_kernel::SeededRng::new(1))),
        opened_on: day,
        today: day,
        recipient: Some(own),
        sections: &[("local", &home)],
        act: None,
        inputs: &none,
    })
}

/// every letter of the register has its text, and the register accepts it.
#[test]
fn every_letter_of_the_register_is_shipped_and_holds_x_15_x_27() {
    let register = register();
    assert!(register.letters.len() >= 11);
    for name in file_names(&register) {
        let read = Template::read(&register, &shipped(&name));
        assert!(read.is_ok(), "{name}: {:?}", read.err());
    }
    // RGPD art. 14: the first letter to a person tells everything.
    for id in ["information-occupant", "information-autre-occupant", "information-caution"] {
        let letter = register.letter(id).unwrap();
        for mention in [Mention::Controller, Mention::Purposes, Mention::Rights, Mention::Retention]
        {
            assert!(letter.mentions.contains(&mention), "{id} {mention:?}");
        }
    }
}

/// a letter shows its recipient and nothing of another person, whatever its text asks.
#[test]
fn a_text_cannot_show_what_its_letter_may_not_x_15() {
    let register = register();
    let letter = register.letter("information-caution").unwrap();
    let text = "Madame,\n\n{occupant.nom} {occupant.date_naissance}\n\n{dette.montant}";
    let faults = Template::parse(&register, letter, "Objet", text).unwrap_err();
    let told: Vec<_> = faults.iter().filter(|f| f.message.contains("peut montrer")).collect();
    assert_eq!(told.len(), 3, "{faults:?}");
    assert_eq!(told.iter().map(|f| f.line).collect::<Vec<_>>(), [3, 3, 5]);
    // The register itself refuses a letter that would show another.
    let file = include_str!("../../../registers/expulsion.toml").replacen(
        "\"caution.nom\", \"caution.prenom\", \"caution.voie\"",
        "\"occupant.nom\", \"caution.voie\"",
        1,
    );
    let refused = Register::parse("expulsion.toml", &file).unwrap_err();
    assert!(refused.iter().any(|f| f.message.contains("autre personne")), "{refused:?}");
    let file = include_str!("../../../registers/expulsion.toml").replacen(
        "\"caution.nom\", \"caution.prenom\", \"caution.voie\"",
        "\"rapport_police.avis\", \"caution.voie\"",
        1,
    );
    let refused = Register::parse("expulsion.toml", &file).unwrap_err();
    assert!(refused.iter().any(|f| f.message.contains("sensible")), "{refused:?}");
}

/// Every fault at once, each with its line; I11: mandatory mentions stay.
#[test]
fn hostile_texts_are_told_line_by_line() {
    let register = register();
    let letter = register.letter("convocation-ccapex").unwrap();
    let mention = "\n\n{mention.droits}";
    for (text, expected) in [
        ("{occupant.nome}", &[(1, "donnée connue")][..]),
        ("bonjour {", &[(1, "accolade")]),
        ("bonjour }", &[(1, "accolade")]),
        ("a\n{{occupant.nom}}", &[(2, "accolade")]),
        ("{}", &[(1, "donnée connue")]),
        ("[si occupant.sexe]\nMadame", &[(1, "pas fermée")]),
        ("[fin]", &[(1, "aucune condition")]),
        ("[si occupant.sexe]\n[si occupant.nom]\nx\n[fin]", &[(2, "contient une autre")]),
        ("vos droits : {mention.droits}", &[(1, "seule dans son paragraphe")]),
        ("x\u{7}y", &[(1, "ne s'imprime pas")]),
        ("{acte.date}", &[(1, "donnée connue")]),
        ("{mention.tout}", &[(1, "donnée connue")]),
        ("{#read(\"/etc/passwd\")}", &[(1, "donnée connue")]),
    ] {
        let faults =
            Template::parse(&register, letter, "Objet", &format!("{text}{mention}")).unwrap_err();
        for (line, words) in expected {
            assert!(
                faults.iter().any(|f| f.line == *line && f.message.contains(words)),
                "{text:?}: {faults:?}"
            );
        }
    }
    let bare = Template::parse(&register, letter, "", "Madame,").unwrap_err();
    assert!(bare.iter().any(|f| f.message.contains("mention obligatoire")), "I11: {bare:?}");
    assert!(bare.iter().any(|f| f.line == 0 && f.message.contains("objet")), "all at once");
    let hidden = "[si occupant.sexe]\n\n{mention.droits}\n\n[fin]";
    let hidden = Template::parse(&register, letter, "Objet", hidden).unwrap_err();
    assert!(hidden.iter().any(|f| f.message.contains("aucune condition")), "{hidden:?}");
    let long = "é".repeat(200_000);
    assert!(Template::parse(&register, letter, &long, &long).is_err());
    assert!(Template::parse(&register, letter, "O", &"{".repeat(11_000)).is_err());
    for file in ["", "lettre = 1", "objet = \"a\"\nobjet = \"b\"", "[[[", "sante = \"x\""] {
        assert!(Template::read(&register, file).is_err(), "{file}");
    }
    let file = "lettre = \"convocation-ccapex\"\nobjet = \"o\"\ntexte = \"\"\"\nun\n\n{faux.champ}\n\"\"\"\n";
    let faults = Template::read(&register, file).unwrap_err();
    assert!(faults.iter().any(|f| f.line == 6 && f.message.contains("faux.champ")), "{faults:?}");
}

/// The recipient's name and address, the dossier's number, and what is missing told all at once.
#[test]
fn a_letter_is_filled_with_its_recipient_alone_x_15() {
    let letter = fill("information-occupant", &person("Élise", "HOFFMANN")).unwrap();
    assert_eq!(letter.recipient, ["Élise HOFFMANN", "12 rue des Tanneurs", "68000 Colmar"]);
    let words = letter.to_text();
    for needle in ["Préfet d’essai", "4 ans", "Bureau des droits", "dpd@example.org", "CNIL"] {
        assert!(words.contains(needle), "{needle}");
    }
    assert!(words.contains("opposition ne s'applique pas"), "X-16: the ground is told");
    assert!(!words.contains('{') && !words.contains(" ;"), "filled, with no-break spaces");
    let mut moved = person("Élise", "HOFFMANN");
    moved.insert("sexe".into(), Value::Choice("f".into()));
    moved.insert("contact_voie".into(), text("3 quai de la Sinn"));
    moved.insert("contact_code_postal".into(), text("68100"));
    moved.insert("contact_ville".into(), text("Mulhouse"));
    let letter = fill("information-occupant", &moved).unwrap();
    assert_eq!(letter.recipient, ["Madame Élise HOFFMANN", "3 quai de la Sinn", "68100 Mulhouse"]);
    let missing = fill("convocation-ccapex", &moved).unwrap_err();
    assert_eq!(missing.len(), 3, "date, hour and place, all at once: {missing:?}");
}

/// D-23: each line of the easy notice has its pictogram, short words and one idea.
#[test]
fn the_easy_notice_is_easy_d_23() {
    let register = register();
    let notice = register.notices.iter().find(|n| n.id == "public").unwrap();
    let lines = easy_lines(&notice.easy);
    assert!(lines.iter().filter(|l| l.heading).count() >= 5);
    for line in lines.iter().filter(|l| !l.heading) {
        assert!(line.pictogram.is_some(), "{}", line.text);
        assert!(line.text.split_whitespace().count() <= 20, "{}", line.text);
    }
    assert!(pictogram("maison").unwrap().svg().starts_with("<svg"));
    assert!(pictogram("<script>").is_none());
}

fn block() -> impl Strategy<Value = Block> {
    let words = "[^\\p{C}\\s][^\\p{C}\\s]{0,12}( [^\\p{C}\\s]{1,12}){0,4}";
    let markup =
        prop_oneof![Just("## x"), Just("- x"), Just("[si a.b]"), Just("[fin]"), Just("\\- x")];
    let any = prop_oneof![words.prop_map(|w| w), markup.prop_map(str::to_owned)];
    prop_oneof![
        words.prop_map(Block::Heading),
        any.prop_map(Block::Paragraph),
        prop::collection::vec(words, 1..4).prop_map(Block::List),
    ]
}

proptest! {
    /// I10: what was sealed reads back the same, whatever people and streets are called.
    #[test]
    fn a_sealed_letter_reads_back_the_same_i10(body in prop::collection::vec(block(), 1..8)) {
        let mut letter = fill("information-occupant", &person("a", "b")).unwrap();
        letter.body = body;
        prop_assert_eq!(Letter::body_of(&letter.to_text()), letter.body);
    }
    #[test]
    fn any_text_is_read_or_refused_without_fall(text in "\\PC{0,300}", subject in "\\PC{0,40}") {
        let register = register();
        let letter = register.letter("information-occupant").unwrap();
        let _ = Template::parse(&register, letter, &subject, &text);
    }
}
