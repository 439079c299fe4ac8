//! A clock that can be moved.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use stepgate_host::clock::{Clock, SystemClock};

/// The machine's clock, ahead by as much as the test says. Only the wall clock moves: durations stay what they are.
#[derive(Debug, Default)]
pub(crate) struct MovableClock {
    system: SystemClock,
    ahead_millis: AtomicU64,
}

impl MovableClock {
    pub(crate) fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).expect("tests end before the world does");
        self.ahead_millis.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Duration {
        self.system.now() + Duration::from_millis(self.ahead_millis.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        self.system.monotonic()
    }
}
