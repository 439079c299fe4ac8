//! A store or a mail server that is away at any step: a 5xx with a trace id, nobody is let in, nothing is given back.

use super::*;
use stepgate_storage::memory::Fault;

/// Breaks the operation after `skip` others, once; calls `check` with the world after it. Until there is nothing left to break.
fn at_each_step(world: &World, attempt: impl Fn(&World) -> Answer, check: impl Fn(&World, u64, Fault)) {
    for fault in [Fault::Before, Fault::After] {
        for skip in 0.. {
            assert!(skip < 200);
            let world = world.fork();
            world.ports.store.fail_after(skip, fault);
            let answer = attempt(&world);
            if world.ports.store.heal() {
                assert_eq!(answer.status, 200, "{}", answer.text());
                break;
            }
            // What an owner is told afterwards may be lost without that: docs/accounts.md.
            if answer.status != 200 {
                assert_refused(&answer, 500, "INTERNAL_ERROR", "Internal Server Error");
                assert_eq!(answer.json()["trace_id"], answer.header("x-trace-id"));
                assert_eq!(answer.headers.get("set-cookie"), None);
                check(&world, skip, fault);
            }
        }
    }
}

#[test]
fn a_sign_in_that_breaks_anywhere_lets_nobody_in_and_can_be_tried_again() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    at_each_step(
        &world,
        |world| world.login(ANN),
        |world, skip, fault| {
            world.wait(MINUTE);
            assert_eq!(world.login(ANN).status, 200, "{skip} {fault:?}");
        },
    );
}

#[test]
fn a_verification_that_breaks_anywhere_lets_nobody_in_by_itself() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    let code = world.code();
    // Of an operation that was done and whose answer was lost nobody can say that it was not: it was the right code.
    at_each_step(
        &world,
        |world| world.verify(&session, &code),
        |world, skip, fault| {
            let again = world.verify(&session, &code);
            assert!([200, 400].contains(&again.status), "{skip} {fault:?}: {}", again.text());
            let next = world.pending(ANN);
            assert_eq!(world.verify(&next, &world.code()).status, 200, "{skip} {fault:?}");
        },
    );
}

#[test]
fn a_wrong_code_whose_count_breaks_gives_no_attempt_back() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    let wrong = World::other_than(&world.code());
    for fault in [Fault::Before, Fault::After] {
        for skip in 0.. {
            let world = world.fork();
            let mut answers = 0;
            world.ports.store.fail_after(skip, fault);
            for _ in 0..8 {
                let answer = world.verify(&session, &wrong);
                assert_ne!(answer.status, 200);
                answers += u32::from(answer.json()["code"] == "INVALID_CODE");
            }
            assert!(answers <= 4, "{skip} {fault:?}: {answers}");
            if world.ports.store.heal() || skip > 120 {
                break;
            }
        }
    }
}

/// Whoever sets a lock may die before the sessions have ended: nobody is told that one is good, whichever way they ask first.
#[test]
fn a_lock_whose_maker_died_leaves_no_session_good_for_whoever_asks() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    let wrong = World::other_than(&world.code());
    for _ in 0..4 {
        world.verify(&session, &wrong);
    }
    let mut locked = 0;
    for fault in [Fault::Before, Fault::After] {
        for skip in 0.. {
            assert!(skip < 200);
            let world = world.fork();
            world.ports.store.fail_after(skip, fault);
            world.verify(&session, &wrong);
            if world.ports.store.heal() {
                break;
            }
            // An attempt in nobody's hands is a wrong one by then.
            world.wait(Duration::from_secs(20));
            if world.fork().login(ANN).status != 423 {
                continue;
            }
            locked += 1;
            for path in ["/auth/validate-session", "/auth/validation"] {
                let answer = world.fork().get(&active, path);
                assert_refused(&answer, 401, "SESSION_INVALID", "Session expired");
            }
            for path in ["/auth/bridge/validate", "/bridge/validate"] {
                let headers = [("x-bridge-secret", BRIDGE), ("content-type", "application/json")];
                let body = json!({ "session_id": active }).to_string();
                let answer = world.fork().ports.send_with(&headers, "POST", path, body);
                assert_refused(&answer, 401, "SESSION_INVALID", "Invalid or expired session");
            }
        }
    }
    assert!(locked > 0);
}

