//! Anonymous yearly counters: reopenings are counted without identity, and outlive the
//! dossiers.

use huis_access::Refusal;
use huis_trace::Operation;

use crate::{Caller, Huis, UseError};

/// A figure of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterLine {
    /// Year.
    pub year: i64,
    /// What is counted, a code.
    pub kind: String,
    /// The same in words.
    pub label: String,
    /// How many in the whole office.
    pub n: u64,
}

impl Huis {
    /// The counters of a processing, for whoever has a grant in it: a ministry reads no more than
    /// these.
    pub async fn counters(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<Vec<CounterLine>, UseError> {
        let register = &self.processed(processing)?.register;
        // Partners of the second phase file acts; they are told nothing in return.
        let held = caller
            .grants(processing)
            .filter_map(|g| register.profile(&g.profile))
            .filter(|p| !p.partner);
        let mut refusal = Refusal::NotInProfile;
        let mut open = false;
        for profile in held {
            if profile.second_factor && !caller.actor.strong {
                refusal = Refusal::SecondFactor;
            } else {
                open = true;
            }
        }
        if !open {
            return self.refuse(caller, processing, Operation::Statistic, None, refusal).await;
        }
        let mut line = self.line(caller, processing, Operation::Statistic);
        line.detail.insert("objet".to_owned(), "compteurs".to_owned());
        self.trace(line).await?;
        let rows = self.store.counters(caller.office.office, processing).await?;
        Ok(rows
            .into_iter()
            .map(|(year, kind, n)| CounterLine { year, label: label(&kind), kind, n })
            .collect())
    }
}

fn label(kind: &str) -> String {
    match kind {
        "reouverture" => "Réouvertures de dossiers".to_owned(),
        other => other.to_owned(),
    }
}
