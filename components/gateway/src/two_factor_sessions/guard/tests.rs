//! Several requests that have found the same code unused, in orders that whole requests cannot be brought into.

use super::*;
use crate::accounts::context::AccountSettings;
use crate::accounts::sessions::State;
use crate::http::TraceId;
use crate::settings::tenants;
use crate::testing::{TestPorts, sandbox};
use http::HeaderMap;
use stepgate_storage::Store as _;
use uuid::Uuid;

const GIVEN_AT: Timestamp = Timestamp(1);

fn session() -> Session {
    let state = State::Active { since: GIVEN_AT, two_factor: false };
    Session { id: Uuid::nil(), account: Uuid::nil(), state, epoch: 0, until: GIVEN_AT }
}

/// Somebody who has seen it unused makes a change.
fn change(ports: &TestPorts, change: impl FnOnce() -> Result<()>) -> Result<()> {
    let settings = AccountSettings::load(ports).unwrap();
    let tenant = &tenants(ports).unwrap()[0];
    let trace = TraceId::of(&HeaderMap::new(), ports);
    let ctx = Context { ports, settings: &settings, tenant, trace: &trace, now: GIVEN_AT };
    Leave::Given(Deed::Remove, GIVEN_AT).during(&ctx, &session(), change)
}

#[track_caller]
fn is_good_for_one(ports: &TestPorts) {
    assert!(change(ports, || Ok(())).is_ok());
    refuses(ports);
}

#[track_caller]
fn refuses(ports: &TestPorts) {
    let refused = change(ports, || panic!("it is used up"));
    assert!(matches!(refused, Err(Refused::Unconfirmed)));
}

fn world() -> TestPorts {
    let ports = sandbox();
    ports.set_setting(
        "accounts",
        r#"[{"partner":"aaaaaaaa-0d44-4b50-8888-8dd25736052a","name":"Acme","partner_id":7}]"#,
    );
    ports
}

#[test]
fn who_is_refused_beside_another_that_makes_nothing_leaves_it_for_the_next() {
    let ports = world();
    let wrong = change(&ports, || {
        refuses(&ports);
        refuses(&ports);
        Err(Refused::NoMethod)
    });
    assert!(matches!(wrong, Err(Refused::NoMethod)));
    is_good_for_one(&ports);
}

#[test]
fn who_is_refused_beside_another_that_makes_a_change_leaves_it_used_up() {
    let ports = world();
    let made = change(&ports, || {
        refuses(&ports);
        Ok(())
    });
    assert!(made.is_ok());
    refuses(&ports);
}

/// The first has given back and the second has not yet, when a third comes.
#[test]
fn who_gives_back_late_keeps_others_out_until_then_and_no_longer() {
    let ports = world();
    let key = used_key(&session(), Deed::Remove, GIVEN_AT);
    for who in [1, 2] {
        assert_eq!(ports.add(&key, 1).unwrap(), who);
    }
    ports.add(&key, -1).unwrap();
    refuses(&ports);
    ports.add(&key, -1).unwrap();
    is_good_for_one(&ports);
}
