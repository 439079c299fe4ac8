//! A code is compared at most `limit` times, in time, for what it was sent for, and confirms once.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::time::Duration;
use stepgate_otp::{ChallengeId, Code, Error, Key, Keys, Policy, Request, Status, Verdict};
use support::*;

#[test]
fn the_right_code_confirms_once_and_is_told_so_ever_after() {
    let world = World::default();
    let issued = world.issue();
    let id = issued.challenge.id;
    let first = world.verify(id, issued.code).unwrap();
    assert_eq!(first.verdict, Verdict::Confirmed);
    assert_eq!((first.challenge.status, first.challenge.attempts), (Status::Confirmed, 1));
    for _ in 0..10 {
        let again = world.verify(id, issued.code).unwrap();
        assert_eq!(again.verdict, Verdict::ConfirmedAlready);
        assert_eq!((again.challenge.status, again.challenge.attempts), (Status::Confirmed, 1));
        let wrong = world.verify(id, other_than(issued.code)).unwrap();
        assert_eq!((wrong.verdict, wrong.challenge.status), (Verdict::ConfirmedAlready, Status::Confirmed));
    }
}

#[test]
fn the_last_wrong_code_rejects_and_the_right_one_is_too_late_then() {
    let world = World::default();
    let issued = world.issue();
    let id = issued.challenge.id;
    for attempt in 1..=u32::from(LIMIT) {
        let verified = world.verify(id, other_than(issued.code)).unwrap();
        let status = if attempt == u32::from(LIMIT) { Status::Rejected } else { Status::Pending };
        assert_eq!(verified.verdict, Verdict::Wrong);
        assert_eq!((verified.challenge.status, verified.challenge.attempts), (status, attempt));
    }
    let late = world.verify(id, issued.code).unwrap();
    assert_eq!((late.verdict, late.challenge.status), (Verdict::Refused, Status::Rejected));
    assert_eq!(late.challenge.attempts, u32::from(LIMIT));
}

#[test]
fn a_code_lives_until_its_end_and_not_a_millisecond_longer() {
    let world = World::default();
    let issued = world.issue();
    world.clock.pass(LIFETIME - Duration::from_millis(1));
    assert_eq!(world.status(issued.challenge.id).status, Status::Pending);
    world.clock.pass(Duration::from_millis(1));
    let late = world.verify(issued.challenge.id, issued.code).unwrap();
    assert_eq!((late.verdict, late.challenge.status), (Verdict::Refused, Status::Expired));
    assert_eq!(late.challenge.attempts, 0);

    let world = World::default();
    let issued = world.issue();
    world.clock.pass(LIFETIME - Duration::from_millis(1));
    assert_eq!(world.verify(issued.challenge.id, issued.code).unwrap().verdict, Verdict::Confirmed);
    world.clock.pass(LIFETIME);
    assert_eq!(world.status(issued.challenge.id).status, Status::Confirmed);
}

#[test]
fn another_scope_another_purpose_and_an_unknown_id_are_all_not_found_and_cost_nothing() {
    let world = World::default();
    let issued = world.issue();
    let core = world.core();
    let id = issued.challenge.id;
    let unknown = ChallengeId::parse("018f2f6e-7c00-7abc-8def-0123456789ab").unwrap();
    let ask = |scope_text, id, purpose: Option<_>| {
        refused(core.verify(&scope(scope_text), id, purpose.as_ref(), issued.code, &keys(), true))
    };
    for outside in ["p2", "p1/s2", "p1/s1/x", "p"] {
        assert_eq!(ask(outside, id, None), Error::NotFound, "{outside}");
        assert_eq!(refused(core.status(&scope(outside), id)), Error::NotFound, "{outside}");
    }
    assert_eq!(ask("p1", unknown, None), Error::NotFound);
    assert_eq!(ask("p1", id, Some(purpose("login"))), Error::NotFound);
    assert_eq!(world.status(id).attempts, 0);
    let right = core.verify(&scope("p1/s1"), id, Some(&purpose("email-change")), issued.code, &keys(), false);
    assert_eq!(right.unwrap().verdict, Verdict::Confirmed);
}

#[test]
fn a_code_is_worthless_for_every_other_challenge() {
    let world = World::default();
    let first = world.issue();
    let other = Request { entity: entity("customer/2/email"), ..request() };
    let second = world.issue_request(other).unwrap();
    assert_ne!(first.code.digits(), second.code.digits());
    assert_eq!(world.verify(second.challenge.id, first.code).unwrap().verdict, Verdict::Wrong);
    assert_eq!(world.verify(first.challenge.id, second.code).unwrap().verdict, Verdict::Wrong);
}

#[test]
fn the_sandbox_code_needs_the_challenge_and_the_caller_to_be_of_the_sandbox() {
    for (issued_there, asked_there) in [(false, false), (false, true), (true, false), (true, true)] {
        let world = World::default();
        let policy = Policy::new(600, LIMIT, 0, issued_there).unwrap();
        let issued = world.issue_request(Request { policy, ..request() }).unwrap();
        let id = issued.challenge.id;
        let verify = |code| world.core().verify(&scope("p1"), id, None, code, &keys(), asked_there).unwrap();
        let both = issued_there && asked_there;
        let expected = if both { Verdict::Confirmed } else { Verdict::Wrong };
        assert_eq!(verify(Code::SANDBOX).verdict, expected);
        let then = if both { Verdict::ConfirmedAlready } else { Verdict::Confirmed };
        assert_eq!(verify(issued.code).verdict, then);
    }
}

