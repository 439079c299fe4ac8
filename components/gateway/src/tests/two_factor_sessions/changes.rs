//! §4, §7.5 to §7.7: removing a method, and the switch.

use super::*;

fn remove(world: &World, session: &str, id: &str, body: Value) -> Answer {
    world.delete(session, &format!("/auth/two_factor/{id}"), body)
}

fn toggle(world: &World, session: &str, body: Value) -> Answer {
    world.post(session, "/auth/two_factor/toggle", body)
}

fn start(world: &World, session: &str, action: &str) -> String {
    let answer = world.post(session, "/auth/two_factor/email/start", json!({ "action": action }));
    assert_eq!(answer.status, 200, "{}", answer.text());
    world.code()
}

fn first_id(world: &World, session: &str) -> String {
    world.methods(session)[0]["id"].as_str().unwrap().to_owned()
}

/// A session that began without a second factor, of an account that has one.
fn unverified(world: &World) -> (String, String) {
    world.join(ANN);
    let one = world.login(ANN).json()["session_id"].as_str().unwrap().to_owned();
    let other = world.login(ANN).json()["session_id"].as_str().unwrap().to_owned();
    assert_eq!(toggle(world, &other, json!({ "enabled": true })).status, 200);
    (one, other)
}

/// §4: `POST toggle`: both names of the field, and all that clients read.
#[test]
fn the_switch_is_set_under_either_name_and_says_what_is_so() {
    let world = World::new();
    let session = world.join(ANN);
    for (body, on) in [
        (json!({ "enabled": true }), true),
        (json!({ "two_factor_enabled": false }), false),
        (json!({ "twoFactorEnabled": true }), true),
        (json!({ "enabled": true }), true),
        (json!({ "enabled": false }), false),
        (json!({ "enabled": false }), false),
    ] {
        let answer = toggle(&world, &session, body);
        let said = answer.json();
        assert_eq!(
            (answer.status, &said["two_factor"], &said["data"]["two_factor_enabled"]),
            (200, &json!(on), &json!(on))
        );
        assert_eq!(
            (&said["message"], &said["data"]["active_methods"]),
            (&said["data"]["message"], &json!(["email"]))
        );
        assert_eq!(world.get(&session, "/auth/me").json()["user"]["two_factor"], on);
    }
    // The owner was told of each change, and of nothing else.
    let told = world
        .ports
        .sent
        .borrow()
        .iter()
        .filter(|message| message.subject.contains("two-factor sign-in was"))
        .count();
    assert_eq!(told, 4);
}

/// §7.6: "current session counts as verified, other sessions stay".
#[test]
fn switching_on_counts_for_this_session_and_ends_no_other() {
    let world = World::new();
    let (one, other) = unverified(&world);
    let number = |session: &str| world.get(session, "/auth/me").json()["data"]["two_factor_verified"].clone();
    assert_eq!((number(&one), number(&other)), (json!(0), json!(1)));
    // Switching on what is on is no way to be verified.
    assert_eq!(toggle(&world, &one, json!({ "enabled": true })).status, 200);
    assert_eq!(number(&one), 0);
    // It ends when it would have.
    world.wait(Duration::from_secs(7 * 86_400) - MOMENT);
    assert!(world.is_in(&other));
    world.wait(MOMENT);
    assert!(!world.is_in(&other));
}

/// §7.6: "toggle off: active, two_factor_verified session suffices in default mode".
#[test]
fn switching_off_takes_a_verified_session_or_a_code() {
    let world = World::new();
    let (one, _) = unverified(&world);
    let answer = toggle(&world, &one, json!({ "enabled": false }));
    assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("TWO_FACTOR_REQUIRED")));
    let code = start(&world, &one, "toggle");
    let wrong = json!({ "enabled": false, "verification_code": World::other_than(&code) });
    assert_eq!(toggle(&world, &one, wrong).json()["code"], "INVALID_CODE");
    let id = first_id(&world, &one);
    // Under each of its names.
    for right in [
        json!({ "enabled": false, "verification_code": code, "verification_method_id": id }),
        json!({ "enabled": false, "verificationCode": code, "verificationMethodId": id }),
        json!({ "enabled": false, "code": code, "verification_method": "email" }),
        json!({ "enabled": false, "verificationCode": code, "verificationMethod": "email" }),
    ] {
        assert_eq!(toggle(&world.fork(), &one, right.clone()).status, 200, "{right}");
    }
    // And looked at: a method that has no code outstanding is not the one whose code this is.
    for (name, value) in [
        ("verificationMethodId", "aaaaaaaa-0d44-4b50-8888-8dd25736052a"),
        ("verificationMethod", "totp"),
        ("verification_method", "totp"),
    ] {
        let answer = toggle(&world, &one, json!({ "enabled": false, "code": code, name: value }));
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("CODE_EXPIRED")), "{name}");
    }
    let right = json!({ "enabled": false, "code": code });
    assert_eq!(toggle(&world, &one, right).status, 200);
    assert_eq!(world.login(ANN).json()["success"], true);
}

