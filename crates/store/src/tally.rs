//! What the board counts: running dossiers by territory and stage, and how many of them are late.
//!
//! Counted as dossiers move, in the transaction that moves them, so that a look costs as many rows
//! as the board has cells, whatever the size of the office. « Late » depends on the day: the counts
//! are those of one day, and the first look of another counts everything anew. That is also what
//! mends them, after a restore or an upgrade.

use huis_kernel::{Date, DossierId, OfficeId};
use std::collections::BTreeMap;

use crate::{
    Store, StoreError,
    dossiers::load_card,
    lists::within,
    rows::Placed,
    sql::{Tx, params},
    work::ids,
};

/// Before every day: nothing is late yet, and the first look counts.
const NO_DAY: &str = "0001-01-01";

/// Where a dossier is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) processing: String,
    pub(crate) territory: String,
    pub(crate) stage: String,
    pub(crate) next_due: Option<String>,
}

/// How much a cell moves: dossiers, late ones.
type Move = (i64, i64);
/// The moves of a board, by territory and stage.
type Moves = BTreeMap<(String, String), Move>;

/// Moves the counts by where each dossier was, and is.
pub(crate) async fn follow(
    tx: &mut Tx,
    moved: Vec<(OfficeId, Option<Counted>, Option<Counted>)>,
) -> Result<(), StoreError> {
    let mut boards: BTreeMap<(OfficeId, String), Vec<(Counted, i64)>> = BTreeMap::new();
    for (office, before, after) in moved {
        if before == after {
            continue;
        }
        for (counted, by) in [(before, -1), (after, 1)] {
            let Some(counted) = counted else { continue };
            boards.entry((office, counted.processing.clone())).or_default().push((counted, by));
        }
    }
    // In one order everywhere, so that two transactions never wait for each other.
    for ((office, processing), moved) in boards {
        let day = held_day(tx, office, &processing).await?;
        let mut moves = Moves::new();
        for (counted, by) in moved {
            let late = counted.next_due.is_some_and(|due| due < day);
            let cell = moves.entry((counted.territory, counted.stage)).or_default();
            *cell = (cell.0 + by, cell.1 + if late { by } else { 0 });
        }
        moves.retain(|_, by| *by != (0, 0));
        for ((territory, stage), (n, late)) in moves {
            tx.run(
                "INSERT INTO board_cell (office, processing, territory, stage, n, late)
                 VALUES ($1,$2,$3,$4,$5,$6)
                 ON CONFLICT (office, processing, territory, stage)
                 DO UPDATE SET n = board_cell.n + excluded.n,
                 late = board_cell.late + excluded.late",
                params![office, &processing, territory, stage, n, late],
            )
            .await?;
        }
    }
    Ok(())
}

/// Where the row of a dossier stands.
pub(crate) async fn placed(
    tx: &mut Tx,
    office: OfficeId,
    dossier: DossierId,
) -> Result<Option<Placed>, StoreError> {
    let loaded = load_card(tx, office, dossier, "").await?;
    Ok(loaded.map(|(card, row)| Placed::new(&card, row.next_due)))
}

/// The day that a board's counts are of, held until the end of the transaction: who counts anew
/// waits for what is being moved, and the reverse.
async fn held_day(tx: &mut Tx, office: OfficeId, processing: &str) -> Result<String, StoreError> {
    let share = if matches!(tx, Tx::Postgres(_)) { "FOR SHARE" } else { "" };
    let sql = format!("SELECT day FROM board_day WHERE office = $1 AND processing = $2 {share}");
    loop {
        if let Some(row) = tx.one(&sql, params![office, processing]).await? {
            return row.text(0);
        }
        tx.run(
            "INSERT INTO board_day (office, processing, day) VALUES ($1,$2,$3)
             ON CONFLICT (office, processing) DO NOTHING",
            params![office, processing, NO_DAY],
        )
        .await?;
    }
}

impl Store {
    /// The board: how many active dossiers by territory and stage, how many of them are late.
    pub async fn board(
        &self,
        office: OfficeId,
        processing: &str,
        territories: &[String],
        today: Date,
    ) -> Result<Vec<(String, String, u64, u64)>, StoreError> {
        let sql = "SELECT day FROM board_day WHERE office = $1 AND processing = $2";
        let day = self.data.one(sql, params![office, processing]).await?;
        if day.map(|r| r.text(0)).transpose()? != Some(today.to_string()) {
            self.count_board(office, processing, today).await?;
        }
        let sql = format!(
            "SELECT b.territory, b.stage, b.n, b.late FROM board_cell b
             WHERE b.office = $1 AND b.processing = $2 AND b.n > 0 {} ORDER BY 1, 2",
            within("b.territory", 3, territories)
        );
        let mut list = params![office, processing];
        list.extend(ids(territories.iter().map(String::as_str)));
        let rows = self.data.all(&sql, list).await?;
        rows.iter().map(|r| Ok((r.text(0)?, r.text(1)?, r.count(2)?, r.count(3)?))).collect()
    }

    /// Counts a board anew, as of a day.
    async fn count_board(
        &self,
        office: OfficeId,
        processing: &str,
        today: Date,
    ) -> Result<(), StoreError> {
        let mut tx = self.data.begin().await?;
        tx.run(
            "INSERT INTO board_day (office, processing, day) VALUES ($1,$2,$3)
             ON CONFLICT (office, processing) DO UPDATE SET day = excluded.day",
            params![office, processing, today],
        )
        .await?;
        tx.run(
            "DELETE FROM board_cell WHERE office = $1 AND processing = $2",
            params![office, processing],
        )
        .await?;
        tx.run(
            "INSERT INTO board_cell (office, processing, territory, stage, n, late)
             SELECT d.office, d.processing, d.territory, d.stage, COUNT(*),
             SUM(CASE WHEN d.next_due < $3 THEN 1 ELSE 0 END) FROM dossier d
             WHERE d.office = $1 AND d.processing = $2 AND d.archived = 0
             AND d.closed_on IS NULL GROUP BY d.office, d.processing, d.territory, d.stage",
            params![office, processing, today],
        )
        .await?;
        tx.commit().await
    }
}
