//! security.md: the lock is checked on one path only. Every path that `limits::a_lock_closes_every_way_in` does not try.

use super::people::{MINUTE, Person, compared_and_wrong, newest_code, text, wrong_texts};
use http::Method;
use serde_json::{Value, json};
use stepgate_tests::{Answer, App, BRIDGE_SECRET, Host, PASSWORD};

stepgate_tests::suite! {
    a_lock_closes_every_path_of_tokens,
    a_lock_closes_every_path_of_sessions,
    a_lock_closes_signing_in_where_no_code_is_due,
}

/// No answer may be a success, and none may compare anything.
#[track_caller]
fn assert_refused(app: &App, answers: &[(String, Answer)]) {
    for (what, answer) in answers {
        assert!([401, 423].contains(&answer.status.as_u16()), "{what}: {answer:?}");
    }
    assert_eq!(compared_and_wrong(app), 5);
}

async fn a_lock_closes_every_path_of_tokens(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let (device, tokens) = ada.device(&app).await;
    let access = text(&tokens, "access_token");
    let portal = app.portal();
    let listed =
        portal.bearer(Method::GET, "/reg/user/device", &access, Value::Null).await.expect(200).json();
    let of_device = format!("/reg/user/device/{}", text(&listed["devices"][0], "id"));
    let change = json!({ "oldPassword": PASSWORD, "newPassword": "Another-horse-8" });
    portal.bearer(Method::POST, "/reg/v1/password/change", &access, change.clone()).await.expect(200);
    let mut confirmed = change.clone();
    confirmed["confirmCode"] = newest_code(&app, &ada.email).await.into();
    app.advance(MINUTE);
    ada.lock(&app).await;
    let mut answers = Vec::new();
    for (method, path, body) in [
        (Method::POST, "/reg/v1/password/change", change),
        (Method::POST, "/reg/v1/password/change/confirm", confirmed),
        (Method::DELETE, of_device.as_str(), Value::Null),
        (Method::DELETE, "/reg/user/session/logout/current", Value::Null),
        (Method::PUT, "/reg/user/session/logout", Value::Null),
    ] {
        answers.push((path.to_owned(), portal.bearer(method, path, &access, body).await));
    }
    answers.push(("a known device".into(), ada.token_on(&device, PASSWORD).await));
    for method in ["sms", "totp", "recovery"] {
        let answer = portal.token(&ada.email, PASSWORD, json!({ "mfaMethod": method })).await;
        answers.push((method.into(), answer));
    }
    assert_refused(&app, &answers);
    // Nothing of it has an effect later.
    app.advance(super::people::LOCK);
    portal.token(&ada.email, PASSWORD, json!({})).await.expect(424);
}

