//! A challenge is not followed by the next while one of its codes is being compared.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::cell::RefCell;
use std::time::Duration;
use stepgate_otp::{Error, FENCE, Issuing, Policy, Request, Status, Ticket, Verdict};
use stepgate_storage::memory::{Fault, MemoryStore};
use stepgate_storage::{CounterKey, RecordKey, Store, StoreError};
use support::*;

/// Runs something right before the `at`-th operation of some kind that goes through it.
struct Between<'a> {
    store: &'a MemoryStore,
    kind: Kind,
    at: u32,
    then: &'a dyn Fn(),
    seen: RefCell<u32>,
}

#[derive(PartialEq)]
enum Kind {
    BeforeAdd,
    AfterAdd,
}

impl<'a> Between<'a> {
    fn before_add(store: &'a MemoryStore, at: u32, then: &'a dyn Fn()) -> Self {
        Between { store, kind: Kind::BeforeAdd, at, then, seen: RefCell::new(0) }
    }

    fn after_add(store: &'a MemoryStore, at: u32, then: &'a dyn Fn()) -> Self {
        Between { store, kind: Kind::AfterAdd, at, then, seen: RefCell::new(0) }
    }

    fn pass(&self, kind: Kind) {
        if kind == self.kind {
            *self.seen.borrow_mut() += 1;
            if *self.seen.borrow() == self.at {
                (self.then)();
            }
        }
    }
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

    fn delete_counter(&self, key: &CounterKey) -> Result<(), StoreError> {
        self.store.delete_counter(key)
    }

    fn add(&self, key: &CounterKey, delta: i64) -> Result<i64, StoreError> {
        self.pass(Kind::BeforeAdd);
        let sum = self.store.add(key, delta);
        self.pass(Kind::AfterAdd);
        sum
    }
}

/// What a verifier on another host adds to the word of the first challenge of the entity.
fn elsewhere(world: &World, delta: i64) {
    let key = CounterKey::until(START.day().plus(31), "otp/word/customer/1/email/1");
    world.store.add(&key, delta).unwrap();
}

const ATTEMPT: i64 = 1 << 32;
const RIGHT: i64 = 1;

fn second() -> Request {
    Request { payload: payload("second"), ..request() }
}

fn value(world: &World) -> Option<stepgate_otp::Payload> {
    world.core().current(&scope("p1"), &request().entity).unwrap().confirmed
}

