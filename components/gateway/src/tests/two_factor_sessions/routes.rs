//! §4 and §7.1: each route, what it takes and what it answers.

use super::*;

/// §4: `GET system`, public.
#[test]
fn anybody_may_ask_what_is_offered() {
    let world = World::new();
    let body = world.open("GET", "/auth/two_factor/system", Value::Null).json();
    assert_eq!(
        body,
        json!({ "success": true, "data": {
            "global_two_factor_enabled": true, "available_methods": ["email", "sms", "totp", "recovery"],
        }})
    );
    world.ports.set_setting("sms_countries", "");
    world.ports.set_setting("account_keys", "");
    let body = world.open("GET", "/auth/two_factor/system", Value::Null).json();
    assert_eq!(body["data"], json!({ "global_two_factor_enabled": true, "available_methods": ["email"] }));
    let off = World::with(json!({ "two_factor": false }));
    let body = off.open("GET", "/auth/two_factor/system", Value::Null).json();
    assert_eq!(body["data"], json!({ "global_two_factor_enabled": false, "available_methods": [] }));
}

/// §4: `GET methods`: under the root and in `data`.
#[test]
fn the_methods_are_listed_with_what_each_kind_of_client_reads() {
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    let pending = world.pending(ANN);
    world.wait(MINUTE);
    world.verify(&pending, &world.code());
    let body = world.get(&session, "/auth/two_factor/methods").json();
    assert_eq!(body["methods"], body["data"]["methods"]);
    let method = &body["methods"][0];
    assert_eq!((&method["method"], &method["status"]), (&json!("email"), &json!("active")));
    assert_eq!(method["identifier"], "a***@example.com");
    assert_eq!(method["created_at"], "2026-01-15T10:15:09.045Z");
    assert_eq!(method["last_used_at"], "2026-01-15T10:16:09.045Z");
    assert_eq!(method["metadata"], json!({}));
}

/// §4: `POST email/setup` and `POST sms/setup`, with each name of the field; §7.7: setup does not flip the switch.
#[test]
fn an_address_or_a_number_is_set_up_with_a_code_that_is_sent_there() {
    for (kind, field, value, to) in [
        ("email", "email", "Other@Example.com", "other@example.com"),
        ("email", "identifier", "other@example.com", "other@example.com"),
        ("sms", "phone", "+1 (555) 123-4567", "+15551234567"),
        ("sms", "identifier", "+15551234567", "+15551234567"),
    ] {
        let world = World::new();
        let session = world.join(ANN);
        let answer = world.post(&session, &format!("/auth/two_factor/{kind}/setup"), json!({ field: value }));
        let body = answer.json();
        assert_eq!(answer.status, 200, "{body}");
        let data = &body["data"];
        assert_eq!((&data["method"], &data["status"]), (&json!(kind), &json!("pending_setup")));
        assert_eq!((&data["verification_sent"], &data["expires_in"]), (&json!(true), &json!(600)));
        for name in ["method_id", "message", "expires_in"] {
            assert_eq!(body[name], data[name], "{name}");
        }
        assert_eq!(world.ports.sent.borrow().last().unwrap().to, to);
        let text = world.ports.sent.borrow().last().unwrap().text.clone();
        let code =
            code_in(&text).or_else(|| text.rsplit('#').next().map(|code| code[..6].to_owned())).unwrap();
        let verify = json!({ "code": code, "method": kind, "action": "setup" });
        let done = world.post(&session, "/auth/two_factor/verify", verify).json();
        // §7.2: `two_factor_verified` stays as it was, here 1 from joining.
        assert_eq!(done["data"]["verified"], true, "{done}");
        assert_eq!(
            (&done["data"]["session_status"], &done["data"]["two_factor_verified"]),
            (&json!("active"), &json!(1))
        );
        let methods = world.methods(&session);
        assert_eq!((methods.len(), &methods[1]["status"]), (2, &json!("active")));
        assert_eq!(world.get(&session, "/auth/me").json()["data"]["user"]["two_factor"], false);
    }
}

