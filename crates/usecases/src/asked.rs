//! What is asked of who files acts and follows no procedure: the deadlines that an act of
//! theirs answers, where the rules would take it.

use huis_access::Grant;
use huis_kernel::{DossierId, OfficeId};
use huis_register::Profile;
use huis_store::{lists::TermDue, partners::Reach};
use std::collections::{BTreeMap, BTreeSet};

use crate::{Huis, Processed, UseError};

/// A deadline, and the acts by which who is asked may answer it.
pub(crate) struct Asked {
    pub(crate) term: TermDue,
    pub(crate) acts: Vec<String>,
}

impl Huis {
    /// What is asked of who holds a grant, by date.
    pub(crate) async fn asked_of(
        &self,
        processed: &Processed,
        office: OfficeId,
        grant: &Grant,
        profile: &Profile,
        limit: u32,
    ) -> Result<Vec<Asked>, UseError> {
        let rules = processed.rules.term_labels().iter().map(|(rule, _)| *rule);
        let answers: BTreeMap<&str, Vec<&str>> = rules
            .map(|rule| {
                let acts = processed.rules.answers(rule).iter().copied();
                (rule, acts.filter(|act| profile.may_act(act)).collect::<Vec<_>>())
            })
            .filter(|(_, acts)| !acts.is_empty())
            .collect();
        let rules: Vec<&str> = answers.keys().copied().collect();
        let reach = if profile.partner {
            Reach::Partners(&grant.territories)
        } else {
            Reach::Territories(&grant.territories)
        };
        let id = &processed.register.id;
        // An act that answers another is not asked for before that other is there. The deadlines that
        // fall for it leave room for those that come after them.
        let terms = self.store.terms_awaited(office, id, &rules, reach, 4 * limit).await?;
        let dossiers: BTreeSet<DossierId> = terms.iter().map(|t| t.card.dossier).collect();
        let kinds: BTreeSet<&str> =
            answers.values().flatten().flat_map(|act| processed.rules.after(act)).collect();
        let there = self.store.acts_there(office, &dossiers, &kinds).await?;
        let may = |dossier: DossierId, act: &str| {
            let before = processed.rules.after(act);
            before.is_empty() || before.iter().any(|b| there.contains(&(dossier, (*b).to_owned())))
        };
        Ok(terms
            .into_iter()
            .map(|term| {
                let acts = answers.get(term.rule.as_str()).into_iter().flatten();
                let acts = acts.filter(|act| may(term.card.dossier, act));
                Asked { acts: acts.map(|act| (*act).to_owned()).collect(), term }
            })
            .filter(|asked| !asked.acts.is_empty())
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .collect())
    }
}