/// §7.5: "if a body code is sent it must be right", even where none is needed.
#[test]
fn a_code_that_comes_along_must_be_right() {
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    let id = first_id(&world, &session);
    let code = start(&world, &session, "remove");
    let answer = remove(&world, &session, &id, json!({ "verification_code": World::other_than(&code) }));
    assert_eq!((answer.status, &answer.json()["attempts_remaining"]), (400, &json!(4)));
    let answer = remove(&world, &session, &id, json!({ "verification_code": "12345" }));
    assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("VALIDATION_ERROR")));
    let answer = toggle(&world, &session, json!({ "enabled": false, "verification_code": code }));
    assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("CODE_EXPIRED")));
    assert_eq!(world.methods(&session).len(), 1);
    assert_eq!(remove(&world, &session, &id, json!({ "verification_code": code })).status, 200);
}

/// §4: `DELETE :id` answers `{"removed": true, "id"}`; §7.5: the last active method takes the switch with it.
#[test]
fn a_removed_method_is_gone_and_the_last_one_switches_off() {
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    let mine = first_id(&world, &session);
    world.wait(MINUTE);
    let other = world.add_email(&session, "other@example.com");
    let body = remove(&world, &session, &mine, Value::Null).json();
    assert_eq!(
        (&body["data"]["removed"], &body["data"]["id"], &body["two_factor"]),
        (&json!(true), &json!(mine), &json!(true))
    );
    assert_refused(
        &remove(&world, &session, &mine, Value::Null),
        404,
        "METHOD_NOT_FOUND",
        "Method not found",
    );
    world.pending(ANN);
    assert_eq!(world.ports.sent.borrow().last().unwrap().to, "other@example.com");
    let body = remove(&world, &session, &other, Value::Null).json();
    assert_eq!((&body["two_factor"], &body["data"]["two_factor_enabled"]), (&json!(false), &json!(false)));
    assert_eq!(world.login(ANN).json()["success"], true);
}

/// Recovery codes are no method of their own.
#[test]
fn recovery_codes_that_are_left_over_keep_nothing_on() {
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    world.post(&session, "/auth/two_factor/recovery/setup", Value::Null);
    let body = remove(&world, &session, &first_id(&world, &session), Value::Null).json();
    assert_eq!(body["two_factor"], false);
    assert_eq!(world.login(ANN).json()["success"], true);
}

/// Where it is mandatory nobody gets rid of it, nor of the last method.
#[test]
fn a_mandatory_second_factor_stays() {
    let world = World::with(json!({ "mfa": "mandatory" }));
    let session = world.join(ANN);
    let id = first_id(&world, &session);
    let text = "Two-factor sign-in cannot be switched off here";
    assert_refused(&toggle(&world, &session, json!({ "enabled": false })), 403, "TWO_FACTOR_MANDATORY", text);
    assert_refused(&remove(&world, &session, &id, Value::Null), 403, "TWO_FACTOR_MANDATORY", text);
    world.wait(MINUTE);
    let other = world.add_email(&session, "other@example.com");
    assert_eq!(remove(&world, &session, &id, Value::Null).status, 200);
    assert_refused(&remove(&world, &session, &other, Value::Null), 403, "TWO_FACTOR_MANDATORY", text);
    world.pending(ANN);
}

/// What is gone is told of, whatever fails after it.
#[test]
fn a_removal_that_failed_half_way_is_told_of() {
    for skip in 0.. {
        let world = World::new();
        let session = world.join_with_two_factor(ANN);
        let id = first_id(&world, &session);
        world.ports.sent.borrow_mut().clear();
        world.ports.store.fail_after(skip, stepgate_storage::memory::Fault::Before);
        let answer = remove(&world, &session, &id, Value::Null);
        let reached = !world.ports.store.heal();
        let gone = !world.methods(&session).iter().any(|method| method["id"] == id.as_str());
        let told = world.ports.sent.borrow().iter().any(|mail| mail.subject.contains("factor was removed"));
        // Whatever fails while it is told of leaves nobody to tell.
        assert!(told || !gone || answer.status == 200, "{skip}: {}", answer.text());
        if !reached {
            assert_eq!(answer.status, 200);
            return;
        }
    }
}

