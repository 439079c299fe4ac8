//! §5: the rules of codes.

use super::*;

/// Format: "6 numeric digits, string"; §6: "`code` not 6 digits (or a JSON number)". No attempt is taken.
#[test]
fn a_code_is_a_string_of_six_digits_and_anything_else_takes_no_attempt() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    let code = world.code();
    let number: u32 = code.parse().unwrap();
    for wrong in [
        json!(number),
        json!(""),
        json!("12345"),
        json!("1234567"),
        json!(" 12345"),
        json!("12345a"),
        json!("１２３４５６"),
        json!(true),
        json!([code]),
        json!({ "code": code }),
        Value::Null,
        json!("-12345"),
    ] {
        let body = json!({ "code": wrong, "method": "email", "action": "login" });
        let answer = world.post(&session, "/auth/two_factor/verify", body);
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("VALIDATION_ERROR")), "{wrong}");
    }
    let answer = world.verify(&session, &World::other_than(&code));
    assert_eq!(answer.json()["attempts_remaining"], 4);
    assert_eq!(world.verify(&session, &code).status, 200);
}

/// Lifetime: 600 s, and never past the pending session.
#[test]
fn a_code_is_good_for_600_seconds_and_no_longer_than_its_session() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    let code = world.code();
    let late = world.fork();
    world.wait(10 * MINUTE - MOMENT);
    assert_eq!(world.verify(&session, &code).status, 200);
    late.wait(10 * MINUTE);
    assert_refused(&late.verify(&session, &code), 401, "SESSION_INVALID", "Invalid or expired session");
    // One that is sent late ends with its session.
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    world.wait(9 * MINUTE);
    let sent = world.post(&session, "/auth/two_factor/email/start", Value::Null).json();
    assert_eq!(sent["data"]["expires_in_seconds"], 60);
    // In an active session it is 600 seconds and no more, whatever it is for.
    let setup =
        world.post(&active, "/auth/two_factor/email/setup", json!({ "email": "other@example.com" })).json();
    assert_eq!(setup["expires_in"], 600);
    let mut codes = vec![("setup", world.code())];
    for action in ["remove", "toggle"] {
        let sent = world.post(&active, "/auth/two_factor/email/start", json!({ "action": action })).json();
        assert_eq!(sent["data"]["expires_in_seconds"], 600);
        codes.push((action, world.code()));
    }
    world.wait(10 * MINUTE - MOMENT);
    let late = world.fork();
    late.wait(MOMENT);
    for (action, code) in codes {
        let body = json!({ "code": code, "method": "email", "action": action });
        let answer = late.post(&active, "/auth/two_factor/verify", body.clone());
        assert_refused(&answer, 400, "CODE_EXPIRED", "Verification code expired");
        assert_eq!(world.post(&active, "/auth/two_factor/verify", body).status, 200, "{action}");
    }
}

/// Wrong-code limit, and "after limit, action login: pending session destroyed → 401 afterwards". It is the account's here.
#[test]
fn the_fifth_wrong_code_ends_the_pending_session_and_locks_the_account() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    let (code, before) = (world.code(), world.sent());
    let wrong = World::other_than(&code);
    for left in [4, 3, 2, 1] {
        let answer = world.verify(&session, &wrong);
        assert_refused(&answer, 400, "INVALID_CODE", "Invalid verification code");
        assert_eq!(answer.json()["attempts_remaining"], left);
    }
    let answer = world.verify(&session, &wrong);
    assert_refused(&answer, 429, "TOO_MANY_ATTEMPTS", "Too many attempts");
    assert_eq!((&answer.json()["attempts_remaining"], answer.header("retry-after")), (&json!(0), "1800"));
    assert_refused(&world.verify(&session, &code), 401, "SESSION_INVALID", "Invalid or expired session");
    let answer = world.login(ANN);
    assert_eq!((answer.status, &answer.json()["code"]), (423, &json!("ACCOUNT_LOCKED")));
    assert_eq!(answer.header("retry-after"), "1800");
    // The owner is told, once.
    let told = |world: &World| {
        let sent = world.ports.sent.borrow();
        sent[before..].iter().filter(|message| message.subject.contains("locked")).count()
    };
    assert_eq!(told(&world), 1);
    world.login(ANN);
    assert_eq!(told(&world), 1);
    // And it ends by itself.
    world.wait(30 * MINUTE - MOMENT);
    assert_eq!(world.login(ANN).status, 423);
    world.wait(MOMENT);
    let session = world.pending(ANN);
    assert_eq!(world.verify(&session, &world.code()).status, 200);
}

