//! What several tests need.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod receiver;
pub mod server;

use std::sync::Mutex;
use std::time::Duration;
use stepgate_host::clock::Clock;

/// A clock that stands still until it is moved. It starts in the year 2026.
pub struct TestClock(Mutex<Duration>);

impl TestClock {
    pub fn new() -> Self {
        Self(Mutex::new(Duration::from_secs(1_795_000_000)))
    }

    pub fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }

    pub fn seconds(&self) -> u64 {
        self.now().as_secs()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn monotonic(&self) -> Duration {
        self.now()
    }
}
