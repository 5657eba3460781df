//! Lists: day page, board, filtered lists. They read card columns only, page by key set, and cap
//! their counts.

use huis_kernel::{AgentId, Date, DossierId, Instant, OfficeId};
use std::collections::BTreeSet;

use crate::{
    Store, StoreError,
    dossiers::{CARD_D, CardRow, card},
    sql::{Db, Param, Row, params},
    work::{ids, places},
};

/// What a list asks: within an office and processing, active files only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Territories; empty means all of the office.
    pub territories: Vec<String>,
    /// Stage.
    pub stage: Option<String>,
    /// Step.
    pub step: Option<String>,
    /// Remarks at least this severe.
    pub severity: u32,
    /// Only those where someone should have acted before this day.
    pub late_on: Option<Date>,
}

/// A row of a list: a card and its nearest running deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// The card.
    pub card: CardRow,
    /// Its nearest running action, if any: rule and date.
    pub next: Option<(String, Date)>,
}

/// Where the next page starts: after this row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// When the last row changed.
    pub changed_at: Instant,
    /// Its dossier.
    pub dossier: DossierId,
}

/// A deadline of the day page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermDue {
    /// The card.
    pub card: CardRow,
    /// Rule.
    pub rule: String,
    /// Date.
    pub due: Date,
    /// Must someone act?
    pub action: bool,
}

/// A column that the SQLite planner must filter by, and not look up through another index: the index
/// that gives the order is walked until the page is full, at any size (`CROSS JOIN` says the same of
/// two tables). PostgreSQL estimates, and is told the column plainly: an expression blinds it.
fn only_filter(db: &Db, column: &str) -> String {
    if db.is_postgres() { column.to_owned() } else { format!("{column} || ''") }
}

/// A table `t` whose order is followed, and the dossier `d` of each of its rows as it comes, until there
/// are enough: what both are to meet (`wanted` says « AND … » of the dossier), and where more conditions
/// may follow. The office is `$1`.
/// PostgreSQL, left to choose, joins every dossier of a territory and sorts what came of it.
pub(crate) fn each_with_dossier(db: &Db, table: &str, wanted: &str) -> String {
    let same = "d.office = $1 AND d.dossier = t.dossier";
    if db.is_postgres() {
        // `OFFSET 0`: what stands within is not merged with what stands around.
        format!(
            "{table} t CROSS JOIN LATERAL
             (SELECT * FROM dossier d WHERE {same}{wanted} OFFSET 0) d WHERE t.office = $1"
        )
    } else {
        format!("{table} t CROSS JOIN dossier d WHERE {same}{wanted} AND t.office = $1")
    }
}

/// « AND … » : a dossier `d` of a processing (the parameter of that number) that is worked on.
pub(crate) fn followed(processing: usize) -> String {
    format!(" AND d.processing = ${processing} AND d.archived = 0 AND d.closed_on IS NULL")
}

pub(crate) fn within(column: &str, from: usize, territories: &[String]) -> String {
    if territories.is_empty() {
        String::new()
    } else {
        // A space first: « $4AND » would be a parameter of another name.
        format!(" AND {column} IN ({})", places(from, territories.len()))
    }
}

/// A deadline after its card's columns.
pub(crate) fn term_due(r: &Row) -> Result<TermDue, StoreError> {
    Ok(TermDue { card: card(r)?, rule: r.text(15)?, due: r.date(16)?, action: r.flag(17)? })
}

impl Store {
    /// Running deadlines from a day to a day, by date.
    pub async fn terms_due(
        &self,
        office: OfficeId,
        processing: &str,
        territories: &[String],
        from: Option<Date>,
        to: Date,
        limit: u32,
    ) -> Result<Vec<TermDue>, StoreError> {
        let sql = format!(
            "SELECT {CARD_D}, t.rule, t.due, t.action FROM {}
             AND t.state = 'running' AND t.due >= $2 AND t.due <= $3 AND t.action = 1
             ORDER BY t.due, t.dossier LIMIT {limit}",
            self.terms_of_open(4, territories)
        );
        let mut list = params![office, from.unwrap_or(Date::MIN), to, processing];
        if from.is_none() {
            // Civil dates compare as texts from year 0 on; a bare minimum reads « -009999… ».
            if let Some(first) = list.get_mut(1) {
                *first = Param::from("0000-01-01");
            }
        }
        list.extend(ids(territories.iter().map(String::as_str)));
        self.data.all(&sql, list).await?.iter().map(term_due).collect()
    }