/// Two methods, each removed while the other is: nobody of a mandatory tenant ends up without one, and what its owner is told is what was
/// done.
#[test]
fn two_removals_at_once_leave_a_mandatory_account_a_method() {
    for second in ["email", "totp"] {
        let world = World::with(json!({ "mfa": "mandatory" }));
        let session = world.join(ANN);
        world.wait(MINUTE);
        let other = match second {
            "email" => world.add_email(&session, "other@example.com"),
            _ => made::add_app(&world, &session).1,
        };
        let mine = first_id(&world, &session);
        for (here, there) in [(&mine, &other), (&other, &mine)] {
            meet(&world, &session, (here, there));
        }
    }
}

/// Removes one method while another is, at each step of it.
fn meet(world: &World, session: &str, (here, there): (&str, &str)) {
    let told = |world: &World| {
        let sent = world.ports.sent.borrow();
        sent.iter().filter(|message| message.subject.contains("factor was removed")).count()
    };
    for step in 0..80 {
        let world = world.fork();
        let (id, path) = (session.to_owned(), format!("/auth/two_factor/{there}"));
        let theirs = std::rc::Rc::new(core::cell::Cell::new(0));
        let answered = theirs.clone();
        *world.ports.before_operation.borrow_mut() = Some((
            step,
            Box::new(move |ports| {
                answered.set(ports.send_with(&[("x-session-id", &id)], "DELETE", &path, "").status);
            }),
        ));
        let ours = remove(&world, session, here, Value::Null).status;
        let over = world.ports.before_operation.take().is_some();
        let left = world.methods(session).iter().filter(|method| method["status"] == "active").count();
        assert_eq!(left, 1, "{step}");
        let login = world.login(ANN);
        assert_eq!((login.status, &login.json()["requires_2fa"]), (200, &json!(true)), "{step}");
        let done = [ours, theirs.get()].into_iter().filter(|status| *status == 200).count();
        assert_eq!(told(&world), done, "{step}: {ours} {}", theirs.get());
        if over {
            return;
        }
    }
    panic!("a removal takes more than 80 operations");
}

/// A code that was sent by a method is worthless once that is removed.
#[test]
fn a_code_of_a_method_that_was_removed_lets_nobody_in() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    world.wait(MINUTE);
    world.add_email(&active, "other@example.com");
    let session = world.pending(ANN);
    let code = world.code();
    let id = first_id(&world, &active);
    assert_eq!(remove(&world, &active, &id, Value::Null).status, 200);
    let body = json!({ "code": code, "method_id": id, "action": "login" });
    assert_refused(
        &world.post(&session, "/auth/two_factor/verify", body),
        404,
        "METHOD_NOT_FOUND",
        "Method not found",
    );
    assert_eq!(world.verify(&session, &code).json()["code"], "CODE_EXPIRED");
}

/// A setup that is confirmed while its method is removed is one or the other, and the switch has a method or is off.
#[test]
fn a_removal_meanwhile_leaves_the_switch_and_the_methods_in_accord() {
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    let id = first_id(&world, &session);
    for step in 0..80 {
        let world = world.fork();
        let (there, path) = (session.clone(), format!("/auth/two_factor/{id}"));
        *world.ports.before_operation.borrow_mut() = Some((
            step,
            Box::new(move |ports| {
                ports.send_with(&[("x-session-id", &there)], "DELETE", &path, "");
            }),
        ));
        let sent =
            world.post(&session, "/auth/two_factor/email/setup", json!({ "email": "other@example.com" }));
        if sent.status == 200 {
            let body =
                json!({ "code": world.code(), "method_id": sent.json()["method_id"], "action": "setup" });
            world.post(&session, "/auth/two_factor/verify", body);
        }
        let over = world.ports.before_operation.take().is_some();
        let login = world.login(ANN);
        assert_eq!(login.status, 200, "{step}");
        let methods = world.methods(&session);
        let active = methods.iter().any(|method| method["status"] == "active");
        assert!(active || login.json()["success"] == true, "{step}");
        if over {
            return;
        }
    }
    panic!("a setup takes more than 80 operations");
}

/// §1: whatever is asked, methods and switches are the account's own.
#[test]
fn nobody_changes_anything_of_somebody_elses() {
    let world = World::new();
    let ann = world.join_with_two_factor(ANN);
    let eve = world.join("eve@example.com");
    let code = start(&world, &ann, "remove");
    let id = first_id(&world, &ann);
    for body in [Value::Null, json!({ "verification_code": code, "verification_method_id": id })] {
        assert_eq!(remove(&world, &eve, &id, body).status, 404);
    }
    let verify = json!({ "code": code, "method": "email", "action": "remove" });
    assert_eq!(world.post(&eve, "/auth/two_factor/verify", verify).json()["code"], "CODE_EXPIRED");
    assert_eq!(world.methods(&ann).len(), 1);
}

