//! Who may be wrong how often, and what follows.

use super::*;
use crate::accounts::budgets::{self, Budget};
use crate::accounts::codes::{Counts, Place, Times};
use crate::accounts::methods;
use crate::accounts::refusal::Refusal;
use crate::accounts::second_factor::{self, Action, Binding};
use crate::accounts::{epoch, lock};
use crate::testing::ready;
use core::time::Duration;
use stepgate_storage::memory::Fault;

const LOCK: Duration = Duration::from_secs(30 * 60);

fn fail(ports: &TestPorts, account: &Account) -> Refusal {
    now(ports, |ctx| {
        let counts = Counts::SecondFactor(account.id);
        match budgets::reserve(ctx, &counts.budget()) {
            Ok(attempt) => lock::wrong(ctx, &counts, attempt).unwrap(),
            Err(refusal) => lock::found(ctx, &counts, refusal).unwrap(),
        }
    })
}

fn mails(ports: &TestPorts) -> usize {
    let inbox = ports.send_with(&[], "GET", "/inbox.json", "").json();
    inbox["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|mail| mail["text"].as_str().unwrap().contains("locked"))
        .count()
}

/// `contracts/login-mfa.md` §2: five, then locked for 30 minutes, then five again. The owner hears of it once.
#[test]
fn the_fifth_wrong_code_locks_ends_the_sessions_and_is_told() {
    let ports = world();
    let ann = ann(&ports);
    let before = epoch::current(&ports, ann.id).unwrap();
    for expected in [4, 3, 2, 1] {
        assert!(matches!(fail(&ports, &ann), Refusal::WrongCode { left } if left == expected));
    }
    let until = ports.now.get() + LOCK;
    for _ in 0..3 {
        assert!(matches!(fail(&ports, &ann), Refusal::Locked { until: Some(found) } if found == until));
    }
    assert_eq!(epoch::current(&ports, ann.id).unwrap(), before + 1);
    assert_eq!(mails(&ports), 1);
    assert!(now(&ports, |ctx| lock::check(ctx, ann.id)).is_err());
    ports.pass(LOCK);
    now(&ports, |ctx| lock::check(ctx, ann.id)).unwrap();
    assert!(matches!(fail(&ports, &ann), Refusal::WrongCode { left: 4 }));
}

/// Ann's world where the store failed whoever tried the fifth wrong code, after so many operations; and the epoch before. None where
/// they were through by then.
fn locked_by_who_died(skip: u64) -> Option<(TestPorts, Account, u64)> {
    let ports = world();
    let ann = ann(&ports);
    let before = epoch::current(&ports, ann.id).unwrap();
    for _ in 0..4 {
        fail(&ports, &ann);
    }
    let attempt = now(&ports, |ctx| budgets::reserve(ctx, &Budget::SecondFactor(ann.id))).unwrap();
    ports.store.fail_after(skip, Fault::Before);
    let told = now(&ports, |ctx| lock::wrong(ctx, &Counts::SecondFactor(ann.id), attempt));
    if ports.store.heal() {
        told.unwrap();
        return None;
    }
    Some((ports, ann, before))
}

/// Nobody comes while it lasts: whoever comes first afterwards is refused for it once, and what began before it is over.
#[test]
fn a_lock_that_nobody_finds_in_time_ends_the_sessions_all_the_same() {
    let mut left_over = 0;
    for (skip, (ports, ann, before)) in (0..).map_while(|skip| Some((skip, locked_by_who_died(skip)?))) {
        ports.pass(LOCK + Duration::from_secs(20));
        let ended = epoch::current(&ports, ann.id).unwrap();
        let first = now(&ports, |ctx| lock::check(ctx, ann.id));
        if ended == before {
            left_over += 1;
            assert!(matches!(first, Err(Refusal::Locked { until: Some(_) })), "{skip}");
        }
        let after = epoch::current(&ports, ann.id).unwrap();
        assert!(after > before, "{skip}");
        assert!(mails(&ports) >= 1, "{skip}: its owner is told, if late");
        now(&ports, |ctx| lock::check(ctx, ann.id)).unwrap();
        assert_eq!(epoch::current(&ports, ann.id).unwrap(), after, "{skip}: once");
    }
    assert!(left_over > 0);
}

/// Whoever finds the lock goes on with what the one who set it could not.
#[test]
fn a_lock_whose_maker_died_still_ends_the_sessions_and_is_told() {
    for (skip, (ports, ann, before)) in (0..).map_while(|skip| Some((skip, locked_by_who_died(skip)?))) {
        // An attempt in nobody's hands is one after the fence.
        ports.pass(Duration::from_secs(20));
        assert!(matches!(now(&ports, |ctx| lock::check(ctx, ann.id)), Err(Refusal::Locked { .. })), "{skip}");
        assert!(epoch::current(&ports, ann.id).unwrap() > before, "{skip}");
        assert!(mails(&ports) >= 1, "{skip}");
    }
}

#[test]
fn a_new_password_ends_a_block_and_no_lock() {
    let ports = world();
    let ann = ann(&ports);
    let mut locks = 0;
    let blocked = loop {
        match fail(&ports, &ann) {
            Refusal::Locked { until: Some(until) } => {
                locks += 1;
                if locks == 1 {
                    now(&ports, |ctx| budgets::owner_returned(ctx, &ann)).unwrap();
                    assert!(matches!(fail(&ports, &ann), Refusal::Locked { .. }));
                }
                ports.now.set(until);
            }
            Refusal::Locked { until: None } => break true,
            Refusal::WrongCode { .. } => {}
            other => panic!("{other:?}"),
        }
    };
    assert!(blocked && locks == 19);
    ports.pass(Duration::from_secs(400 * 24 * 60 * 60));
    assert!(now(&ports, |ctx| lock::check(ctx, ann.id)).is_err());
    now(&ports, |ctx| budgets::owner_returned(ctx, &ann)).unwrap();
    now(&ports, |ctx| lock::check(ctx, ann.id)).unwrap();
}

#[test]
fn one_budget_takes_nothing_from_another() {
    let ports = world();
    let ann = ann(&ports);
    for _ in 0..5 {
        fail(&ports, &ann);
    }
    let others = [
        Budget::SignIn("ann@example.com"),
        Budget::Device(ann.id),
        Budget::Ownership("ann@example.com"),
        Budget::SecondFactor(uuid::Uuid::nil()),
    ];
    for other in others {
        now(&ports, |ctx| budgets::check(ctx, &other)).unwrap();
    }
}

/// Whoever sets up an address that is not theirs gets their own attempts back with every right code; those of the address they do
/// not.
#[test]
fn an_address_that_is_claimed_has_attempts_of_its_own() {
    let ports = world();
    let ann = ann(&ports);
    let method = now(&ports, |ctx| methods::add_email(ctx, ann.id, &email("ben@example.org"))).unwrap();
    let place = Place {
        entity: format!("account/{}/setup", ann.id),
        purpose: "session-setup",
        counts: Counts::SecondFactor(ann.id),
    };
    let binding = Binding { method: method.id, session: None, target: None, new_password: None };
    let times = Times { lifetime: Duration::from_secs(600), between: Duration::from_secs(30) };
    let setup = |code: &str| {
        now(&ports, |ctx| second_factor::confirm_setup(ctx, ann.id, &place, &method, code, &|_| true))
    };
    // Where no code is outstanding, nothing is taken.
    for _ in 0..9 {
        assert!(matches!(setup("123456"), Err(Refusal::NoCode)));
    }
    let start = || {
        let of = (Action::Setup, &method);
        now(&ports, |ctx| ready(second_factor::start(ctx, &ann, &place, times, of, &binding))).unwrap();
    };
    start();
    let wrong = format!("{:06}", (ports.newest_message_code() + 1) % 1_000_000);
    for _ in 0..4 {
        assert!(matches!(setup(&wrong), Err(Refusal::WrongCode { .. })));
        let budget = Budget::SecondFactor(ann.id);
        let attempt = now(&ports, |ctx| budgets::reserve(ctx, &budget)).unwrap();
        now(&ports, |ctx| budgets::right(ctx, &budget, attempt)).unwrap();
    }
    assert!(matches!(setup(&wrong), Err(Refusal::Locked { .. })));
    ports.pass(Duration::from_secs(30));
    start();
    assert!(matches!(setup("123456"), Err(Refusal::Locked { .. })));
    now(&ports, |ctx| lock::check(ctx, ann.id)).unwrap();
}