/// Whoever does not know the password learns nothing of a lock.
#[test]
fn a_lock_is_told_to_whoever_knows_the_password_only() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    let wrong = World::other_than(&world.code());
    for _ in 0..5 {
        world.verify(&session, &wrong);
    }
    let answer = world.open("POST", "/auth/login", json!({ "email": ANN, "password": "wrong horse" }));
    assert_refused(&answer, 401, "INVALID_CREDENTIALS", "Invalid credentials");
}

/// "After limit, other actions: challenge dead"; the account's sessions have ended with the lock.
#[test]
fn wrong_codes_of_other_actions_count_too_and_the_fifth_ends_every_session() {
    for action in ["setup", "remove", "toggle"] {
        let world = World::new();
        let session = world.join_with_two_factor(ANN);
        world.post(&session, "/auth/two_factor/email/setup", json!({ "email": "other@example.com" }));
        world.wait(MINUTE);
        let start = json!({ "action": action });
        assert_eq!(world.post(&session, "/auth/two_factor/email/start", start).status, 200);
        let wrong = World::other_than(&world.code());
        let body = json!({ "code": wrong, "method": "email", "action": action });
        for left in [4, 3, 2, 1] {
            let answer = world.post(&session, "/auth/two_factor/verify", body.clone());
            assert_eq!(answer.json()["attempts_remaining"], left, "{action}");
        }
        let answer = world.post(&session, "/auth/two_factor/verify", body.clone());
        assert_eq!((answer.status, &answer.json()["code"]), (429, &json!("TOO_MANY_ATTEMPTS")));
        assert_eq!(world.post(&session, "/auth/two_factor/verify", body).status, 401);
        assert_eq!(world.login(ANN).status, 423);
    }
}

/// Resend interval: "30 s per method, else 429 + Retry-After". A throttled one says so and sends nothing.
#[test]
fn a_code_is_sent_again_after_thirty_seconds_and_not_before() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    let (code, before) = (world.code(), world.sent());
    world.wait(Duration::from_secs(20));
    for _ in 0..9 {
        let answer = world.post(&session, "/auth/two_factor/email/start", Value::Null);
        assert_refused(&answer, 429, "RESEND_TOO_SOON", "Please wait before requesting a new code");
        assert_eq!(answer.header("retry-after"), "10");
    }
    world.wait(Duration::from_secs(10) - MOMENT);
    let answer = world.post(&session, "/auth/two_factor/email/start", Value::Null);
    assert_refused(&answer, 429, "RESEND_TOO_SOON", "Please wait before requesting a new code");
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(world.sent(), before);
    world.wait(MOMENT);
    assert_eq!(world.post(&session, "/auth/two_factor/email/start", Value::Null).status, 200);
    assert_ne!(world.code(), code);
}

/// "At most 5 sends per pending session", the one at login with them. The next sign-in has its own.
#[test]
fn five_codes_are_sent_in_a_pending_session() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    world.wait(MINUTE);
    let other = world.add_email(&active, "other@example.com");
    let session = world.pending(ANN);
    let before = world.sent();
    for round in 0..4 {
        world.wait(Duration::from_secs(30));
        let body = if round % 2 == 0 { json!({}) } else { json!({ "method_id": other }) };
        assert_eq!(world.post(&session, "/auth/two_factor/email/start", body).status, 200);
    }
    world.wait(Duration::from_secs(30));
    for body in [json!({}), json!({ "method_id": other })] {
        let answer = world.post(&session, "/auth/two_factor/email/start", body);
        assert_eq!((answer.status, &answer.json()["code"]), (429, &json!("RATE_LIMITED")));
        assert_eq!(answer.header("retry-after"), "450");
    }
    assert_eq!(world.sent(), before + 4);
    let next = world.pending(ANN);
    assert_eq!(world.verify(&next, &world.code()).status, 200);
}

