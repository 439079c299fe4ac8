//! Many callers at once, each with a core of its own over one store.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::sync::Barrier;
use std::thread;
use stepgate_otp::{Code, Core, Status, Verdict, Verified};
use stepgate_storage::memory::MemoryStore;
use support::*;

fn at_once(
    store: &MemoryStore,
    callers: usize,
    id: stepgate_otp::ChallengeId,
    codes: &[Code],
) -> Vec<Verified> {
    let start = Barrier::new(callers);
    let run = |caller: usize| {
        let (clock, random) = (TestClock::default(), TestRandom::default());
        let core = Core::new(store, &clock, &random);
        start.wait();
        core.verify(&scope("p1"), id, None, codes[caller % codes.len()], &keys(), false).unwrap()
    };
    let run = &run;
    thread::scope(|threads| {
        let callers: Vec<_> = (0..callers).map(|caller| threads.spawn(move || run(caller))).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    })
}

fn count(verified: &[Verified], verdict: Verdict) -> usize {
    verified.iter().filter(|verified| verified.verdict == verdict).count()
}

#[test]
fn two_hundred_guesses_at_once_are_five_guesses() {
    for _ in 0..20 {
        let world = World::default();
        let issued = world.issue();
        let verified = at_once(&world.store, 200, issued.challenge.id, &[other_than(issued.code)]);
        assert_eq!(count(&verified, Verdict::Wrong), usize::from(LIMIT));
        assert_eq!(count(&verified, Verdict::Refused), 200 - usize::from(LIMIT));
        assert_eq!(world.status(issued.challenge.id).status, Status::Rejected);
    }
}

#[test]
fn the_right_code_fifty_times_at_once_confirms_once() {
    for _ in 0..20 {
        let world = World::default();
        let issued = world.issue();
        let verified = at_once(&world.store, 50, issued.challenge.id, &[issued.code]);
        assert_eq!(count(&verified, Verdict::Confirmed), 1);
        assert_eq!(world.status(issued.challenge.id).status, Status::Confirmed);
    }
}

#[test]
fn right_and_wrong_at_once_compare_five_and_confirm_at_most_once() {
    for _ in 0..50 {
        let world = World::default();
        let issued = world.issue();
        let codes = [other_than(issued.code), other_than(issued.code), issued.code];
        let verified = at_once(&world.store, 60, issued.challenge.id, &codes);
        let confirmed = count(&verified, Verdict::Confirmed);
        assert!(confirmed <= 1);
        let after = world.status(issued.challenge.id);
        assert!(after.attempts <= u32::from(LIMIT));
        assert_eq!(after.status == Status::Confirmed, confirmed == 1);
        for told in verified {
            let told = told.challenge.status;
            assert!(told == Status::Pending || told == after.status, "{told:?} became {:?}", after.status);
        }
    }
}