#[test]
fn a_change_that_breaks_anywhere_takes_no_second_factor_away_without_saying_so() {
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    let id = world.methods(&session)[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/auth/two_factor/{id}");
    at_each_step(
        &world,
        |world| world.delete(&session, &path, Value::Null),
        |world, skip, fault| {
            // Asked for again, it is done or was.
            assert!(
                [200, 404].contains(&world.delete(&session, &path, Value::Null).status),
                "{skip} {fault:?}"
            );
            assert_eq!(world.login(ANN).json()["success"], true, "{skip} {fault:?}");
        },
    );
    let off = |world: &World| world.post(&session, "/auth/two_factor/toggle", json!({ "enabled": false }));
    at_each_step(&world, off, |world, skip, fault| {
        assert_eq!(off(world).status, 200, "{skip} {fault:?}");
    });
}

#[test]
fn a_registration_that_breaks_anywhere_can_be_tried_again_and_makes_one_account() {
    let world = World::new();
    let body = json!({ "email": ANN, "password": PASSWORD });
    assert_eq!(world.open("POST", "/auth/register", body.clone()).status, 200);
    let code = world.code();
    let confirm = |world: &World, code: &str| {
        world.open(
            "POST",
            "/auth/register/verify",
            json!({ "email": ANN, "password": PASSWORD, "code": code }),
        )
    };
    at_each_step(
        &world,
        |world| confirm(world, &code),
        |world, skip, fault| {
            // The code may be used up; then there is another one, when the claim of the dead is over.
            for _ in 0..4 {
                if confirm(world, &code).status == 200 || world.login(ANN).status == 200 {
                    break;
                }
                world.wait(MINUTE);
                if world.open("POST", "/auth/register", body.clone()).status == 200 && world.sent() > 0 {
                    let sent = world.ports.sent.borrow().last().and_then(|message| code_in(&message.text));
                    if let Some(code) = sent {
                        confirm(world, &code);
                    }
                }
            }
            assert_eq!(world.login(ANN).json()["success"], true, "{skip} {fault:?}");
        },
    );
}

/// A mail server that is away: 5xx, and the pending session that would wait for its code has ended.
#[test]
fn a_sign_in_whose_code_cannot_be_sent_fails_and_leaves_nothing_to_guess_at() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    world.ports.delivery_fails.set(true);
    let answer = world.login(ANN);
    assert_refused(&answer, 500, "INTERNAL_ERROR", "Internal Server Error");
    assert_eq!(answer.headers.get("set-cookie"), None);
    let over = world.ports.store.everything().into_iter().filter(|(key, _)| key.ends_with("/over")).count();
    assert_eq!(over, 1);
    let log = world.ports.log.borrow().join("\n");
    assert!(log.contains("\"failure\"") && !log.contains("example.com"));
    world.ports.delivery_fails.set(false);
    let session = world.pending(ANN);
    assert_eq!(world.verify(&session, &world.code()).status, 200);
}

/// What an owner is only told is no reason to refuse what was done.
#[test]
fn a_change_is_made_even_if_its_owner_cannot_be_told() {
    let world = World::new();
    let session = world.join(ANN);
    world.ports.delivery_fails.set(true);
    let answer = world.post(&session, "/auth/two_factor/toggle", json!({ "enabled": true }));
    assert_eq!(answer.status, 200);
    assert!(
        world
            .ports
            .log
            .borrow()
            .iter()
            .any(|line| line.contains("\"owner_told\"") && line.contains("\"told\":false"))
    );
}
