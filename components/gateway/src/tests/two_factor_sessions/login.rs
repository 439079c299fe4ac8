//! §2 and §3: signing in.

use super::*;

/// §3: `full session | 200`.
#[test]
fn a_login_without_a_second_factor_is_answered_with_a_session_in_both_spellings() {
    let world = World::new();
    world.join(ANN);
    let answer = world.login(ANN);
    let body = answer.json();
    assert_eq!((answer.status, &body["success"]), (200, &json!(true)));
    assert!(body["session_id"].as_str().unwrap().starts_with("ses_"));
    assert_eq!(body["session_id"], body["sessionId"]);
    assert_eq!(body["expires_at"], "2026-01-22T10:15:09.045Z");
    assert_eq!(body["expires_at"], body["expiresAt"]);
    // §7.1: never a `data` in a login answer.
    assert_eq!((body.get("data"), body.get("requires_2fa")), (None, None));
    assert!(world.is_in(body["session_id"].as_str().unwrap()));
}

/// §3: user fields.
#[test]
fn a_user_has_the_fields_of_the_contract_and_two_factor_is_a_boolean() {
    let world = World::new();
    world.join(ANN);
    let user = world.login(ANN).json()["user"].clone();
    let names: Vec<&String> = user.as_object().unwrap().keys().collect();
    let mut expected = [
        "id",
        "email",
        "name",
        "last_name",
        "user_name",
        "user_type",
        "picture",
        "phone",
        "is_verified",
        "two_factor",
        "created_at",
        "updated_at",
    ];
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert!(user["id"].as_str().unwrap().starts_with("usr_"));
    assert_eq!((&user["email"], &user["name"]), (&json!(ANN), &json!("Ann")));
    assert_eq!((&user["is_verified"], &user["two_factor"]), (&json!(true), &json!(false)));
}

/// §3: the number is its owner's; whoever has given the password alone sees that it is there.
#[test]
fn a_phone_number_is_masked_until_the_second_factor_is_given() {
    let world = World::new();
    let body = json!({ "email": ANN, "password": PASSWORD, "phone": "+15551234567" });
    assert_eq!(world.open("POST", "/auth/register", body).status, 200);
    let body = json!({ "email": ANN, "password": PASSWORD, "code": world.code() });
    let joined = world.open("POST", "/auth/register/verify", body).json();
    assert_eq!(joined["user"]["phone"], "+15551234567");
    assert_eq!(world.login(ANN).json()["user"]["phone"], "+15551234567");
    let session = joined["data"]["sessionId"].as_str().unwrap();
    assert_eq!(world.post(session, "/auth/two_factor/toggle", json!({ "enabled": true })).status, 200);
    let login = world.login(ANN);
    assert_eq!(login.json()["user"]["phone"], "+1***4567");
    assert!(!login.text().contains("555123"));
    let pending = login.json()["session_id"].as_str().unwrap().to_owned();
    assert_eq!(world.get(&pending, "/auth/me").json()["user"]["phone"], "+1***4567");
    assert_eq!(world.verify(&pending, &world.code()).status, 200);
    assert_eq!(world.get(&pending, "/auth/me").json()["user"]["phone"], "+15551234567");
}

/// §3: `2FA due | 200`, and §2: "pending, code sent at once".
#[test]
fn a_login_with_a_second_factor_is_pending_and_its_code_is_sent_at_once() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let before = world.sent();
    let answer = world.login(ANN);
    let body = answer.json();
    assert_eq!((answer.status, &body["success"], &body["requires_2fa"]), (200, &json!(false), &json!(true)));
    assert_eq!(body["session_id"], body["sessionId"]);
    assert_eq!(body["available_methods"], json!(["email"]));
    let method = &body["methods"][0];
    assert_eq!((&method["method"], &method["status"]), (&json!("email"), &json!("active")));
    assert_eq!(method["identifier"], "a***@example.com");
    assert!(method["id"].is_string());
    assert_eq!((&body["user"]["email"], &body["user"]["two_factor"]), (&json!(ANN), &json!(true)));
    assert_eq!(body.get("data"), None);
    assert_eq!(world.sent(), before + 1);
    assert_eq!(world.ports.sent.borrow().last().unwrap().to, ANN);
    assert!(!answer.text().contains(&world.code()));
}