/// A removal is told of as what it was: where the switch was off, nothing was switched off.
#[test]
fn removing_the_last_method_with_the_switch_off_is_no_switching_off() {
    for on in [false, true] {
        let world = World::new();
        let session = if on { world.join_with_two_factor(ANN) } else { world.join(ANN) };
        assert_eq!(remove(&world, &session, &first_id(&world, &session), Value::Null).status, 200);
        let sent = world.ports.sent.borrow();
        let said = |text: &str| sent.iter().filter(|message| message.subject.contains(text)).count();
        assert_eq!((said("was switched off"), said("factor was removed")), (usize::from(on), 1));
    }
}

/// §7.5, default mode: a session in which no factor was given removes nothing by itself; `verify` before, at most ten minutes, is enough
/// for one removal; with 2FA off nothing is asked for.
#[test]
fn a_removal_takes_a_verified_session_or_a_code_given_before() {
    let world = World::new();
    let (one, other) = unverified(&world);
    world.wait(MINUTE);
    let second = world.add_email(&other, "other@example.com");
    let mine = first_id(&world, &one);
    let refused = |answer: Answer| {
        assert_refused(&answer, 403, "TWO_FACTOR_REQUIRED", "Confirm this with a verification code first");
    };
    refused(remove(&world, &one, &second, Value::Null));
    let code = {
        let body = json!({ "action": "remove", "method_id": mine });
        assert_eq!(world.post(&one, "/auth/two_factor/email/start", body).status, 200);
        world.code()
    };
    let verify = json!({ "code": code, "method_id": mine, "action": "remove" });
    let answer = world.post(&one, "/auth/two_factor/verify", verify);
    // §7.2: as of every code that was right.
    let data = answer.json()["data"].clone();
    assert_eq!((answer.status, &data["two_factor_verified"]), (200, &json!(1)));
    assert_eq!((&data["session_activated"], &data["session_status"]), (&json!(true), &json!("active")));
    refused(toggle(&world, &one, json!({ "enabled": false })));
    let late = world.fork();
    late.wait(10 * MINUTE);
    refused(remove(&late, &one, &second, Value::Null));
    world.wait(10 * MINUTE - MOMENT);
    assert_eq!(remove(&world, &one, &second, Value::Null).status, 200);
    refused(remove(&world, &one, &mine, Value::Null));
    assert_eq!(toggle(&world, &other, json!({ "enabled": false })).status, 200);
    assert_eq!(remove(&world, &one, &mine, Value::Null).status, 200);
}

/// Where the deployment has two-factor sign-in off there is no code to be had, so none is asked for.
#[test]
fn a_switch_that_was_left_on_can_be_set_where_two_factor_sign_in_is_off() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    world.configure(json!({ "two_factor": false }));
    let session = world.login(ANN).json()["session_id"].as_str().unwrap().to_owned();
    let id = first_id(&world, &session);
    let gone = world.fork();
    assert_eq!(toggle(&world, &session, json!({ "enabled": false })).status, 200);
    assert_eq!(world.get(&session, "/auth/me").json()["user"]["two_factor"], false);
    assert_eq!(remove(&gone, &session, &id, Value::Null).status, 200);
}

/// §7.6: switching on counts as verified for as long as it is on, and not for who switches it off and on again.
#[test]
fn a_session_that_switched_on_is_verified_until_it_is_switched_off() {
    let world = World::new();
    let (one, other) = unverified(&world);
    let number = |session: &str| world.get(session, "/auth/me").json()["data"]["two_factor_verified"].clone();
    let given = world.pending(ANN);
    assert_eq!(world.verify(&given, &world.code()).status, 200);
    assert_eq!((number(&one), number(&other), number(&given)), (json!(0), json!(1), json!(1)));
    assert_eq!(toggle(&world, &given, json!({ "enabled": false })).status, 200);
    assert_eq!(toggle(&world, &given, json!({ "enabled": true })).status, 200);
    // A code was given in this one, and none in the other.
    assert_eq!((number(&one), number(&other), number(&given)), (json!(0), json!(0), json!(1)));
    let answer = remove(&world, &other, &first_id(&world, &other), Value::Null);
    assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("TWO_FACTOR_REQUIRED")));
}
