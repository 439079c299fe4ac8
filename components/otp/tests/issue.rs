//! One challenge at a time for an entity; a new one closes the old one first; sends keep their distance.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::time::Duration;
use stepgate_otp::{Clock, Closing, Error, Issuing, Policy, Request, Status, Verdict};
use stepgate_storage::memory::Fault;
use support::*;

#[test]
fn a_new_challenge_voids_the_code_before_it() {
    let world = World::default();
    let first = world.issue();
    let second = world.issue();
    assert_eq!(world.status(first.challenge.id).status, Status::Expired);
    let void = world.verify(first.challenge.id, first.code).unwrap();
    assert_eq!(
        (void.verdict, void.challenge.status, void.challenge.attempts),
        (Verdict::Refused, Status::Expired, 0)
    );
    assert_eq!(world.verify(second.challenge.id, second.code).unwrap().verdict, Verdict::Confirmed);
}

#[test]
fn hammering_a_superseded_challenge_does_not_bring_it_back() {
    let world = World::default();
    let first = world.issue();
    let second = world.issue();
    for _ in 0..1_000 {
        let void = world.verify(first.challenge.id, first.code).unwrap();
        assert_eq!((void.verdict, void.challenge.status), (Verdict::Refused, Status::Expired));
    }
    world.clock.pass(LIFETIME);
    assert_eq!(world.status(first.challenge.id).status, Status::Expired);
    assert_eq!(world.status(second.challenge.id).status, Status::Expired);
}

#[test]
fn the_value_of_an_entity_is_what_was_confirmed_last() {
    let world = World::default();
    let customer = request().entity;
    let current = || world.core().current(&scope("p1"), &customer).unwrap();
    assert_eq!(refused(world.core().current(&scope("p1"), &customer)), Error::NotFound);
    let value = |text| Request { payload: payload(text), ..request() };

    let first = world.issue_request(value("a")).unwrap();
    assert_eq!((current().confirmed, current().challenge.unwrap().status), (None, Status::Pending));
    world.verify(first.challenge.id, first.code).unwrap();
    assert_eq!(current().confirmed, Some(payload("a")));

    let second = world.issue_request(value("b")).unwrap();
    assert_eq!(current().confirmed, Some(payload("a")));
    let third = world.issue_request(value("c")).unwrap();
    assert_eq!(current().confirmed, Some(payload("a")));
    world.verify(second.challenge.id, second.code).unwrap();
    assert_eq!(current().confirmed, Some(payload("a")));
    world.verify(third.challenge.id, third.code).unwrap();
    assert_eq!(current().confirmed, Some(payload("c")));
    for outside in ["p2", "p1/s2"] {
        assert_eq!(refused(world.core().current(&scope(outside), &customer)), Error::NotFound);
    }
}

#[test]
fn a_confirmed_value_outlives_its_challenge() {
    let world = World::default();
    let issued = world.issue();
    world.verify(issued.challenge.id, issued.code).unwrap();
    let customer = request().entity;
    world.core().current(&scope("p1"), &customer).unwrap();
    world.clock.pass(Duration::from_secs(33 * 86_400));
    world.store.sweep(START.0 / 1000 + 33 * 86_400);
    let current = world.core().current(&scope("p1"), &customer).unwrap();
    assert_eq!((current.challenge, current.confirmed), (None, Some(request().payload)));
    let next = world.issue();
    let current = world.core().current(&scope("p1"), &customer).unwrap();
    assert_eq!(current.confirmed, Some(request().payload));
    assert_eq!(world.verify(next.challenge.id, next.code).unwrap().verdict, Verdict::Confirmed);
}

