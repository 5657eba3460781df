//! The demonstration goes the way of any dossier, is the same for the same seed, and refuses
//! anything that is not a demonstration.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::*;
use huis_usecases::{ListQuery, Reading};

const COUNT: usize = 250;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_loads_is_worked_on_and_is_deterministic_x_21() {
    let world = World::on("2026-11-22").await;
    let loaded = world.huis.load_demo(68, COUNT, PASSWORD, |_, _| {}).await.unwrap();
    assert_eq!(loaded.dossiers, COUNT);
    assert!(loaded.archived * 3 > COUNT, "about half are closed: {}", loaded.archived);
    let profiles = world.huis.processed(PROCESSING).unwrap().register.profiles.len();
    assert_eq!(loaded.sign_ins.len(), profiles, "one sign-in a profile");
    // both desks are named, and each login opens the list of requests.
    assert_eq!(loaded.desks.len(), 2, "{:?}", loaded.desks);
    for (desk, login) in &loaded.desks {
        let holder = world.caller(login).await;
        let requests = world.huis.list(&holder, "droits", &ListQuery::default()).await.unwrap();
        assert!(!requests.lines.is_empty(), "{desk}");
    }
    let login = &loaded.sign_ins.iter().find(|(p, _)| p.contains("nstruct")).unwrap().1;
    let caller = world.caller(login).await;
    let day = world.huis.day(&caller, PROCESSING).await.unwrap();
    assert!(!day.late.is_empty() || !day.coming.is_empty(), "something is due");
    let page = world.huis.list(&caller, PROCESSING, &ListQuery::default()).await.unwrap();
    let first = page.lines.first().unwrap().number;
    let opened =
        world.huis.open_dossier(&caller, PROCESSING, first, Reading::Screen).await.unwrap();
    assert!(!opened.view.sections.is_empty());
    // Same seed, same numbers.
    let numbers = |huis: std::sync::Arc<huis_usecases::Huis>| async move {
        let office = huis.store().offices().await.unwrap().remove(0).office;
        let rows = huis.store().running(office, PROCESSING, None, 1_000).await.unwrap();
        let mut out: Vec<_> =
            rows.into_iter().map(|c| (c.number, c.stage, c.step, c.opened_on)).collect();
        out.sort();
        out
    };
    let other = World::on("2026-11-22").await;
    other.huis.load_demo(68, COUNT, PASSWORD, |_, _| {}).await.unwrap();
    assert_eq!(numbers(world.huis.clone()).await, numbers(other.huis.clone()).await);
    // What has come to its term goes by itself.
    world.go_to("2027-11-22");
    let swept = world.huis.sweep().await.unwrap();
    assert_eq!(swept.failed, 0);
    assert!(swept.gone > 0, "files closed four years ago are erased (X-09)");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn generated_data_never_meet_real_ones_x_21() {
    let world = World::real("2026-11-22").await;
    let refused = world.huis.load_demo(68, 10, PASSWORD, |_, _| {}).await;
    assert!(refused.is_err(), "not a demonstration: nothing is written");
    let office = world.huis.store().offices().await.unwrap().remove(0).office;
    let rows = world.huis.store().running(office, PROCESSING, None, 10).await.unwrap();
    assert!(rows.is_empty());
}
