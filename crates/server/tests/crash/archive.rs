//! Dossiers that move to the intermediate archive (X-12, ADR 0002) while the program is killed: each is
//! wholly in the active base or wholly in the archive, and opens there and nowhere else.

use huis_dossier::Value;
use huis_kernel::{CaseNumber, Clock, SystemClock, Zone};
use huis_store::Store;
use huis_testkit::Postgres;
use huis_usecases::{Caller, Huis, Question, Reading, UseError};
use huis_vault::UnitState;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{
    common::{
        ARCHIVE, PROCESSING,
        http::{Visitor, form, pairs},
    },
    house::{CLIENTS, House, caller, login, name},
    program::served::Served,
    proof::{drained, one_key_each},
    rounds, seed,
    storm::Dice,
};

const KEEPER: &str = "archiviste";

/// Closes a dossier on its page: it is archived within the same request.
fn close(visitor: &mut Visitor, number: CaseNumber) -> io::Result<()> {
    let path = format!("/dossiers/{number}/actes/cloture");
    let page = visitor.try_send("GET", &path, "")?;
    assert_eq!(page.status, 200, "{number}: {}", page.title());
    let today = SystemClock.now().date_in(&Zone::named("Europe/Paris").unwrap());
    let today = today.strftime("%d/%m/%Y").to_string();
    let hidden = page.hidden();
    let mut fields = pairs(&hidden);
    fields.extend([("on", today.as_str()), ("motif", "dette_soldee"), ("_etape", "confirmer")]);
    let done = visitor.try_send("POST", &path, &form(&fields))?;
    assert_eq!(done.status, 303, "{number}: {}", done.body);
    Ok(())
}

