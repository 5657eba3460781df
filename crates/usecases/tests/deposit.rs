//! Deposits to the public archives: what nears its term is taken out on record, and its term
//! does not move.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::{ARCHIVE, PROCESSING, World, choice, day, draft};
use huis_usecases::{
    Reading, UseError,
    oversight::{DepositCommand, Operation, TraceQuery},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deposit_is_an_export_with_its_record_x_10() {
    let world = World::on("2026-03-02").await;
    for (login, profile) in [("anne", "instructeur"), ("zoe", "archiviste"), ("dora", "dpo")] {
        world.agent(login, profile, &[]).await;
    }
    let (anne, zoe) = (world.caller("anne").await, world.caller("zoe").await);
    let huis = &world.huis;
    let closed = world.dossier(&anne, "Zimmermann", "Jeanne").await.number;
    let running = world.dossier(&anne, "Weber", "Luc").await.number;
    let close = draft("cloture", "2026-03-02", &[("motif", choice("dette_soldee"))]);
    world.act(&anne, closed, close).await.unwrap();
    let by = day("2030-03-02");

    // The archive's grant alone, its passphrase given, and archived dossiers only.
    let hidden = huis.near_their_term(&anne, PROCESSING, by).await;
    assert!(matches!(hidden, Err(UseError::NotFound | UseError::Refused(_))), "{hidden:?}");
    let locked = huis.near_their_term(&zoe, PROCESSING, by).await;
    assert!(matches!(locked, Err(UseError::ArchiveLocked)), "X-12: {locked:?}");
    huis.unlock_archive(&zoe, PROCESSING, ARCHIVE).await.unwrap();
    let near = huis.near_their_term(&zoe, PROCESSING, by).await.unwrap();
    let found: Vec<_> = near.iter().map(|c| (c.number, c.on)).collect();
    assert_eq!(found, [(closed, day("2030-03-02"))], "its last day, once");
    let sooner = huis.near_their_term(&zoe, PROCESSING, day("2030-03-01")).await.unwrap();
    assert!(sooner.is_empty(), "{sooner:?}");

    let command = DepositCommand {
        service: " Archives départementales ".into(),
        visa: "2026-118".into(),
        numbers: vec![closed],
    };
    let forbidden = huis.record_deposit(&anne, PROCESSING, &command, b"zip").await;
    assert!(matches!(forbidden, Err(UseError::NotFound | UseError::Refused(_))), "{forbidden:?}");
    let wrong = DepositCommand { numbers: vec![running], ..command.clone() };
    let active = huis.record_deposit(&zoe, PROCESSING, &wrong, b"zip").await;
    assert!(matches!(active, Err(UseError::NotFound)), "a running dossier: {active:?}");
    let empty = DepositCommand::default();
    let Err(UseError::Invalid(faults)) =
        huis.record_deposit(&zoe, PROCESSING, &empty, b"zip").await
    else {
        panic!("an empty deposit is refused")
    };
    assert_eq!(faults.len(), 3, "all at once: {faults:?}");
    let record = huis.record_deposit(&zoe, PROCESSING, &command, b"zip").await.unwrap();
    assert_eq!((record.dossiers, record.service.as_str()), (1, "Archives départementales"));

    // The record stays beside the certificates, the transmission in the trace.
    let dora = world.caller("dora").await;
    let plan = huis.retention_plan(&dora, PROCESSING, by).await.unwrap();
    let kept = plan.certificates.iter().find_map(|c| c.deposit.clone());
    assert_eq!(kept, Some(record));
    assert!(plan.certificates.iter().all(|c| c.certificate.is_none()));
    let lines = huis.trace_page(&dora, PROCESSING, &TraceQuery::default()).await.unwrap().lines;
    let sent: Vec<_> =
        lines.iter().filter(|l| l.operation == Operation::Transmit && !l.refused).collect();
    assert_eq!(sent.len(), 1, "{lines:?}");

    // What was deposited is destroyed here as the rest.
    world.go_to("2030-03-02");
    assert_eq!(huis.sweep().await.unwrap().gone, 1);
    world.agent("zoe2", "archiviste", &[]).await;
    let zoe = world.caller("zoe2").await;
    huis.unlock_archive(&zoe, PROCESSING, ARCHIVE).await.unwrap();
    let dead = huis.open_dossier(&zoe, PROCESSING, closed, Reading::Screen).await;
    assert!(matches!(dead, Err(UseError::NotFound)), "{dead:?}");
}
