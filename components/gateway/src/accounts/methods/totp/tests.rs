//! An app's way: set up, confirmed, used, replaced, removed.

use super::*;
use crate::ports::Surroundings as _;
use crate::testing::TestPorts;
use hmac::{Hmac, Mac as _};
use std::cell::Cell;
use std::rc::Rc;
use stepgate_storage::Store;
use stepgate_storage::memory::Fault;

const ANN: Uuid = Uuid::from_u128(0xa0);
const BEN: Uuid = Uuid::from_u128(0xb0);
const STEP: Duration = Duration::from_secs(30);
const KEYS: &str = r#"[{"id":"a1","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]"#;

/// At the beginning of a step.
fn ports() -> TestPorts {
    let ports = TestPorts::default();
    ports.set_setting("account_keys", KEYS);
    ports.now.set(Timestamp(1_800_000_000_000));
    ports
}

fn set_up(ports: &TestPorts, account: Uuid) -> Setup {
    start(ports, account, "Acme", "ann@example.com", ports.now()).unwrap()
}

/// What an app shows, which knows the text of the secret and the time and nothing else of ours.
fn shown(secret_base32: &str, at: Timestamp) -> Code {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = secret_base32
        .bytes()
        .map(|letter| format!("{:05b}", LETTERS.iter().position(|other| *other == letter).unwrap()))
        .collect();
    let secret: Vec<u8> =
        (0..bits.len() / 8).map(|at| u8::from_str_radix(&bits[at * 8..][..8], 2).unwrap()).collect();
    assert_eq!((secret.len(), bits.len()), (20, 160));
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&secret).unwrap();
    mac.update(&(at.0 / 30_000).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let word: [u8; 4] = hash[usize::from(hash[19] & 15)..][..4].try_into().unwrap();
    Code::parse(&format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000)).unwrap()
}

fn pending(ports: &TestPorts, account: Uuid) -> Option<Pending> {
    state(ports, account, ports.now()).unwrap().pending
}

fn confirm(ports: &TestPorts, account: Uuid, code: &Code) -> bool {
    match pending(ports, account).unwrap().check(ports, code, ports.now()).unwrap() {
        Some(confirmed) => {
            confirmed.activate(ports, ports.now()).unwrap();
            true
        }
        None => false,
    }
}

fn log_in(ports: &TestPorts, account: Uuid, code: &Code) -> bool {
    active(ports, account).unwrap().is_some_and(|active| active.check(ports, code, ports.now()).unwrap())
}

/// An account with an app, two steps after it was confirmed.
fn with_app(ports: &TestPorts, account: Uuid) -> String {
    let setup = set_up(ports, account);
    assert!(confirm(ports, account, &shown(&setup.secret_base32, ports.now())));
    ports.pass(2 * STEP);
    setup.secret_base32
}

#[test]
fn a_setup_counts_when_a_code_has_confirmed_it() {
    let ports = ports();
    let began = ports.now();
    let setup = set_up(&ports, ANN);
    assert_eq!(setup.expires_at, began + SETUP_LIFETIME);
    assert!(setup.otpauth_uri.starts_with("otpauth://totp/Acme:ann%40example.com?secret="));
    assert!(setup.otpauth_uri.contains(&format!("secret={}&", setup.secret_base32)));
    ports.pass(STEP);
    let code = shown(&setup.secret_base32, ports.now());
    assert!(!log_in(&ports, ANN, &code));
    let waiting = pending(&ports, ANN).unwrap();
    assert_eq!(waiting.created_at(), began);
    assert!(confirm(&ports, ANN, &code));
    let after = state(&ports, ANN, ports.now()).unwrap();
    assert!(after.pending.is_none());
    let active = after.active.unwrap();
    assert_eq!((active.created_at(), active.0.kept.since), (began, ports.now()));
    ports.pass(STEP);
    assert!(log_in(&ports, ANN, &shown(&setup.secret_base32, ports.now())));
}

#[test]
fn a_right_code_counts_for_nothing_until_the_setup_is_activated() {
    let ports = ports();
    let setup = set_up(&ports, ANN);
    let code = shown(&setup.secret_base32, ports.now());
    let confirmed = pending(&ports, ANN).unwrap().check(&ports, &code, ports.now()).unwrap();
    drop(confirmed.unwrap());
    ports.pass(STEP);
    assert!(active(&ports, ANN).unwrap().is_none());
    // Nothing is lost: the next code confirms it.
    assert!(confirm(&ports, ANN, &shown(&setup.secret_base32, ports.now())));
}

#[test]
fn the_present_code_and_the_one_before_are_taken_and_no_other() {
    for (ahead, behind, good) in [(0, 0, true), (0, 1, true), (0, 2, false), (1, 0, false), (0, 20, false)] {
        for within in [Duration::ZERO, STEP - Duration::from_millis(1)] {
            let ports = ports();
            let secret = with_app(&ports, ANN);
            ports.pass(20 * STEP + within);
            let at = ports.now() + STEP * ahead - STEP * behind;
            assert_eq!(log_in(&ports, ANN, &shown(&secret, at)), good, "+{ahead} -{behind} {within:?}");
        }
    }
}

