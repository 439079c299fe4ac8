//! Authenticator apps and recovery codes: each code once, whatever it is for, however many try.

use super::people::{LOCK, MINUTE, Person, is_active, opens, text};
use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};
use stepgate_tests::{Answer, App, Host, PASSWORD};

stepgate_tests::suite! {
    a_code_of_an_app_at_once_lets_one_in,
    a_recovery_code_at_once_lets_one_in,
    a_code_of_an_app_is_good_once_for_everything,
    a_recovery_code_is_good_once_for_everything,
    new_recovery_codes_void_those_before,
    another_app_voids_the_one_before,
}

async fn by(app: &App, person: &Person, method: &str, code: &str) -> Answer {
    let more = json!({ "mfaMethod": method, "mfaCode": code });
    app.portal().token(&person.email, PASSWORD, more).await
}

/// Eight connections, four of each API, one code: how many were let in.
async fn let_in_at_once(app: &App, person: &Person, method: &str, code: &str) -> usize {
    let portal = app.portal();
    let mut pending = Vec::new();
    for _ in 0..4 {
        pending.push(person.pending(app).await.0);
    }
    let sessions = join_all(pending.iter().map(|session| portal.verify_by(method, session, "login", code)));
    let tokens = join_all((0..4).map(|_| by(app, person, method, code)));
    let (sessions, tokens) = tokio::join!(sessions, tokens);
    for answer in sessions.iter().chain(&tokens) {
        assert!([200, 400, 401, 423, 429].contains(&answer.status.as_u16()), "{answer:?}");
    }
    let mut let_in = 0;
    for answer in &tokens {
        let_in += usize::from(answer.status == 200);
    }
    for (session, answer) in pending.iter().zip(&sessions) {
        let_in += usize::from(answer.status == 200);
        assert!(answer.status == 200 || !is_active(app, session).await);
    }
    let_in
}

/// security.md: one right code used twice at once opens two sessions. One winner.
async fn a_code_of_an_app_at_once_lets_one_in(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let session = ada.session(&app).await;
    let authenticator = ada.authenticator(&app, &session).await;
    for _ in 0..2 {
        let code = authenticator.code(app.now());
        assert_eq!(let_in_at_once(&app, &ada, "totp", &code).await, 1);
        // A code that was used is a wrong one, so the others may have locked her out.
        app.advance(LOCK);
        by(&app, &ada, "totp", &authenticator.code(app.now())).await.expect(200);
        app.advance(MINUTE);
    }
}

/// The same.
async fn a_recovery_code_at_once_lets_one_in(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let session = ada.session(&app).await;
    let codes = ada.recovery_codes(&session).await;
    for pair in codes.chunks(2).take(2) {
        assert_eq!(let_in_at_once(&app, &ada, "recovery", &pair[0]).await, 1);
        app.advance(LOCK);
        by(&app, &ada, "recovery", &pair[1]).await.expect(200);
    }
}

/// RFC 6238 §5.2: whoever looked over a shoulder has nothing of it in the other API, nor for another action.
async fn a_code_of_an_app_is_good_once_for_everything(host: Host) {
    let app = App::production(host).await;
    let (ada, tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let session = ada.session(&app).await;
    let authenticator = ada.authenticator(&app, &session).await;
    let portal = app.portal();
    let code = authenticator.code(app.now());
    by(&app, &ada, "totp", &code).await.expect(200);
    let (pending, _) = ada.pending(&app).await;
    let answer = portal.verify_by("totp", &pending, "login", &code).await.expect(400);
    assert_eq!(answer.json()["attempts_remaining"], 4);
    portal.verify_by("totp", &session, "remove", &code).await.expect(400);
    let access = text(&tokens, "access_token");
    let switch = "/reg/mfa/authorization/switch";
    portal.bearer(Method::POST, switch, &access, json!({ "mfaMethod": "totp" })).await.expect(200);
    let body = json!({ "confirmationCode": code });
    portal.bearer(Method::POST, &format!("{switch}/confirm"), &access, body).await.expect(400);
    app.advance(MINUTE);
    let next = authenticator.code(app.now());
    portal.verify_by("totp", &pending, "login", &next).await.expect(200);
    by(&app, &ada, "totp", &next).await.expect(400);
}

async fn a_recovery_code_is_good_once_for_everything(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let session = ada.session(&app).await;
    let codes = ada.recovery_codes(&session).await;
    let (pending, _) = ada.pending(&app).await;
    let portal = app.portal();
    portal.verify_by("recovery", &pending, "login", &codes[0]).await.expect(200);
    by(&app, &ada, "recovery", &codes[0]).await.expect(400);
    portal.verify_by("recovery", &session, "toggle", &codes[0]).await.expect(400);
    // As it is typed by people.
    by(&app, &ada, "recovery", &codes[1].to_uppercase().replace('-', " ")).await.expect(200);
    by(&app, &ada, "recovery", &codes[1]).await.expect(400);
}

async fn new_recovery_codes_void_those_before(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let session = ada.session(&app).await;
    let old = ada.recovery_codes(&session).await;
    by(&app, &ada, "recovery", &old[0]).await.expect(200);
    let new = ada.recovery_codes(&session).await;
    assert!(old.iter().all(|code| !new.contains(code)));
    for code in &old[..2] {
        by(&app, &ada, "recovery", code).await.expect(400);
    }
    let tokens = by(&app, &ada, "recovery", &new[0]).await.expect(200).json();
    assert!(opens(&app, &text(&tokens, "access_token")).await);
    by(&app, &ada, "recovery", &new[0]).await.expect(400);
}

/// The old one counts until the new one is confirmed, and not for a moment longer.
async fn another_app_voids_the_one_before(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let session = ada.session(&app).await;
    let old = ada.authenticator(&app, &session).await;
    let begun =
        app.portal().session(Method::POST, "/auth/two_factor/totp/setup", &session, Value::Null).await;
    begun.expect(200);
    by(&app, &ada, "totp", &old.code(app.now())).await.expect(200);
    app.advance(MINUTE);
    let new = ada.authenticator(&app, &session).await;
    by(&app, &ada, "totp", &old.code(app.now())).await.expect(400);
    by(&app, &ada, "totp", &new.code(app.now())).await.expect(200);
}