#[test]
fn the_link_shows_without_spending_and_confirms_like_the_code() {
    let world = World::default();
    let issued = world.issue();
    let core = world.core();
    let token = issued.link_token.as_str();
    for _ in 0..20 {
        let shown = core.open_link(token, &keys()).unwrap();
        assert_eq!((shown.status, shown.attempts), (Status::Pending, 0));
    }
    assert_eq!(core.confirm_link(token, &keys()).unwrap().verdict, Verdict::Confirmed);
    assert_eq!(core.confirm_link(token, &keys()).unwrap().verdict, Verdict::ConfirmedAlready);
    assert_eq!(world.verify(issued.challenge.id, issued.code).unwrap().verdict, Verdict::ConfirmedAlready);
}

#[test]
fn a_wrong_link_is_not_found_and_burns_nothing() {
    let world = World::default();
    let issued = world.issue();
    let core = world.core();
    let token = issued.link_token.clone();
    assert_eq!(token.len(), 54);
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let wrong = String::from_utf8(bytes).unwrap();
        assert_eq!(refused(core.open_link(&wrong, &keys())), Error::NotFound, "{at}");
        assert_eq!(refused(core.confirm_link(&wrong, &keys())), Error::NotFound, "{at}");
    }
    for wrong in ["", "x", &token[..53], &format!("{token}A"), "ü".repeat(27).as_str()] {
        assert_eq!(refused(core.confirm_link(wrong, &keys())), Error::NotFound);
    }
    assert_eq!(world.status(issued.challenge.id).attempts, 0);
}

#[test]
fn a_link_dies_with_its_challenge() {
    let world = World::default();
    let issued = world.issue();
    for _ in 0..LIMIT {
        world.verify(issued.challenge.id, other_than(issued.code)).unwrap();
    }
    let late = world.core().confirm_link(&issued.link_token, &keys()).unwrap();
    assert_eq!((late.verdict, late.challenge.status), (Verdict::Refused, Status::Rejected));

    let world = World::default();
    let issued = world.issue();
    world.clock.pass(LIFETIME);
    let late = world.core().confirm_link(&issued.link_token, &keys()).unwrap();
    assert_eq!((late.verdict, late.challenge.status), (Verdict::Refused, Status::Expired));
}

#[test]
fn keys_rotate_and_a_missing_key_spends_no_attempt() {
    let world = World::default();
    let issued = world.issue();
    let id = issued.challenge.id;
    let key = |id, byte| Key::new(id, &[byte; 32]).unwrap();
    let verify = |keys| world.core().verify(&scope("p1"), id, None, issued.code, &keys, false);
    let without = Keys::new(vec![key("k2", 8)]).unwrap();
    assert!(matches!(refused(verify(without)), Error::Unavailable(_)));
    let impostor = Keys::new(vec![key("k1", 8)]).unwrap();
    assert_eq!(verify(impostor).unwrap().verdict, Verdict::Wrong);
    let rotated = Keys::new(vec![key("k2", 8), key("k1", 7)]).unwrap();
    assert_eq!(verify(rotated).unwrap().verdict, Verdict::Confirmed);
}

#[test]
fn nothing_at_rest_shows_the_code_or_the_link() {
    let world = World::default();
    let issued = world.issue();
    let digits = core::str::from_utf8(issued.code.digits()).unwrap();
    let kept = world.store.everything();
    assert!(!kept.is_empty());
    for (key, value) in kept {
        let plain = stepgate_otp_plain(&value);
        for secret in [digits, &issued.link_token] {
            assert!(!key.contains(secret) && !value.contains(secret) && !plain.contains(secret), "{key}");
        }
    }
}

/// A value as text, with its base64 undone.
fn stepgate_otp_plain(value: &str) -> String {
    use base64::Engine as _;
    let encoded = value.rsplit(' ').next().unwrap_or("").get(1..).unwrap_or("");
    let bytes = base64::engine::general_purpose::STANDARD_NO_PAD.decode(encoded).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn store_operations_are_within_their_budget() {
    let world = World::default();
    let (first, operations) = world.operations(|| world.issue());
    assert_eq!(operations, 3, "a first issue");
    let (issued, operations) = world.operations(|| world.issue());
    assert_eq!(operations, 5, "an issue over a pending challenge");
    let id = issued.challenge.id;
    let (_, operations) = world.operations(|| world.verify(id, other_than(issued.code)).unwrap());
    assert_eq!(operations, 3, "a wrong code");
    let (_, operations) = world.operations(|| world.verify(id, issued.code).unwrap());
    assert_eq!(operations, 3, "the right code");
    let (_, operations) = world.operations(|| world.verify(id, issued.code).unwrap());
    assert_eq!(operations, 2, "refused: confirmed");
    let (third, operations) = world.operations(|| world.issue());
    assert_eq!(operations, 5, "an issue over a confirmed challenge");
    for _ in 0..LIMIT {
        world.verify(third.challenge.id, other_than(third.code)).unwrap();
    }
    let (_, operations) = world.operations(|| world.verify(third.challenge.id, third.code).unwrap());
    assert_eq!(operations, 2, "refused: rejected");
    let fourth = world.issue();
    world.clock.pass(LIFETIME);
    let (_, operations) = world.operations(|| world.verify(fourth.challenge.id, fourth.code).unwrap());
    assert_eq!(operations, 2, "refused: expired");
    let (_, operations) = world.operations(|| world.verify(first.challenge.id, first.code).unwrap());
    assert_eq!(operations, 5, "refused: superseded, for which the entity's log is looked at");
}
