//! What a page reads does not grow with the installation: rows stepped and pages read, counted, by
//! row shown. No time is measured.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

use huis_loadgen::{
    bench::{Request, costs},
    place::Place,
};

/// Four times as many dossiers.
const SIZES: [usize; 2] = [300, 1_200];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_reads_what_it_shows_at_any_size() {
    let mut of = Vec::new();
    let folder = tempfile::tempdir().unwrap();
    for size in SIZES {
        let place = Place { folder: folder.path().join(size.to_string()), database: None, size };
        place.prepare(|_, _| {}).await.unwrap();
        let huis = place.open("mesure").await.unwrap();
        of.push(costs(&huis, &place).await.unwrap());
    }
    for request in Request::ALL {
        let ((less, few), (more, many)) = (of[0][&request], of[1][&request]);
        let told = format!("{} : {less:?} pour {few}, {more:?} pour {many}", request.name());
        println!("{told}");
        assert!(few > 0 && many > 0, "{told}");
        // By row shown: at these sizes an agent has fewer rows than a page holds. Which rows are
        // drawn differs from one making to the next, by a third or so; what grows with the
        // installation would grow fourfold.
        let (rows, least) = (many.max(few) as f64 / few as f64, less.steps as f64);
        assert!(more.steps as f64 <= least * rows * 1.6, "{told}");
        // From one size to the other a tree may be a level deeper: three pages for a row, not two.
        assert!(more.pages as f64 <= less.pages as f64 * rows * 1.5 * 1.6, "{told}");
    }
}
