//! The ports for tests: the real core over a store in memory, settings in a map, and a clock that is set.
//!
//! The feature `testing` lets another crate have [`TestPorts`], and of it what `outside` says.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may, and clippy does not see that this is theirs because of the feature"
)]
#![cfg_attr(not(test), allow(dead_code, reason = "most of it is for the tests in here"))]

mod core_port;
mod exchange;
mod outside;
mod payments;
mod webhooks;

use crate::ports::delivery::{self, Message};
use crate::ports::{Deliver, NoAnswer, Outbound, SettingUnavailable, Settings, Surroundings};
use core::cell::{Cell, RefCell};
use core::time::Duration;
use std::collections::BTreeMap;
use stepgate_storage::memory::MemoryStore;
use stepgate_storage::{CounterKey, RecordKey, Store, StoreError, Timestamp};

#[cfg_attr(not(test), allow(unused_imports, reason = "for the tests in here"))]
pub(crate) use exchange::{Answer, PARTNER, SUB_PARTNER, key, ready, sandbox, with_operator};
#[cfg_attr(not(test), allow(unused_imports, reason = "for the tests in here"))]
pub(crate) use payments::{IBAN, OTHER_WALLET, WALLET};
#[cfg_attr(not(test), allow(unused_imports, reason = "for the tests in here"))]
pub(crate) use webhooks::RUN_TOKEN;

/// Something another request does meanwhile.
pub(crate) type Elsewhere = Box<dyn FnOnce(&TestPorts)>;

/// Everything the gateway imports.
pub struct TestPorts {
    pub(crate) store: MemoryStore,
    pub(crate) now: Cell<Timestamp>,
    pub(crate) slept: Cell<Duration>,
    /// How long each operation of the store takes.
    pub(crate) operation_takes: Cell<Duration>,
    pub(crate) sent: RefCell<Vec<Message>>,
    pub(crate) log: RefCell<Vec<String>>,
    pub(crate) delivery_fails: Cell<bool>,
    /// What happens elsewhere just before the next challenge is issued.
    pub(crate) before_issue: RefCell<Option<Elsewhere>>,
    /// What happens elsewhere before a store operation, after so many others.
    pub(crate) before_operation: RefCell<Option<(u64, Elsewhere)>>,
    /// What happens elsewhere while the next sleep lasts.
    pub(crate) while_asleep: RefCell<Option<Elsewhere>>,
    /// What went out, and what is answered to it: 200 where nothing is said.
    pub(crate) posted: RefCell<Vec<Posted>>,
    pub(crate) receiver: RefCell<Option<Receiver>>,
    settings: RefCell<BTreeMap<String, String>>,
    random: Cell<u64>,
}

impl Default for TestPorts {
    fn default() -> TestPorts {
        TestPorts {
            store: MemoryStore::default(),
            now: Cell::new(Timestamp(1_768_472_109_045)),
            slept: Cell::default(),
            operation_takes: Cell::default(),
            sent: RefCell::default(),
            log: RefCell::default(),
            delivery_fails: Cell::default(),
            before_issue: RefCell::default(),
            before_operation: RefCell::default(),
            while_asleep: RefCell::default(),
            posted: RefCell::default(),
            receiver: RefCell::default(),
            settings: RefCell::default(),
            random: Cell::new(1),
        }
    }
}

impl TestPorts {
    pub(crate) fn set_setting(&self, name: &str, value: &str) {
        self.settings.borrow_mut().insert(name.into(), value.into());
    }

    fn meanwhile(&self) {
        self.pass(self.operation_takes.get());
        let due = match self.before_operation.borrow_mut().as_mut() {
            Some((0, _)) => true,
            Some((left, _)) => {
                *left -= 1;
                false
            }
            None => false,
        };
        let elsewhere = if due { self.before_operation.take() } else { None };
        if let Some((_, elsewhere)) = elsewhere {
            elsewhere(self);
        }
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.now.set(self.now.get() + time);
    }
}

impl Store for TestPorts {
    fn get(&self, key: &RecordKey) -> Result<Option<String>, StoreError> {
        assert!(key.text().len() <= 200, "{}", key.text());
        self.meanwhile();
        self.store.get(key)
    }

    fn set(&self, key: &RecordKey, value: &str) -> Result<(), StoreError> {
        assert!(key.text().len() <= 200, "{}", key.text());
        self.meanwhile();
        self.store.set(key, value)
    }

    fn delete(&self, key: &RecordKey) -> Result<(), StoreError> {
        self.meanwhile();
        self.store.delete(key)
    }

    fn delete_counter(&self, key: &CounterKey) -> Result<(), StoreError> {
        self.meanwhile();
        self.store.delete_counter(key)
    }

    fn add(&self, key: &CounterKey, delta: i64) -> Result<i64, StoreError> {
        assert!(key.text().len() <= 200, "{}", key.text());
        self.meanwhile();
        self.store.add(key, delta)
    }
}

impl Deliver for TestPorts {
    fn send(&self, message: &Message) -> Result<(), delivery::Error> {
        if self.delivery_fails.get() {
            return Err(delivery::Error::Refused(format!("550 {}", message.to)));
        }
        self.sent.borrow_mut().push(message.clone());
        Ok(())
    }
}

impl Settings for TestPorts {
    fn setting(&self, name: &str) -> Result<Option<String>, SettingUnavailable> {
        Ok(self.settings.borrow().get(name).cloned())
    }
}

/// What a receiver answers.
pub(crate) type Receiver = Box<dyn FnMut(&TestPorts, &Posted) -> Result<u16, NoAnswer>>;

/// A request that went out.
#[derive(Clone, Debug)]
pub(crate) struct Posted {
    pub(crate) url: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
}

impl Posted {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl Outbound for TestPorts {
    async fn post(&self, request: http::Request<Vec<u8>>) -> Result<http::StatusCode, NoAnswer> {
        assert_eq!(request.method(), http::Method::POST);
        let (head, body) = request.into_parts();
        let posted = Posted {
            url: head.uri.to_string(),
            headers: head.headers,
            body: String::from_utf8(body).unwrap(),
        };
        self.posted.borrow_mut().push(posted.clone());
        let receiver = self.receiver.borrow_mut().take();
        let Some(mut receiver) = receiver else { return Ok(http::StatusCode::OK) };
        let answer = receiver(self, &posted);
        self.receiver.borrow_mut().get_or_insert(receiver);
        if answer == Err(NoAnswer::TooLate) {
            // Whoever waits for it has waited.
            core::future::pending::<()>().await;
        }
        answer.map(|status| http::StatusCode::from_u16(status).unwrap())
    }
}

impl Surroundings for TestPorts {
    fn now(&self) -> Timestamp {
        self.now.get()
    }

    /// Different each time, and the same in each run.
    fn random<const N: usize>(&self) -> [u8; N] {
        core::array::from_fn(|_| {
            let mut state = self.random.get();
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            self.random.set(state);
            state.to_le_bytes()[3]
        })
    }

    async fn sleep(&self, time: Duration) {
        self.slept.set(self.slept.get() + time);
        self.pass(time);
        let elsewhere = self.while_asleep.take();
        if let Some(elsewhere) = elsewhere {
            elsewhere(self);
        }
    }

    fn log(&self, line: &str) {
        self.log.borrow_mut().push(line.into());
    }
}