#[test]
fn a_code_is_taken_once() {
    let ports = ports();
    let secret = with_app(&ports, ANN);
    let first = shown(&secret, ports.now());
    assert!(log_in(&ports, ANN, &first));
    assert!(!log_in(&ports, ANN, &first));
    // Nor in the step after, where it would still be good.
    ports.pass(STEP);
    assert!(!log_in(&ports, ANN, &first));
    assert!(log_in(&ports, ANN, &shown(&secret, ports.now())));
}

#[test]
fn a_code_that_confirmed_a_setup_is_used_up_for_login() {
    let ports = ports();
    let setup = set_up(&ports, ANN);
    let code = shown(&setup.secret_base32, ports.now());
    assert!(confirm(&ports, ANN, &code));
    assert!(!log_in(&ports, ANN, &code));
    ports.pass(STEP);
    assert!(!log_in(&ports, ANN, &code));
}

#[test]
fn of_two_at_once_one_is_taken_wherever_they_meet() {
    // Two operations each: the record, and the claim.
    for step in 0..2 {
        let ports = ports();
        let secret = with_app(&ports, ANN);
        let now = ports.now();
        let elsewhere = Rc::new(Cell::new(None));
        let answer = elsewhere.clone();
        let the_same = shown(&secret, now);
        *ports.before_operation.borrow_mut() =
            Some((step, Box::new(move |ports| answer.set(Some(log_in(ports, ANN, &the_same))))));
        let here = log_in(&ports, ANN, &shown(&secret, now));
        assert_eq!((here, elsewhere.get()), (false, Some(true)), "{step}");
    }
}

#[test]
fn a_claim_is_kept_for_as_long_as_its_code_could_be_taken() {
    let ports = ports();
    let secret = with_app(&ports, ANN);
    // The last step of a day.
    ports.now.set(Timestamp(1_800_057_600_000 - 1));
    let code = shown(&secret, ports.now());
    assert!(log_in(&ports, ANN, &code));
    ports.pass(STEP);
    ports.store.sweep(ports.now().0 / 1000);
    assert!(!log_in(&ports, ANN, &code));
    ports.pass(Duration::from_secs(3 * 86_400));
    ports.store.sweep(ports.now().0 / 1000);
    // The setup and the app.
    assert_eq!(ports.store.keys().len(), 2);
}

#[test]
fn a_new_setup_leaves_the_app_working_until_it_is_confirmed() {
    let ports = ports();
    let old = with_app(&ports, ANN);
    let new = set_up(&ports, ANN).secret_base32;
    assert_ne!(old, new);
    assert!(log_in(&ports, ANN, &shown(&old, ports.now())));
    assert!(!log_in(&ports, ANN, &shown(&new, ports.now())));
    assert!(!confirm(&ports, ANN, &shown(&old, ports.now())));
    ports.pass(STEP);
    assert!(confirm(&ports, ANN, &shown(&new, ports.now())));
    ports.pass(STEP);
    assert!(!log_in(&ports, ANN, &shown(&old, ports.now())));
    assert!(log_in(&ports, ANN, &shown(&new, ports.now())));
}

#[test]
fn a_setup_is_void_when_another_is_started_or_its_time_is_over() {
    let ports = ports();
    let first = set_up(&ports, ANN).secret_base32;
    let second = set_up(&ports, ANN).secret_base32;
    assert!(!confirm(&ports, ANN, &shown(&first, ports.now())));
    ports.pass(SETUP_LIFETIME - Duration::from_millis(1));
    assert!(pending(&ports, ANN).is_some());
    ports.pass(Duration::from_millis(1));
    assert!(pending(&ports, ANN).is_none());
    // The app is not asked how old it is.
    set_up(&ports, ANN);
    ports.pass(STEP);
    drop(second);
    let secret = with_app(&ports, ANN);
    ports.pass(Duration::from_secs(400 * 86_400));
    assert!(log_in(&ports, ANN, &shown(&secret, ports.now())));
}

#[test]
fn what_is_activated_is_what_was_confirmed_whatever_began_meanwhile() {
    let ports = ports();
    let first = set_up(&ports, ANN).secret_base32;
    let code = shown(&first, ports.now());
    let confirmed = pending(&ports, ANN).unwrap().check(&ports, &code, ports.now()).unwrap().unwrap();
    // Whoever else is in the account has not shown that they have an app.
    let second = set_up(&ports, ANN).secret_base32;
    confirmed.activate(&ports, ports.now()).unwrap();
    ports.pass(STEP);
    assert!(!log_in(&ports, ANN, &shown(&second, ports.now())));
    assert!(log_in(&ports, ANN, &shown(&first, ports.now())));
    // And the setup that began meanwhile can still be confirmed.
    assert!(confirm(&ports, ANN, &shown(&second, ports.now())));
}

