//! What ends by itself: alive just before its time, and dead just after. The clock moves; what a test takes of it is seconds.

use super::people::{LOCK, MINUTE, Person, is_active, newest_code, opens, sign_up_body, text};
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use stepgate_tests::{App, Authenticator, Host, PASSWORD};

stepgate_tests::suite! {
    sessions_tokens_and_devices_end_with_their_days,
    codes_for_strangers_end_with_their_minutes,
    codes_for_who_is_signed_in_end_with_their_minutes,
    the_payload_of_a_reset_ends_after_ten_minutes,
    an_app_that_is_not_confirmed_ends_after_ten_minutes,
    a_given_code_is_good_for_its_action_for_ten_minutes,
    a_lock_and_a_pause_hold_until_their_end,
}

/// What a slow machine may take between two lines of a test.
const SLACK: u64 = 20;

/// To just before an end, and over it.
fn around(lasts: u64) -> [Duration; 2] {
    [Duration::from_secs(lasts - SLACK), Duration::from_secs(SLACK + 1)]
}

const DAY: u64 = 24 * 3600;

async fn sessions_tokens_and_devices_end_with_their_days(host: Host) {
    let app = App::production(host).await;
    let (ada, other) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let (device, tokens) = ada.device(&app).await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let session = ada.session(&app).await;
    let portal = app.portal();
    // Seven days: `contracts/two-factor-sessions.md` §2; and `expires_in`, `contracts/login-mfa.md` §3.
    let [before, after] = around(7 * DAY);
    app.advance(before);
    assert!(is_active(&app, &session).await && opens(&app, &access).await);
    app.advance(after);
    assert!(!is_active(&app, &session).await && !opens(&app, &access).await);
    let over = portal.session(Method::GET, "/auth/validate-session", &session, Value::Null).await.expect(401);
    assert_eq!(over.json()["error"], "Session expired");
    // Thirty days for a device and for a refresh token.
    let [before, after] = around(23 * DAY - 1);
    app.advance(before);
    ada.token_on(&device, PASSWORD).await.expect(200);
    let mut refresh = text(&portal.refresh(&refresh).await.expect(200).json(), "refresh_token");
    app.advance(after);
    ada.token_on(&device, PASSWORD).await.expect(424);
    let over = portal.refresh(&text(&other, "refresh_token")).await.expect(401).json();
    assert!(text(&over, "message").starts_with("The Token has expired on "), "{over}");
    // However often it is renewed, ninety.
    for _ in 0..2 {
        app.advance(Duration::from_secs(29 * DAY));
        let tokens = portal.refresh(&refresh).await.expect(200).json();
        assert!(opens(&app, &text(&tokens, "access_token")).await);
        refresh = text(&tokens, "refresh_token");
    }
    app.advance(Duration::from_secs(2 * DAY));
    portal.refresh(&refresh).await.expect(401);
}

/// Sign-up and reset, 5 minutes: `contracts/login-mfa.md` §2. A registration, 10.
async fn codes_for_strangers_end_with_their_minutes(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let portal = app.portal();
    let begin = async |name: &str| {
        let sign_up = format!("{name}.s@example.com");
        let register = format!("{name}.r@example.com");
        let body = json!({ "email": sign_up, "password": PASSWORD });
        portal.reg("/reg/v1/signup", body).await.expect(200);
        let body = json!({ "email": register, "password": PASSWORD, "name": "Kim" });
        portal.auth("/auth/register", body).await.expect(200);
        portal.reg("/reg/v2/password/reset", json!({ "email": ada.email })).await.expect(200);
        (sign_up, register)
    };
    let confirm = async |email: &str| {
        let body = sign_up_body(email, &newest_code(&app, email).await);
        portal.reg("/reg/v1/signup/confirm", body).await.status.as_u16()
    };
    let verify = async |email: &str| {
        let body = json!({ "email": email, "password": PASSWORD, "code": newest_code(&app, email).await });
        portal.auth("/auth/register/verify", body).await.status.as_u16()
    };
    let reset = async || {
        let body = json!({ "email": ada.email, "confirmCode": newest_code(&app, &ada.email).await });
        portal.reg("/reg/v2/password/reset/confirm", body).await.status.as_u16()
    };
    let [before, after] = around(300);
    let (sign_up, _) = begin("one").await;
    app.advance(before);
    assert_eq!((confirm(&sign_up).await, reset().await), (200, 200));
    let (sign_up, register) = begin("two").await;
    app.advance(before + after);
    assert_eq!((confirm(&sign_up).await, reset().await), (400, 400));
    let [before, after] = around(300);
    app.advance(before);
    assert_eq!(verify(&register).await, 200);
    let (_, register) = begin("three").await;
    app.advance(Duration::from_secs(300) + before + after);
    // As if nobody had registered.
    assert_eq!(verify(&register).await, 401);
}