/// A send that was refused is none of the five: nothing was sent.
#[test]
fn a_code_that_may_not_be_sent_takes_none_of_a_sessions_sends() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    let phone = json!({ "phone": "+15551234567" });
    assert_eq!(world.post(&active, "/auth/two_factor/sms/setup", phone).status, 200);
    let text = world.ports.sent.borrow().last().unwrap().text.clone();
    let body = json!({ "code": text.rsplit('#').next().unwrap()[..6], "method": "sms", "action": "setup" });
    assert_eq!(world.post(&active, "/auth/two_factor/verify", body).status, 200);
    world.wait(MINUTE);
    let session = world.pending(ANN);
    let start = |kind: &str| {
        world.wait(Duration::from_secs(30));
        let answer = world.post(&session, &format!("/auth/two_factor/{kind}/start"), Value::Null);
        (answer.status, answer.json()["code"].clone())
    };
    world.ports.set_setting("emails_per_hour", "1");
    world.ports.set_setting("sms_countries", "44");
    for _ in 0..4 {
        assert_eq!(start("email"), (429, json!("RATE_LIMITED")));
        assert_eq!(start("sms"), (403, json!("TWO_FACTOR_UNAVAILABLE")));
    }
    world.ports.set_setting("emails_per_hour", "1000");
    world.ports.set_setting("sms_countries", "1");
    for kind in ["email", "sms", "email", "email"] {
        assert_eq!(start(kind), (200, Value::Null));
    }
    assert_eq!(start("email"), (429, json!("RATE_LIMITED")));
}

/// "Single use".
#[test]
fn a_code_is_used_once() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    let code = world.code();
    assert_eq!(world.verify(&session, &code).status, 200);
    assert_refused(&world.verify(&session, &code), 400, "CODE_EXPIRED", "Verification code expired");
    let other = world.pending(ANN);
    let answer = world.verify(&other, &code);
    assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("INVALID_CODE")));
}

/// "Delivery target: only the stored identifier of an active method".
#[test]
fn a_code_goes_where_it_was_stored_and_nowhere_else() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    // One that is not confirmed is no method of a sign-in.
    let setup =
        world.post(&active, "/auth/two_factor/email/setup", json!({ "email": "other@example.com" })).json();
    let session = world.pending(ANN);
    world.wait(MINUTE);
    let before = world.sent();
    for body in [
        json!({ "email": "eve@example.com", "identifier": "eve@example.com", "action": "login" }),
        json!({ "to": "eve@example.com", "phone": "+15550000000", "action": "login" }),
    ] {
        let answer = world.post(&session, "/auth/two_factor/email/start", body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        world.wait(MINUTE);
    }
    assert_eq!(world.sent(), before + 2);
    assert!(world.ports.sent.borrow()[before..].iter().all(|message| message.to == ANN));
    let answer =
        world.post(&session, "/auth/two_factor/email/start", json!({ "method_id": setup["method_id"] }));
    assert_refused(&answer, 404, "METHOD_NOT_FOUND", "Method not found");
}

/// The sandbox takes 123456, and nothing else does: "sandbox/static code: none documented".
#[test]
fn the_static_code_is_the_sandboxs() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    assert_ne!(world.code(), "123456", "one in a million: change the seed");
    assert_eq!(world.verify(&session, "123456").json()["code"], "INVALID_CODE");
    world.ports.set_setting("environment", "sandbox");
    let session = world.pending(ANN);
    assert_eq!(world.verify(&session, "123456").status, 200);
}

/// docs/accounts.md, "How many messages": one that is refused leaves the code before it as good as it was.
#[test]
fn a_message_that_may_not_be_sent_leaves_the_code_before_it() {
    let world = World::new();
    world.ports.set_setting("emails_per_hour", "1");
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    let code = world.code();
    world.wait(MINUTE);
    let answer = world.post(&session, "/auth/two_factor/email/start", Value::Null);
    assert_eq!((answer.status, &answer.json()["code"]), (429, &json!("RATE_LIMITED")));
    assert_eq!(world.verify(&session, &code).status, 200);
}
