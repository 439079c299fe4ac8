//! What opens a session, and what ends it.

use super::*;
use crate::accounts::epoch;
use crate::accounts::sessions::{self, Owner, PENDING, State};
use core::time::Duration;

const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

fn owner(ports: &TestPorts, account: &Account) -> Owner {
    Owner { account: account.id, epoch: epoch::current(ports, account.id).unwrap() }
}

fn state(ports: &TestPorts, token: &str) -> Option<State> {
    now(ports, |ctx| sessions::open(ctx, token)).unwrap().map(|(session, _)| session.state)
}

#[test]
fn a_pending_session_lives_ten_minutes_and_an_active_one_as_long_as_it_was_given() {
    let ports = world();
    let owner = owner(&ports, &ann(&ports));
    let (pending, _) = now(&ports, |ctx| sessions::begin_pending(ctx, owner)).unwrap();
    let (active, _) = now(&ports, |ctx| sessions::begin_active(ctx, owner, WEEK, false)).unwrap();
    ports.pass(PENDING - Duration::from_millis(1));
    assert_eq!(state(&ports, pending.text()), Some(State::Pending));
    ports.pass(Duration::from_millis(1));
    assert_eq!(state(&ports, pending.text()), None);
    ports.pass(WEEK - PENDING - Duration::from_millis(1));
    assert!(matches!(state(&ports, active.text()), Some(State::Active { two_factor: false, .. })));
    ports.pass(Duration::from_millis(1));
    assert_eq!(state(&ports, active.text()), None);
}

#[test]
fn a_promoted_session_keeps_its_id_and_one_that_was_ended_stays_so() {
    let ports = world();
    let owner = owner(&ports, &ann(&ports));
    let (token, _) = now(&ports, |ctx| sessions::begin_pending(ctx, owner)).unwrap();
    let (session, hash) = now(&ports, |ctx| sessions::open(ctx, token.text())).unwrap().unwrap();
    now(&ports, |ctx| sessions::promote(ctx, &session, hash, WEEK)).unwrap();
    assert!(matches!(state(&ports, token.text()), Some(State::Active { two_factor: true, .. })));
    now(&ports, |ctx| sessions::end(ctx, session.id)).unwrap();
    // Somebody who was slow.
    now(&ports, |ctx| sessions::promote(ctx, &session, hash, WEEK)).unwrap();
    assert_eq!(state(&ports, token.text()), None);
}

#[test]
fn a_new_epoch_ends_every_session_and_those_about_to_begin() {
    let ports = world();
    let ann = ann(&ports);
    let before = owner(&ports, &ann);
    let (token, _) = now(&ports, |ctx| sessions::begin_active(ctx, before, WEEK, true)).unwrap();
    now(&ports, |ctx| epoch::end_and_tell(ctx, ann.id)).unwrap();
    assert_eq!(state(&ports, token.text()), None);
    let (late, _) = now(&ports, |ctx| sessions::begin_active(ctx, before, WEEK, true)).unwrap();
    assert_eq!(state(&ports, late.text()), None);
}

#[test]
fn a_session_is_opened_by_its_token_and_nothing_like_it() {
    let ports = world();
    let owner = owner(&ports, &ann(&ports));
    let (token, session) = now(&ports, |ctx| sessions::begin_active(ctx, owner, WEEK, true)).unwrap();
    let signed = now(&ports, |ctx| sessions::begin_signed(ctx, owner, WEEK)).unwrap();
    assert!(state(&ports, token.text()).is_some());
    let text = token.text();
    let (head, last) = text.split_at(text.len() - 1);
    let changed = format!("{head}{}", if last == "A" { "B" } else { "A" });
    for other in ["", "ses_", &text[4..], &changed, &format!("{text}A"), &session.id.to_string()] {
        assert_eq!(state(&ports, other), None, "{other}");
    }
    // The id of a signed one is no secret, and opens nothing; nor is the other kind a signed one.
    assert!(now(&ports, |ctx| sessions::of_signed(ctx, signed.id)).unwrap().is_some());
    assert!(now(&ports, |ctx| sessions::of_signed(ctx, session.id)).unwrap().is_none());
    ports.set_setting("accounts", &ACCOUNTS.replace("aaaaaaaa", "cccccccc"));
    assert_eq!(state(&ports, text), None, "another tenant's");
}

#[test]
fn nothing_of_sessions_stays_in_the_store() {
    let ports = world();
    let owner = owner(&ports, &ann(&ports));
    let before = ports.store.keys();
    for _ in 0..10 {
        let (_, session) = now(&ports, |ctx| sessions::begin_pending(ctx, owner)).unwrap();
        now(&ports, |ctx| sessions::begin_active(ctx, owner, WEEK, false)).unwrap();
        now(&ports, |ctx| sessions::end(ctx, session.id)).unwrap();
    }
    ports.pass(Duration::from_secs(95 * 24 * 60 * 60));
    ports.store.sweep(ports.now.get().0 / 1000);
    let after = ports.store.keys();
    assert!(after.iter().all(|key| before.contains(key)), "{after:?}");
}
