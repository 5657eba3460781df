//! Search by number, name and address. A question is a POST; its answer lives behind an opaque
//! ticket of the session, so that no name is ever in a URL and filters are kept.

use futures_util::{StreamExt, stream};
use huis_access::{
    Answer, Held, KeySource, Want, decide_rule, gather,
    search::{Asked, asked_tokens, confirms},
    unlock,
};
use huis_kernel::{CaseNumber, SessionId};
use huis_register::{Class, Power};
use huis_store::dossiers::CardRow;
use huis_trace::{Dossiers, Operation};
use huis_vault::{ArchiveSecret, Token};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{Caller, Huis, ListLine, UseError, lists::list_line};

/// A question, as typed. Kept sealed in the session's ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Number, whole.
    pub number: String,
    /// Values by `volet.champ` of the declared searches.
    pub fields: BTreeMap<String, String>,
    /// In the archive?
    pub archive: bool,
}

/// A dossier that matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLine {
    /// The card.
    pub line: ListLine,
    /// Which declared searches matched, by label.
    pub by: Vec<String>,
    /// Closed on (archive only).
    pub closed_on: Option<huis_kernel::Date>,
    /// The day its last key is destroyed (archive only).
    pub erased_on: Option<huis_kernel::Date>,
}

/// What a question finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Matches, the most recent first.
    pub lines: Vec<FoundLine>,
    /// What is missing for the question to be answered (a name alone searches nothing).
    pub missing: Vec<String>,
    /// More candidates than were opened: refine.
    pub cut: bool,
}

/// A token as a line of the trace writes it.
pub(crate) fn code(token: Token) -> String {
    format!("{:05x}", token.0)
}

/// Most candidates opened to confirm one question.
const MOST: u32 = 200;
/// Of these, opened at the same time: over a network, each waits for its rows.
const AT_ONCE: usize = 4;
/// The longest question, in bytes.
const LONGEST: usize = 4_096;
/// How long a question is kept, in milliseconds.
const KEPT_MS: i64 = 3_600_000;

impl Huis {
    /// Keeps a question for its session; gives the ticket.
    pub async fn ask(&self, caller: &Caller, question: &Question) -> Result<String, UseError> {
        let session = caller.actor.session.ok_or(UseError::NotFound)?;
        let may = self.processed.values().any(|p| {
            caller.can(&p.register, Power::Search) || caller.can(&p.register, Power::Archive)
        });
        let size = question.number.len()
            + question.fields.iter().map(|(k, v)| k.len() + v.len()).sum::<usize>();
        if !may || size > LONGEST {
            return Err(UseError::NotFound);
        }
        let ticket = self.id16();
        let body = serde_json::to_vec(question).map_err(|_| UseError::Internal("question"))?;
        let body = self.root.seal_secret("recherche", &ticket, &body, &*self.rng);
        self.store.keep_ticket(ticket, session, body, caller.now.plus_ms(KEPT_MS)).await?;
        Ok(ticket.iter().map(|b| format!("{b:02x}")).collect())
    }

    /// The question of a ticket, for the session that asked it.
    pub async fn question(&self, caller: &Caller, ticket: &str) -> Result<Question, UseError> {
        let session = caller.actor.session.ok_or(UseError::NotFound)?;
        // A ticket is written as a session id is: 32 hexadecimal digits.
        let id: SessionId = ticket.parse().map_err(|_| UseError::NotFound)?;
        let body = self
            .store
            .ticket(*id.as_bytes(), session, caller.now)
            .await?
            .ok_or(UseError::NotFound)?;
        let plain = self
            .root
            .open_secret("recherche", id.as_bytes(), &body)
            .map_err(|_| UseError::NotFound)?;
        serde_json::from_slice(&plain).map_err(|_| UseError::NotFound)
    }

