use huis_kernel::{Date, Instant, Zone};
use std::collections::BTreeSet;

/// The thresholds of an office: settings that its officer sees and changes.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// Dossiers opened in an hour, beyond which anyone stands out.
    pub opened_per_hour: u32,
    /// How many times the busiest of their usual hours (all but one in twenty) an agent, or the
    /// agents of a profile, must exceed to stand out, in percent (300: three times).
    pub unusual_percent: u32,
    /// Below so many dossiers in an hour nothing is unusual.
    pub unusual_floor: u32,
    /// How many past hours with readings must be known before any is called unusual.
    pub unusual_history: usize,
    /// Office hours; none when the office works at any time.
    pub hours: Option<Hours>,
    /// How many dossiers may be opened out of hours in a day before it stands out.
    pub out_of_hours: u32,
    /// How many refusals make a burst.
    pub refusals: u32,
    /// How many failed sign-ins from one address make a burst.
    pub sign_ins: u32,
    /// Within how many minutes a burst counts.
    pub burst_minutes: u32,
    /// How many dossiers opened one after the other in the order of a list make a walk.
    pub walk: u32,
    /// How many closed files opened in an hour stand out.
    pub closed_files: u32,
}

impl Default for Parameters {
    /// Cautious values for an office that has not chosen yet.
    fn default() -> Self {
        Self {
            opened_per_hour: 60,
            unusual_percent: 300,
            unusual_floor: 15,
            unusual_history: 20,
            hours: None,
            out_of_hours: 3,
            refusals: 5,
            sign_ins: 10,
            burst_minutes: 10,
            walk: 12,
            closed_files: 5,
        }
    }
}

/// Office hours, in the office's zone.
#[derive(Clone, Debug)]
pub struct Hours {
    /// The office's zone.
    pub zone: Zone,
    /// First minute of the day at which the office is open (7 h 30: 450).
    pub from: u16,
    /// First minute of the day at which it is closed again.
    pub to: u16,
    /// Saturday and Sunday too?
    pub week_ends: bool,
    /// Days off, public holidays among them: the caller takes them from the legal calendar.
    pub closed: BTreeSet<Date>,
}

impl Hours {
    /// Is the office open at this instant?
    pub fn open(&self, at: Instant) -> bool {
        let civil = at.civil_in(&self.zone);
        let part = |n: i8| u16::from(n.unsigned_abs());
        let minute = part(civil.hour()) * 60 + part(civil.minute());
        let week_end = civil.date().weekday().to_monday_zero_offset() >= 5;
        (self.week_ends || !week_end)
            && !self.closed.contains(&civil.date())
            && (self.from..self.to).contains(&minute)
    }
}
