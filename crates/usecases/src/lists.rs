//! Lists read the cards only; one trace line carries the ids of all that was shown.

use huis_access::Refusal;
use huis_kernel::{AgentId, CaseNumber, Date, DossierId, Instant};
use huis_register::Power;
use huis_store::{
    dossiers::CardRow,
    lists::{After, ListFilter, ListRow},
};
use huis_trace::{Dossiers, Operation};
use std::collections::{BTreeMap, BTreeSet};

use crate::{Caller, Huis, UseError};

/// A card on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListLine {
    /// Number.
    pub number: CaseNumber,
    /// Territory's name.
    pub territory: String,
    /// Stage.
    pub stage: String,
    /// Step, a code of the processing.
    pub step: String,
    /// Opened on.
    pub opened_on: Date,
    /// Worst remark: 0 none, 1 to know, 2 to look at, 3 serious.
    pub severity: u32,
    /// Last change.
    pub changed_at: Instant,
    /// Nearest action: rule and date.
    pub next: Option<(String, Date)>,
}

/// A deadline of the day page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayLine {
    /// The dossier.
    pub line: ListLine,
    /// Rule of the deadline.
    pub rule: String,
    /// Its date.
    pub due: Date,
}

/// An act that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActLine {
    /// The dossier.
    pub line: ListLine,
    /// Kind of act.
    pub kind: String,
    /// When it was recorded.
    pub recorded: Instant,
    /// By whom.
    pub by: Option<String>,
}

/// The day page: what is due, what came in, what is stuck.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Past their date.
    pub late: Vec<DayLine>,
    /// How many are past their date (99 means more).
    pub late_count: u64,
    /// Today.
    pub today: Vec<DayLine>,
    /// In the coming two weeks.
    pub coming: Vec<DayLine>,
    /// How many in the coming two weeks.
    pub coming_count: u64,
    /// Acts of the last three days.
    pub came_in: Vec<ActLine>,
    /// Nothing due, nothing moved for two months.
    pub stuck: Vec<ListLine>,
}

/// What a list asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Territory.
    pub territory: Option<String>,
    /// Stage.
    pub stage: Option<String>,
    /// Step.
    pub step: Option<String>,
    /// Remarks at least this severe.
    pub severity: u32,
    /// Only those where something is past its date.
    pub late: bool,
    /// After this row: (last change, number), as given by the page before.
    pub after: Option<(Instant, CaseNumber)>,
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Rows.
    pub lines: Vec<ListLine>,
    /// Where the next page starts.
    pub next: Option<(Instant, CaseNumber)>,
}

/// A cell of the board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoardCell {
    /// Running dossiers.
    pub count: u64,
    /// Of which late.
    pub late: u64,
}

/// The board: territories × stages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// Territories: code and name.
    pub territories: Vec<(String, String)>,
    /// Stages: code and label.
    pub stages: Vec<(String, String)>,
    /// Cells by (territory, stage).
    pub cells: BTreeMap<(String, String), BoardCell>,
}

/// Rows a page.
pub const PAGE: u32 = 50;
const CAP: u32 = 99;

