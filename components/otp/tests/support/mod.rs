//! A core over memory, with a clock that is moved by hand and codes that can be known.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use std::cell::{Cell, RefCell};
use std::time::Duration;
use stepgate_otp::{
    Challenge, ChallengeId, Clock, Code, Core, Entity, Error, Issued, Issuing, Key, Keys, Payload, Policy,
    Purpose, Random, RandomError, Request, Result, Scope, Subject, Verified,
};
use stepgate_storage::memory::MemoryStore;
use stepgate_storage::{Store, Timestamp};

pub const START: Timestamp = Timestamp(1_800_000_000_000);
pub const LIFETIME: Duration = Duration::from_secs(600);
pub const LIMIT: u8 = 5;

/// Time stands still until it is moved.
pub struct TestClock(Cell<Duration>);

impl Default for TestClock {
    fn default() -> Self {
        TestClock(Cell::new(Duration::ZERO))
    }
}

impl TestClock {
    pub fn pass(&self, time: Duration) {
        self.0.set(self.0.get() + time);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        START + self.0.get()
    }

    fn elapsed(&self) -> Duration {
        self.0.get()
    }
}

/// Small, seeded, and different at each draw. What it has to be good for in a test is being known.
pub struct TestRandom(RefCell<u64>);

impl Default for TestRandom {
    fn default() -> Self {
        TestRandom(RefCell::new(0x9e37_79b9_7f4a_7c15))
    }
}

impl Random for TestRandom {
    fn fill(&self, bytes: &mut [u8]) -> core::result::Result<(), RandomError> {
        let mut state = self.0.borrow_mut();
        for byte in bytes {
            *state ^= *state << 13;
            *state ^= *state >> 7;
            *state ^= *state << 17;
            *byte = (*state >> 24) as u8;
        }
        Ok(())
    }
}

/// One world: a store, a clock, a source of randomness, and a core over them.
#[derive(Default)]
pub struct World {
    pub store: MemoryStore,
    pub clock: TestClock,
    pub random: TestRandom,
}

impl World {
    pub fn core(&self) -> Core<&MemoryStore, &TestClock, &TestRandom> {
        self.core_over(&self.store)
    }

    pub fn core_over<S: Store>(&self, store: S) -> Core<S, &TestClock, &TestRandom> {
        Core::new(store, &self.clock, &self.random)
    }

    pub fn issue(&self) -> Issued {
        self.issue_request(request()).unwrap()
    }

    pub fn issue_request(&self, request: Request) -> Result<Issued> {
        match self.core().issue(request, &keys(), None)? {
            Issuing::Done(issued) => Ok(*issued),
            Issuing::Wait(_) => panic!("nothing is in flight"),
        }
    }

    pub fn verify(&self, id: ChallengeId, code: Code) -> Result<Verified> {
        self.core().verify(&scope("p1"), id, None, code, &keys(), false)
    }

    pub fn status(&self, id: ChallengeId) -> Challenge {
        self.core().status(&scope("p1"), id).unwrap()
    }

    /// How many store operations `work` does.
    pub fn operations<T>(&self, work: impl FnOnce() -> T) -> (T, u64) {
        let before = self.store.operations();
        let result = work();
        (result, self.store.operations() - before)
    }
}

pub fn scope(text: &str) -> Scope {
    Scope::parse(text).unwrap()
}

pub fn entity(text: &str) -> Entity {
    Entity::parse(text).unwrap()
}

pub fn payload(text: &str) -> Payload {
    Payload::parse(text).unwrap()
}

pub fn purpose(text: &str) -> Purpose {
    Purpose::parse(text).unwrap()
}

pub fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}

pub fn policy() -> Policy {
    Policy::new(LIFETIME.as_secs() as u32, LIMIT, 0, false).unwrap()
}

pub fn request() -> Request {
    Request {
        scope: scope("p1/s1"),
        entity: entity("customer/1/email"),
        subject: Subject::parse("old@example.com").unwrap(),
        purpose: purpose("email-change"),
        payload: payload("new@example.com"),
        policy: policy(),
    }
}

pub fn keys() -> Keys {
    Keys::new(vec![Key::new("k1", &[7; 32]).unwrap()]).unwrap()
}

/// A code that is not `code`.
pub fn other_than(right: Code) -> Code {
    let mut digits = *right.digits();
    digits[5] = if digits[5] == b'9' { b'0' } else { digits[5] + 1 };
    code(core::str::from_utf8(&digits).unwrap())
}

pub fn refused<T>(result: Result<T>) -> Error {
    match result {
        Ok(_) => panic!("it was done"),
        Err(error) => error,
    }
}
