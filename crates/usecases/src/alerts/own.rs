//! An agent's own name, by tokens: searching oneself, or opening one's own file, stands out.
//! Computed from the account when it is wanted and kept nowhere: a new index key changes nothing.

use huis_access::search::{Asked, asked_tokens};
use huis_kernel::{AgentId, DossierId, Instant, OfficeId};
use huis_register::{FieldKind, Register, Search};
use huis_trace::{Line, Operation, Outcome};
use huis_vault::{IndexKey, Token};
use std::collections::BTreeSet;

use crate::{Huis, UseError, search::code};

/// The tokens of one name under one search, in the active index or the archive's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OwnTokens {
    processing: String,
    archive: bool,
    /// In the index.
    tokens: Vec<Token>,
    /// As a search of the month writes them in its line.
    codes: Vec<String>,
}

impl OwnTokens {
    fn codes(&self) -> impl Iterator<Item = String> {
        self.codes.iter().cloned()
    }

    /// Did a search ask for this name? A token is short, so that one alone may be met by chance;
    /// the same name, or a near one, meets in two at least.
    fn searched(&self, asked: &BTreeSet<&str>) -> bool {
        let met = self.codes().filter(|code| asked.contains(code.as_str())).count();
        met >= self.codes.len().min(2)
    }
}

/// The tokens of an agent's own name under each search of a register that asks for two names and
/// nothing else. The register writes the last name first: it is the one that matches nearly.
pub fn own_name_tokens(
    register: &Register,
    key: &IndexKey,
    first_name: &str,
    last_name: &str,
) -> Vec<BTreeSet<Token>> {
    let is_name = |p: &huis_register::FieldPath| {
        let field = register.section(&p.section).and_then(|s| s.field(p.field.as_deref()?));
        field.is_some_and(|f| f.kind == FieldKind::Name)
    };
    let of = |search: &Search| {
        let [last, first] = search.of.as_slice() else { return None };
        if !is_name(last) || !is_name(first) {
            return None;
        }
        let asked: Asked = [
            (last.field.clone()?, last_name.to_owned()),
            (first.field.clone()?, first_name.to_owned()),
        ]
        .into();
        let tokens = asked_tokens(search, &asked, key);
        (!tokens.is_empty()).then_some(tokens)
    };
    register.searches.iter().filter_map(of).collect()
}

impl Huis {
    /// All the tokens of an agent's own name in an office, at the time of a line.
    pub(super) async fn own_tokens(
        &self,
        office: OfficeId,
        agent: AgentId,
        at: Instant,
    ) -> Result<Vec<OwnTokens>, UseError> {
        let Some(row) = self.store.agent(agent).await? else { return Ok(Vec::new()) };
        let mut out = Vec::new();
        for processed in self.processed.values() {
            let register = &processed.register;
            for archive in [false, true] {
                let key = self.index_key(office, &register.id, archive).await?;
                let traced = self.searches_key(office, &register.id, archive, at).await?;
                let of = |key| own_name_tokens(register, key, &row.first_name, &row.last_name);
                for (tokens, codes) in of(&key).into_iter().zip(of(&traced)) {
                    let tokens = tokens.into_iter().collect();
                    let codes = codes.into_iter().map(code).collect();
                    out.push(OwnTokens { processing: register.id.clone(), archive, tokens, codes });
                }
            }
        }
        Ok(out)
    }

    /// The codes by which a line is about its own agent; none for any other line.
    pub(super) async fn own_codes(
        &self,
        office: OfficeId,
        line: &Line,
        own: &[OwnTokens],
    ) -> Result<Vec<String>, UseError> {
        let mine = || own.iter().filter(|o| o.processing == line.processing);
        if matches!(line.operation, Operation::Search | Operation::ArchiveSearch) {
            let asked: BTreeSet<&str> =
                line.detail.get("tokens").map(|t| t.split(',').collect()).unwrap_or_default();
            let met = mine().filter(|o| o.searched(&asked));
            return Ok(met.flat_map(OwnTokens::codes).collect());
        }
        // One dossier opened by itself: a list or a bulk print is not a look at one's own file.
        let Some(dossier) = alone(line) else { return Ok(Vec::new()) };
        if !line.operation.opens() {
            return Ok(Vec::new());
        }
        // The same name gives the same tokens, every one of them.
        let sets: Vec<(&[Token], bool)> =
            mine().map(|o| (o.tokens.as_slice(), o.archive)).collect();
        let borne = self.store.bears(office, dossier, &sets).await?;
        let found = mine().zip(borne).find(|(_, borne)| *borne);
        Ok(found.map_or_else(Vec::new, |(own, _)| own.codes().collect()))
    }
}

/// The one dossier of a line. A refusal that names none is looked into as one that does: what does not
/// exist must not answer sooner (I13).
pub(super) fn alone(line: &Line) -> Option<DossierId> {
    match line.dossiers.listed() {
        [one] => Some(*one),
        [] if matches!(line.outcome, Outcome::Refused { .. }) => {
            Some(DossierId::from_bytes([0; 16]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(tokens: &[i64]) -> OwnTokens {
        let tokens: Vec<Token> = tokens.iter().copied().map(Token).collect();
        let codes = tokens.iter().copied().map(code).collect();
        OwnTokens { processing: "essai".into(), archive: false, tokens, codes }
    }

    #[test]
    fn x_24_one_shared_token_is_chance_two_are_a_name() {
        for (tokens, asked, expected) in [
            (&[1, 2, 3][..], &["00001"][..], false),
            (&[1, 2, 3], &["00001", "00003"], true),
            (&[1, 2, 3], &["000ff", "00003"], false),
            (&[255], &["000ff"], true),
            (&[1, 2], &[], false),
        ] {
            let asked = asked.iter().copied().collect();
            assert_eq!(own(tokens).searched(&asked), expected, "{tokens:?} {asked:?}");
        }
    }
}
