use super::*;
use crate::memory::{Fault, MemoryStore};
use alloc::vec::Vec;
use core::cell::Cell;

const T: Timestamp = Timestamp(1_800_000_000_000);
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const LOCK: Duration = Duration::from_secs(15 * 60);

struct World {
    store: MemoryStore,
    now: Cell<Timestamp>,
}

impl World {
    fn new() -> World {
        World { store: MemoryStore::default(), now: Cell::new(T) }
    }

    fn pass(&self, time: Duration) {
        self.now.set(self.now.get() + time);
    }

    fn of(&self, account: &str) -> Failures<'_, MemoryStore, impl Fn() -> Timestamp + '_> {
        Failures::new(&self.store, || self.now.get(), Policy::default(), &Account::new(&["login", account]))
    }

    fn reserve(&self) -> Reservation {
        match self.of("a").reserve() {
            Ok(Reserving::Reserved(reservation)) => reservation,
            other => panic!("{other:?}"),
        }
    }

    fn refused(&self) -> Refusal {
        match self.of("a").reserve() {
            Ok(Reserving::Refused(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    fn fail(&self) -> Standing {
        let reservation = self.reserve();
        self.of("a").failure(reservation).unwrap()
    }

    fn succeed(&self) {
        let reservation = self.reserve();
        self.of("a").success(reservation).unwrap();
    }

    fn is_locked(&self, account: &str) -> bool {
        let standing = self.of(account).standing().unwrap();
        matches!(standing, Standing::Refused(Refusal::Locked { .. } | Refusal::Blocked))
    }

    fn lock(&self) -> Timestamp {
        let standings: Vec<_> = (0..5).map(|_| self.fail()).collect();
        match standings.last() {
            Some(Standing::Refused(Refusal::Locked { until })) => *until,
            other => panic!("{other:?}"),
        }
    }

    fn standing(&self) -> Standing {
        self.of("a").standing().unwrap()
    }

    fn operations(&self, work: impl FnOnce()) -> u64 {
        let before = self.store.operations();
        work();
        self.store.operations() - before
    }
}

const ALL: Standing = open(5);

/// No lock since the last success.
const fn open(left: u32) -> Standing {
    Standing::Open { left, lock_over: None }
}

#[test]
fn the_fifth_failure_locks_for_a_quarter_of_an_hour() {
    let world = World::new();
    assert_eq!(world.standing(), ALL);
    for left in [4, 3, 2, 1] {
        assert_eq!(world.fail(), open(left));
        assert!(!world.is_locked("a"));
        world.pass(30 * 24 * 60 * MINUTE);
    }
    let locked = Refusal::Locked { until: world.now.get() + LOCK };
    assert_eq!(world.fail(), Standing::Refused(locked));
    assert!(world.is_locked("a"));
    assert_eq!(world.refused(), locked);
    assert!(!world.is_locked("b"), "another account");
}

#[test]
fn asking_while_locked_prolongs_nothing_and_uses_nothing_of_what_comes_after() {
    let world = World::new();
    let until = world.lock();
    while world.now.get() < until {
        assert_eq!(world.refused(), Refusal::Locked { until });
        world.pass(SECOND);
    }
    assert!(!world.is_locked("a"));
    assert_eq!(world.standing(), Standing::Open { left: 5, lock_over: Some(until) });
    world.fail();
    assert_eq!(world.standing(), Standing::Open { left: 4, lock_over: Some(until) });
    world.succeed();
    assert_eq!(world.standing(), ALL, "what was before a success is not told");
}

#[test]
fn a_success_gives_all_attempts_back() {
    let world = World::new();
    for _ in 0..100 {
        for left in [4, 3, 2, 1] {
            assert_eq!(world.fail(), open(left));
        }
        world.succeed();
        assert_eq!(world.standing(), ALL);
    }
}

#[test]
fn all_that_reserve_before_any_is_compared_share_the_limit() {
    let world = World::new();
    let held: Vec<_> = (0..5).map(|_| world.reserve()).collect();
    for _ in 0..100 {
        assert_eq!(world.refused(), Refusal::Busy { until: T + FENCE });
    }
    let mut last = None;
    for reservation in held {
        last = Some(world.of("a").failure(reservation).unwrap());
    }
    assert_eq!(last, Some(Standing::Refused(Refusal::Locked { until: T + LOCK })));
}

#[test]
fn a_success_among_the_last_attempts_opens_whatever_the_order() {
    for right in 0..5 {
        let world = World::new();
        let held: Vec<_> = (0..5).map(|_| world.reserve()).collect();
        for (place, reservation) in held.into_iter().enumerate() {
            if place == right {
                world.of("a").success(reservation).unwrap();
            } else {
                let standing = world.of("a").failure(reservation).unwrap();
                let left = 4 - u32::try_from(place).unwrap();
                assert_eq!(standing, if place < right { open(left) } else { ALL });
            }
        }
        assert_eq!(world.standing(), ALL, "right was {right}");
    }
}

#[test]
fn two_successes_at_once_open_one_period() {
    let world = World::new();
    let (one, two) = (world.reserve(), world.reserve());
    world.of("a").success(one).unwrap();
    for _ in 0..4 {
        world.fail();
    }
    world.of("a").success(two).unwrap();
    assert_eq!(world.standing(), open(1));
}

#[test]
fn a_dead_attempt_is_never_given_back() {
    let world = World::new();
    for _ in 0..5 {
        drop(world.reserve());
        world.pass(MINUTE);
    }
    let full = T + 4 * MINUTE;
    assert_eq!(world.refused(), Refusal::Locked { until: full + LOCK });
    world.pass(LOCK - MINUTE);
    // Nobody was there while it lasted, and still it is told of.
    assert_eq!(world.standing(), Standing::Open { left: 5, lock_over: Some(full + LOCK) });
}

/// Its writer died: nobody knows when the last attempt was taken. So the lock is counted from when that is found.
#[test]
fn a_full_period_that_nobody_has_noted_is_locked_by_whoever_finds_it() {
    for fault in [Fault::Before, Fault::After] {
        let world = World::new();
        (0..4).for_each(|_| drop(world.reserve()));
        world.store.fail_after(2, fault);
        assert!(world.of("a").reserve().is_err());
        assert!(!world.store.heal());
        let noted = world.now.get();
        world.pass(60 * MINUTE);
        let found = if fault == Fault::Before { world.now.get() } else { noted };
        if fault == Fault::Before {
            assert_eq!(world.refused(), Refusal::Busy { until: found + FENCE });
            world.pass(FENCE);
            assert_eq!(world.refused(), Refusal::Locked { until: found + LOCK });
            world.pass(LOCK);
        }
        assert_eq!(world.standing(), Standing::Open { left: 5, lock_over: Some(found + LOCK) });
    }
}

#[test]
fn too_late_is_an_error_for_right_and_wrong_alike_and_the_attempt_stays_used() {
    let world = World::new();
    let (right, wrong, in_time) = (world.reserve(), world.reserve(), world.reserve());
    world.pass(PATIENCE);
    world.of("a").failure(in_time).unwrap();
    world.pass(Duration::from_millis(1));
    assert_eq!(world.of("a").success(right).unwrap_err(), world.of("a").failure(wrong).unwrap_err());
    assert_eq!(world.standing(), open(2));
}

#[test]
fn locks_grow_to_a_day_and_the_hundredth_failure_in_a_row_blocks() {
    let world = World::new();
    let mut failures = 0;
    for lock in (0..19).map(|locks| (LOCK * (1 << locks)).min(24 * 60 * MINUTE)) {
        let until = world.lock();
        failures += 5;
        assert_eq!(until, world.now.get() + lock);
        world.now.set(until);
    }
    (0..4).for_each(|_| {
        world.fail();
    });
    assert_eq!(world.fail(), Standing::Refused(Refusal::Blocked));
    assert_eq!(failures + 5, 100);
    world.pass(1000 * 24 * 60 * MINUTE);
    assert_eq!(world.refused(), Refusal::Blocked);
    assert!(world.is_locked("a"));
    assert_eq!(world.of("a").readmit().unwrap(), ALL);
    assert_eq!(world.lock(), world.now.get() + LOCK, "and locks begin small again");
}

#[test]
fn a_success_begins_the_count_in_a_row_anew() {
    let world = World::new();
    for _ in 0..40 {
        let until = world.lock();
        assert_eq!(until, world.now.get() + LOCK);
        world.now.set(until);
        world.succeed();
    }
}

#[test]
fn readmitting_ends_a_lock_and_touches_nothing_else() {
    let world = World::new();
    world.fail();
    assert_eq!(world.of("a").readmit().unwrap(), open(4));
    let held: Vec<_> = (0..4).map(|_| world.reserve()).collect();
    let busy = Standing::Refused(Refusal::Busy { until: T + FENCE });
    assert_eq!(world.of("a").readmit().unwrap(), busy);
    drop(held);
    world.pass(FENCE);
    assert!(world.is_locked("a"));
    assert_eq!(world.of("a").readmit().unwrap(), ALL);
    world.succeed();
}

/// What a slow writer can do: put an old hint in the place of a newer one.
#[test]
fn an_older_hint_leads_to_the_same_place() {
    let world = World::new();
    let key = world.of("a").record_key();
    let mut hints = Vec::new();
    world.succeed();
    hints.push(world.store.get(&key).unwrap().unwrap());
    world.lock();
    hints.push(world.store.get(&key).unwrap().unwrap());
    world.pass(LOCK);
    let until = world.lock();
    assert_eq!(until, T + LOCK + 2 * LOCK);
    for hint in hints {
        world.store.set(&key, &hint).unwrap();
        world.pass(MINUTE);
        assert_eq!(world.refused(), Refusal::Locked { until });
    }
    world.store.delete(&key).unwrap();
    assert_eq!(world.refused(), Refusal::Locked { until });
}

#[test]
fn whatever_the_store_fails_at_no_more_than_the_limit_is_compared_and_no_success_is_lost() {
    for fault in [Fault::Before, Fault::After] {
        for skip in 0..40 {
            let world = World::new();
            world.store.fail_after(skip, fault);
            let mut compared = 0;
            for _ in 0..12 {
                // An error or a refusal compares nothing.
                let Ok(Reserving::Reserved(reservation)) = world.of("a").reserve() else { continue };
                compared += 1;
                let _ = world.of("a").failure(reservation);
            }
            assert!((4..=5).contains(&compared), "{skip} {fault:?}: {compared}");
            world.store.heal();
            world.pass(FENCE);
            assert!(world.is_locked("a"), "{skip} {fault:?}");
            world.pass(LOCK);
            let standing = world.standing();
            assert!(
                matches!(standing, Standing::Open { left: 5, lock_over: Some(_) }),
                "{skip} {fault:?}: {standing:?}"
            );
        }
        for skip in 0..3 {
            let world = World::new();
            (0..4).for_each(|_| {
                world.fail();
            });
            let reservation = world.reserve();
            world.store.fail_after(skip, fault);
            let told = world.of("a").success(reservation);
            let reached = !world.store.heal();
            assert_eq!(told.is_err(), reached, "{skip} {fault:?}");
            let lost = skip == 0 && fault == Fault::Before;
            world.pass(FENCE);
            assert_eq!(world.standing() == ALL, !lost, "{skip} {fault:?}");
        }
    }
}

#[test]
fn a_store_that_lasts_does_not_grow() {
    let world = World::new();
    let mut most = 0;
    for _ in 0..200 {
        world.now.set(world.lock());
        world.succeed();
        world.succeed();
        most = most.max(world.store.keys().len());
    }
    assert_eq!(most, world.store.keys().len());
    assert!(most <= 34, "{most}");
}

#[test]
fn what_it_costs() {
    let world = World::new();
    let reservation = Cell::new(None);
    assert_eq!(world.operations(|| reservation.set(Some(world.reserve()))), 2);
    let fail = || {
        world.of("a").failure(reservation.take().unwrap()).unwrap();
    };
    assert_eq!(world.operations(fail), 1);
    (0..3).for_each(|_| {
        world.fail();
    });
    assert_eq!(world.operations(|| reservation.set(Some(world.reserve()))), 3);
    assert_eq!(world.operations(fail), 3);
    assert_eq!(world.operations(|| assert!(matches!(world.refused(), Refusal::Locked { .. }))), 1);
    world.pass(LOCK);
    (0..40).for_each(|_| world.succeed());
    assert_eq!(world.operations(|| world.succeed()), 5);
}

#[test]
fn an_unreadable_record_refuses() {
    let world = World::new();
    for text in ["", "1", "1 2", "x 0 0", "0 0 5000000000"] {
        world.store.set(&world.of("a").record_key(), text).unwrap();
        assert_eq!(world.of("a").reserve().map(|_| ()).unwrap_err(), CORRUPT);
    }
}

#[test]
fn a_policy_is_one_that_locks() {
    let hour = 60 * MINUTE;
    assert_eq!(Policy::new(5, LOCK, 24 * hour, 100), Some(Policy::default()));
    for (limit, lock, longest, in_a_row) in [
        (0, LOCK, hour, 100),
        (5, LOCK, hour, 4),
        (5, LOCK, hour, 101),
        (5, Duration::ZERO, hour, 100),
        (5, hour, LOCK, 100),
    ] {
        assert_eq!(Policy::new(limit, lock, longest, in_a_row), None);
    }
}

#[test]
fn threads_at_once_get_the_limit_and_one_lock() {
    let store = MemoryStore::default();
    let account = Account::new(&["login", "a"]);
    let compared = std::sync::atomic::AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..200 {
                    let failures = Failures::new(&store, || T, Policy::default(), &account);
                    if let Reserving::Reserved(reservation) = failures.reserve().unwrap() {
                        compared.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        let _ = failures.failure(reservation).unwrap();
                    }
                }
            });
        }
    });
    assert_eq!(compared.into_inner(), 5);
}

