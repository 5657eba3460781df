//! The letters on real stores: due at creation, prepared, sealed, printed, sent, back, taken back.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::*;
use huis_dossier::Facts;
use huis_kernel::CaseNumber;
use huis_store::Location;
use huis_testkit::Postgres;
use huis_trace::Operation;
use huis_usecases::{
    Caller, NewCase, Reading, SectionCommand, UseError,
    letters::{Preview, SendCommand},
    oversight::TraceQuery,
};

async fn office(world: &World) {
    world.agent("ada", "administrateur", &[]).await;
    let ada = world.caller("ada").await;
    for (key, value) in [
        ("organisation.responsable", "Préfet d’essai"),
        ("organisation.dpd", "dpd@example.org"),
        ("courrier.lieu", "Colmar"),
    ] {
        world.huis.set_setting(&ada, key, value).await.unwrap();
    }
}

/// A household of two with its guarantor.
async fn household(world: &World, caller: &Caller) -> CaseNumber {
    let mut second = occupant("Keller", "Jonas");
    second.insert("qualite".into(), choice("autre_occupant"));
    let guarantor = facts(&[
        ("nom", text("Weber")),
        ("prenom", text("Inès")),
        ("voie", text("9 rue du Nord")),
        ("code_postal", text("68100")),
        ("ville", text("Mulhouse")),
    ]);
    let new = NewCase {
        territory: COLMAR.into(),
        sections: vec![
            ("occupant".into(), occupant("Hoffmann", "Élise")),
            ("occupant".into(), second),
            ("caution".into(), guarantor),
            ("local".into(), local()),
        ],
        acts: Vec::new(),
    };
    world.huis.create_dossier(caller, PROCESSING, new).await.unwrap().number
}

