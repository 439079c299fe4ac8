//! Instants and days.

use core::ops::{Add, Sub};
use core::time::Duration;
use serde::{Deserialize, Serialize};

const DAY_MILLIS: u64 = 86_400_000;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// How long after `earlier` this is; zero if it is not after it (clocks of two hosts differ).
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// The day this instant is in.
    pub fn day(self) -> Day {
        Day(self.0 / DAY_MILLIS)
    }
}

impl Add<Duration> for Timestamp {
    type Output = Timestamp;

    fn add(self, by: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Timestamp;

    fn sub(self, by: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
    }
}

/// A day: how many whole days, of 86,400 seconds each, lie between 1970-01-01 and it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub u64);

impl Day {
    /// The day `days` later.
    pub fn plus(self, days: u64) -> Day {
        Day(self.0.saturating_add(days))
    }

    /// The day before.
    pub fn previous(self) -> Day {
        Day(self.0.saturating_sub(1))
    }

    /// The instant at which this day is over, in seconds since 1970.
    pub fn end_seconds(self) -> u64 {
        self.0.saturating_add(1).saturating_mul(86_400)
    }
}
