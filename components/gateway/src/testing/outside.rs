//! What a crate outside may do with the ports of the tests: the fuzz targets in tests/fuzz.

use super::TestPorts;
use super::exchange::{Sent, key, ready};
use core::cell::{Cell, RefCell};
use core::time::Duration;
use http::{Request, Response};
use serde_json::Value;

impl TestPorts {
    /// Another gateway with the same in it. What the two do from here on, they do apart. Neither its messages nor its log
    /// are carried over, and nothing that was to happen meanwhile.
    #[must_use]
    pub fn fork(&self) -> TestPorts {
        TestPorts {
            store: self.store.clone(),
            now: self.now.clone(),
            slept: Cell::default(),
            operation_takes: Cell::default(),
            sent: RefCell::default(),
            log: RefCell::default(),
            delivery_fails: self.delivery_fails.clone(),
            before_issue: RefCell::default(),
            before_operation: RefCell::default(),
            while_asleep: RefCell::default(),
            posted: RefCell::default(),
            receiver: RefCell::default(),
            settings: self.settings.clone(),
            random: self.random.clone(),
        }
    }

    /// Sets a setting, as docs/settings.md names it.
    pub fn set(&self, name: &str, value: &str) {
        self.set_setting(name, value);
    }

    /// An entry of the setting `api_keys`, for the key `secret`.
    #[must_use]
    pub fn api_key(secret: &str, partner: &str, name: &str, role: &str) -> Value {
        key(secret, partner, name, role)
    }

    /// Answers a request.
    #[must_use]
    pub fn exchange(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        ready(crate::answer(self, request.map(Sent)))
    }

    /// Moves the clock.
    pub fn wait(&self, time: Duration) {
        self.pass(time);
    }

    /// Every record of the store, in the order of their keys.
    #[must_use]
    pub fn records(&self) -> Vec<(String, String)> {
        self.store.everything()
    }

    /// How many operations the store has done.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.store.operations()
    }

    /// The lines of the log so far.
    #[must_use]
    pub fn log_lines(&self) -> Vec<String> {
        self.log.borrow().clone()
    }

    /// The texts of the messages that were handed to the transport, oldest first. In the sandbox there are none.
    #[must_use]
    pub fn messages(&self) -> Vec<String> {
        self.sent.borrow().iter().map(|message| message.text.clone()).collect()
    }
}