    /// Answers a question. The search is traced by its tokens, not by its words.
    pub async fn search(
        &self,
        caller: &Caller,
        processing: &str,
        question: &Question,
    ) -> Result<Found, UseError> {
        let processed = self.processed(processing)?;
        let register = &processed.register;
        let (power, operation) = if question.archive {
            (Power::Archive, Operation::ArchiveSearch)
        } else {
            (Power::Search, Operation::Search)
        };
        let mine = match caller.power(register, power) {
            Ok(mine) => mine,
            Err(refusal) => {
                return self.refuse(caller, processing, operation, None, refusal).await;
            }
        };
        let secret = self.archive_of(caller.actor.session);
        if question.archive && secret.is_none() {
            return Err(UseError::ArchiveLocked);
        }
        let mut found: BTreeMap<CaseNumber, (CardRow, Vec<String>)> = BTreeMap::new();
        let mut missing = Vec::new();
        let mut tokens_asked: BTreeSet<Token> = BTreeSet::new();
        let mut cut = false;
        if !question.number.trim().is_empty() {
            match question.number.parse::<CaseNumber>() {
                Err(error) => missing.push(error.to_string()),
                Ok(number) => {
                    let card =
                        self.store.card_by_number(caller.office.office, processing, number).await?;
                    if let Some(card) = card.filter(|c| {
                        c.archived == question.archive
                            && (mine.is_empty() || mine.contains(&c.territory))
                    }) {
                        found.insert(number, (card, vec!["Numéro".to_owned()]));
                    }
                }
            }
        }
        if let Some(secret) = self.archive_of(caller.actor.session).filter(|_| question.archive) {
            // Emptied since this session opened the archive: « not found » would be false.
            self.rebuild_archive_index(&secret).await;
        }
        let (office, archive) = (caller.office.office, question.archive);
        let index = self.index_key(office, processing, archive).await?;
        // In the trace by a key of the month: a reader of it matches nothing in the index.
        let traced = self.searches_key(office, processing, archive, caller.now).await?;
        let mut asked_any = false;
        for search in &register.searches {
            let asked: Asked = search
                .of
                .iter()
                .filter_map(|p| {
                    let field = p.field.clone()?;
                    let value = question.fields.get(&format!("{}.{field}", p.section))?;
                    (!value.trim().is_empty()).then(|| (field, value.clone()))
                })
                .collect();
            let tokens = asked_tokens(search, &asked, &index);
            if tokens.is_empty() {
                continue;
            }
            asked_any = true;
            tokens_asked.extend(asked_tokens(search, &asked, &traced));
            let candidates = self
                .store
                .candidates(
                    caller.office.office,
                    processing,
                    &tokens,
                    &mine,
                    question.archive,
                    MOST,
                )
                .await?;
            cut |= candidates.len() >= usize::try_from(MOST).unwrap_or(usize::MAX);
            // What the page would withhold, a search must not confirm.
            let sees = |card: &CardRow| {
                caller.decide(register, card, Want::Read).map(|proof| proof.sees_restricted())
            };
            let candidates: Vec<(CardRow, bool)> = candidates
                .into_iter()
                .filter_map(|c| sees(&c).ok().map(|sees| (c, sees)))
                .collect();
            let mut confirmed = Vec::new();
            for (card, sees) in &candidates {
                confirmed.push(self.ask_one(processed, card, secret.as_ref(), |plain| {
                    confirms(search, &asked, plain, *sees)
                }));
            }
            let answers: Vec<_> = stream::iter(confirmed).buffered(AT_ONCE).collect().await;
            let mut held = Vec::new();
            let mut cards = BTreeMap::new();
            for ((card, _), answer) in candidates.into_iter().zip(answers) {
                match answer {
                    Ok(Some(answer)) => held.push(answer),
                    Ok(None) => continue,
                    // One altered file keeps nobody from finding the others.
                    Err(UseError::Broken) => {
                        self.raise_broken(caller, processing, card.dossier).await?;
                        continue;
                    }
                    Err(error) => return Err(error),
                }
                cards.insert(card.dossier, card);
            }
            if held.is_empty() {
                continue;
            }
            // All that was opened to confirm, in one line, under who asked.
            let mut line = self.line(caller, processing, operation);
            line.detail.insert("regle".into(), "confirmation".into());
            let pending = gather(held, line, None);
            let receipt = self.trace(pending.line().clone()).await?;
            for (dossier, matches) in pending.release(&receipt)? {
                if let Some(card) = cards.remove(&dossier).filter(|_| matches) {
                    let entry = found.entry(card.number).or_insert((card, Vec::new()));
                    entry.1.push(search.label.clone());
                }
            }
        }
        let typed = question.fields.values().any(|v| !v.trim().is_empty());
        if typed && !asked_any {
            let ways: Vec<String> =
                register.searches.iter().map(|s| s.label.to_lowercase()).collect();
            missing.push(format!(
                "Un nom seul ne suffit pas : cherchez par {}.",
                ways.join(", ou par ")
            ));
        }
        let mut line = self.line(caller, processing, operation);
        line.dossiers = Dossiers::List(found.values().map(|f| f.0.dossier).collect());
        let mut codes: Vec<String> = tokens_asked.into_iter().map(code).collect();
        codes.truncate(60);
        if !codes.is_empty() {
            line.detail.insert("tokens".into(), codes.join(","));
        }
        self.trace(line).await?;
        let names = self.territory_names(caller).await?;
        let (cards, by): (Vec<_>, Vec<_>) = found.into_values().unzip();
        let erased = if question.archive {
            self.store.erased_on(caller.office.office, &cards).await?
        } else {
            HashMap::new()
        };
        let rows = self.store.with_next(caller.office.office, cards).await?;
        let mut lines: Vec<FoundLine> = rows
            .into_iter()
            .zip(by)
            .map(|(row, by)| FoundLine {
                closed_on: row.card.closed_on,
                erased_on: erased.get(&row.card.dossier).copied(),
                line: list_line(&names, row),
                by,
            })
            .collect();
        lines.sort_by_key(|f| std::cmp::Reverse(f.line.changed_at));
        Ok(Found { lines, missing, cut })
    }