    /// Counts running actions before a day, up to `cap` + 1.
    pub async fn count_terms(
        &self,
        office: OfficeId,
        processing: &str,
        territories: &[String],
        from: &str,
        to: Date,
        cap: u32,
    ) -> Result<u64, StoreError> {
        let sql = format!(
            "SELECT COUNT(*) FROM (SELECT 1 AS one FROM {}
             AND t.state = 'running' AND t.due >= $2 AND t.due <= $3 AND t.action = 1
             LIMIT {}) counted",
            self.terms_of_open(4, territories),
            cap + 1
        );
        let mut list = params![office, from, to, processing];
        list.extend(ids(territories.iter().map(String::as_str)));
        let row = self.data.one(&sql, list).await?;
        row.map_or(Ok(0), |r| r.count(0))
    }

    /// Deadlines in their order, with the dossiers of a processing (the parameter of that number)
    /// that are followed within territories (the parameters after it).
    pub(crate) fn terms_of_open(&self, processing: usize, territories: &[String]) -> String {
        let within = within("d.territory", processing + 1, territories);
        let wanted = format!("{}{within}", followed(processing));
        each_with_dossier(&self.data, "term", &wanted)
    }

    /// Which of these kinds of act some dossiers hold, not voided.
    pub async fn acts_there(
        &self,
        office: OfficeId,
        dossiers: &BTreeSet<DossierId>,
        kinds: &BTreeSet<&str>,
    ) -> Result<BTreeSet<(DossierId, String)>, StoreError> {
        let mut there = BTreeSet::new();
        if kinds.is_empty() {
            return Ok(there);
        }
        let dossiers: Vec<DossierId> = dossiers.iter().copied().collect();
        for some in dossiers.chunks(200) {
            let sql = format!(
                "SELECT DISTINCT dossier, kind FROM act WHERE office = $1 AND voided IS NULL
                 AND dossier IN ({}) AND kind IN ({})",
                places(2, some.len()),
                places(2 + some.len(), kinds.len())
            );
            let mut list = params![office];
            list.extend(ids(some.iter().copied()));
            list.extend(ids(kinds.iter().copied()));
            for row in self.data.all(&sql, list).await? {
                there.insert((DossierId::from_bytes(row.id16(0)?), row.text(1)?));
            }
        }
        Ok(there)
    }

    /// A page of active dossiers, last changed first.
    pub async fn list(
        &self,
        office: OfficeId,
        processing: &str,
        filter: &ListFilter,
        after: Option<After>,
        limit: u32,
    ) -> Result<Vec<ListRow>, StoreError> {
        let mut list = params![office, processing, filter.severity];
        let mut wheres = String::new();
        for (column, value) in [("stage", &filter.stage), ("step", &filter.step)] {
            if let Some(value) = value {
                list.push(Param::from(value));
                let column = only_filter(&self.data, &format!("d.{column}"));
                wheres.push_str(&format!(" AND {column} = ${}", list.len()));
            }
        }
        if let Some(day) = filter.late_on {
            list.push(Param::from(day));
            wheres.push_str(&format!(" AND d.next_due < ${}", list.len()));
        }
        if let Some(after) = after {
            list.push(Param::from(after.changed_at));
            list.push(Param::from(after.dossier));
            let (a, b) = (list.len() - 1, list.len());
            wheres.push_str(&format!(
                " AND d.changed_at <= ${a} AND (d.changed_at < ${a} OR d.dossier > ${b})"
            ));
        }
        let territory = only_filter(&self.data, "d.territory");
        wheres.push_str(&within(&territory, list.len() + 1, &filter.territories));
        let closed = only_filter(&self.data, "d.closed_on");
        list.extend(ids(filter.territories.iter().map(String::as_str)));
        let sql = format!(
            "SELECT {CARD_D} FROM dossier d WHERE d.office = $1 AND d.processing = $2
             AND d.archived = 0 AND {closed} IS NULL AND d.severity >= $3 {wheres}
             ORDER BY d.changed_at DESC, d.dossier LIMIT {limit}"
        );
        let cards: Vec<CardRow> =
            self.data.all(&sql, list).await?.iter().map(card).collect::<Result<_, _>>()?;
        self.with_next(office, cards).await
    }

    /// Adds to cards their nearest running action.
    pub async fn with_next(
        &self,
        office: OfficeId,
        cards: Vec<CardRow>,
    ) -> Result<Vec<ListRow>, StoreError> {
        if cards.is_empty() {
            return Ok(Vec::new());
        }
        // By dossier, not through every deadline that runs in the office: the state is no key here.
        let sql = format!(
            "SELECT dossier, rule, due FROM term WHERE office = $1 AND {} = 'running'
             AND action = 1 AND dossier IN ({})",
            only_filter(&self.data, "state"),
            places(2, cards.len())
        );
        let mut list = params![office];
        list.extend(ids(cards.iter().map(|c| c.dossier)));
        let mut next: std::collections::HashMap<DossierId, (String, Date)> = Default::default();
        for row in self.data.all(&sql, list).await? {
            let (dossier, found) =
                (DossierId::from_bytes(row.id16(0)?), (row.text(1)?, row.date(2)?));
            let nearer = next.get(&dossier).is_none_or(|known| found.1 < known.1);
            if nearer {
                next.insert(dossier, found);
            }
        }
        Ok(cards
            .into_iter()
            .map(|card| ListRow { next: next.remove(&card.dossier), card })
            .collect())
    }

    /// The day on which the last key of each of these archived dossiers is destroyed.
    pub async fn erased_on(
        &self,
        office: OfficeId,
        cards: &[CardRow],
    ) -> Result<std::collections::HashMap<DossierId, Date>, StoreError> {
        if cards.is_empty() {
            return Ok(std::collections::HashMap::new());
        }
        let sql = format!(
            "SELECT dossier, MAX(next_on) FROM unit WHERE office = $1 AND next_step = 'destroy'
             AND dossier IN ({}) GROUP BY dossier",
            places(2, cards.len())
        );
        let mut list = params![office];
        list.extend(ids(cards.iter().map(|c| c.dossier)));
        let rows = self.data.all(&sql, list).await?;
        rows.iter().map(|r| Ok((DossierId::from_bytes(r.id16(0)?), r.date(1)?))).collect()
    }

    /// Acts recorded since an instant, newest first: what came in, but what an agent recorded. Card
    /// columns only.
    pub async fn acts_since(
        &self,
        office: OfficeId,
        processing: &str,
        territories: &[String],
        (since, but): (Instant, Option<AgentId>),
        limit: u32,
    ) -> Result<Vec<(CardRow, String, Instant, Option<AgentId>)>, StoreError> {
        let within = within("d.territory", 4, territories);
        let others = but.map_or_else(String::new, |_| {
            format!("AND (t.agent IS NULL OR t.agent <> ${})", 4 + territories.len())
        });
        let sql = format!(
            "SELECT {CARD_D}, t.kind, t.recorded_at, t.agent FROM {}
             AND t.recorded_at >= $2 {others} ORDER BY t.recorded_at DESC, t.no DESC LIMIT {limit}",
            each_with_dossier(
                &self.data,
                "act",
                &format!(" AND d.processing = $3 AND d.archived = 0{within}")
            )
        );
        let mut list = params![office, since, processing];
        list.extend(ids(territories.iter().map(String::as_str)));
        list.extend(but.map(Param::from));
        let rows = self.data.all(&sql, list).await?;
        rows.iter()
            .map(|r| {
                Ok((
                    card(r)?,
                    r.text(15)?,
                    Instant(r.int(16)?),
                    r.opt_id16(17)?.map(AgentId::from_bytes),
                ))
            })
            .collect()
    }

    /// Active dossiers that nothing has moved since an instant and where nothing is due: stuck.
    pub async fn stuck(
        &self,
        office: OfficeId,
        processing: &str,
        territories: &[String],
        before: Instant,
        limit: u32,
    ) -> Result<Vec<CardRow>, StoreError> {
        let sql = format!(
            "SELECT {CARD_D} FROM dossier d {} WHERE d.office = $1 AND d.processing = $2
             AND d.archived = 0 AND d.running = 0 AND d.closed_on IS NULL
             AND d.changed_at < $3 {} ORDER BY d.changed_at, d.dossier LIMIT {limit}",
            self.data.by_index("dossier_stuck"),
            within(&only_filter(&self.data, "d.territory"), 4, territories)
        );
        let mut list = params![office, processing, before];
        list.extend(ids(territories.iter().map(String::as_str)));
        self.data.all(&sql, list).await?.iter().map(card).collect()
    }

    /// Active dossiers whose deadlines must be computed again (a day passed, a holiday moved).
    pub async fn running(
        &self,
        office: OfficeId,
        processing: &str,
        after: Option<DossierId>,
        limit: u32,
    ) -> Result<Vec<CardRow>, StoreError> {
        let first: Vec<u8> = after.map_or_else(Vec::new, |d| d.as_bytes().to_vec());
        let sql = format!(
            "SELECT {CARD_D} FROM dossier d WHERE d.office = $1 AND d.processing = $2
             AND d.archived = 0 AND d.closed_on IS NULL AND d.dossier > $3
             ORDER BY d.dossier LIMIT {limit}"
        );
        self.data.all(&sql, params![office, processing, first]).await?.iter().map(card).collect()
    }

    /// Archived or closed dossiers among some ids (for an agent who unlocked the archive).
    pub async fn cards(
        &self,
        office: OfficeId,
        dossiers: &[DossierId],
    ) -> Result<Vec<CardRow>, StoreError> {
        if dossiers.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT {CARD_D} FROM dossier d WHERE d.office = $1 AND d.dossier IN ({})",
            places(2, dossiers.len())
        );
        let mut list = params![office];
        list.extend(ids(dossiers.iter().copied()));
        self.data.all(&sql, list).await?.iter().map(card).collect()
    }

    /// The names of some agents, for « par qui ».
    pub async fn agent_names(
        &self,
        agents: &std::collections::BTreeSet<huis_kernel::AgentId>,
    ) -> Result<std::collections::BTreeMap<huis_kernel::AgentId, String>, StoreError> {
        if agents.is_empty() {
            return Ok(std::collections::BTreeMap::new());
        }
        let sql = format!(
            "SELECT agent, first_name, last_name FROM agent WHERE agent IN ({})",
            places(1, agents.len())
        );
        let rows = self.data.all(&sql, ids(agents.iter().copied())).await?;
        rows.iter()
            .map(|r| {
                let id = huis_kernel::AgentId::from_bytes(r.id16(0)?);
                Ok((id, format!("{} {}", r.text(1)?, r.text(2)?)))
            })
            .collect()
    }
}