/// §7.7: "Setup for an already active same identifier → 200, new code, no duplicate".
#[test]
fn setting_up_what_is_active_already_sends_a_code_and_makes_no_second_one() {
    let world = World::new();
    let session = world.join(ANN);
    let before = world.sent();
    let setup = world.post(&session, "/auth/two_factor/email/setup", json!({ "email": ANN })).json();
    assert_eq!((&setup["data"]["status"], world.sent()), (&json!("active"), before + 1));
    let verify = json!({ "code": world.code(), "method_id": setup["method_id"], "action": "setup" });
    assert_eq!(world.post(&session, "/auth/two_factor/verify", verify).status, 200);
    assert_eq!(world.methods(&session).len(), 1);
}

/// §4: `POST :method/start`, seed's data and the docs' root fields.
#[test]
fn a_code_is_sent_again() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    let first = world.code();
    world.wait(MINUTE);
    let answer = world.post(&session, "/auth/two_factor/email/start", json!({ "action": "login" }));
    let body = answer.json();
    assert_eq!(answer.status, 200, "{body}");
    let data = &body["data"];
    assert_eq!((&data["method"], &data["status"]), (&json!("email"), &json!("pending")));
    // §5: never past the pending session.
    assert_eq!((&data["expires_in_seconds"], &body["expires_in"]), (&json!(540), &json!(540)));
    assert_eq!(body["message"], data["message"]);
    // §5: "invalidates the older code".
    assert_ne!(world.code(), first);
    let old = world.verify(&session, &first);
    assert_eq!((old.status, &old.json()["code"]), (400, &json!("INVALID_CODE")));
    assert_eq!(world.verify(&session, &world.code()).status, 200);
}

/// §4: "Missing `action` → `login` if the session is pending, else 400".
#[test]
fn a_missing_action_is_the_sign_in_of_a_pending_session_and_else_wrong() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    let pending = world.pending(ANN);
    let answer =
        world.post(&active, "/auth/two_factor/verify", json!({ "code": world.code(), "method": "email" }));
    assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("VALIDATION_ERROR")));
    let answer = world.post(&active, "/auth/two_factor/email/start", Value::Null);
    assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("VALIDATION_ERROR")));
    let answer =
        world.post(&pending, "/auth/two_factor/verify", json!({ "code": world.code(), "method": "email" }));
    assert_eq!(answer.status, 200);
}

/// §4: verify; the docs' root `message` and `user{id,email,name,two_factor:0|1}`.
#[test]
fn verify_says_who_it_was_with_two_factor_as_a_number() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    let body = world.verify(&session, &world.code()).json();
    assert_eq!(body["message"], body["data"]["message"]);
    let user = &body["user"];
    assert_eq!((&user["email"], &user["name"], &user["two_factor"]), (&json!(ANN), &json!("Ann"), &json!(1)));
    assert_eq!(user.as_object().unwrap().len(), 4);
}

/// §7.3: `method` | `method_id`, in snake and camel case.
#[test]
fn a_method_is_meant_by_its_kind_or_its_id_under_any_name() {
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    let id = world.methods(&session)[0]["id"].clone();
    for said in [
        json!({ "method": "email" }),
        json!({ "method_id": id }),
        json!({ "methodId": id }),
        json!({ "method": id }),
        json!({}),
    ] {
        let pending = world.pending(ANN);
        let mut body = json!({ "code": world.code(), "action": "login" });
        body.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        assert_eq!(world.post(&pending, "/auth/two_factor/verify", body).status, 200, "{said}");
    }
}

/// §7.4: "`start` with neither id nor a unique active method of that kind → oldest active one".
#[test]
fn of_several_methods_the_oldest_is_started_unless_another_is_named() {
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    world.wait(MINUTE);
    let other = world.add_email(&session, "other@example.com");
    let pending = world.pending(ANN);
    assert_eq!(world.ports.sent.borrow().last().unwrap().to, ANN);
    let sent = world.post(
        &pending,
        "/auth/two_factor/email/start",
        json!({ "method_id": other, "action": "login" }),
    );
    assert_eq!((sent.status, &sent.json()["data"]["method_id"]), (200, &json!(other)));
    assert_eq!(world.ports.sent.borrow().last().unwrap().to, "other@example.com");
    world.wait(MINUTE);
    world.post(&pending, "/auth/two_factor/email/start", json!({ "action": "login" }));
    assert_eq!(world.ports.sent.borrow().last().unwrap().to, ANN);
    assert_eq!(world.login(ANN).json()["available_methods"], json!(["email"]));
}

