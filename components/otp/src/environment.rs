//! What the core needs besides a store.

use core::fmt;
use core::time::Duration;
use stepgate_storage::Timestamp;

/// Tells the time, in two ways.
pub trait Clock {
    /// The time of day. Hosts that share a store keep theirs in step (see docs/design.md, "Clocks").
    fn now(&self) -> Timestamp;

    /// Time since some fixed instant. Never jumps; used to measure how long something took.
    fn elapsed(&self) -> Duration;
}

/// An approved generator of random bytes.
pub trait Random {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError>;
}

/// The generator gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RandomError;

impl fmt::Display for RandomError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the random generator failed")
    }
}

impl<C: Clock + ?Sized> Clock for &C {
    fn now(&self) -> Timestamp {
        (**self).now()
    }

    fn elapsed(&self) -> Duration {
        (**self).elapsed()
    }
}

impl<R: Random + ?Sized> Random for &R {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        (**self).fill(bytes)
    }
}
