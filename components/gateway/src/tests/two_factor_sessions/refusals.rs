//! §6: errors. Those that codes have are in `codes`.

use super::*;

/// `no/unknown/expired session | 401`, on every route that takes one.
#[test]
fn without_a_session_there_is_401_and_the_body_is_not_looked_at() {
    let world = World::new();
    for (method, path) in [
        ("POST", "/auth/logout"),
        ("GET", "/auth/me"),
        ("GET", "/auth/user/me"),
        ("GET", "/auth/two_factor/methods"),
        ("POST", "/auth/two_factor/email/setup"),
        ("POST", "/auth/two_factor/email/start"),
        ("POST", "/auth/two_factor/verify"),
        ("POST", "/auth/two_factor/toggle"),
        ("GET", "/auth/two_factor/devices"),
        ("DELETE", "/auth/two_factor/aaaaaaaa-0d44-4b50-8888-8dd25736052a"),
        ("DELETE", "/auth/two_factor/devices/aaaaaaaa-0d44-4b50-8888-8dd25736052a"),
    ] {
        for session in
            ["", "x", "ses_", "ses_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
        {
            let answer = world.ask(session, method, path, json!([1]));
            assert_refused(&answer, 401, "SESSION_INVALID", "Invalid or expired session");
        }
    }
}

/// `pending session on an active-only route | 403`.
#[test]
fn a_pending_session_opens_nothing_but_its_own_verification() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    let id = world.methods(&active)[0]["id"].as_str().unwrap().to_owned();
    let session = world.pending(ANN);
    let code = world.code();
    for (method, path, body) in [
        ("GET", "/auth/two_factor/methods".to_owned(), Value::Null),
        ("POST", "/auth/two_factor/email/setup".to_owned(), json!({ "email": "eve@example.com" })),
        ("POST", "/auth/two_factor/totp/setup".to_owned(), Value::Null),
        ("POST", "/auth/two_factor/recovery/setup".to_owned(), Value::Null),
        (
            "POST",
            "/auth/two_factor/toggle".to_owned(),
            json!({ "enabled": false, "verification_code": code }),
        ),
        ("GET", "/auth/two_factor/devices".to_owned(), Value::Null),
        ("DELETE", format!("/auth/two_factor/devices/{id}"), Value::Null),
        ("DELETE", format!("/auth/two_factor/{id}"), json!({ "verification_code": code })),
        (
            "POST",
            "/auth/two_factor/verify".to_owned(),
            json!({ "code": code, "method": "email", "action": "remove" }),
        ),
        ("POST", "/auth/two_factor/email/start".to_owned(), json!({ "action": "setup" })),
    ] {
        let answer = world.ask(&session, method, &path, body);
        assert_refused(&answer, 403, "TWO_FACTOR_REQUIRED", "Two-factor verification required");
    }
    // None of it took the code.
    assert_eq!(world.verify(&session, &code).status, 200);
}

/// `expired / no challenge | 400`.
#[test]
fn a_code_that_nobody_asked_for_is_expired_and_takes_no_attempt() {
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    for action in ["remove", "toggle", "setup", "login"] {
        for _ in 0..9 {
            let body = json!({ "code": "111111", "method": "email", "action": action });
            let answer = world.post(&session, "/auth/two_factor/verify", body);
            assert_refused(&answer, 400, "CODE_EXPIRED", "Verification code expired");
        }
    }
    assert_eq!(world.login(ANN).status, 200);
}

/// `body invalid …, unknown action/method | 400`.
#[test]
fn what_is_not_understood_is_400() {
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    let invalid = |answer: Answer, what: &str| {
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (400, &json!("VALIDATION_ERROR")),
            "{what}: {}",
            answer.text()
        );
    };
    for path in ["/auth/login", "/auth/register", "/auth/register/verify"] {
        for body in [
            "",
            "{",
            "[]",
            "7",
            "null",
            "\"x\"",
            "{}",
            r#"{"email":7,"password":"x"}"#,
            r#"{"email":"a@b.co"}"#,
            r#"{"email":"a@b.co","password":7}"#,
            r#"{"password":"correct horse"}"#,
            "\u{0}",
            r#"{"email":"a","email":"b"}"#,
        ] {
            let headers = [("content-type", "application/json")];
            invalid(world.ports.send_with(&headers, "POST", path, body), &format!("{path} {body}"));
        }
        let headers = [("content-type", "application/json")];
        invalid(world.ports.send_with(&headers, "POST", path, b"{\"email\":\"\xff\"}"), path);
    }
    for (path, body) in [
        ("/auth/two_factor/verify", json!({ "code": "111111", "method": "email", "action": "fly" })),
        ("/auth/two_factor/verify", json!({ "code": "111111", "method": "pigeon", "action": "remove" })),
        ("/auth/two_factor/verify", json!({ "code": "111111", "method": 7, "action": "remove" })),
        ("/auth/two_factor/verify", json!({ "code": "111111", "method": "email", "action": 7 })),
        ("/auth/two_factor/verify", json!({ "method": "email", "action": "remove" })),
        ("/auth/two_factor/pigeon/start", json!({ "action": "remove" })),
        ("/auth/two_factor/pigeon/setup", json!({ "email": "a@b.co" })),
        ("/auth/two_factor/email/start", json!({ "action": "fly" })),
        ("/auth/two_factor/email/setup", json!({})),
        ("/auth/two_factor/email/setup", json!({ "email": "not an address" })),
        ("/auth/two_factor/email/setup", json!({ "email": 7 })),
        ("/auth/two_factor/sms/setup", json!({ "phone": "5551234567" })),
        ("/auth/two_factor/sms/setup", json!({ "email": "a@b.co" })),
        ("/auth/two_factor/toggle", json!({})),
        ("/auth/two_factor/toggle", json!({ "enabled": "yes" })),
        ("/auth/two_factor/toggle", json!({ "enabled": 1 })),
    ] {
        invalid(world.post(&session, path, body.clone()), &format!("{path} {body}"));
    }
}