/// §3: `GET /auth/me` and its alias; a pending session is tolerated, and learns no phone number.
#[test]
fn me_says_who_is_signed_in_and_in_which_state() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    let pending = world.pending(ANN);
    for path in ["/auth/me", "/auth/user/me"] {
        for (session, state) in [(&active, "active"), (&pending, "pending")] {
            let body = world.get(session, path).json();
            assert_eq!((&body["data"]["user"]["email"], &body["user"]), (&json!(ANN), &body["data"]["user"]));
            assert_eq!(body["data"]["session_status"], state);
        }
    }
}

/// §3: `POST /auth/bridge/validate` (also `/bridge/validate`).
#[test]
fn the_bridge_learns_whose_an_active_session_is_and_nobody_else_does() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    let pending = world.pending(ANN);
    let ask = |secret: &str, session: &str, path: &str| {
        let headers = [("x-bridge-secret", secret), ("content-type", "application/json")];
        world.ports.send_with(&headers, "POST", path, json!({ "session_id": session }).to_string())
    };
    for path in ["/auth/bridge/validate", "/bridge/validate"] {
        let body = ask(BRIDGE, &active, path).json();
        assert_eq!(body["success"], true);
        assert_eq!((&body["data"]["user"]["email"], &body["user"]["email"]), (&json!(ANN), &json!(ANN)));
        assert_eq!(body["data"]["session"]["session_id"], active.as_str());
        assert_eq!(body["data"]["session"]["two_factor_verified"], 1);
        assert_eq!(body["expires_at"], body["data"]["session"]["expires_at"]);
        assert!(body["expires_at"].is_string());
        // Under its other name, and in the header.
        let camel = json!({ "sessionId": active }).to_string();
        for (headers, sent) in [
            (vec![("x-bridge-secret", BRIDGE)], camel),
            (vec![("x-bridge-secret", BRIDGE), ("x-session-id", active.as_str())], String::new()),
        ] {
            let answer = world.ports.send_with(&headers, "POST", path, sent);
            assert_eq!((answer.status, &answer.json()["user"]["email"]), (200, &json!(ANN)));
        }
        for gone in [pending.as_str(), "ses_x", ""] {
            let answer = ask(BRIDGE, gone, path);
            assert_refused(&answer, 401, "SESSION_INVALID", "Invalid or expired session");
        }
        for wrong in ["", "x", "the bridge's own secret "] {
            if wrong.trim() != BRIDGE {
                assert_eq!(ask(wrong, &active, path).json()["code"], "BRIDGE_SECRET_INVALID", "{wrong}");
            }
        }
    }
    // Without a secret in the settings there is no such route.
    let tenant = json!([{ "partner": PARTNER, "name": "Acme", "partner_id": 1 }]);
    world.ports.set_setting("accounts", &tenant.to_string());
    assert_eq!(ask(BRIDGE, &active, "/bridge/validate").status, 404);
}

/// §6: the exact strings at which @pubflow clients drop their session, and a pending one is not dropped.
#[test]
fn the_validation_route_of_pubflow_clients_says_what_they_wait_for() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    let pending = world.pending(ANN);
    for path in ["/auth/validate-session", "/auth/validation"] {
        let world = world.fork();
        validation(&world, path, &active, &pending);
    }
}

fn validation(world: &World, path: &str, active: &str, pending: &str) {
    let ask = |session: &str| world.get(session, path);
    let body = ask(active).json();
    assert_eq!((&body["isValid"], &body["user"]["email"]), (&json!(true), &json!(ANN)));
    assert_eq!(body["expiresAt"], body["data"]["expires_at"]);
    assert_refused(&ask("x"), 401, "SESSION_INVALID", "Invalid session");
    assert_refused(&ask(pending), 403, "TWO_FACTOR_REQUIRED", "Two-factor verification required");
    world.post(active, "/auth/logout", Value::Null);
    assert_refused(&ask(active), 401, "SESSION_INVALID", "Session expired");
}