/// creation makes the letters due; each shows its recipient alone; what was sealed is what is
/// printed again (I10), and sending is tracked to the end.
async fn from_creation_to_the_post(world: World) {
    office(&world).await;
    world.agent("anne", "instructeur", &[COLMAR]).await;
    world.agent("chloe", "instructeur", &[MULHOUSE]).await;
    let anne = world.caller("anne").await;
    let huis = &world.huis;
    let number = household(&world, &anne).await;
    let waiting = huis.letters_due(&anne, PROCESSING).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].rules[0].0, "lettre-information");
    let batch = huis.prepare_letters(&anne, PROCESSING, &[number]).await.unwrap();
    assert!(batch.faults.is_empty(), "{:?}", batch.faults);
    let kinds: Vec<_> = batch.letters.iter().map(|l| l.written.letter.as_str()).collect();
    assert_eq!(
        kinds,
        ["information-occupant", "information-autre-occupant", "information-caution"]
    );
    for (own, others) in
        [(0, ["Keller", "Weber"]), (1, ["Hoffmann", "Weber"]), (2, ["Hoffmann", "Keller"])]
    {
        let letter = &batch.letters[own].letter;
        let all = format!("{}{}{}", letter.recipient.join("\n"), letter.subject, letter.to_text());
        for other in others {
            assert!(!all.contains(other), "X-15: {other} in the letter of {own}");
        }
    }
    assert_eq!(batch.letters[2].letter.recipient[0], "Inès Weber");
    // Prepared once: asked again, the same letters come back and no act is added.
    let again = huis.prepare_letters(&anne, PROCESSING, &[number]).await.unwrap();
    assert_eq!(again.letters, batch.letters);
    // I10: a text adapted since and a name rectified since do not change what was sealed.
    let ada = world.caller("ada").await;
    let shipped = huis.letter_texts(&ada, PROCESSING).await.unwrap().remove(0);
    let adapted = format!("Bonjour.\n\n{}", shipped.text);
    let saved = huis
        .adapt_letter(&ada, PROCESSING, "information-occupant", Some(("Autre objet", &adapted)))
        .await
        .unwrap();
    assert!(saved.is_empty(), "{saved:?}");
    let mut renamed = occupant("Huffmann", "Élise");
    renamed.insert("sexe".into(), choice("f"));
    let rename = SectionCommand {
        section: "occupant".into(),
        occurrence: Some(1),
        base_version: 1,
        facts: renamed,
        about: None,
        remove: false,
    };
    huis.write_section(&anne, PROCESSING, number, rename).await.unwrap();
    let keys: Vec<_> = batch.letters.iter().map(|l| (l.number, l.written.no)).collect();
    let reprint = huis.open_letters(&anne, PROCESSING, &keys).await.unwrap();
    assert_eq!(reprint.letters, batch.letters, "I10: printed again, identical");
    // Sent: the deadline is met; sent twice is once.
    let command = SendCommand { letters: keys.clone(), mode: "courrier".into(), on: world.today() };
    for _ in 0..2 {
        let sent = huis.send_letters(&anne, PROCESSING, &command).await.unwrap();
        assert!(sent.faults.is_empty() && sent.done.len() == 3, "{sent:?}");
    }
    assert!(huis.letters_due(&anne, PROCESSING).await.unwrap().is_empty());
    let opened = huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await.unwrap();
    let sendings = opened.view.acts.iter().filter(|a| a.kind.starts_with("information-")).count();
    assert_eq!(sendings, 3, "one act a letter");
    // Taken back the same day by a correcting act, and sent again.
    let back = huis.unsend_letters(&anne, PROCESSING, &keys[..1]).await.unwrap();
    assert!(back.faults.is_empty(), "{back:?}");
    assert_eq!(huis.letters_due(&anne, PROCESSING).await.unwrap().len(), 1);
    let first = SendCommand { letters: keys[..1].to_vec(), ..command.clone() };
    assert!(huis.send_letters(&anne, PROCESSING, &first).await.unwrap().faults.is_empty());
    // Back from the post: due again, with the text of today; the first stays as it was.
    let on = world.today();
    let back =
        huis.letter_returned(&anne, PROCESSING, number, keys[0].1, "npai", on).await.unwrap();
    assert!(back.faults.is_empty(), "{back:?}");
    let (_, letters) = huis.dossier_letters(&anne, PROCESSING, number).await.unwrap();
    assert!(letters.due.len() == 1 && letters.due[0].returned, "{letters:?}");
    let fresh = huis.prepare_letters(&anne, PROCESSING, &[number]).await.unwrap();
    assert_eq!(fresh.letters[0].letter.subject, "Autre objet");
    assert!(fresh.letters[0].letter.recipient[0].contains("Madame Élise Huffmann"));
    // I13: another arrondissement learns nothing of it.
    let chloe = world.caller("chloe").await;
    assert!(huis.letters_due(&chloe, PROCESSING).await.unwrap().is_empty());
    let foreign = huis.prepare_letters(&chloe, PROCESSING, &[number]).await.unwrap();
    let unknown = CaseNumber::random(&huis_kernel::SeededRng::new(77));
    let absent = huis.prepare_letters(&chloe, PROCESSING, &[unknown]).await.unwrap();
    assert!(foreign.letters.is_empty());
    assert_eq!(foreign.faults[0].messages, absent.faults[0].messages, "I13");
    let sent = huis.send_letters(&chloe, PROCESSING, &command).await.unwrap();
    assert!(sent.done.is_empty() && !sent.faults.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_from_creation_to_the_post_on_sqlite_x_15() {
    from_creation_to_the_post(World::on("2026-03-02").await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_from_creation_to_the_post_on_postgresql_x_15() {
    let server = Postgres::start().unwrap();
    let database = server.database("courriers").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let world = World::now(folder, Location::Postgres(database.url())).await;
    from_creation_to_the_post(world).await;
}

/// a batch is one authority and one line of the trace, with every dossier of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_one_line_with_its_dossiers_a_20() {
    let world = World::on("2026-03-02").await;
    office(&world).await;
    world.agent("anne", "instructeur", &[]).await;
    world.agent("dan", "dpo", &[]).await;
    let anne = world.caller("anne").await;
    let mut numbers = Vec::new();
    for _ in 0..3 {
        numbers.push(household(&world, &anne).await);
    }
    let batch = world.huis.prepare_letters(&anne, PROCESSING, &numbers).await.unwrap();
    assert_eq!(batch.letters.len(), 9);
    let dan = world.caller("dan").await;
    let query = TraceQuery { operation: Some(Operation::Letter), ..TraceQuery::default() };
    let page = world.huis.trace_page(&dan, PROCESSING, &query).await.unwrap();
    assert_eq!(page.lines.len(), 1, "one line");
    // A file whose letters are not sent is flagged once our delay has passed.
    let flagged = |n: CaseNumber| {
        let (huis, anne) = (world.huis.clone(), anne.clone());
        async move {
            let seen = huis.open_dossier(&anne, PROCESSING, n, Reading::Screen).await.unwrap();
            seen.standing.flags.iter().any(|f| f.code == "lettre-non-envoyee")
        }
    };
    assert!(!flagged(numbers[0]).await);
    world.go_to("2026-03-09");
    let anne = world.caller("anne").await;
    let seen = world.huis.open_dossier(&anne, PROCESSING, numbers[0], Reading::Screen).await;
    let flags = seen.unwrap().standing.flags;
    assert!(flags.iter().any(|f| f.code == "lettre-non-envoyee"), "X-15: {flags:?}");
    // The day after, an error is no longer a slip of the same day.
    let keys: Vec<_> = batch.letters.iter().map(|l| (l.number, l.written.no)).collect();
    let command =
        SendCommand { letters: keys.clone(), mode: "courrier".into(), on: day("2026-03-09") };
    assert!(world.huis.send_letters(&anne, PROCESSING, &command).await.unwrap().faults.is_empty());
    world.go_to("2026-03-10");
    let anne = world.caller("anne").await;
    let late = world.huis.unsend_letters(&anne, PROCESSING, &keys).await.unwrap();
    assert!(late.done.is_empty() && late.faults.len() == 3, "{late:?}");
}

/// the commission's notice is due with the order to leave, and recorded as it is sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commission_is_told_by_letter_x_27() {
    let world = World::on("2026-03-02").await;
    office(&world).await;
    world.agent("anne", "instructeur", &[]).await;
    let anne = world.caller("anne").await;
    let number = household(&world, &anne).await;
    for (kind, fields) in [
        ("assignation", vec![("bailleur", choice("personne_physique"))]),
        ("jugement", vec![("issue", choice("expulsion"))]),
        ("commandement-quitter-lieux", vec![]),
        ("cql-recu-prefet", vec![]),
    ] {
        world.act(&anne, number, draft(kind, "2026-03-02", &fields)).await.unwrap();
    }
    let (_, letters) = world.huis.dossier_letters(&anne, PROCESSING, number).await.unwrap();
    assert!(letters.due.iter().any(|d| d.letter == "ccapex-commandement-quitter"), "{letters:?}");
    let batch = world.huis.prepare_letters(&anne, PROCESSING, &[number]).await.unwrap();
    assert!(batch.faults.is_empty(), "{:?}", batch.faults);
    let keys: Vec<_> = batch.letters.iter().map(|l| (l.number, l.written.no)).collect();
    let command = SendCommand { letters: keys, mode: "electronique".into(), on: day("2026-03-02") };
    let sent = world.huis.send_letters(&anne, PROCESSING, &command).await.unwrap();
    assert!(sent.faults.is_empty(), "{sent:?}");
    let seen = world.huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await.unwrap();
    let notice = seen.view.acts.iter().find(|a| a.kind == "information-ccapex").unwrap();
    assert_eq!(notice.facts.as_ref().unwrap().get("objet"), Some(&choice("commandement_quitter")));
    assert!(!seen.standing.flags.iter().any(|f| f.code == "cql-sans-information-ccapex"));
    // An invitation asks for its date and place, and is refused without them.
    let inputs = Facts::new();
    let missing = world
        .huis
        .prepare_letter(&anne, PROCESSING, number, "convocation-ccapex", Some(1), &inputs)
        .await;
    assert!(matches!(missing, Err(UseError::Invalid(ref m)) if m.len() == 3), "{missing:?}");
}

/// I11: a text is adapted by who keeps the settings, its mandatory mentions stay, every version is
/// kept, and one goes back to the shipped text.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_is_adapted_and_taken_back_i11() {
    let world = World::on("2026-03-02").await;
    office(&world).await;
    world.agent("anne", "instructeur", &[]).await;
    let (ada, anne) = (world.caller("ada").await, world.caller("anne").await);
    let huis = &world.huis;
    let id = "information-occupant";
    assert!(huis.letter_texts(&anne, PROCESSING).await.is_err(), "not who writes the letters");
    assert!(huis.adapt_letter(&anne, PROCESSING, id, None).await.is_err());
    let bare = huis.adapt_letter(&ada, PROCESSING, id, Some(("O", "Bonjour."))).await.unwrap();
    assert!(bare.len() >= 9, "every mention is missing: {bare:?}");
    let text = huis.letter_texts(&ada, PROCESSING).await.unwrap().remove(0).text;
    let tried = huis.preview_letter(&ada, PROCESSING, id, "Objet", &text).await.unwrap();
    let Preview::Letter(letter) = tried else { panic!("{tried:?}") };
    assert!(letter.recipient[0].contains("EXEMPLE"), "a made-up person");
    for (subject, body) in [("Un", "Bonjour."), ("Deux", "Bonsoir.")] {
        let body = format!("{body}\n\n{text}");
        let saved = huis.adapt_letter(&ada, PROCESSING, id, Some((subject, &body))).await.unwrap();
        assert!(saved.is_empty(), "{saved:?}");
    }
    let now = huis.letter_texts(&ada, PROCESSING).await.unwrap().remove(0);
    assert!(now.adapted && now.subject == "Deux" && now.versions.len() == 2, "{now:?}");
    assert_eq!(now.versions[0].by, "Camille ADA");
    huis.adapt_letter(&ada, PROCESSING, id, None).await.unwrap();
    let back = huis.letter_texts(&ada, PROCESSING).await.unwrap().remove(0);
    assert!(!back.adapted && back.text == text && back.versions.len() == 3);
    let notice = huis.public_notice(PROCESSING).await.unwrap();
    assert!(!notice.body.is_empty() && notice.desks[0].1 == "Bureau des droits", "A-16");
}
