//! Ten codes, each good once, until there are ten others.

use super::*;
use crate::ports::Surroundings as _;
use crate::testing::TestPorts;
use core::time::Duration;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use stepgate_storage::Store;
use stepgate_storage::memory::Fault;

const ANN: Uuid = Uuid::from_u128(0xa0);
const BEN: Uuid = Uuid::from_u128(0xb0);
const KEYS: &str = r#"[{"id":"a1","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]"#;

fn ports() -> TestPorts {
    let ports = TestPorts::default();
    ports.set_setting("account_keys", KEYS);
    ports
}

fn made(ports: &TestPorts, account: Uuid) -> Vec<String> {
    replace(ports, account, ports.now()).unwrap().texts()
}

fn used(ports: &TestPorts, account: Uuid, text: &str) -> bool {
    check(ports, account, &Code::parse(text).unwrap()).unwrap()
}

fn remaining(ports: &TestPorts, account: Uuid) -> Option<usize> {
    state(ports, account).unwrap().map(|state| state.remaining)
}

#[test]
fn there_are_ten_different_codes_and_each_is_good_once() {
    let ports = ports();
    assert_eq!(state(&ports, ANN).unwrap(), None);
    let codes = made(&ports, ANN);
    assert_eq!(state(&ports, ANN).unwrap(), Some(State { created_at: ports.now(), remaining: 10 }));
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 10);
    for (number, code) in codes.iter().enumerate() {
        assert!(used(&ports, ANN, &code.to_uppercase()), "{number}");
        assert_eq!(remaining(&ports, ANN), Some(9 - number));
        assert!(!used(&ports, ANN, code));
        assert_eq!(remaining(&ports, ANN), Some(9 - number));
    }
    ports.pass(Duration::from_secs(1000 * 86_400));
    ports.store.sweep(ports.now().0 / 1000);
    assert!(codes.iter().all(|code| !used(&ports, ANN, code)));
}

#[test]
fn a_code_that_is_used_again_and_again_uses_up_no_other() {
    let ports = ports();
    let codes = made(&ports, ANN);
    assert!(used(&ports, ANN, &codes[4]));
    for _ in 0..200 {
        assert!(!used(&ports, ANN, &codes[4]));
    }
    assert_eq!(remaining(&ports, ANN), Some(9));
    assert!(used(&ports, ANN, &codes[5]) && used(&ports, ANN, &codes[3]));
}

#[test]
fn codes_do_not_age() {
    let ports = ports();
    let codes = made(&ports, ANN);
    ports.pass(Duration::from_secs(1000 * 86_400));
    ports.store.sweep(ports.now().0 / 1000);
    assert!(used(&ports, ANN, &codes[0]));
}

#[test]
fn a_new_set_replaces_the_old_one_used_or_not() {
    let ports = ports();
    let old = made(&ports, ANN);
    assert!(used(&ports, ANN, &old[0]));
    let new = made(&ports, ANN);
    assert!(old.iter().all(|code| !new.contains(code) && !used(&ports, ANN, code)));
    assert_eq!(remaining(&ports, ANN), Some(10));
    assert!(used(&ports, ANN, &new[0]));
    remove(&ports, ANN).unwrap();
    assert_eq!(state(&ports, ANN).unwrap(), None);
    assert!(new.iter().all(|code| !used(&ports, ANN, code)));
    assert_eq!(ports.store.keys(), [""; 0]);
    remove(&ports, ANN).unwrap();
}

#[test]
fn sets_that_come_and_go_do_not_make_the_store_grow() {
    let ports = ports();
    for _ in 0..30 {
        let codes = made(&ports, ANN);
        assert!(used(&ports, ANN, &codes[0]));
    }
    assert_eq!(ports.store.keys().len(), 2);
}