    /// Runs a declared rule on one dossier; its answer waits for the line of the whole search.
    /// `None` when the dossier went or moved meanwhile.
    pub(crate) async fn ask_one<T: Answer>(
        &self,
        processed: &crate::Processed,
        card: &CardRow,
        archive: Option<&ArchiveSecret>,
        rule: impl FnOnce(&huis_access::Plain) -> T,
    ) -> Result<Option<Held<T>>, UseError> {
        let Some((card, sealed, keys)) = self.rows_and_keys(card.office, card.dossier).await?
        else {
            return Ok(None);
        };
        let source = KeySource { root: &self.root, archive, keys: &keys };
        let proof = decide_rule(&processed.register, "recherche", &crate::caller::card_of(&card));
        match unlock(&proof, &sealed, source).and_then(|unlocked| unlocked.answer(rule)) {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => match UseError::from(error) {
                UseError::NotFound | UseError::ArchiveLocked => Ok(None),
                other => Err(other),
            },
        }
    }

    /// may an archived file exist for one of these occupants? Yes or no, by the index alone:
    /// nothing is opened, and the answer is « maybe ».
    pub(crate) async fn archived_match(
        &self,
        caller: &Caller,
        processing: &str,
        sections: &[(String, u32, huis_dossier::Facts)],
    ) -> Result<bool, UseError> {
        let register = &self.processed(processing)?.register;
        let plain = huis_access::Plain {
            // Persons only: another household may have lived at the same address.
            sections: sections
                .iter()
                .filter(|(s, ..)| register.section(s).is_some_and(|s| s.class == Class::Identite))
                .map(|(s, o, f)| {
                    let body = huis_access::SectionBody { facts: f.clone(), ..Default::default() };
                    (s.clone(), *o, 1, body)
                })
                .collect(),
            acts: Vec::new(),
        };
        let index = self.index_key(caller.office.office, processing, true).await?.serving();
        let tokens: BTreeSet<Token> = huis_access::search::tokens(register, &plain, &index)
            .into_iter()
            .map(|t| t.1)
            .collect();
        let some = self.store.shares_tokens(caller.office.office, &tokens, true, 2).await?;
        {
            // Both answers are traced: asking is what tells.
            let mut line = self.line(caller, processing, Operation::ArchiveSearch);
            let answer = if some { "peut-etre" } else { "non" };
            line.detail.insert("resultat".into(), answer.into());
            self.trace(line).await?;
        }
        Ok(some)
    }

    /// Unlocks the archive for this session, by its passphrase.
    pub async fn unlock_archive(
        &self,
        caller: &Caller,
        processing: &str,
        passphrase: &str,
    ) -> Result<(), UseError> {
        let register = &self.processed(processing)?.register;
        // The desk that gives persons their copy opens it too, for those copies alone.
        let may = caller.can(register, Power::Copy);
        if let Err(refusal) = caller.power(register, Power::Archive)
            && !may
        {
            return self.refuse(caller, processing, Operation::ArchiveUnlock, None, refusal).await;
        }
        let session = caller.actor.session.ok_or(UseError::NotFound)?;
        let locked =
            self.store.named_key("archive-secret").await?.ok_or(UseError::Internal("archive"))?;
        let passphrase = passphrase.to_owned();
        let opened =
            tokio::task::spawn_blocking(move || ArchiveSecret::unlock(&locked, &passphrase))
                .await
                .map_err(|_| UseError::Internal("archive"))?;
        let mut line = self.line(caller, processing, Operation::ArchiveUnlock);
        let Ok(secret) = opened else {
            line.outcome = huis_trace::Outcome::Refused { rule: "phrase".into() };
            self.trace(line).await?;
            return Err(UseError::Invalid(vec![
                "La phrase secrète de l’archive est inexacte.".into(),
            ]));
        };
        self.trace(line).await?;
        self.rebuild_archive_index(&secret).await;
        let mut unlocked = self.unlocked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        unlocked.insert(session, secret);
        Ok(())
    }

    /// Locks the archive again for the caller's session; also done when the session ends.
    pub fn close_archive(&self, caller: &Caller) {
        if let Some(session) = caller.actor.session {
            self.unlocked
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .remove(&session);
        }
    }

    /// Is the archive open in this session?
    pub fn archive_is_open(&self, caller: &Caller) -> bool {
        self.archive_of(caller.actor.session).is_some()
    }
}
