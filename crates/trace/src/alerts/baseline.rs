use huis_kernel::Instant;
use std::collections::VecDeque;

const HOUR: i64 = 3_600_000;
/// How many past hours with readings are remembered: some weeks of work.
const REMEMBERED: usize = 200;

/// What is usual: how many dossiers were opened in each past hour in which any was.
#[derive(Clone, Debug, Default)]
pub(super) struct Baseline {
    hours: VecDeque<u32>,
    current: Option<(i64, u32)>,
}

impl Baseline {
    /// Counts dossiers opened at an instant. The hour that ends with it is remembered, and told.
    pub(super) fn add(&mut self, at: Instant, count: u32) -> Option<u32> {
        let hour = at.0.div_euclid(HOUR);
        if let Some((known, opened)) = &mut self.current
            && *known == hour
        {
            *opened = opened.saturating_add(count);
            return None;
        }
        let (_, ended) = self.current.replace((hour, count))?;
        self.remember(ended);
        Some(ended)
    }

    /// Remembers a past hour.
    pub(super) fn remember(&mut self, opened: u32) {
        if self.hours.len() == REMEMBERED {
            self.hours.pop_front();
        }
        self.hours.push_back(opened);
    }

    /// What nineteen past hours in twenty do not exceed, once enough of them are known.
    pub(super) fn usual(&self, history: usize) -> Option<u32> {
        if self.hours.len() < history.max(1) {
            return None;
        }
        let mut hours: Vec<u32> = self.hours.iter().copied().collect();
        hours.sort_unstable();
        hours.get((hours.len() * 19).div_ceil(20).saturating_sub(1)).copied()
    }
}
