//! Methods that come and go.

use super::*;
use crate::accounts::account;
use crate::accounts::methods::{self, Kind};
use crate::accounts::refusal::Refusal;
use uuid::Uuid;

fn active(ports: &TestPorts, account: &Account) -> Vec<String> {
    let methods = now(ports, |ctx| methods::active(ctx, account.id)).unwrap();
    methods.into_iter().map(|method| method.identifier).collect()
}

#[test]
fn a_method_counts_once_it_is_active_and_until_it_is_removed() {
    let ports = world();
    let ann = ann(&ports);
    let other = now(&ports, |ctx| methods::add_email(ctx, ann.id, &email("ben@example.org"))).unwrap();
    assert!(!other.is_active);
    assert_eq!(active(&ports, &ann), ["ann@example.com"]);
    assert_eq!(now(&ports, |ctx| methods::all(ctx, ann.id)).unwrap().len(), 2);
    now(&ports, |ctx| methods::activate(ctx, ann.id, &other)).unwrap();
    let again = now(&ports, |ctx| methods::add_email(ctx, ann.id, &email("Ben@example.org"))).unwrap();
    assert!(again.is_active && again.id == other.id, "the same address is the same method");
    assert_eq!(active(&ports, &ann), ["ann@example.com", "ben@example.org"]);
    now(&ports, |ctx| methods::remove(ctx, ann.id, &other)).unwrap();
    assert_eq!(active(&ports, &ann), ["ann@example.com"]);
    assert_eq!(now(&ports, |ctx| methods::all(ctx, ann.id)).unwrap().len(), 1);
}

/// The failure it guards: a setup that was slow put a method back to pending, and nobody was asked for it any more.
#[test]
fn a_late_setup_takes_nothing_from_a_method_that_is_active() {
    for at in 0.. {
        let ports = world();
        let ann = ann(&ports);
        let id = ann.id;
        let elsewhere: crate::testing::Elsewhere = Box::new(move |ports| {
            let method = now(ports, |ctx| methods::add_email(ctx, id, &email("ben@example.org"))).unwrap();
            now(ports, |ctx| methods::activate(ctx, id, &method)).unwrap();
        });
        *ports.before_operation.borrow_mut() = Some((at, elsewhere));
        now(&ports, |ctx| methods::add_email(ctx, ann.id, &email("ben@example.org"))).unwrap();
        if ports.before_operation.borrow().is_some() {
            break;
        }
        assert_eq!(active(&ports, &ann).last().unwrap(), "ben@example.org", "at {at}");
    }
}

#[test]
fn there_is_an_end_to_how_many_addresses_an_account_has_had() {
    let ports = world();
    let ann = ann(&ports);
    let add =
        |n: u32| now(&ports, |ctx| methods::add_email(ctx, ann.id, &email(&format!("a{n}@example.com"))));
    for n in 1..32 {
        let method = add(n).unwrap();
        now(&ports, |ctx| methods::remove(ctx, ann.id, &method)).unwrap();
    }
    assert!(matches!(add(99), Err(Refusal::TooManyMethods)));
    // One that it has had is none more.
    add(1).unwrap();
}

/// `contracts/two-factor-sessions.md` §2: global switch on AND user's own switch on AND ≥1 active method.
#[test]
fn the_second_factor_is_due_where_all_three_say_so() {
    for (global, own, method) in (0..8).map(|bits| (bits & 1 > 0, bits & 2 > 0, bits & 4 > 0)) {
        let ports = world();
        let with = format!(r#""partner_id":7,"mfa":"optional","two_factor":{global}"#);
        ports.set_setting("accounts", &ACCOUNTS.replace(r#""partner_id":7"#, &with));
        let ann = ann(&ports);
        account::set_two_factor(&ports, ann.id, own).unwrap();
        if !method {
            let mail = now(&ports, |ctx| methods::active(ctx, ann.id)).unwrap().remove(0);
            assert_eq!(mail.kind, Kind::Email);
            now(&ports, |ctx| methods::remove(ctx, ann.id, &mail)).unwrap();
        }
        let due = now(&ports, |ctx| methods::due(ctx, ann.id)).unwrap();
        assert_eq!(due.is_some(), global && own && method, "{global} {own} {method}");
    }
}

/// The address that was shown to be its owner's is one where there is no other; nobody gets in without.
#[test]
fn where_it_is_mandatory_an_account_without_a_method_has_its_address_if_that_is_verified() {
    for verified in [true, false] {
        let ports = world();
        ports.set_setting(
            "accounts",
            &ACCOUNTS.replace(r#""partner_id":7"#, r#""partner_id":7,"mfa":"mandatory""#),
        );
        let beginning = Beginning { verified, two_factor: false };
        let ann = now(&ports, |ctx| register::create(ctx, person("ann@example.com"), beginning)).unwrap();
        account::set_two_factor(&ports, ann.id, false).unwrap();
        for mail in now(&ports, |ctx| methods::active(ctx, ann.id)).unwrap() {
            assert!(verified && now(&ports, |ctx| methods::due(ctx, ann.id)).unwrap().is_some());
            now(&ports, |ctx| methods::remove(ctx, ann.id, &mail)).unwrap();
        }
        match now(&ports, |ctx| methods::due(ctx, ann.id)) {
            Ok(due) => assert!(verified && due.unwrap()[0].identifier == "ann@example.com"),
            Err(refusal) => assert!(!verified && matches!(refusal, Refusal::Failed(_))),
        }
        assert_eq!(active(&ports, &ann).len(), usize::from(verified));
    }
}

/// Each account is made with a switch. One that is missing must not be a way in.
#[test]
fn a_switch_that_is_missing_is_on() {
    let ports = world();
    assert!(account::two_factor(&ports, Uuid::from_u128(9)).unwrap());
}