/// §3: "switchable to objects in `available_methods` for @pubflow clients".
#[test]
fn available_methods_are_objects_where_the_tenant_has_such_clients() {
    let world = World::with(json!({ "method_objects": true }));
    world.join_with_two_factor(ANN);
    let body = world.login(ANN).json();
    assert_eq!(body["available_methods"], body["methods"]);
    assert!(body["available_methods"][0]["id"].is_string());
}

/// §3: `email` (lower-cased) or user name, under each of its names.
#[test]
fn a_name_is_an_address_in_any_case_or_a_user_name_under_each_of_its_names() {
    let world = World::new();
    let body = json!({ "email": "Ann@Example.COM", "password": PASSWORD, "username": "Ann.A" });
    assert_eq!(world.open("POST", "/auth/register", body).status, 200);
    let body = json!({ "email": ANN, "password": PASSWORD, "code": world.code() });
    assert_eq!(world.open("POST", "/auth/register/verify", body).status, 200);
    for (field, name) in [
        ("email", "ann@example.com"),
        ("email", " ANN@example.com "),
        ("user_name", "ann.a"),
        ("userName", "ANN.A"),
        ("username", "Ann.a"),
        ("email", "ann.a"),
    ] {
        let answer = world.open("POST", "/auth/login", json!({ field: name, "password": PASSWORD }));
        assert_eq!(answer.status, 200, "{field} {name}: {}", answer.text());
    }
    // A form that sends all of them, of which one was filled in.
    let body = json!({ "email": "", "user_name": " ", "userName": "ann.a", "password": PASSWORD });
    assert_eq!(world.open("POST", "/auth/login", body).status, 200);
    let body = json!({ "email": "", "userName": " ", "password": PASSWORD });
    let answer = world.open("POST", "/auth/login", body);
    assert_refused(&answer, 400, "VALIDATION_ERROR", "email or user_name must be given");
}

/// §3: `wrong credentials | 401`.
#[test]
fn wrong_credentials_are_one_answer_whichever_was_wrong() {
    let world = World::new();
    world.join(ANN);
    for (email, password) in
        [(ANN, "wrong horse"), ("ben@example.com", PASSWORD), ("no name at all", PASSWORD)]
    {
        let answer = world.open("POST", "/auth/login", json!({ "email": email, "password": password }));
        assert_refused(&answer, 401, "INVALID_CREDENTIALS", "Invalid credentials");
    }
}

/// §3: `not verified, and verification required | 403`. Only who knows the password is told.
#[test]
fn somebody_who_has_not_confirmed_their_address_is_told_so_if_they_know_the_password() {
    let world = World::new();
    world.open("POST", "/auth/register", json!({ "email": ANN, "password": PASSWORD }));
    let answer = world.login(ANN);
    assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("EMAIL_NOT_VERIFIED")));
    let answer = world.open("POST", "/auth/login", json!({ "email": ANN, "password": "wrong horse" }));
    assert_refused(&answer, 401, "INVALID_CREDENTIALS", "Invalid credentials");
}

/// §2: "global switch on AND user's own switch on AND ≥1 active method".
#[test]
fn a_second_factor_is_due_if_both_switches_are_on_and_there_is_a_method() {
    for (global, own) in [(true, true), (true, false), (false, true), (false, false)] {
        let world = World::new();
        if own {
            world.join_with_two_factor(ANN)
        } else {
            world.join(ANN)
        };
        let tenant = json!([{ "partner": PARTNER, "name": "Acme", "partner_id": 1, "mfa": "optional", "two_factor": global }]);
        world.ports.set_setting("accounts", &tenant.to_string());
        assert_eq!(world.login(ANN).json()["requires_2fa"] == true, global && own, "{global} {own}");
    }
    // §7.5: the last method takes the switch with it, so that a later one is not asked for at once.
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    let id = world.methods(&session)[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.delete(&session, &format!("/auth/two_factor/{id}"), Value::Null).status, 200);
    assert_eq!(world.login(ANN).json()["success"], true);
}

/// A mandatory tenant asks everybody.
#[test]
fn where_a_second_factor_is_mandatory_nobody_does_without() {
    let world = World::with(json!({ "mfa": "mandatory" }));
    world.join(ANN);
    let session = world.pending(ANN);
    assert_eq!(world.verify(&session, &world.code()).status, 200);
    assert!(world.is_in(&session));
}