#[test]
fn a_code_of_one_account_is_worthless_for_another() {
    let ports = ports();
    let (ann, ben) = (made(&ports, ANN), made(&ports, BEN));
    assert!(ann.iter().all(|code| !used(&ports, BEN, code)));
    assert_eq!((remaining(&ports, ANN), remaining(&ports, BEN)), (Some(10), Some(10)));
    // Even of a record that was moved there: the account is in the seal.
    let record = ports.get(&record_key(ANN)).unwrap().unwrap();
    Store::set(&ports, &record_key(BEN), &record).unwrap();
    assert!(ann.iter().chain(&ben).all(|code| !used(&ports, BEN, code)));
    assert!(ann.iter().all(|code| used(&ports, ANN, code)));
}

#[test]
fn a_seal_is_good_in_its_place_only() {
    let ports = ports();
    let codes = made(&ports, ANN);
    assert!(used(&ports, ANN, &codes[0]));
    // Whoever could write the record might try to bring the used code back in an unused place.
    let mut set = load(&ports, ANN).unwrap().unwrap();
    set.seals.0.swap(0, 1);
    stored::write(&ports, &record_key(ANN), &set, WHAT).unwrap();
    assert!(!used(&ports, ANN, &codes[0]) && !used(&ports, ANN, &codes[1]));
    assert!(used(&ports, ANN, &codes[2]));
}

/// Runs something elsewhere before each operation of a use in turn, and hands over what both answered.
fn meeting(
    elsewhere: impl Fn(&TestPorts, &[String]) -> bool + Clone + 'static,
    check: impl Fn(&TestPorts, &[String], bool, Option<bool>, u64),
) {
    for step in 0..4 {
        let ports = ports();
        let codes = made(&ports, ANN);
        let answer = Rc::new(RefCell::new(None));
        let (there, does, theirs) = (answer.clone(), elsewhere.clone(), codes.clone());
        *ports.before_operation.borrow_mut() =
            Some((step, Box::new(move |ports| *there.borrow_mut() = Some(does(ports, &theirs)))));
        let here = used(&ports, ANN, &codes[0]);
        // A use that is refused early has fewer operations.
        ports.before_operation.take();
        check(&ports, &codes, here, *answer.borrow(), step);
    }
}

#[test]
fn of_two_at_once_one_is_let_in_wherever_they_meet() {
    meeting(
        |ports, codes| used(ports, ANN, &codes[0]),
        |ports, codes, here, elsewhere, step| {
            assert!(here != elsewhere.unwrap(), "{step}");
            assert_eq!(remaining(ports, ANN), Some(9));
            assert!(!used(ports, ANN, &codes[0]));
        },
    );
}

#[test]
fn two_codes_at_once_are_both_good() {
    meeting(
        |ports, codes| used(ports, ANN, &codes[1]),
        |ports, _, here, elsewhere, step| {
            assert!(here && elsewhere.unwrap(), "{step}");
            assert_eq!(remaining(ports, ANN), Some(8));
        },
    );
}

#[test]
fn a_new_set_meanwhile_gives_a_used_code_no_other_life() {
    // The code is used, and its set replaced, while the same code is on its way. The old word is gone then.
    meeting(
        |ports, codes| {
            let first = used(ports, ANN, &codes[0]);
            made(ports, ANN);
            first
        },
        |ports, codes, here, elsewhere, step| {
            assert!(!(here && elsewhere.unwrap()), "{step}");
            assert!(codes.iter().all(|code| !used(ports, ANN, code)));
            assert_eq!(remaining(ports, ANN), Some(10));
        },
    );
}

#[test]
fn a_set_that_is_taken_away_meanwhile_lets_nobody_in() {
    meeting(
        |ports, _| remove(ports, ANN).is_ok(),
        |ports, _, here, _, step| {
            assert!(!here, "{step}");
            assert_eq!(state(ports, ANN).unwrap(), None);
        },
    );
}