/// Runs something else before the operation with this number.
struct Between<'a, F> {
    store: &'a MemoryStore,
    skip: Cell<Option<u32>>,
    then: F,
}

impl<F: Fn()> Between<'_, F> {
    fn pass(&self) -> &MemoryStore {
        match self.skip.get() {
            Some(0) => {
                self.skip.set(None);
                (self.then)();
            }
            Some(skip) => self.skip.set(Some(skip - 1)),
            None => {}
        }
        self.store
    }
}

impl<F: Fn()> Store for Between<'_, F> {
    fn get(&self, key: &RecordKey) -> Result<Option<String>, StoreError> {
        self.pass().get(key)
    }

    fn set(&self, key: &RecordKey, value: &str) -> Result<(), StoreError> {
        self.pass().set(key, value)
    }

    fn delete(&self, key: &RecordKey) -> Result<(), StoreError> {
        self.pass().delete(key)
    }

    fn delete_counter(&self, key: &CounterKey) -> Result<(), StoreError> {
        self.pass().delete_counter(key)
    }

    fn add(&self, key: &CounterKey, delta: i64) -> Result<i64, StoreError> {
        self.pass().add(key, delta)
    }
}

/// One tries a wrong code after `before` failures; at some point of that others try codes too, the last of them this one.
/// Answers whether that point was reached, how many codes were compared in all, and whether a right one was told so.
fn with_others(world: &World, before: u32, skip: u32, others: u32, right: bool) -> (bool, u32, bool) {
    (0..before).for_each(|_| {
        world.fail();
    });
    let (compared, told) = (Cell::new(before), Cell::new(false));
    let between = Between {
        store: &world.store,
        skip: Cell::new(Some(skip)),
        then: || {
            for other in 1..=others {
                let Reserving::Reserved(reservation) = world.of("a").reserve().unwrap() else { return };
                compared.set(compared.get() + 1);
                if right && other == others {
                    told.set(world.of("a").success(reservation).is_ok());
                } else {
                    world.of("a").failure(reservation).unwrap();
                }
            }
        },
    };
    let account = Account::new(&["login", "a"]);
    let failures = Failures::new(&between, || world.now.get(), Policy::default(), &account);
    if let Reserving::Reserved(reservation) = failures.reserve().unwrap() {
        compared.set(compared.get() + 1);
        failures.failure(reservation).unwrap();
    }
    (between.skip.get().is_none(), compared.get(), told.get())
}