async fn a_lock_closes_every_path_of_sessions(host: Host) {
    let app = App::production(host).await;
    let portal = app.portal();
    let (email, name) = ("ada@example.com", "ada");
    let body = json!({ "email": email, "password": PASSWORD, "name": "Ada", "username": name });
    portal.auth("/auth/register", body).await.expect(200);
    let body = json!({ "email": email, "password": PASSWORD, "code": newest_code(&app, email).await });
    let joined = portal.auth("/auth/register/verify", body).await.expect(200).json();
    let session = text(&joined["data"], "sessionId");
    let ask = async |method: Method, path: &str, session: &str, body: Value| {
        portal.session(method, path, session, body).await
    };
    let on = json!({ "enabled": true });
    ask(Method::POST, "/auth/two_factor/toggle", &session, on).await.expect(200);
    let pending = async || {
        let login = portal.auth("/auth/login", json!({ "userName": name, "password": PASSWORD })).await;
        text(&login.expect(200).json(), "session_id")
    };
    let remembered = pending().await;
    let body = json!({ "code": newest_code(&app, email).await, "action": "login", "remember_device": true });
    let verified = ask(Method::POST, "/auth/two_factor/verify", &remembered, body).await.expect(200).json();
    let device = text(&verified["data"], "device_token");
    let methods =
        ask(Method::GET, "/auth/two_factor/methods", &session, Value::Null).await.expect(200).json();
    let method = format!("/auth/two_factor/{}", text(&methods["data"]["methods"][0], "id"));
    let devices =
        ask(Method::GET, "/auth/two_factor/devices", &session, Value::Null).await.expect(200).json();
    let of_device = format!("/auth/two_factor/devices/{}", text(&devices["data"]["devices"][0], "id"));
    // A code for a removal waits, and a session for its second factor, and that is locked by another.
    let start = json!({ "action": "remove" });
    ask(Method::POST, "/auth/two_factor/email/start", &session, start).await.expect(200);
    let of_removal = newest_code(&app, email).await;
    let waits = pending().await;
    let guessed = pending().await;
    let mail = app.mail_to(email).await;
    for (wrong, status) in wrong_texts(&mail).zip([400, 400, 400, 400, 429]) {
        portal.verify(&guessed, "login", &wrong).await.expect(status);
    }

    let mut answers = Vec::new();
    for (method, path, body) in [
        (Method::DELETE, method.as_str(), Value::Null),
        (Method::DELETE, &method, json!({ "verification_code": of_removal })),
        (Method::DELETE, &of_device, Value::Null),
        (Method::GET, "/auth/two_factor/methods", Value::Null),
        (Method::GET, "/auth/user/me", Value::Null),
        (Method::GET, "/auth/validate-session", Value::Null),
        (Method::POST, "/auth/two_factor/email/setup", json!({ "email": "eve@evil.example" })),
        (Method::POST, "/auth/two_factor/email/start", json!({ "action": "toggle" })),
        (Method::POST, "/auth/logout", json!({})),
    ] {
        answers.push((format!("{method} {path}"), ask(method, path, &session, body).await));
    }
    for action in ["setup", "remove", "toggle"] {
        answers.push((action.into(), portal.verify(&session, action, &of_removal).await));
    }
    for kind in ["email", "sms", "totp", "recovery"] {
        let path = format!("/auth/two_factor/{kind}/start");
        answers.push((path.clone(), ask(Method::POST, &path, &waits, json!({})).await));
    }
    for session in [&session, &remembered, &waits] {
        for path in ["/auth/bridge/validate", "/bridge/validate"] {
            let headers = [("x-bridge-secret", BRIDGE_SECRET)];
            let body = json!({ "session_id": session }).to_string();
            answers.push((path.into(), portal.send(Method::POST, path, &headers, body).await));
        }
    }
    let login = json!({ "userName": name, "password": PASSWORD });
    answers.push(("by user name".into(), portal.auth("/auth/login", login.clone()).await));
    let headers = [("x-device-token", device.as_str())];
    let answer = portal.send(Method::POST, "/auth/login", &headers, login.to_string()).await;
    answers.push(("on a known device".into(), answer));
    assert_refused(&app, &answers);
    // The method is there when the lock is over.
    app.advance(super::people::LOCK);
    pending().await;
}

/// Where no second factor is due, nothing but the lock itself stands between a password and an account.
async fn a_lock_closes_signing_in_where_no_code_is_due(host: Host) {
    let app = App::production(host).await;
    let (ada, tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let access = text(&tokens, "access_token");
    let session = ada.session(&app).await;
    let portal = app.portal();
    let off = json!({ "enabled": false });
    portal.session(Method::POST, "/auth/two_factor/toggle", &session, off).await.expect(200);
    portal.token(&ada.email, PASSWORD, json!({})).await.expect(200);
    assert_eq!(portal.login(&ada.email, PASSWORD).await.expect(200).json()["success"], true);
    let mut change = json!({ "oldPassword": PASSWORD, "newPassword": "Another-horse-8" });
    portal.bearer(Method::POST, "/reg/v1/password/change", &access, change.clone()).await.expect(200);
    let mail = app.mail_to(&ada.email).await;
    for (wrong, status) in wrong_texts(&mail).zip([400, 400, 400, 400, 423]) {
        change["confirmCode"] = wrong.into();
        let path = "/reg/v1/password/change/confirm";
        portal.bearer(Method::POST, path, &access, change.clone()).await.expect(status);
    }
    ada.expect_locked().await;
    portal.refresh(&text(&tokens, "refresh_token")).await.expect(401);
    app.advance(super::people::LOCK);
    portal.token(&ada.email, PASSWORD, json!({})).await.expect(200);
}
