//! The first factor.

use super::*;
use crate::accounts::password::{self, Password, Rule, Typed};
use crate::accounts::refusal::{Refusal, Result};
use crate::accounts::sign_in::{Credentials, SignedIn, first_factor};
use core::time::Duration;

const RIGHT: &str = "Correct-horse-1";

fn register(ports: &TestPorts) -> Account {
    let password = Password::parse(RIGHT, Rule::Mixed).ok().unwrap();
    let phc = password::hash(&password, &[7; 16]).unwrap();
    now(ports, |ctx| register::create(ctx, Person { phc, ..named("ann@example.com", "ann") }, VERIFIED))
        .unwrap()
}

fn sign_in(ports: &TestPorts, name: &str, password: &str) -> Result<SignedIn> {
    let password = Typed::parse(password).unwrap();
    now(ports, |ctx| first_factor(ctx, &Credentials { name, password: &password, device: None }, None))
}

fn operations(ports: &TestPorts, name: &str) -> u64 {
    let before = ports.store.operations();
    assert!(matches!(sign_in(ports, name, "wrong"), Err(Refusal::Credentials)), "{name}");
    ports.store.operations() - before
}

#[test]
fn an_owner_is_known_by_either_name_and_the_right_password() {
    let ports = world();
    let ann = register(&ports);
    for name in ["ann@example.com", " Ann@Example.COM ", "ann", "ANN"] {
        let SignedIn::Owner(owner) = sign_in(&ports, name, RIGHT).unwrap() else { panic!("{name}") };
        assert_eq!(owner.account.id, ann.id);
    }
    for (name, password) in
        [("ann", "correct-horse-1"), ("ben", RIGHT), ("", RIGHT), ("ann@", RIGHT), ("ann", "")]
    {
        assert!(matches!(sign_in(&ports, name, password), Err(Refusal::Credentials)), "{name}");
    }
}

/// `security.md`: an error or a slow answer tells who has an account.
#[test]
fn whoever_has_no_account_is_answered_after_the_same_operations() {
    let ports = world();
    register(&ports);
    let known = operations(&ports, "ann@example.com");
    assert_eq!(operations(&ports, "ben@example.com"), known);
    assert_eq!(operations(&ports, "ann"), known);
    assert_eq!(operations(&ports, "ben"), known);
}

#[test]
fn ten_wrong_passwords_pause_a_name_whether_somebody_has_it_or_not() {
    for name in ["ann@example.com", "ben@example.com"] {
        let ports = world();
        register(&ports);
        for _ in 0..10 {
            assert!(matches!(sign_in(&ports, name, "wrong"), Err(Refusal::Credentials)));
        }
        let until = ports.now.get() + Duration::from_secs(300);
        let paused = sign_in(&ports, name, RIGHT).err();
        assert!(
            matches!(paused, Some(Refusal::TooManyLogins { until: Some(found) }) if found == until),
            "{name}"
        );
        ports.pass(Duration::from_secs(300));
        assert!(!matches!(sign_in(&ports, name, RIGHT), Err(Refusal::TooManyLogins { .. })));
    }
}

/// Guards against owners who are locked out by the load: where many sign in, a hash waits, or has no memory.
#[test]
fn a_password_that_could_not_be_hashed_takes_no_attempt() {
    let ports = world();
    let unreadable: Phc = serde_json::from_str("\"$argon2id$\"").unwrap();
    let password = Typed::parse(RIGHT).unwrap();
    let credentials = Credentials { name: "ben@example.com", password: &password, device: None };
    for _ in 0..12 {
        let failed = now(&ports, |ctx| first_factor(ctx, &credentials, Some(&unreadable)));
        assert!(matches!(failed, Err(Refusal::Failed(_))));
    }
    assert!(matches!(sign_in(&ports, "ben@example.com", RIGHT), Err(Refusal::Credentials)));
}

/// `contracts/login-mfa.md` §2: a wrong code never counts as a failed login; nor the other way round.
#[test]
fn wrong_passwords_take_no_codes() {
    let ports = world();
    let ann = register(&ports);
    for _ in 0..12 {
        let _ = sign_in(&ports, "ann", "wrong");
    }
    now(&ports, |ctx| crate::accounts::lock::check(ctx, ann.id)).unwrap();
}

#[test]
fn a_registration_that_waits_is_known_by_its_password_only() {
    let ports = world();
    let password = Password::parse(RIGHT, Rule::Mixed).ok().unwrap();
    let phc = password::hash(&password, &[7; 16]).unwrap();
    let with = |typed: &str| {
        let password = Typed::parse(typed).unwrap();
        let credentials = Credentials { name: "ben@example.com", password: &password, device: None };
        now(&ports, |ctx| first_factor(ctx, &credentials, Some(&phc)))
    };
    assert!(matches!(with(RIGHT), Ok(SignedIn::NotVerified)));
    assert!(matches!(with("wrong"), Err(Refusal::Credentials)));
}

/// Guards against a stranger who registers an address with a password of their own, and finds out by that password whether it has
/// an account, or gets all attempts at its owner's password again.
#[test]
fn a_registration_of_anothers_address_tells_nothing_and_gives_no_attempts() {
    let ports = world();
    register(&ports);
    let strangers = Password::parse("Strangers-horse-1", Rule::Mixed).ok().unwrap();
    let phc = password::hash(&strangers, &[7; 16]).unwrap();
    let with = |name: &str, typed: &str| {
        let password = Typed::parse(typed).unwrap();
        now(&ports, |ctx| {
            first_factor(ctx, &Credentials { name, password: &password, device: None }, Some(&phc))
        })
    };
    for name in ["ann@example.com", "ben@example.com"] {
        for _ in 0..4 {
            assert!(matches!(with(name, "wrong"), Err(Refusal::Credentials)), "{name}");
            assert!(matches!(with(name, "Strangers-horse-1"), Ok(SignedIn::NotVerified)), "{name}");
        }
    }
    assert!(matches!(with("ann@example.com", RIGHT), Ok(SignedIn::Owner(_))));
    for name in ["ann@example.com", "ben@example.com"] {
        for _ in 0..5 {
            let _ = with(name, "wrong");
            let _ = with(name, "Strangers-horse-1");
        }
    }
    for name in ["ann@example.com", "ben@example.com"] {
        assert!(matches!(with(name, "Strangers-horse-1"), Err(Refusal::TooManyLogins { .. })), "{name}");
    }
}
