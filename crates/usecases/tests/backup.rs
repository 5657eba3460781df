//! Backup and restore on real stores (X-10, X-20, X-22, I7): what was erased stays erased, what was
//! withdrawn stays withdrawn, a backup of one engine restores into the other, and no token stands
//! in any of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::*;
use huis_kernel::{CaseNumber, Clock, ManualClock};
use huis_store::{CopyState, Location, Store, dump::Part};
use huis_testkit::Postgres;
use huis_usecases::{
    Huis, Question, Reading, UseError,
    accounts::{Letter, Mailer, Sending},
    backup::{
        BackupError, BackupPlan, BackupReport, DrillPlan, RestorePlan, RestoreReport, Sealing,
        Unsealing, newest, restore,
    },
};
use huis_vault::{DataKey, Slot};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

const PHRASE: &str = "sept mots bien choisis pour les sauvegardes";

fn question(last: &str, archive: bool) -> Question {
    Question {
        number: String::new(),
        fields: [("occupant.nom", last), ("occupant.prenom", "Jeanne")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into(),
        archive,
    }
}

fn plan(folder: &Path) -> BackupPlan {
    BackupPlan {
        to: folder.join("donnees"),
        keys_to: folder.join("cles"),
        sealing: Sealing::passphrase(PHRASE),
        keep_days: 90,
    }
}

fn from(taken: &BackupReport) -> RestorePlan {
    RestorePlan {
        data: taken.data.clone(),
        keys: Some(taken.keys.clone()),
        keys_copy: None,
        unsealing: Unsealing::passphrase(PHRASE),
        archive: None,
        witness: None,
    }
}

async fn into(
    world: &World,
    location: Location,
    plan: RestorePlan,
) -> Result<(Arc<Huis>, RestoreReport), BackupError> {
    let mut options = world.options_with(Vec::new());
    if matches!(location, Location::Postgres(_)) {
        // A server does not open a database whose clock is not its own.
        options.clock = Arc::new(huis_kernel::SystemClock);
    }
    options.location = location;
    restore(options, None, plan).await
}

/// A mail server that takes everything, and counts.
#[derive(Clone, Default)]
struct Post(Arc<std::sync::atomic::AtomicUsize>);

impl Post {
    fn count(&self) -> usize {
        self.0.load(std::sync::atomic::Ordering::Relaxed)
    }
}

impl Mailer for Post {
    fn post(&self, _: Letter) {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
    fn send(&self, letter: Letter) -> Sending {
        self.post(letter);
        Box::pin(async { Ok(()) })
    }
}

async fn found(huis: &Huis, world: &World, login: &str, last: &str) -> usize {
    let caller = caller_in(huis, world, login).await;
    huis.search(&caller, PROCESSING, &question(last, false)).await.unwrap().lines.len()
}

/// A session in an installation: a restore has closed those that were open.
async fn caller_in(huis: &Huis, _: &World, login: &str) -> huis_usecases::Caller {
    let huis_usecases::accounts::Signed::Session(session) =
        huis.sign_in(login, PASSWORD, "192.0.2.1").await.unwrap()
    else {
        panic!("refused")
    };
    huis.caller(&session.token, "192.0.2.1").await.unwrap().unwrap().caller
}

async fn opens(huis: &Huis, world: &World, login: &str, number: CaseNumber) -> bool {
    let caller = caller_in(huis, world, login).await;
    match huis.open_dossier(&caller, PROCESSING, number, Reading::Screen).await {
        Ok(opened) => opened.view.sections.iter().any(|s| s.section == "occupant"),
        Err(UseError::NotFound) => false,
        Err(other) => panic!("{other:?}"),
    }
}

/// I7: a backup is taken; then a dossier is erased, an act is voided, a grant is
/// withdrawn. Restored with today's keys, in the other engine: nothing of it is back, what lives
/// opens and is found again, sessions are closed, the log names where it comes from.
async fn a_restore_revives_nothing(world: World, elsewhere: Location, second_place: &Path) {
    let folder = world.folder.path().to_owned();
    for (login, profile) in [
        ("anne", "instructeur"),
        ("bruno", "instructeur"),
        ("adam", "administrateur"),
        ("vera", "chef"),
        ("carla", "instructeur"),
    ] {
        world.agent(login, profile, &[]).await;
    }
    let post = Post::default();
    world.huis.declare_mail_server(Box::new(post.clone()));
    let (anne, vera) = (world.caller("anne").await, world.caller("vera").await);
    let token = world.token("anne").await;
    let living = world.dossier(&anne, "Zimmermann", "Jeanne").await.number;
    let erased = world.dossier(&anne, "Oberkampf", "Jeanne").await.number;
    let act = draft("signalement-caf", &world.today().to_string(), &[("organisme", choice("caf"))]);
    world.act(&anne, living, act).await.unwrap();
    let huis = &world.huis;
    // Mails wait when the backup is taken; they leave after it.
    let adam = world.caller("adam").await;
    huis.open_review(&adam, PROCESSING).await.unwrap();
    let told = huis.gather_mails().await.unwrap();
    let taken = huis.backup(&plan(&folder), "essai").await.unwrap();
    assert_eq!((told > 0, huis.post_mails().await.unwrap()), (true, told), "they left");
    assert!(taken.rows > 20 && taken.slots >= 1_024, "{taken:?}");

    // The files are unreadable without the phrase, and bear no name (I13).
    for file in [&taken.data, &taken.keys] {
        let bytes = std::fs::read(file).unwrap();
        for name in [&b"Zimmermann"[..], b"anne", b"expulsion"] {
            assert!(!bytes.windows(name.len()).any(|w| w == name), "{}", file.display());
        }
    }
    // I7: nor, once opened, any row of an index: there is no such table in it.
    for part in [Part::Data, Part::Keys, Part::Trace] {
        let mut dump = huis.store().dump(part).await.unwrap();
        let tables: Vec<String> = dump.tables().iter().map(|t| t.name.clone()).collect();
        for table in ["token", "archive_token", "ticket", "session", "reset"] {
            assert!(!tables.iter().any(|t| t == table), "{table} is in no backup");
        }
        while dump.next().await.unwrap().is_some() {}
    }

    // After the backup: an erasure, a void, a withdrawal.
    let office = anne.office.office;
    let gone = huis.store().card_by_number(office, PROCESSING, erased).await.unwrap().unwrap();
    let (_, sealed) = huis.store().dossier(office, gone.dossier).await.unwrap().unwrap();
    let mut work = huis.store().begin().await.unwrap();
    for unit in &sealed.units {
        let (slot, now) = (unit.slot, world.clock.now());
        work.ask_destruction(office, gone.dossier, &unit.unit, slot, "essai", now).await.unwrap();
        work.remove_unit(office, gone.dossier, &unit.unit).await.unwrap();
    }
    work.commit().await.unwrap();
    huis.void_act(&vera, PROCESSING, living, 2, "erreur-de-saisie").await.unwrap();
    let bruno = world.caller("bruno").await.actor.agent;
    let grant = huis.store().grants_of(bruno).await.unwrap().remove(0).id;
    huis.withdraw(&adam, PROCESSING, grant, "départ").await.unwrap();
    let carla = world.caller("carla").await.actor.agent;
    huis.close_agent(&adam, carla, "Départ en retraite").await.unwrap();
    huis.sweep().await.unwrap();
    assert!(huis.verify_gone().await.unwrap() >= 2);
    assert_eq!(huis.keys_copy().await.unwrap(), CopyState::Same, "the second place followed");

    // a byte is altered where it stands: the dossier opens no more here.
    let card = huis.store().card_by_number(office, PROCESSING, living).await.unwrap().unwrap();
    let mut work = huis.store().begin().await.unwrap();
    let (_, mut sealed) = work.dossier(office, card.dossier).await.unwrap().unwrap();
    let last = sealed.sections[0].body.len() - 1;
    sealed.sections[0].body[last] ^= 1;
    work.put_sections(office, card.dossier, &sealed.sections).await.unwrap();
    work.commit().await.unwrap();
    let broken = huis.open_dossier(&anne, PROCESSING, living, Reading::Screen).await;
    assert!(matches!(broken, Err(UseError::Broken)), "{broken:?}");

    // Only the data are old: the keys are those of today, as their second place holds them.
    let mut with = from(&taken);
    with.keys = None;
    with.keys_copy = Some(second_place.to_owned());
    let (back, report) = into(&world, elsewhere.clone(), with).await.unwrap();
    assert_eq!(report.made_at, Some(taken.made_at));
    assert!(report.erased >= 1, "{report:?}");
    assert_eq!((report.voided, report.agents, report.lost), (1, 1, 0), "{report:?}");
    assert_eq!(report.grants, 2, "the withdrawn one, and that of the closed account");
    assert_eq!((report.index.dossiers, report.index.broken), (1, 0));
    assert!(report.restored_from.iter().any(|h| h.contains("/expulsion/")));
    assert!(back.caller(&token, "192.0.2.1").await.unwrap().is_none(), "sessions are closed");
    assert!(opens(&back, &world, "anne", living).await, "A-23: what lives opens, the true one");
    assert!(!opens(&back, &world, "anne", erased).await, "X-10: what was erased does not");
    assert_eq!(found(&back, &world, "anne", "Zimermann").await, 1, "the index is back");
    assert_eq!(found(&back, &world, "anne", "Oberkampf").await, 0, "I7: and holds no dead token");
    let anne_there = caller_in(&back, &world, "anne").await;
    let seen = back.open_dossier(&anne_there, PROCESSING, living, Reading::Screen).await.unwrap();
    assert!(seen.view.acts.iter().any(|a| a.no == 2 && a.voided.is_some()), "the void act is void");
    let grants = back.store().grants_of(bruno).await.unwrap();
    assert!(grants.iter().all(|g| g.withdrawn.is_some()), "X-17: no grant is revived");
    let closed = back.store().agent(carla).await.unwrap().unwrap();
    assert_eq!(closed.state, "closed", "X-17: no account is revived");
    let signed = back.sign_in("carla", PASSWORD, "192.0.2.1").await.unwrap();
    assert!(matches!(signed, huis_usecases::accounts::Signed::Refused { .. }));
    // No mail leaves twice: neither of itself, nor when whoever looked lets them leave again.
    let again = Post::default();
    back.declare_mail_server(Box::new(again.clone()));
    assert_eq!((report.mails, back.post_mails().await.unwrap()), (told, 0), "{report:?}");
    back.pause_mails(false).await.unwrap();
    assert_eq!((back.post_mails().await.unwrap(), again.count()), (0, 0), "none is sent anew");
    // I7: a dictionary of every planted name finds what lives and nothing else, and the index
    // holds nothing of what is gone.
    assert_eq!(back.store().stray_tokens().await.unwrap(), 0);
    for name in ["Zimmermann", "Oberkampf", "Weber", "Schmitt", "Nouveau"] {
        let lives = usize::from(name == "Zimmermann");
        assert_eq!(found(&back, &world, "anne", name).await, lives, "{name}");
    }
    // The restored trace still verifies, and the new log names the head it was restored from.
    let by = huis_usecases::oversight::By::Command("essai");
    assert!(back.verify_trace(by, PROCESSING, None).await.unwrap().sound());
    let heads = back.store().logs().await.unwrap();
    assert!(heads.iter().any(|(_, h)| h.contains("restored-from")), "{heads:?}");
    // It works: new dossiers take fresh keys, and their names are found.
    assert_eq!(back.store().free_slots().await.unwrap(), 0, "no slot of the past is taken");
    let again = world.dossier_in(&back, &anne_there, "Nouveau", "Jeanne").await.number;
    assert!(opens(&back, &world, "anne", again).await);
    // A place that holds something is left alone.
    let twice = into(&world, elsewhere, from(&taken)).await;
    assert!(matches!(twice, Err(BackupError::Start(_))), "nothing is written over");
}

async fn with_copy(world: World, second_place: &Path) -> World {
    keep_up(&world.clock, &world.location);
    let options = world.options_with(Vec::new());
    let huis = Huis::open_with(options, Some(second_place)).await.unwrap();
    World { huis, ..world }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_from_sqlite_into_postgresql_revives_nothing_x_10_x_20_i7() {
    let server = Postgres::start().unwrap();
    let database = server.database("restauration").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().join("data"));
    let place = folder.path().join("ailleurs");
    let world = with_copy(World::now(folder, location).await, &place).await;
    a_restore_revives_nothing(world, Location::Postgres(database.url()), &place).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_from_postgresql_into_sqlite_revives_nothing_x_10_x_20_i7() {
    let server = Postgres::start().unwrap();
    let database = server.database("sauvegarde").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("ailleurs");
    let there = Location::Folder(folder.path().join("retour"));
    let world =
        with_copy(World::now(folder, Location::Postgres(database.url())).await, &place).await;
    a_restore_revives_nothing(world, there, &place).await;
}

/// I7: a batch of keys serves only once it was read back from its second place, so a key store put
/// back from an older state, or lost, loses no dossier; and nothing it still held is revived.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_key_store_loses_no_dossier_and_revives_none_on_sqlite_i7_x_22() {
    let world = World::on("2026-03-02").await;
    let data = world.folder.path().join("data");
    world.huis.store().scrub().await.unwrap();
    let old = std::fs::read(data.join("keys.db")).unwrap();
    an_older_key_store_loses_nothing(world, || {
        std::fs::write(data.join("keys.db"), &old).unwrap();
        for wal in ["keys.db-wal", "keys.db-shm"] {
            let _ = std::fs::remove_file(data.join(wal));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_key_store_loses_no_dossier_and_revives_none_on_postgresql_i7_x_22() {
    let server = Postgres::start().unwrap();
    let database = server.database("cles_anciennes").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let world = World::now(folder, Location::Postgres(database.url())).await;
    // As before its first key: a dump of the schema of the keys, put back.
    an_older_key_store_loses_nothing(world, || {
        let tables =
            ["key_slot", "key_batch", "key_mark", "gone"].map(|t| format!("huis_keys.{t}"));
        database.sql(&format!("TRUNCATE {}", tables.join(", "))).unwrap();
    })
    .await;
}

async fn an_older_key_store_loses_nothing(world: World, put_back: impl FnOnce()) {
    let place = world.folder.path().join("ailleurs");
    let world = with_copy(world, &place).await;
    world.agent("anne", "instructeur", &[]).await;
    world.agent("vera", "chef", &[]).await;
    let vera = world.caller("vera").await;
    let anne = world.caller("anne").await;
    let number = world.dossier(&anne, "Zimmermann", "Jeanne").await.number;
    let today = world.today().to_string();
    let act = draft("signalement-caf", &today, &[("organisme", choice("caf"))]);
    world.act(&anne, number, act).await.unwrap();
    world.huis.void_act(&vera, PROCESSING, number, 2, "erreur-de-saisie").await.unwrap();
    let destroyed = world.huis.store().destroyed_slots().await.unwrap().len();
    assert_eq!(destroyed, 1);
    // Without its copy, an installation that has one does not open.
    let alone = Huis::open(world.options_with(Vec::new())).await;
    assert!(alone.is_err_and(|e| e.to_string().contains("--keys-copy")));
    let root = world.root.clone();
    let World { huis, folder, clock, location, .. } = world;
    huis.store().close().await;
    drop(huis);
    put_back();
    let bare = Store::open(&location).await.unwrap();
    assert_eq!(bare.last_slot().await.unwrap(), 0, "the old key store has no key at all");
    bare.close().await;
    let again = World {
        huis: reopened(&location, &root, &clock, &place).await,
        folder,
        clock,
        location,
        root,
    };
    let anne = again.caller("anne").await;
    assert!(again.huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await.is_ok());
    assert_eq!(again.huis.store().destroyed_slots().await.unwrap().len(), destroyed);
    assert_eq!(again.huis.verify_gone().await.unwrap(), 1);
    // Nor does a slot serve twice: new dossiers take keys of their own.
    for _ in 0..2 {
        let another = again.dossier(&anne, "Weber", "Luc").await.number;
        let opened = again.huis.open_dossier(&anne, PROCESSING, another, Reading::Screen).await;
        assert!(opened.is_ok(), "{opened:?}");
    }
    let office = anne.office.office;
    let mut slots = Vec::new();
    for unit in again.huis.store().unit_keys(None, 50).await.unwrap() {
        assert_eq!(unit.office, office);
        slots.push(unit.slot);
    }
    let all = slots.len();
    slots.sort_unstable();
    slots.dedup();
    assert_eq!(slots.len(), all, "each unit has its own key");
}

async fn reopened(
    location: &Location,
    root: &huis_vault::RootKey,
    clock: &Arc<ManualClock>,
    place: &Path,
) -> Arc<Huis> {
    keep_up(clock, location);
    let options = huis_usecases::Options {
        location: location.clone(),
        writer: "essai".to_owned(),
        root: root.clone(),
        clock: clock.clone(),
        rng: Arc::new(huis_kernel::SeededRng::new(7_777)),
        law: huis_law::Law::embedded().unwrap(),
        local_registers: Vec::new(),
        cost: huis_accounts::Cost::LIGHTEST,
    };
    Huis::open_with(options, Some(place)).await.unwrap()
}

/// while the second place is out of reach no new batch serves and no destruction is confirmed;
/// what can work goes on, and all of it is caught up when the place is back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_batch_serves_without_its_copy_and_none_is_lost_x_22() {
    let world = World::on("2026-03-02").await;
    let place = world.folder.path().join("ailleurs");
    let world = with_copy(world, &place).await;
    world.agent("anne", "instructeur", &[]).await;
    world.agent("vera", "chef", &[]).await;
    let vera = world.caller("vera").await;
    let anne = world.caller("anne").await;
    let number = world.dossier(&anne, "Zimmermann", "Jeanne").await.number;
    let act = draft("signalement-caf", "2026-03-02", &[("organisme", choice("caf"))]);
    world.act(&anne, number, act).await.unwrap();
    // The share goes away: a server that starts finds it out of reach.
    let away = world.folder.path().join("demonte");
    std::fs::rename(&place, &away).unwrap();
    let options = world.options_with(Vec::new());
    let huis = Huis::open_with(options, Some(&place)).await.unwrap();
    assert_eq!(huis.keys_copy().await.unwrap(), CopyState::Away);
    huis.void_act(&vera, PROCESSING, number, 2, "erreur-de-saisie").await.unwrap();
    assert_eq!(huis.store().open_destructions(9).await.unwrap().len(), 1, "not confirmed");
    let free = huis.store().free_slots().await.unwrap();
    let mut work = huis.store().begin().await.unwrap();
    work.take_slots(usize::try_from(free).unwrap()).await.unwrap();
    work.commit().await.unwrap();
    assert!(huis.keep_keys_ahead().await.is_err(), "no batch serves");
    assert_eq!(huis.store().free_slots().await.unwrap(), 0);
    assert!(!place.exists(), "nothing is made where the share should be");
    std::fs::rename(&away, &place).unwrap();
    huis.keep_keys_ahead().await.unwrap();
    assert_eq!(huis.store().free_slots().await.unwrap(), 1_024, "the batch that waited serves");
    huis.sweep().await.unwrap();
    assert!(huis.store().open_destructions(9).await.unwrap().is_empty(), "confirmed");
    assert_eq!(huis.keys_copy().await.unwrap(), CopyState::Same);
    // The copy of another installation is refused.
    let other = World::on("2026-03-02").await;
    let rng = huis_kernel::SeededRng::new(31);
    let check = other.root.wrap(Slot(0), &DataKey::generate(&rng), &rng);
    other.huis.store().keep_named_key("root-check", &check.0).await.unwrap();
    let foreign = Huis::open_with(other.options_with(Vec::new()), Some(&place)).await;
    assert!(foreign.is_err_and(|e| e.to_string().contains("autre installation")));
}

/// the drill restores elsewhere, opens every dossier, verifies the trace, tells the time and
/// the loss, and remembers; an overdue backup or drill is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drill_tells_time_and_loss_and_what_is_overdue_x_20() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    let anne = world.caller("anne").await;
    world.dossier(&anne, "Zimmermann", "Jeanne").await;
    let huis = &world.huis;
    let fresh = huis.continuity().await.unwrap();
    assert!(!fresh.backup_overdue && !fresh.drill_overdue, "founded today");
    assert_eq!(fresh.copy, CopyState::None);
    assert!(fresh.copy_faults()[0].contains("second lieu"), "said loudly");
    world.go_to("2026-03-04");
    let anne = world.caller("anne").await;
    assert!(huis.continuity().await.unwrap().backup_overdue, "two days without");
    let folder = world.folder.path().to_owned();
    let plan = plan(&folder);
    let taken = huis.backup_if_due(&plan).await.unwrap().unwrap();
    assert!(huis.backup_if_due(&plan).await.unwrap().is_none(), "once a day");
    assert!(!huis.continuity().await.unwrap().backup_overdue);
    world.clock.advance_ms(3 * 3_600_000);
    world.dossier(&anne, "Perdu", "Paul").await;
    let drill = async |keys: Option<PathBuf>| {
        let scratch = tempfile::tempdir().unwrap();
        let mut options = world.options_with(Vec::new());
        options.location = Location::Folder(scratch.path().join("essai"));
        let restore = RestorePlan { keys, ..from(&taken) };
        huis.drill(DrillPlan { restore, scratch: options }).await
    };
    let report = drill(Some(taken.keys.clone())).await.unwrap();
    assert!(report.well() && report.trace_sound, "{report:?}");
    assert_eq!((report.opened, report.broken), (1, 0));
    assert_eq!(report.loss_ms, 3 * 3_600_000);
    let dossiers = report.apart.iter().find(|t| t.table == "dossier").unwrap();
    assert_eq!((dossiers.restored, dossiers.live), (1, 2), "what would be lost");
    let done = huis.continuity().await.unwrap();
    assert!(done.drill.unwrap().well && done.backup.unwrap().well);
    assert!(drill(None).await.is_err(), "no keys, no restore");
    let failed = huis.continuity().await.unwrap();
    assert!(!failed.drill.as_ref().unwrap().well);
    assert!(failed.work_faults().iter().any(|f| f.contains("échoué")));
    // The installation was not touched by any of it.
    assert_eq!(found(huis, &world, "anne", "Zimmermann").await, 1);
    let pair = newest(&folder.join("donnees"), Some(&folder.join("cles"))).unwrap();
    assert_eq!((pair.data, pair.keys), (taken.data, Some(taken.keys)));
}

/// an installation with real data says on its pages what is overdue, to who watches over it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_overdue_backup_and_drill_are_told_on_the_pages_x_20() {
    let world = World::real("2026-03-02").await;
    let told = async || world.huis.continuity_faults().await.unwrap().join(" ");
    assert!(told().await.contains("second lieu") && !told().await.contains("sauvegarde"));
    world.go_to("2026-03-04");
    assert!(told().await.contains("Aucune sauvegarde n’a encore été faite"));
    let folder = world.folder.path().to_owned();
    world.huis.backup(&plan(&folder), "essai").await.unwrap();
    assert!(!told().await.contains("sauvegarde"));
    world.go_to("2026-03-07");
    assert!(told().await.contains("sauvegarde journalière est en retard"));
    world.go_to("2027-03-07");
    assert!(told().await.contains("Aucun exercice de restauration"));
}

/// what was archived since the backup is given back to its desk with the archive's
/// passphrase; archived dossiers are found again in their own index.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_archived_since_is_told_and_given_back_x_12_x_20() {
    let world = World::on("2026-03-02").await;
    let place = world.folder.path().join("ailleurs");
    let world = with_copy(world, &place).await;
    for (login, profile) in [("anne", "instructeur"), ("zoe", "archiviste")] {
        world.agent(login, profile, &[]).await;
    }
    let anne = world.caller("anne").await;
    let before = world.dossier(&anne, "Archambault", "Jeanne").await.number;
    let after = world.dossier(&anne, "Zimmermann", "Jeanne").await.number;
    let close = || draft("cloture", "2026-03-02", &[("motif", choice("dette_soldee"))]);
    world.act(&anne, before, close()).await.unwrap();
    let folder = world.folder.path().to_owned();
    let taken = world.huis.backup(&plan(&folder), "essai").await.unwrap();
    world.act(&anne, after, close()).await.unwrap();
    for archive in [None, Some(ARCHIVE)] {
        let there = Location::Folder(folder.join(if archive.is_some() { "b" } else { "a" }));
        let mut with = from(&taken);
        with.keys_copy = Some(place.clone());
        with.archive = archive.map(str::to_owned);
        // A scratch place of its own for the copy: what is given back here stays archived there.
        let (back, report) = into(&world, there, with).await.unwrap();
        if archive.is_none() {
            assert!(report.locked > 0 && report.reopened.is_empty(), "{report:?}");
            assert_eq!((report.index.dossiers, report.index.locked), (0, 2));
            let zoe = caller_in(&back, &world, "zoe").await;
            back.unlock_archive(&zoe, PROCESSING, ARCHIVE).await.unwrap();
            let seen = back.search(&zoe, PROCESSING, &question("Archambault", true)).await;
            assert_eq!(seen.unwrap().lines.len(), 1, "made again when the archive opened");
        } else {
            assert_eq!(report.reopened, [after], "to be closed again");
            assert_eq!((report.index.dossiers, report.index.locked), (2, 0));
            assert!(opens(&back, &world, "anne", after).await);
            let zoe = caller_in(&back, &world, "zoe").await;
            back.unlock_archive(&zoe, PROCESSING, ARCHIVE).await.unwrap();
            let seen = back.search(&zoe, PROCESSING, &question("Archambault", true)).await;
            assert_eq!(seen.unwrap().lines.len(), 1);
        }
    }
}