#[test]
fn cancelling_closes_and_keeps_what_was_confirmed() {
    let world = World::default();
    let customer = request().entity;
    let cancel = || world.core().cancel(&scope("p1"), &customer, None);
    assert_eq!(cancel(), Ok(Closing::Done));
    let first = world.issue();
    world.verify(first.challenge.id, first.code).unwrap();
    let second = world.issue_request(Request { payload: payload("b"), ..request() }).unwrap();
    assert_eq!(refused(world.core().cancel(&scope("p2"), &customer, None)), Error::NotFound);
    assert_eq!(cancel(), Ok(Closing::Done));
    assert_eq!(cancel(), Ok(Closing::Done));
    let void = world.verify(second.challenge.id, second.code).unwrap();
    assert_eq!((void.verdict, void.challenge.status), (Verdict::Refused, Status::Expired));
    let current = world.core().current(&scope("p1"), &customer).unwrap();
    assert_eq!((current.challenge, current.confirmed), (None, Some(request().payload)));
}

#[test]
fn a_new_code_for_the_same_change_does_not_refill_the_attempts() {
    let world = World::default();
    let mut issued = world.issue();
    for used in 1..=u32::from(LIMIT) {
        let id = issued.challenge.id;
        let wrong = world.verify(id, other_than(issued.code)).unwrap();
        if used == u32::from(LIMIT) {
            assert_eq!(wrong.challenge.status, Status::Rejected);
            break;
        }
        assert_eq!(wrong.challenge.status, Status::Pending);
        issued = match world.core().replace(&scope("p1"), id, &keys(), None).unwrap() {
            Issuing::Done(issued) => *issued,
            Issuing::Wait(_) => panic!("nothing is in flight"),
        };
        assert_eq!(issued.challenge.limit, u32::from(LIMIT) - used);
        assert_eq!(issued.challenge.payload, request().payload);
        let old = world.status(id);
        assert_eq!(old.status, Status::Expired);
    }
    let over = world.core().replace(&scope("p1"), issued.challenge.id, &keys(), None);
    assert_eq!(refused(over.map(|_| ())), Error::Over(Status::Rejected));
}

#[test]
fn what_is_over_is_not_replaced() {
    let world = World::default();
    let replace = |id| refused(world.core().replace(&scope("p1"), id, &keys(), None).map(|_| ()));
    let first = world.issue();
    let second = world.issue();
    assert_eq!(replace(first.challenge.id), Error::Over(Status::Expired));
    world.verify(second.challenge.id, second.code).unwrap();
    assert_eq!(replace(second.challenge.id), Error::Over(Status::Confirmed));
    let third = world.issue();
    world.clock.pass(LIFETIME);
    assert_eq!(replace(third.challenge.id), Error::Over(Status::Expired));
    assert_eq!(
        refused(world.core().replace(&scope("p2"), third.challenge.id, &keys(), None).map(|_| ())),
        Error::NotFound
    );
}

#[test]
fn one_send_for_each_cooldown_and_a_dead_sender_blocks_one_only() {
    let world = World::default();
    let policy = Policy::new(600, LIMIT, 60, false).unwrap();
    let request = || Request { policy, ..request() };
    let seconds = Duration::from_secs;
    world.issue_request(request()).unwrap();
    let soon = |world: &World| refused(world.issue_request(request()).map(|_| ()));
    assert_eq!(soon(&world), Error::Throttled(seconds(60)));
    world.clock.pass(seconds(59));
    assert_eq!(soon(&world), Error::Throttled(seconds(1)));
    world.clock.pass(seconds(1));
    // This one wins the right to send and dies.
    world.store.fail_after(3, Fault::Before);
    assert!(matches!(soon(&world), Error::Unavailable(_)));
    assert_eq!(soon(&world), Error::Throttled(seconds(60)));
    world.clock.pass(seconds(60));
    world.issue_request(request()).unwrap();
    assert_eq!(soon(&world), Error::Throttled(seconds(60)));
}

#[test]
fn a_throttled_request_leaves_the_pending_code_alone() {
    let world = World::default();
    let policy = Policy::new(600, LIMIT, 60, false).unwrap();
    let issued = world.issue_request(Request { policy, ..request() }).unwrap();
    for _ in 0..50 {
        refused(world.issue_request(Request { policy, ..request() }).map(|_| ()));
    }
    assert_eq!(world.verify(issued.challenge.id, issued.code).unwrap().verdict, Verdict::Confirmed);
}