#[test]
fn wherever_others_come_in_between_the_limit_holds_and_the_lock_is_one() {
    for before in 0..5 {
        for others in 1..8 {
            for skip in 0.. {
                let world = World::new();
                let (reached, compared, _) = with_others(&world, before, skip, others, false);
                if !reached {
                    break;
                }
                assert_eq!(compared, 5.min(before + others + 1), "{before} {others} {skip}");
                let expected = match 5 - compared {
                    0 => Standing::Refused(Refusal::Locked { until: T + LOCK }),
                    left => open(left),
                };
                assert_eq!(world.standing(), expected, "{before} {others} {skip}");
            }
        }
    }
}

#[test]
fn wherever_a_success_comes_in_between_it_is_not_lost_to_the_last_failure() {
    let mut told_beside_the_last = 0;
    for before in 0..5 {
        for skip in 0.. {
            let world = World::new();
            let (reached, compared, told) = with_others(&world, before, skip, 1, true);
            if !reached {
                break;
            }
            let locked = Standing::Refused(Refusal::Locked { until: T + LOCK });
            let standing = world.standing();
            if told {
                // The failure counts in the period it was taken in: the one that is over, or the new one.
                assert!([ALL, open(4)].contains(&standing), "{before} {skip} {standing:?}");
                told_beside_the_last += u32::from(compared >= 5);
            } else {
                assert_eq!((before, standing), (4, locked), "{skip}: all five were taken by others");
            }
        }
    }
    assert!(told_beside_the_last > 0);
}

#[test]
fn nothing_stays_of_an_account_that_has_an_end() {
    let store = MemoryStore::default();
    let account = Account::new(&["sign-in", "nobody"]).until(T.day().plus(1));
    for _ in 0..3 {
        let failures = Failures::new(&store, || T, Policy::default(), &account);
        for _ in 0..6 {
            if let Reserving::Reserved(reservation) = failures.reserve().unwrap() {
                let _ = failures.failure(reservation).unwrap();
            }
        }
    }
    assert!(!store.keys().is_empty());
    store.sweep(T.0 / 1000 + 3 * 86_400);
    assert_eq!(store.keys(), [""; 0]);
}