/// Switching and another password, 5 minutes: `contracts/login-mfa.md` §2 and §4.
async fn codes_for_who_is_signed_in_end_with_their_minutes(host: Host) {
    let app = App::production(host).await;
    let (ada, tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let access = text(&tokens, "access_token");
    let portal = app.portal();
    let post = async |path: &str, body: Value| portal.bearer(Method::POST, path, &access, body).await;
    let passwords = json!({ "oldPassword": PASSWORD, "newPassword": "Another-horse-8" });
    let [before, after] = around(300);
    for (wait, status) in [(before + after, 400), (before, 200)] {
        post("/reg/mfa/authorization/switch", Value::Null).await.expect(200);
        let of_switch = newest_code(&app, &ada.email).await;
        post("/reg/v1/password/change", passwords.clone()).await.expect(200);
        let mut change = passwords.clone();
        change["confirmCode"] = newest_code(&app, &ada.email).await.into();
        app.advance(wait);
        let body = json!({ "confirmationCode": of_switch });
        post("/reg/mfa/authorization/switch/confirm", body).await.expect(status);
        post("/reg/v1/password/change/confirm", change).await.expect(status);
    }
}

/// docs/accounts.md.
async fn the_payload_of_a_reset_ends_after_ten_minutes(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let execute = async |payload: &str| {
        let body = json!({ "email": ada.email, "newPassword": "Another-horse-8", "payload": payload });
        app.portal().reg("/reg/v2/password/reset/execute", body).await
    };
    let [before, after] = around(600);
    let payload = ada.reset_payload(&app).await;
    app.advance(before + after);
    execute(&payload).await.expect(400);
    let payload = ada.reset_payload(&app).await;
    app.advance(before);
    execute(&payload).await.expect(200);
    execute(&payload).await.expect(400);
}

/// `expires_in: 600`.
async fn an_app_that_is_not_confirmed_ends_after_ten_minutes(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let session = ada.session(&app).await;
    let portal = app.portal();
    let [before, after] = around(600);
    for (wait, status) in [(before + after, 404), (before, 200)] {
        let path = "/auth/two_factor/totp/setup";
        let setup = portal.session(Method::POST, path, &session, Value::Null).await.expect(200).json();
        let authenticator = Authenticator::scan(&text(&setup["data"], "otpauth_uri"));
        app.advance(wait);
        let code = authenticator.code(app.now());
        portal.verify_by("totp", &session, "setup", &code).await.expect(status);
    }
}

/// `contracts/two-factor-sessions.md` §7.5, in a session that began on a remembered device.
async fn a_given_code_is_good_for_its_action_for_ten_minutes(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let (device, _) = ada.device(&app).await;
    let portal = app.portal();
    let body = json!({ "email": ada.email, "password": PASSWORD }).to_string();
    let login = portal.send(Method::POST, "/auth/login", &[("x-device-token", &device)], body).await;
    let session = text(&login.expect(200).json(), "session_id");
    let ask =
        async |method: Method, path: &str, body: Value| portal.session(method, path, &session, body).await;
    let methods = ask(Method::GET, "/auth/two_factor/methods", Value::Null).await.expect(200).json();
    let path = format!("/auth/two_factor/{}", text(&methods["data"]["methods"][0], "id"));
    ask(Method::DELETE, &path, Value::Null).await.expect(403);
    let [before, after] = around(600);
    for (wait, status) in [(before + after, 403), (before, 200)] {
        let start = json!({ "action": "remove" });
        ask(Method::POST, "/auth/two_factor/email/start", start).await.expect(200);
        let code = newest_code(&app, &ada.email).await;
        portal.verify(&session, "remove", &code).await.expect(200);
        app.advance(wait);
        ask(Method::DELETE, &path, Value::Null).await.expect(status);
    }
}

async fn a_lock_and_a_pause_hold_until_their_end(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let portal = app.portal();
    ada.lock(&app).await;
    let [before, after] = around(LOCK.as_secs() - 1);
    app.advance(before);
    ada.expect_locked().await;
    app.advance(after);
    ada.tokens(&app).await;
    app.advance(MINUTE);
    for _ in 0..10 {
        portal.login(&ada.email, "Wrong-horse-9").await.expect(401);
    }
    let [before, after] = around(300);
    app.advance(before);
    let answer = portal.login(&ada.email, PASSWORD).await.expect(429);
    let wait: u64 = answer.header("retry-after").parse().expect("seconds");
    assert!((1..=SLACK).contains(&wait), "{wait}");
    app.advance(after);
    portal.login(&ada.email, PASSWORD).await.expect(200);
}