#[test]
fn issuers_that_die_leave_an_entity_that_works() {
    let world = World::default();
    let confirmed = world.issue();
    world.verify(confirmed.challenge.id, confirmed.code).unwrap();
    for dead in 0..5 {
        for fault in [Fault::Before, Fault::After] {
            world.store.fail_after(dead, fault);
            let result = world.issue_request(Request { payload: payload("b"), ..request() });
            if result.is_ok() {
                assert!(world.store.heal(), "an error was swallowed");
            }
        }
    }
    let value = world.core().current(&scope("p1"), &request().entity).unwrap().confirmed;
    assert_eq!(value, Some(request().payload));
    let last = world.issue_request(Request { payload: payload("c"), ..request() }).unwrap();
    world.verify(last.challenge.id, last.code).unwrap();
    let value = world.core().current(&scope("p1"), &request().entity).unwrap().confirmed;
    assert_eq!(value, Some(payload("c")));
}

#[test]
fn an_entity_changed_for_ever_does_not_grow() {
    let world = World::default();
    let mut most = 0;
    for day in 0..400_u64 {
        let issued = world.issue();
        world.verify(issued.challenge.id, issued.code).unwrap();
        world.core().current(&scope("p1"), &request().entity).unwrap();
        world.clock.pass(Duration::from_secs(86_400));
        world.store.sweep(START.0 / 1000 + (day + 1) * 86_400);
        if day == 100 {
            most = world.store.keys().len();
        }
    }
    assert_eq!(world.store.keys().len(), most);
}

/// An entity that ends so many days from the start.
fn ends_in(days: u64) -> stepgate_otp::Entity {
    entity(&format!("until-{}/sign-up/1", START.day().plus(days).0))
}

#[test]
fn an_entity_that_ends_leaves_nothing() {
    let world = World::default();
    let policy = Policy::new(600, LIMIT, 60, false).unwrap();
    let request = || Request { entity: ends_in(2), policy, ..request() };
    // More of everything than is kept: confirmed, wrong, cancelled, replaced, and issuers that die.
    for _ in 0..6 {
        let issued = world.issue_request(request()).unwrap();
        world.verify(issued.challenge.id, other_than(issued.code)).unwrap();
        world.clock.pass(Duration::from_secs(60));
        let replaced = world.core().replace(&scope("p1"), issued.challenge.id, &keys(), None).unwrap();
        let Issuing::Done(replaced) = replaced else { panic!("nothing is in flight") };
        world.verify(replaced.challenge.id, replaced.code).unwrap();
        world.core().current(&scope("p1"), &request().entity).unwrap();
        assert_eq!(world.core().cancel(&scope("p1"), &request().entity, None), Ok(Closing::Done));
        world.clock.pass(Duration::from_secs(60));
        world.store.fail_after(5, Fault::Before);
        refused(world.issue_request(request()).map(|_| ()));
        world.clock.pass(Duration::from_secs(60));
    }
    let current = || world.core().current(&scope("p1"), &request().entity);
    let last_day = START.day().plus(2);
    world.store.sweep(last_day.end_seconds() - 1);
    assert_eq!(current().unwrap().confirmed, Some(request().payload));
    // The log goes with its day, and challenges and words as they do for every entity: a month after their issue, or after
    // the day ahead on which an issuer that died may have been.
    world.store.sweep(last_day.end_seconds());
    assert!(world.store.keys().iter().all(|key| !key.contains("otp/entity/")), "{:?}", world.store.keys());
    world.store.sweep(START.day().plus(32).end_seconds());
    assert_eq!(world.store.keys(), Vec::<String>::new());
}

