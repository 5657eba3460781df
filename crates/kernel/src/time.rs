use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicI64, Ordering};

/// A civil date: what the law counts in.
pub type Date = jiff::civil::Date;

/// An instant, in milliseconds since 1970-01-01T00:00:00Z: what is stored and traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

impl Instant {
    /// The instant `ms` milliseconds later.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
    /// The civil date at this instant in a zone.
    pub fn date_in(self, zone: &Zone) -> Date {
        self.civil_in(zone).date()
    }
    /// The civil date and time at this instant in a zone, for display.
    pub fn civil_in(self, zone: &Zone) -> jiff::civil::DateTime {
        jiff::Timestamp::from_millisecond(self.0)
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
            .to_zoned(zone.0.clone())
            .datetime()
    }
    /// RFC 3339 in UTC, to the millisecond.
    pub fn rfc3339(self) -> String {
        let ts = jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        format!("{ts:.3}")
    }
}

/// The time zone of an office: `today` is its civil date.
#[derive(Clone, Debug)]
pub struct Zone(jiff::tz::TimeZone);

impl Zone {
    /// A zone by its IANA name (`Europe/Paris`, `Indian/Reunion`), `None` when unknown.
    pub fn named(name: &str) -> Option<Self> {
        jiff::tz::TimeZone::get(name).ok().map(Self)
    }
    /// Coordinated universal time.
    pub const fn utc() -> Self {
        Self(jiff::tz::TimeZone::UTC)
    }
    /// The first instant of a civil date in this zone.
    pub fn start_of(&self, date: Date) -> Instant {
        date.to_zoned(self.0.clone())
            .map_or(Instant(0), |z| Instant(z.timestamp().as_millisecond()))
    }
}

/// Time as a parameter (I9).
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
    fn now(&self) -> Instant {
        Instant(jiff::Timestamp::now().as_millisecond())
    }
}

/// A clock that is moved by hand: tests, demonstrations and previews for a date.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at `now`.
    pub const fn at(now: Instant) -> Self {
        Self(AtomicI64::new(now.0))
    }
    /// Moves the clock, forward or back.
    pub fn set(&self, now: Instant) {
        self.0.store(now.0, Ordering::SeqCst);
    }
    /// Moves the clock forward by milliseconds.
    pub fn advance_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

/// A span of civil dates, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

impl Period {
    /// Is the day within the period?
    pub fn contains(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}