/// `method not configured for the user, unknown :id, other user's :id | 404`: all the same.
#[test]
fn a_method_that_is_not_there_or_is_somebody_elses_is_not_found() {
    let world = World::new();
    let ann = world.join_with_two_factor(ANN);
    let ben = world.join("ben@example.com");
    let theirs = world.methods(&ben)[0]["id"].as_str().unwrap().to_owned();
    for id in [theirs.as_str(), "aaaaaaaa-0d44-4b50-8888-8dd25736052a", "x", "%2e"] {
        let answer = world.delete(&ann, &format!("/auth/two_factor/{id}"), Value::Null);
        assert_refused(&answer, 404, "METHOD_NOT_FOUND", "Method not found");
        let body = json!({ "method_id": id, "action": "remove" });
        let answer = world.post(&ann, "/auth/two_factor/email/start", body);
        assert_refused(&answer, 404, "METHOD_NOT_FOUND", "Method not found");
        let body = json!({ "method_id": id, "action": "remove", "code": "111111" });
        let answer = world.post(&ann, "/auth/two_factor/verify", body);
        assert_refused(&answer, 404, "METHOD_NOT_FOUND", "Method not found");
    }
    for kind in ["sms", "totp", "recovery"] {
        let answer =
            world.post(&ann, &format!("/auth/two_factor/{kind}/start"), json!({ "action": "remove" }));
        assert_refused(&answer, 404, "METHOD_NOT_FOUND", "Method not found");
    }
    assert_eq!(world.methods(&ben).len(), 1);
}

/// `2FA off globally, or method not offered | 403`.
#[test]
fn what_is_not_offered_is_403() {
    let off = World::with(json!({ "two_factor": false }));
    let session = off.join(ANN);
    for (path, body) in [
        ("/auth/two_factor/email/setup", json!({ "email": "other@example.com" })),
        ("/auth/two_factor/email/start", json!({ "action": "toggle" })),
        ("/auth/two_factor/toggle", json!({ "enabled": true })),
        ("/auth/two_factor/verify", json!({ "code": "111111", "method": "email", "action": "remove" })),
    ] {
        let answer = off.post(&session, path, body);
        assert_refused(&answer, 403, "TWO_FACTOR_UNAVAILABLE", "Two-factor sign-in is not offered");
    }
    // A sign-in that began before takes its code no more: without one there is a new one.
    let world = World::new();
    world.join_with_two_factor(ANN);
    let pending = world.pending(ANN);
    world.configure(json!({ "two_factor": false }));
    let answer = world.verify(&pending, &world.code());
    assert_refused(&answer, 403, "TWO_FACTOR_UNAVAILABLE", "Two-factor sign-in is not offered");
    assert_eq!(world.login(ANN).json()["success"], true);
    let world = World::new();
    let session = world.join(ANN);
    // Not to this country, and then to none.
    let body = json!({ "phone": "+905551234567" });
    let answer = world.post(&session, "/auth/two_factor/sms/setup", body.clone());
    assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("TWO_FACTOR_UNAVAILABLE")));
    world.ports.set_setting("sms_countries", "");
    world.ports.set_setting("account_keys", "");
    for (kind, body) in
        [("sms", json!({ "phone": "+15551234567" })), ("totp", Value::Null), ("recovery", Value::Null)]
    {
        let answer = world.post(&session, &format!("/auth/two_factor/{kind}/setup"), body);
        assert_refused(&answer, 403, "TWO_FACTOR_UNAVAILABLE", "This method is not offered");
    }
    assert_eq!(world.methods(&session).len(), 1);
}

/// `enable with no active method | 400`.
#[test]
fn the_switch_cannot_be_on_without_a_method() {
    let world = World::with(json!({ "registration": "open" }));
    let joined = world.open("POST", "/auth/register", json!({ "email": ANN, "password": PASSWORD }));
    let session = joined.json()["data"]["sessionId"].as_str().unwrap().to_owned();
    let answer = world.post(&session, "/auth/two_factor/toggle", json!({ "enabled": true }));
    assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("NO_ACTIVE_METHOD")));
    // A set of recovery codes is none.
    assert_eq!(world.post(&session, "/auth/two_factor/recovery/setup", Value::Null).status, 200);
    let answer = world.post(&session, "/auth/two_factor/toggle", json!({ "enabled": true }));
    assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("NO_ACTIVE_METHOD")));
}

/// An account cannot have had addresses without end.
#[test]
fn an_account_may_have_had_so_many_methods() {
    let world = World::new();
    world.ports.set_setting("emails_per_hour", "1000");
    let session = world.join(ANN);
    for number in 1..32 {
        let body = json!({ "email": format!("ann{number}@example.com") });
        assert_eq!(world.post(&session, "/auth/two_factor/email/setup", body).status, 200);
    }
    let answer =
        world.post(&session, "/auth/two_factor/email/setup", json!({ "email": "one-more@example.com" }));
    assert_eq!((answer.status, &answer.json()["code"]), (409, &json!("TOO_MANY_METHODS")));
}