#[test]
fn an_entity_that_ends_outlives_its_challenge_by_a_day() {
    let first_second = START.0 % 86_400_000;
    let until_midnight = Duration::from_millis(86_400_000 - first_second);
    for (lifetime, left) in [(600, 600_000), (600, 600_001), (86_400, 0), (1, 1_001)] {
        let world = World::default();
        // Expires in the first instant of a day, or in the last but one of the day before.
        world.clock.pass(until_midnight);
        world.clock.pass(Duration::from_millis(86_400_000 - left));
        let policy = Policy::new(lifetime, LIMIT, 0, false).unwrap();
        let expires = world.clock.now() + Duration::from_secs(lifetime.into());
        let issue = |end: u64| {
            let entity = entity(&format!("until-{end}/sign-up/1"));
            world
                .issue_request(Request { entity, policy, ..request() })
                .map(|issued| issued.challenge.expires)
        };
        let (day, today) = (expires.day().0, world.clock.now().day().0);
        for refused_day in [day - 1, day, today + 401, u64::from(u32::MAX)] {
            assert_eq!(refused(issue(refused_day)), Error::Invalid("entity"), "{lifetime} {left}");
        }
        assert_eq!(world.store.keys(), Vec::<String>::new(), "what is refused leaves nothing");
        assert_eq!(issue(day + 1), Ok(expires));
        assert_eq!(issue(today + 400), Ok(expires));
    }
}

#[test]
fn no_new_code_comes_when_the_entity_is_about_to_end() {
    let world = World::default();
    let day = Duration::from_secs(86_400);
    // Its time is not over, but that of a new code would be on the entity's last day.
    let policy = Policy::new(86_400, LIMIT, 0, false).unwrap();
    let long = world.issue_request(Request { entity: ends_in(2), policy, ..request() }).unwrap();
    world.clock.pass(day - Duration::from_secs(1));
    let replaced = world.core().replace(&scope("p1"), long.challenge.id, &keys(), None);
    assert_eq!(refused(replaced.map(|_| ())), Error::Invalid("entity"));
    assert_eq!(world.verify(long.challenge.id, long.code).unwrap().verdict, Verdict::Confirmed);
    // Once it is forgotten nothing begins anew under its name, and what is said of its challenges stays true.
    world.clock.pass(day + day);
    world.store.sweep(world.clock.now().0 / 1000);
    let again = world.issue_request(Request { entity: ends_in(2), ..request() });
    assert_eq!(refused(again.map(|_| ())), Error::Invalid("entity"));
    assert_eq!(refused(world.core().current(&scope("p1"), &ends_in(2))), Error::NotFound);
    assert_eq!(world.core().cancel(&scope("p1"), &ends_in(2), None), Ok(Closing::Done));
    assert_eq!(world.status(long.challenge.id).status, Status::Confirmed);
}

#[test]
fn withdrawing_is_no_way_round_the_cooldown() {
    let world = World::default();
    let policy = Policy::new(600, LIMIT, 60, false).unwrap();
    let request = || Request { policy, ..request() };
    world.issue_request(request()).unwrap();
    world.clock.pass(Duration::from_secs(30));
    assert_eq!(world.core().cancel(&scope("p1"), &request().entity, None), Ok(Closing::Done));
    let soon = refused(world.issue_request(request()).map(|_| ()));
    assert_eq!(soon, Error::Throttled(Duration::from_secs(30)));
    world.clock.pass(Duration::from_secs(30));
    world.issue_request(request()).unwrap();
}

#[test]
fn an_entity_belongs_to_the_scope_that_had_it_first() {
    let world = World::default();
    let issued = world.issue();
    let theirs = Request { scope: scope("p2"), ..request() };
    assert_eq!(refused(world.issue_request(theirs).map(|_| ())), Error::NotFound);
    assert_eq!(world.verify(issued.challenge.id, issued.code).unwrap().verdict, Verdict::Confirmed);
    let value = world.core().current(&scope("p1"), &request().entity).unwrap().confirmed;
    assert_eq!(value, Some(request().payload));
}

#[test]
fn the_largest_payloads_fit_into_a_stores_values() {
    let world = World::default();
    let largest = "x".repeat(16 * 1024);
    assert_eq!(stepgate_otp::Payload::parse(&format!("{largest}x")), Err(Error::Invalid("payload")));
    for _ in 0..3 {
        let issued = world.issue_request(Request { payload: payload(&largest), ..request() }).unwrap();
        world.verify(issued.challenge.id, issued.code).unwrap();
    }
    let longest = world.store.everything().into_iter().map(|(_, value)| value.len()).max();
    assert!(longest <= Some(64 * 1024), "{longest:?}");
}