fn waits(issuing: Issuing) -> Ticket {
    match issuing {
        Issuing::Wait(wait) => wait.ticket,
        Issuing::Done(_) => panic!("it should have waited"),
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
    let store = Between::before_add(&world.store, 2, &closing);
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
    let store = Between::before_add(&world.store, 1, &slow);
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
    let store = Between::before_add(&world.store, 1, &slow);
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
    let store = Between::before_add(&world.store, 2, &look);
    let verified = world.core_over(&store).verify(&scope("p1"), id, None, issued.code, &keys(), false);
    assert_eq!(verified.unwrap().verdict, Verdict::Confirmed);
    assert_eq!(world.status(id).status, Status::Confirmed);
}

#[test]
fn a_slot_written_while_its_generation_was_being_closed_is_not_overlooked() {
    let world = World::default();
    world.issue();
    // The second issuer has claimed its generation. The third finds no slot of it; before the third closes it, the second
    // writes its slot, sends its code, and that is confirmed.
    world.store.add(&CounterKey::forever("otp/entity/customer/1/email/last"), 1).unwrap();
    let second_goes_on = || {
        let ticket = Ticket { generation: 2, taken: 0, closed: START };
        let Issuing::Done(issued) = world.core().issue(second(), &keys(), Some(ticket)).unwrap() else {
            panic!("nothing is in flight")
        };
        assert_eq!(world.verify(issued.challenge.id, issued.code).unwrap().verdict, Verdict::Confirmed);
    };
    let store = Between::before_add(&world.store, 2, &second_goes_on);
    let third = Request { payload: payload("third"), ..request() };
    assert!(matches!(world.core_over(&store).issue(third, &keys(), None).unwrap(), Issuing::Done(_)));
    assert_eq!(value(&world), Some(payload("second")));
}

#[test]
fn a_code_that_lands_right_after_the_last_look_is_not_overlooked() {
    let world = World::default();
    world.issue();
    elsewhere(&world, ATTEMPT);
    let ticket = waits(world.core().issue(second(), &keys(), None).unwrap());
    let lands_and_the_fence_is_over = || {
        elsewhere(&world, RIGHT);
        world.clock.pass(FENCE);
    };
    let store = Between::after_add(&world.store, 1, &lands_and_the_fence_is_over);
    let looked = world.core_over(&store).issue(second(), &keys(), Some(ticket)).unwrap();
    let ticket = waits(looked);
    assert!(matches!(world.core().issue(second(), &keys(), Some(ticket)).unwrap(), Issuing::Done(_)));
    assert_eq!(value(&world), Some(request().payload));
}

#[test]
fn a_reader_that_finds_a_successor_looks_again_before_it_says_expired() {
    let world = World::default();
    let issued = world.issue();
    elsewhere(&world, ATTEMPT);
    let ticket = waits(world.core().issue(second(), &keys(), None).unwrap());
    let lands_and_is_followed = || {
        elsewhere(&world, RIGHT);
        assert!(matches!(world.core().issue(second(), &keys(), Some(ticket)).unwrap(), Issuing::Done(_)));
    };
    let store = Between::after_add(&world.store, 1, &lands_and_is_followed);
    let seen = world.core_over(&store).status(&scope("p1"), issued.challenge.id).unwrap();
    assert_eq!(seen.status, Status::Confirmed);
}

#[test]
fn a_wrong_code_that_took_too_long_counts_as_not_compared() {
    let world = World::default();
    let issued = world.issue();
    let slow = || world.clock.pass(Duration::from_secs(6));
    let store = Between::before_add(&world.store, 1, &slow);
    let wrong = other_than(issued.code);
    let late = world.core_over(&store).verify(&scope("p1"), issued.challenge.id, None, wrong, &keys(), false);
    assert!(matches!(refused(late), Error::Unavailable(_)));
    assert_eq!(world.status(issued.challenge.id).attempts, 0);
}

#[test]
fn a_replacement_with_no_attempt_left_says_what_everybody_reads_then() {
    let world = World::default();
    let policy = Policy::new(600, 1, 0, false).unwrap();
    let issued = world.issue_request(Request { policy, ..request() }).unwrap();
    let id = issued.challenge.id;
    elsewhere(&world, ATTEMPT);
    let replace = |ticket| world.core().replace(&scope("p1"), id, &keys(), ticket);
    let ticket = waits(replace(None).unwrap());
    assert_eq!(world.status(id).status, Status::Pending);
    world.clock.pass(FENCE);
    assert_eq!(refused(replace(Some(ticket)).map(|_| ())), Error::Over(Status::Expired));
    assert_eq!(world.status(id).status, Status::Expired);
}

#[test]
fn a_replacement_overtaken_by_another_request_leaves_that_alone() {
    let world = World::default();
    let issued = world.issue();
    let newer = RefCell::new(None);
    let overtake = || *newer.borrow_mut() = Some(world.issue_request(second()).unwrap());
    // The second add of a replacement is its claim.
    let store = Between::before_add(&world.store, 2, &overtake);
    let replaced = world.core_over(&store).replace(&scope("p1"), issued.challenge.id, &keys(), None);
    assert_eq!(refused(replaced.map(|_| ())), Error::Over(Status::Expired));
    let newer = newer.take().unwrap();
    assert_eq!(world.verify(newer.challenge.id, newer.code).unwrap().verdict, Verdict::Confirmed);
    assert_eq!(value(&world), Some(payload("second")));
}
