//! A challenge is not followed by the next while one of its codes is being compared.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::cell::RefCell;
use std::time::Duration;
use stepgate_otp::{Error, FENCE, Issuing, Request, Status, Verdict};
use stepgate_storage::memory::{Fault, MemoryStore};
use stepgate_storage::{CounterKey, RecordKey, Store, StoreError};
use support::*;

/// Runs something right before the `at`-th add that goes through it.
struct Between<'a> {
    store: &'a MemoryStore,
    adds: RefCell<u32>,
    at: u32,
    then: &'a dyn Fn(),
}

impl Store for Between<'_> {
    fn get(&self, key: &RecordKey) -> Result<Option<String>, StoreError> {
        self.store.get(key)
    }

    fn set(&self, key: &RecordKey, value: &str) -> Result<(), StoreError> {
        self.store.set(key, value)
    }

    fn delete(&self, key: &RecordKey) -> Result<(), StoreError> {
        self.store.delete(key)
    }

    fn add(&self, key: &CounterKey, delta: i64) -> Result<i64, StoreError> {
        *self.adds.borrow_mut() += 1;
        if *self.adds.borrow() == self.at {
            (self.then)();
        }
        self.store.add(key, delta)
    }
}

#[test]
fn a_right_code_in_flight_is_waited_for_and_its_value_is_kept() {
    let world = World::default();
    let issued = world.issue();
    let next = || Request { payload: payload("b"), ..request() };
    let ticket = RefCell::new(None);
    // The second add of a verify is the one that says the code was right: a new request comes in just before it.
    let closing = || {
        let Issuing::Wait(wait) = world.core().issue(next(), &keys(), None).unwrap() else {
            panic!("a rank is in flight")
        };
        *ticket.borrow_mut() = Some(wait.ticket);
        let still = world.core().issue(next(), &keys(), Some(wait.ticket)).unwrap();
        assert!(matches!(still, Issuing::Wait(_)));
        assert_eq!(world.status(issued.challenge.id).status, Status::Pending);
    };
    let store = Between { store: &world.store, adds: RefCell::new(0), at: 2, then: &closing };
    let verified =
        world.core_over(&store).verify(&scope("p1"), issued.challenge.id, None, issued.code, &keys(), false);
    assert_eq!(verified.unwrap().verdict, Verdict::Confirmed);
    let Issuing::Done(second) = world.core().issue(next(), &keys(), ticket.take()).unwrap() else {
        panic!("nothing is in flight any more")
    };
    let current = world.core().current(&scope("p1"), &request().entity).unwrap();
    assert_eq!(current.confirmed, Some(request().payload));
    assert_eq!(current.challenge.unwrap().id, second.challenge.id);
}

#[test]
fn a_dead_rank_is_waited_for_one_fence_and_no_longer() {
    let world = World::default();
    let issued = world.issue();
    world.store.fail_after(2, Fault::Before);
    assert!(matches!(refused(world.verify(issued.challenge.id, issued.code)), Error::Unavailable(_)));
    let Issuing::Wait(wait) = world.core().issue(request(), &keys(), None).unwrap() else {
        panic!("a rank is in flight, for all anyone knows")
    };
    world.clock.pass(FENCE - Duration::from_millis(1));
    assert!(matches!(world.core().issue(request(), &keys(), Some(wait.ticket)).unwrap(), Issuing::Wait(_)));
    world.clock.pass(Duration::from_millis(1));
    let Issuing::Done(second) = world.core().issue(request(), &keys(), Some(wait.ticket)).unwrap() else {
        panic!("the fence is over")
    };
    assert_eq!(world.status(issued.challenge.id).status, Status::Expired);
    assert_eq!(world.verify(second.challenge.id, second.code).unwrap().verdict, Verdict::Confirmed);
}

#[test]
fn a_right_code_that_took_too_long_is_an_error_and_confirms_nothing() {
    let world = World::default();
    let issued = world.issue();
    let slow = || world.clock.pass(Duration::from_secs(6));
    // The add that takes the rank takes six seconds.
    let store = Between { store: &world.store, adds: RefCell::new(0), at: 1, then: &slow };
    let late =
        world.core_over(&store).verify(&scope("p1"), issued.challenge.id, None, issued.code, &keys(), false);
    assert!(matches!(refused(late), Error::Unavailable(_)));
    assert_eq!(world.status(issued.challenge.id).status, Status::Pending);
    // Its rank is spent, and nobody has to wait for it.
    assert!(matches!(world.core().issue(request(), &keys(), None).unwrap(), Issuing::Done(_)));
}

#[test]
fn a_rank_taken_when_time_ran_out_is_not_compared() {
    let world = World::default();
    let issued = world.issue();
    world.clock.pass(LIFETIME - Duration::from_secs(1));
    let slow = || world.clock.pass(Duration::from_secs(1));
    let store = Between { store: &world.store, adds: RefCell::new(0), at: 1, then: &slow };
    let late =
        world.core_over(&store).verify(&scope("p1"), issued.challenge.id, None, issued.code, &keys(), false);
    let late = late.unwrap();
    assert_eq!((late.verdict, late.challenge.status), (Verdict::Refused, Status::Expired));
    assert_eq!(late.challenge.attempts, 0);
}

#[test]
fn an_outcome_open_at_the_very_end_is_not_told_until_it_is_settled() {
    let world = World::default();
    let issued = world.issue();
    let id = issued.challenge.id;
    world.clock.pass(LIFETIME - Duration::from_millis(1));
    let look = || {
        world.clock.pass(Duration::from_millis(1));
        assert!(matches!(refused(world.core().status(&scope("p1"), id)), Error::Unavailable(_)));
    };
    let store = Between { store: &world.store, adds: RefCell::new(0), at: 2, then: &look };
    let verified = world.core_over(&store).verify(&scope("p1"), id, None, issued.code, &keys(), false);
    assert_eq!(verified.unwrap().verdict, Verdict::Confirmed);
    assert_eq!(world.status(id).status, Status::Confirmed);
}