impl Huis {
    async fn lists_power(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<Vec<String>, UseError> {
        let register = &self.processed(processing)?.register;
        match caller.power(register, Power::Lists) {
            Ok(territories) => Ok(territories),
            Err(refusal) => self.refuse(caller, processing, Operation::List, None, refusal).await,
        }
    }

    /// The day page.
    pub async fn day(&self, caller: &Caller, processing: &str) -> Result<Day, UseError> {
        self.day_as(caller, processing, Operation::List).await
    }

    /// As [`Huis::day`], for a screen or for a file.
    pub(crate) async fn day_as(
        &self,
        caller: &Caller,
        processing: &str,
        operation: Operation,
    ) -> Result<Day, UseError> {
        let mine = self.lists_power(caller, processing).await?;
        let office = caller.office.office;
        let today = caller.today;
        let yesterday = today.yesterday().unwrap_or(today);
        let tomorrow = today.tomorrow().unwrap_or(today);
        let fortnight = huis_kernel::Delay { months: 0, days: 14 }.after(today);
        let store = &self.store;
        let late = store.terms_due(office, processing, &mine, None, yesterday, 40).await?;
        let now = store.terms_due(office, processing, &mine, Some(today), today, 40).await?;
        let coming =
            store.terms_due(office, processing, &mine, Some(tomorrow), fortnight, 60).await?;
        let late_count =
            store.count_terms(office, processing, &mine, "0000-01-01", yesterday, CAP).await?;
        let coming_count = store
            .count_terms(office, processing, &mine, &tomorrow.to_string(), fortnight, CAP)
            .await?;
        let three_days = caller.now.plus_ms(-3 * 86_400_000);
        // What others did, a line each dossier: one knows what one did, and a correction says it twice.
        let of_others = (three_days, Some(caller.actor.agent));
        let mut came_in = store.acts_since(office, processing, &mine, of_others, 50).await?;
        let mut told = BTreeSet::new();
        came_in.retain(|(card, ..)| told.insert(card.dossier));
        came_in.truncate(25);
        let two_months = caller.now.plus_ms(-61 * 86_400_000);
        let stuck = store.stuck(office, processing, &mine, two_months, 15).await?;
        let mut shown: BTreeSet<_> = BTreeSet::new();
        shown.extend(late.iter().chain(&now).chain(&coming).map(|t| t.card.dossier));
        shown.extend(came_in.iter().map(|a| a.0.dossier));
        shown.extend(stuck.iter().map(|c| c.dossier));
        let mut line = self.line(caller, processing, operation);
        line.dossiers = Dossiers::List(shown.into_iter().collect());
        line.detail.insert("liste".into(), "journee".into());
        self.trace(line).await?;
        let names = self.territory_names(caller).await?;
        let authors: BTreeSet<AgentId> = came_in.iter().filter_map(|a| a.3).collect();
        let agents = self.names_of(&authors).await?;
        let day_lines = |terms: Vec<huis_store::lists::TermDue>| {
            terms
                .into_iter()
                .map(|t| DayLine {
                    line: list_line(&names, ListRow { card: t.card, next: None }),
                    rule: t.rule,
                    due: t.due,
                })
                .collect()
        };
        Ok(Day {
            late: day_lines(late),
            late_count,
            today: day_lines(now),
            coming: day_lines(coming),
            coming_count,
            came_in: came_in
                .into_iter()
                .map(|(card, kind, recorded, agent)| ActLine {
                    line: list_line(&names, ListRow { card, next: None }),
                    kind,
                    recorded,
                    by: agent.and_then(|a| agents.get(&a).cloned()),
                })
                .collect(),
            stuck: stuck
                .into_iter()
                .map(|card| list_line(&names, ListRow { card, next: None }))
                .collect(),
        })
    }

    /// A page of running dossiers, last changed first.
    pub async fn list(
        &self,
        caller: &Caller,
        processing: &str,
        query: &ListQuery,
    ) -> Result<Page, UseError> {
        self.list_as(caller, processing, query, Operation::List, PAGE).await
    }

    /// As [`Huis::list`], for a screen or for a file, of at most so many rows.
    pub(crate) async fn list_as(
        &self,
        caller: &Caller,
        processing: &str,
        query: &ListQuery,
        operation: Operation,
        most: u32,
    ) -> Result<Page, UseError> {
        let mine = self.lists_power(caller, processing).await?;
        let territories = match &query.territory {
            None => mine.clone(),
            Some(one) if mine.is_empty() || mine.contains(one) => vec![one.clone()],
            // A territory that is not theirs has nothing to show them (I13).
            Some(_) => return Ok(Page::default()),
        };
        let filter = ListFilter {
            territories,
            stage: query.stage.clone(),
            step: query.step.clone(),
            severity: query.severity,
            late_on: query.late.then_some(caller.today),
        };
        let office = caller.office.office;
        let after = match query.after {
            None => None,
            Some((changed_at, number)) => self
                .store
                .card_by_number(office, processing, number)
                .await?
                .filter(|c| !c.archived && (mine.is_empty() || mine.contains(&c.territory)))
                // A row that is not theirs (or not at all) still only says when: no answer tells
                // whether the number exists (I13).
                .map_or(Some(DossierId::from_bytes([0; 16])), |card| Some(card.dossier))
                .map(|dossier| After { changed_at, dossier }),
        };
        let mut rows = self.store.list(office, processing, &filter, after, most + 1).await?;
        let page = usize::try_from(most).unwrap_or(50);
        let more = rows.len() > page;
        rows.truncate(page);
        let next =
            if more { rows.last().map(|r| (r.card.changed_at, r.card.number)) } else { None };
        if more && operation == Operation::Export {
            // Too long for a file: nothing leaves, and no line says that these did.
            return Ok(Page { lines: Vec::new(), next });
        }
        let mut line = self.line(caller, processing, operation);
        line.dossiers = Dossiers::List(rows.iter().map(|r| r.card.dossier).collect());
        line.detail.insert("liste".into(), "dossiers".into());
        self.trace(line).await?;
        let names = self.territory_names(caller).await?;
        Ok(Page { lines: rows.into_iter().map(|r| list_line(&names, r)).collect(), next })
    }

    /// The board by territory and stage: counts only, of one's own perimeter.
    pub async fn board(&self, caller: &Caller, processing: &str) -> Result<Board, UseError> {
        self.board_as(caller, processing, Operation::List).await
    }

    /// As [`Huis::board`], for a screen or for a file.
    pub(crate) async fn board_as(
        &self,
        caller: &Caller,
        processing: &str,
        operation: Operation,
    ) -> Result<Board, UseError> {
        let mine = self.lists_power(caller, processing).await?;
        let register = &self.processed(processing)?.register;
        let cells = self.store.board(caller.office.office, processing, &mine, caller.today).await?;
        let mut line = self.line(caller, processing, operation);
        line.detail.insert("liste".into(), "tableau".into());
        self.trace(line).await?;
        let territories = if register.placed() {
            self.store.territories(caller.office.office).await?
        } else {
            vec![(String::new(), NOWHERE.to_owned())]
        };
        Ok(Board {
            territories: territories
                .into_iter()
                .filter(|(code, _)| mine.is_empty() || mine.contains(code))
                .collect(),
            stages: register.stages.iter().map(|s| (s.id.clone(), s.label.clone())).collect(),
            cells: cells
                .into_iter()
                .map(|(territory, stage, count, late)| {
                    ((territory, stage), BoardCell { count, late })
                })
                .collect(),
        })
    }

    /// The territories of the caller's perimeter for this power: code and name.
    pub async fn territories(
        &self,
        caller: &Caller,
        processing: &str,
        power: Power,
    ) -> Result<Vec<(String, String)>, UseError> {
        let register = &self.processed(processing)?.register;
        let mine = caller.power(register, power).map_err(|r: Refusal| UseError::from(r))?;
        if !register.placed() {
            return Ok(Vec::new());
        }
        let all = self.store.territories(caller.office.office).await?;
        Ok(all.into_iter().filter(|(c, _)| mine.is_empty() || mine.contains(c)).collect())
    }

    /// The names of the office's territories, by code: they say nothing of anyone.
    pub async fn territory_names(
        &self,
        caller: &Caller,
    ) -> Result<BTreeMap<String, String>, UseError> {
        let office = caller.office.office;
        let mut names: BTreeMap<_, _> = self.store.territories(office).await?.into_iter().collect();
        names.extend(self.store.partners(office).await?.into_iter().map(|p| (p.code, p.name)));
        names.insert(String::new(), NOWHERE.to_owned());
        Ok(names)
    }
}

/// What the territory of dossiers that are nowhere is called.
pub(crate) const NOWHERE: &str = "Toute l’organisation";

pub(crate) fn list_line(names: &BTreeMap<String, String>, row: ListRow) -> ListLine {
    let CardRow { number, territory, stage, step, opened_on, severity, changed_at, .. } = row.card;
    ListLine {
        number,
        territory: names.get(&territory).cloned().unwrap_or(territory),
        stage,
        step,
        opened_on,
        severity,
        changed_at,
        next: row.next,
    }
}
