//! One account for each address and each name.

use super::*;
use crate::accounts::account::{Name, id_of};
use crate::accounts::methods;
use crate::accounts::refusal::Refusal;
use core::cell::RefCell;
use core::time::Duration;
use std::rc::Rc;
use stepgate_storage::memory::Fault;
use uuid::Uuid;

fn found(ports: &TestPorts, name: &str) -> Option<Uuid> {
    now(ports, |ctx| id_of(ports, &ctx.scope(), &Name::parse(name).unwrap())).unwrap()
}

/// At whichever operation the other comes: one of the two has the address, and whoever was told so.
#[test]
fn two_that_register_one_address_at_once_are_one_account() {
    for at in 0.. {
        let ports = world();
        let other = Rc::new(RefCell::new(None));
        let seen = Rc::clone(&other);
        let elsewhere: crate::testing::Elsewhere = Box::new(move |ports| {
            let made = now(ports, |ctx| register::create(ctx, person("ann@example.com"), VERIFIED));
            *seen.borrow_mut() = Some(made);
        });
        *ports.before_operation.borrow_mut() = Some((at, elsewhere));
        let one = now(&ports, |ctx| register::create(ctx, person("ann@example.com"), VERIFIED));
        if ports.before_operation.borrow().is_some() {
            break;
        }
        let made: Vec<Uuid> =
            [Some(one), other.take()].into_iter().flatten().flatten().map(|one| one.id).collect();
        assert_eq!(made.len(), 1, "at {at}");
        assert_eq!(found(&ports, "ann@example.com"), made.first().copied(), "at {at}");
    }
}

#[test]
fn a_user_name_belongs_to_one_account() {
    let ports = world();
    now(&ports, |ctx| register::create(ctx, named("ann@example.com", "ann"), VERIFIED)).unwrap();
    let other = now(&ports, |ctx| register::create(ctx, named("ben@example.com", "Ann"), VERIFIED));
    assert!(matches!(other, Err(Refusal::UserNameTaken)));
    assert_eq!(found(&ports, "ben@example.com"), None);
    // And who was refused for the name can have the address.
    now(&ports, |ctx| register::create(ctx, named("ben@example.com", "ben"), VERIFIED)).unwrap();
}

#[test]
fn an_account_whose_making_failed_half_way_is_made_by_the_next_try() {
    for fault in [Fault::Before, Fault::After] {
        for skip in 0.. {
            let ports = world();
            ports.store.fail_after(skip, fault);
            let one = now(&ports, |ctx| register::create(ctx, named("ann@example.com", "ann"), VERIFIED));
            let failed = !ports.store.heal();
            assert_eq!(one.is_err(), failed, "{skip} {fault:?}");
            if !failed {
                break;
            }
            // Whoever died may hold the claim for a minute.
            ports.pass(Duration::from_secs(61));
            match now(&ports, |ctx| register::create(ctx, named("ann@example.com", "ann"), VERIFIED)) {
                Ok(account) => assert_eq!(found(&ports, "ann"), Some(account.id), "{skip} {fault:?}"),
                Err(Refusal::EmailTaken) => {}
                Err(other) => panic!("{skip} {fault:?}: {other:?}"),
            }
            let account = found(&ports, "ann@example.com").unwrap();
            let due = now(&ports, |ctx| methods::due(ctx, account)).unwrap();
            assert_eq!(due.map(|due| due.len()), Some(1), "{skip} {fault:?}");
        }
    }
}

#[test]
fn an_address_is_one_whatever_its_case_and_another_for_every_tenant() {
    let ports = world();
    ann(&ports);
    assert!(found(&ports, "ANN@Example.com").is_some());
    let again = now(&ports, |ctx| register::create(ctx, person("Ann@example.com"), VERIFIED));
    assert!(matches!(again, Err(Refusal::EmailTaken)));
    ports.set_setting("accounts", &ACCOUNTS.replace("aaaaaaaa", "cccccccc"));
    assert_eq!(found(&ports, "ann@example.com"), None);
}