#[test]
fn an_app_that_was_removed_is_gone_and_its_setup_as_well() {
    let ports = ports();
    let secret = with_app(&ports, ANN);
    set_up(&ports, ANN);
    remove(&ports, ANN).unwrap();
    let state = state(&ports, ANN, ports.now()).unwrap();
    assert!(state.pending.is_none() && state.active.is_none());
    assert!(!log_in(&ports, ANN, &shown(&secret, ports.now())));
    remove(&ports, ANN).unwrap();
}

#[test]
fn a_code_of_one_account_is_worthless_for_another() {
    let ports = ports();
    let (ann, ben) = (with_app(&ports, ANN), with_app(&ports, BEN));
    assert!(!log_in(&ports, BEN, &shown(&ann, ports.now())));
    assert!(log_in(&ports, BEN, &shown(&ben, ports.now())));
    // Even of a record that was moved there: the account is in the secret.
    let record = ports.get(&active_key(ANN)).unwrap().unwrap();
    Store::set(&ports, &active_key(BEN), &record).unwrap();
    assert!(!log_in(&ports, BEN, &shown(&ann, ports.now())));
    assert!(log_in(&ports, ANN, &shown(&ann, ports.now())));
}

#[test]
fn an_app_goes_on_under_the_key_that_it_was_made_under() {
    let ports = ports();
    let secret = with_app(&ports, ANN);
    let new = r#"{"id":"a2","secret":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}"#;
    ports.set_setting("account_keys", &format!("[{new},{}", &KEYS[1..]));
    assert!(log_in(&ports, ANN, &shown(&secret, ports.now())));
    with_app(&ports, BEN);
    ports.set_setting("account_keys", &format!("[{new}]"));
    let found = active(&ports, ANN).unwrap().unwrap();
    match found.check(&ports, &shown(&secret, ports.now()), ports.now()) {
        Err(ApiError::Internal(why)) => assert!(why.starts_with("setting account_keys: "), "{why}"),
        _ => panic!("a key that is gone must refuse"),
    }
    assert!(active(&ports, BEN).unwrap().is_some());
}

#[test]
fn a_store_that_fails_lets_nobody_in() {
    for fault in [Fault::Before, Fault::After] {
        let ports = ports();
        ports.store.fail_after(0, fault);
        assert!(start(&ports, ANN, "Acme", "ann", ports.now()).is_err());
        let setup = set_up(&ports, ANN);
        for step in 0..2 {
            ports.store.fail_after(step, fault);
            assert!(state(&ports, ANN, ports.now()).is_err());
        }
        let code = || shown(&setup.secret_base32, ports.now());
        let found = pending(&ports, ANN).unwrap();
        ports.store.fail_after(0, fault);
        assert!(found.check(&ports, &code(), ports.now()).is_err());
        ports.pass(STEP);
        let confirmed = pending(&ports, ANN).unwrap().check(&ports, &code(), ports.now()).unwrap();
        ports.store.fail_after(0, fault);
        assert!(confirmed.unwrap().activate(&ports, ports.now()).is_err());
        ports.pass(STEP);
        if fault == Fault::Before {
            assert!(confirm(&ports, ANN, &code()));
        }
        ports.pass(STEP);
        ports.store.fail_after(0, fault);
        assert!(active(&ports, ANN).is_err());
        let found = active(&ports, ANN).unwrap().unwrap();
        ports.store.fail_after(0, fault);
        assert!(found.check(&ports, &code(), ports.now()).is_err());
        // The claim whose answer was lost is spent; the one that never came is not.
        assert_eq!(log_in(&ports, ANN, &code()), fault == Fault::Before);
        for step in 0..2 {
            ports.store.fail_after(step, fault);
            assert!(remove(&ports, ANN).is_err());
        }
    }
}

#[test]
fn a_wrong_code_costs_no_write_and_a_right_one_costs_one() {
    let ports = ports();
    let secret = with_app(&ports, ANN);
    let found = active(&ports, ANN).unwrap().unwrap();
    let before = ports.store.operations();
    let wrong = shown(&secret, ports.now() + 100 * STEP);
    assert!(!found.check(&ports, &wrong, ports.now()).unwrap());
    assert_eq!(ports.store.operations(), before);
    assert!(found.check(&ports, &shown(&secret, ports.now()), ports.now()).unwrap());
    assert_eq!(ports.store.operations(), before + 1);
}

#[test]
fn the_secret_is_nowhere_at_rest() {
    let ports = ports();
    let secret = with_app(&ports, ANN);
    for (key, value) in ports.store.everything() {
        assert!(!value.contains(&secret) && !value.to_uppercase().contains(&secret), "{key} {value}");
    }
    assert_eq!(*ports.log.borrow(), [""; 0]);
    // What is there, all of it: key id, salt and times.
    let kept: serde_json::Value =
        serde_json::from_str(&ports.get(&active_key(ANN)).unwrap().unwrap()).unwrap();
    let fields: Vec<&String> = kept.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["created_at", "key_id", "salt", "since"]);
}

#[test]
fn the_longest_names_fit_into_a_qr_code() {
    let ports = ports();
    let setup = start(&ports, ANN, &"界".repeat(80), &"界".repeat(300), ports.now()).unwrap();
    assert!(crate::accounts::methods::qr::data_uri(&setup.otpauth_uri).is_ok());
}