/// Clients close dossiers, each its share, until all are closed or the server is killed, so long after the
/// first was closed. Gives those of which a client was told that it is done.
fn close_all(
    served: &mut Served,
    visitors: &mut [Visitor],
    left: &[CaseNumber],
    kill_after: Option<Duration>,
) -> Vec<CaseNumber> {
    let (address, closed) = (served.address, AtomicU32::new(0));
    std::thread::scope(|scope| {
        let shares = visitors.iter_mut().enumerate().map(|(client, visitor)| {
            visitor.move_to(address);
            let (share, closed) = (left.iter().copied().skip(client).step_by(CLIENTS), &closed);
            scope.spawn(move || {
                let done = share.take_while(|number| {
                    let done = close(visitor, *number).is_ok();
                    closed.fetch_add(u32::from(done), Ordering::Relaxed);
                    done
                });
                done.collect::<Vec<_>>()
            })
        });
        let clients: Vec<_> = shares.collect();
        if let Some(after) = kill_after {
            let begun = Instant::now();
            while closed.load(Ordering::Relaxed) == 0 {
                assert!(begun.elapsed() < Duration::from_secs(60), "nothing is closed");
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(after);
            served.kill();
        }
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    })
}

/// Where each dossier is.
#[derive(Default)]
struct Places {
    open: Vec<CaseNumber>,
    /// Closed, and not yet moved: the sweep does it.
    closed: Vec<CaseNumber>,
    archived: Vec<CaseNumber>,
}

/// Opens every dossier where its card says that it is, and tries where it is not. What a start mends is
/// mended: nothing of a dossier is elsewhere than its card.
async fn places(house: &House, huis: &Arc<Huis>) -> Places {
    let (agent, keeper) = (caller(huis, &login(0)).await, caller(huis, KEEPER).await);
    huis.unlock_archive(&keeper, PROCESSING, ARCHIVE).await.unwrap();
    let (store, office) = (huis.store(), agent.office.office);
    assert!(store.moving().await.unwrap().is_empty(), "keys stay on their way");
    let mut out = Places::default();
    for (at, number) in house.numbers.iter().enumerate() {
        let card = store.card_by_number(office, PROCESSING, *number).await.unwrap();
        let dossier = card.unwrap_or_else(|| panic!("LOST: {number}")).dossier;
        let (card, sealed) = store.dossier(office, dossier).await.unwrap().unwrap();
        let slots: Vec<_> = sealed.units.iter().map(|unit| unit.slot).collect();
        let keys = store.keys(&slots).await.unwrap();
        for unit in &sealed.units {
            let moved = unit.state == UnitState::Archived;
            assert_eq!(moved, card.archived, "{number}: « {} » is elsewhere", unit.unit);
            assert_eq!(
                keys.get(&unit.slot).unwrap().is_archived(),
                moved,
                "{number}: its key is elsewhere"
            );
        }
        let (there, elsewhere) = if card.archived { (&keeper, &agent) } else { (&agent, &keeper) };
        let shut = huis.open_dossier(elsewhere, PROCESSING, *number, Reading::Screen).await;
        assert!(matches!(shut, Err(UseError::NotFound)), "{number}: {shut:?}");
        let opened = huis.open_dossier(there, PROCESSING, *number, Reading::Screen).await;
        let view = opened.unwrap_or_else(|e| panic!("{number} does not open: {e}")).view;
        let held = view.sections.iter().find(|s| s.section == "occupant").unwrap();
        assert_eq!(held.facts.get("nom"), Some(&Value::Text(name(at as u64))), "{number}");
        assert_eq!(view.acts.len() as u64, card.version, "{number}");
        let closed = view.acts.iter().any(|act| act.kind == "cloture");
        assert_eq!(closed, card.closed_on.is_some(), "{number}");
        match (closed, card.archived) {
            (false, false) => out.open.push(*number),
            (true, false) => out.closed.push(*number),
            (true, true) => out.archived.push(*number),
            (false, true) => panic!("{number} is archived and was never closed"),
        }
    }
    assert!(store.without_tokens(office).await.unwrap().is_empty());
    assert_eq!(store.stray_tokens().await.unwrap(), 0);
    out
}

/// Is the dossier found by its name, in this index?
async fn found(huis: &Arc<Huis>, who: &Caller, house: &House, at: usize, archive: bool) -> bool {
    let fields = BTreeMap::from([
        ("occupant.nom".to_owned(), name(at as u64)),
        ("occupant.prenom".to_owned(), "Jeanne".to_owned()),
    ]);
    let question = Question { number: String::new(), fields, archive };
    let found = huis.search(who, PROCESSING, &question).await.unwrap();
    found.lines.iter().any(|line| line.line.number == house.numbers[at])
}

async fn killed_while_archiving(mut house: House, what: &str) {
    let most = rounds(10);
    let huis = house.open("preparation").await;
    house.agent(&huis, KEEPER, "archiviste").await;
    let who = caller(&huis, &login(0)).await;
    house.open_dossiers(&huis, &who, 5 * most as usize).await;
    huis.store().close().await;
    let mut dice = Dice::new(seed());
    let mut served = house.serve();
    let mut visitors: Vec<Visitor> = (0..CLIENTS).map(|_| Visitor::new(served.address)).collect();
    for (client, visitor) in visitors.iter_mut().enumerate() {
        visitor.sign_in(&login(client));
    }
    let mut told = BTreeSet::new();
    let (mut left, mut kills, mut midway) = (house.numbers.clone(), 0, 0);
    let (mut on_their_way, mut not_yet) = (0, 0);
    while kills < most && !left.is_empty() {
        let after = Duration::from_millis(dice.below(80));
        told.extend(close_all(&mut served, &mut visitors, &left, Some(after)));
        kills += 1;
        // As the kill left it, before anything mends it.
        let rows = Store::connect(&house.location()).await.unwrap();
        on_their_way += rows.moving().await.unwrap().len();
        rows.close().await;
        let huis = house.open("attente").await;
        let places = places(&house, &huis).await;
        huis.store().close().await;
        let lost: Vec<_> = places.open.iter().filter(|n| told.contains(n)).collect();
        assert!(lost.is_empty(), "LOST: closed, and open again: {lost:?}");
        not_yet += places.closed.len();
        midway += u64::from(!places.open.is_empty() && !places.archived.is_empty());
        left = places.open;
        served = house.serve();
    }
    told.extend(close_all(&mut served, &mut visitors, &left, None));
    // What was closed and not moved, the sweep moves by itself.
    let huis = house.open("attente").await;
    let who = caller(&huis, &login(0)).await;
    let (office, begun) = (who.office.office, Instant::now());
    while !huis.store().due(office, who.today, 1).await.unwrap().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(90), "the sweep does not end");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drained(&huis).await;
    let places = places(&house, &huis).await;
    assert_eq!(places.archived.len(), house.numbers.len(), "all of them, each once");
    let keeper = caller(&huis, KEEPER).await;
    huis.unlock_archive(&keeper, PROCESSING, ARCHIVE).await.unwrap();
    for at in 0..house.numbers.len() {
        assert!(!found(&huis, &who, &house, at, false).await, "in the lists of the active base");
        assert!(found(&huis, &keeper, &house, at, true).await, "not found in the archive");
    }
    one_key_each(&huis).await;
    huis.store().close().await;
    assert!(house.verified(&house.folder.join("preuve")) >= 2);
    drop(served);
    println!(
        "archive, {what}: {kills} kills, {midway} with dossiers on both sides; {} closings \
         acknowledged; {on_their_way} dossiers whose keys were on their way, {not_yet} closed and \
         not yet moved; {} archived, opened and found",
        told.len(),
        places.archived.len()
    );
    assert!(midway > 0, "no kill fell among the moves");
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_to_the_archive_killed_anywhere_leave_none_half_done_on_sqlite_x_12_i2_i8() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::found(&folder.path().join("data"), None).await;
    killed_while_archiving(house, "SQLite").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_to_the_archive_killed_anywhere_leave_none_half_done_on_postgresql_x_12_i2_i8() {
    let server = Postgres::start().unwrap();
    let database = server.database("archives").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let house = House::found(&folder.path().join("data"), Some(database.url())).await;
    killed_while_archiving(house, "PostgreSQL").await;
}