/// Nor is anybody kept out who had taken their last method away before it was mandatory, or whose removal of it died half-way: the address
/// that is known to be theirs is one again.
#[test]
fn where_a_second_factor_is_mandatory_an_address_is_one() {
    let world = World::new();
    let session = world.join(ANN);
    let id = world.methods(&session)[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.delete(&session, &format!("/auth/two_factor/{id}"), Value::Null).status, 200);
    world.configure(json!({ "mfa": "mandatory" }));
    let session = world.pending(ANN);
    assert_eq!(world.ports.sent.borrow().last().unwrap().to, ANN);
    assert_eq!(world.verify(&session, &world.code()).status, 200);
    assert_eq!(world.methods(&session)[0]["status"], "active");
    // Of somebody who has shown no address to be theirs it is none.
    let world = World::with(json!({ "registration": "open" }));
    world.open("POST", "/auth/register", json!({ "email": ANN, "password": PASSWORD }));
    world.configure(json!({ "mfa": "mandatory", "registration": "open" }));
    assert_eq!(world.login(ANN).json()["code"], "EMAIL_NOT_VERIFIED");
}

/// §2, transitions: `pending | verify, right code, action login | active`, under the same id, with a fresh cookie.
#[test]
fn a_right_code_makes_the_same_session_active_for_its_full_time() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    assert!(!world.is_in(&session));
    let answer = world.verify(&session, &world.code());
    let body = answer.json();
    assert_eq!(answer.status, 200, "{body}");
    let data = &body["data"];
    assert_eq!((&data["verified"], &data["session_status"]), (&json!(true), &json!("active")));
    assert_eq!((&data["two_factor_verified"], &data["session_activated"]), (&json!(1), &json!(true)));
    assert_eq!(data["expires_at"], "2026-01-22T10:15:09.045Z");
    assert_eq!(
        answer.header("set-cookie"),
        format!("session_id={session}; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure")
    );
    assert!(world.is_in(&session));
    let me = world.get(&session, "/auth/me").json();
    assert_eq!(me["data"]["two_factor_verified"], 1);
}

/// §2, transitions: `any | logout | gone`.
#[test]
fn a_logout_ends_a_session_pending_or_active() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    let pending = world.pending(ANN);
    let code = world.code();
    for session in [&active, &pending] {
        let answer = world.post(session, "/auth/logout", Value::Null);
        assert_eq!(answer.json(), json!({ "success": true, "message": "Logged out successfully" }));
        assert!(answer.header("set-cookie").starts_with("session_id=; Path=/; Max-Age=0"));
        let gone = world.get(session, "/auth/me");
        assert_refused(&gone, 401, "SESSION_INVALID", "Invalid or expired session");
    }
    assert_eq!(world.verify(&pending, &code).status, 401);
    assert_eq!(world.login(ANN).status, 200);
}

/// A password that many have tried: ours, docs/accounts.md.
#[test]
fn too_many_wrong_passwords_are_429_also_for_nobody() {
    let world = World::new();
    world.join(ANN);
    for name in [ANN, "nobody@example.com"] {
        for _ in 0..10 {
            let answer =
                world.open("POST", "/auth/login", json!({ "email": name, "password": "wrong horse" }));
            assert_eq!(answer.status, 401);
        }
        let answer = world.login(name);
        assert_eq!((answer.status, &answer.json()["code"]), (429, &json!("RATE_LIMITED")));
        assert_eq!(answer.header("retry-after"), "300");
    }
    world.wait(5 * MINUTE);
    assert_eq!(world.login(ANN).status, 200);
}

/// Issue 4: what a message limit keeps back breaks no sign-in.
#[test]
fn a_login_is_answered_when_its_message_may_not_be_sent() {
    let world = World::new();
    world.ports.set_setting("emails_per_hour", "2");
    world.join_with_two_factor(ANN);
    world.pending(ANN);
    world.pending(ANN);
    let before = world.sent();
    let body = world.login(ANN).json();
    assert_eq!((&body["requires_2fa"], &body["verification_sent"]), (&json!(true), &json!(false)));
    assert_eq!(world.sent(), before);
    let again = world.post(body["session_id"].as_str().unwrap(), "/auth/two_factor/email/start", json!({}));
    assert_eq!((again.status, &again.json()["code"]), (429, &json!("RATE_LIMITED")));
    assert_eq!(world.sent(), before);
}