#[test]
fn a_store_that_fails_lets_nobody_in() {
    for fault in [Fault::Before, Fault::After] {
        let ports = ports();
        for step in 0..2 {
            ports.store.fail_after(step, fault);
            assert!(replace(&ports, ANN, ports.now()).is_err(), "{step} {fault:?}");
        }
        let codes = made(&ports, ANN);
        for step in 0..4 {
            ports.store.fail_after(step, fault);
            let code = Code::parse(&codes[usize::try_from(step).unwrap()]).unwrap();
            assert!(check(&ports, ANN, &code).is_err(), "{step} {fault:?}");
        }
        // Those whose claim was made, or might have been, are spent.
        let spent = if fault == Fault::Before { 1 } else { 2 };
        assert_eq!(remaining(&ports, ANN), Some(10 - spent));
        for step in 0..2 {
            ports.store.fail_after(step, fault);
            assert!(state(&ports, ANN).is_err());
        }
        for step in 0..3 {
            ports.store.fail_after(step, fault);
            assert!(replace(&ports, ANN, ports.now()).is_err(), "{step} {fault:?}");
            ports.store.heal();
        }
        made(&ports, ANN);
        ports.store.fail_after(0, fault);
        assert!(remove(&ports, ANN).is_err());
    }
}

#[test]
fn what_it_costs() {
    let ports = ports();
    let cost = |does: &dyn Fn()| {
        let before = ports.store.operations();
        does();
        ports.store.operations() - before
    };
    let codes = RefCell::new(Vec::new());
    assert_eq!(cost(&|| *codes.borrow_mut() = made(&ports, ANN)), 2);
    assert_eq!(cost(&|| assert!(!used(&ports, ANN, "00000-00000"))), 1);
    assert_eq!(cost(&|| assert!(used(&ports, ANN, &codes.borrow()[0]))), 4);
    assert_eq!(cost(&|| assert!(!used(&ports, ANN, &codes.borrow()[0]))), 2);
    assert_eq!(cost(&|| assert_eq!(remaining(&ports, ANN), Some(9))), 2);
    assert_eq!(cost(&|| drop(made(&ports, ANN))), 3);
}

#[test]
fn a_key_that_is_gone_refuses_and_a_new_one_changes_nothing() {
    let ports = ports();
    let codes = made(&ports, ANN);
    let new = r#"{"id":"a2","secret":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}"#;
    ports.set_setting("account_keys", &format!("[{new},{}", &KEYS[1..]));
    assert!(used(&ports, ANN, &codes[0]));
    ports.set_setting("account_keys", &format!("[{new}]"));
    assert!(check(&ports, ANN, &Code::parse(&codes[1]).unwrap()).is_err());
    assert_eq!(remaining(&ports, ANN), Some(9));
}

#[test]
fn no_code_is_at_rest_and_none_is_logged() {
    let ports = ports();
    let codes = made(&ports, ANN);
    used(&ports, ANN, &codes[0]);
    for (key, value) in ports.store.everything() {
        for code in &codes {
            let bare = code.replace('-', "");
            assert!(!value.contains(code.as_str()) && !value.contains(&bare), "{key} {value}");
        }
    }
    assert_eq!(*ports.log.borrow(), [""; 0]);
}

#[test]
fn a_record_that_was_cut_is_unreadable_and_lets_nobody_in() {
    let ports = ports();
    let codes = made(&ports, ANN);
    let record = ports.get(&record_key(ANN)).unwrap().unwrap();
    let mut record: serde_json::Value = serde_json::from_str(&record).unwrap();
    let seals = record["seals"].as_str().unwrap().to_owned();
    for wrong in ["", "AAAA", &seals[4..], &format!("{seals}AAAA"), &"!".repeat(427)] {
        record["seals"] = wrong.into();
        Store::set(&ports, &record_key(ANN), &record.to_string()).unwrap();
        assert!(check(&ports, ANN, &Code::parse(&codes[0]).unwrap()).is_err(), "{wrong}");
    }
}
