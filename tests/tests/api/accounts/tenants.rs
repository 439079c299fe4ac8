//! Two partners, whose people have the same addresses and passwords: nothing of the one opens anything of the other.

use super::people::{MINUTE, Person, is_active, newest_code, opens, sign_up_body, text};
use http::Method;
use serde_json::{Value, json};
use stepgate_tests::{Answer, App, BRIDGE_SECRET, Host, PASSWORD, Setup, TWO, tenant};

stepgate_tests::suite! {
    what_somebody_has_at_one_partner_is_worthless_at_another,
    a_code_of_one_partner_is_worthless_at_another,
    a_lock_at_one_partner_closes_nothing_at_another,
}

const ADA: &str = "ada@example.com";
const OTHER_ID: &str = "8";
const OTHER_HOST: &str = "other.example";
const OTHER_SECRET: &str = "the-bridge-secret-of-the-other";

/// The second partner's programs.
struct Other<'a>(&'a App);

impl Other<'_> {
    async fn reg(&self, path: &str, body: Value, headers: &[(&str, &str)]) -> Answer {
        let mut all = vec![("partnerId", OTHER_ID)];
        all.extend(headers);
        self.0.portal().send(Method::POST, path, &all, body.to_string()).await
    }

    async fn token(&self, more: Value, headers: &[(&str, &str)]) -> Answer {
        let mut body = json!({ "email": ADA, "password": PASSWORD });
        for (name, value) in more.as_object().expect("fields") {
            body[name] = value.clone();
        }
        let mut all = vec![("grantType", "password_email")];
        all.extend(headers);
        self.reg("/reg/v1/auth/token", body, &all).await
    }

    async fn auth(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        let mut all = vec![("host", OTHER_HOST)];
        all.extend(headers);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.0.portal().send(method, path, &all, body).await
    }
}

/// Ada has an account with both.
async fn two_partners(host: Host) -> (App, Person, Value) {
    let mut other = tenant();
    other["partner"] = TWO.partner.into();
    other["partner_id"] = 8.into();
    other["hosts"] = json!([OTHER_HOST]);
    other["bridge_secret_sha256"] = stepgate_tests::sha256(OTHER_SECRET).into();
    let both = json!([tenant(), other]).to_string();
    let app = Setup::production(host).setting("accounts", &both).start().await;
    let (ada, tokens) = Person::sign_up_with_tokens(&app, ADA).await;
    let there = Other(&app);
    there.reg("/reg/v1/signup", json!({ "email": ADA, "password": PASSWORD }), &[]).await.expect(200);
    let code = newest_code(&app, ADA).await;
    there.reg("/reg/v1/signup/confirm", sign_up_body(ADA, &code), &[]).await.expect(200);
    (app, ada, tokens)
}

async fn what_somebody_has_at_one_partner_is_worthless_at_another(host: Host) {
    let (app, ada, tokens) = two_partners(host).await;
    let (portal, there) = (app.portal(), Other(&app));
    let session = ada.session(&app).await;
    let (device, _) = ada.device(&app).await;
    // A device: it is known here, and asked for a code there.
    ada.token_on(&device, PASSWORD).await.expect(200);
    there.token(json!({}), &[("x-device-token", &device)]).await.expect(424);
    let login = json!({ "email": ADA, "password": PASSWORD });
    let answer = there.auth(Method::POST, "/auth/login", &[("x-device-token", &device)], login).await;
    assert_eq!(answer.expect(200).json()["requires_2fa"], true);
    // A refresh token: refused there, and none the worse for it.
    let refresh = text(&tokens, "refresh_token");
    let body = json!({ "refreshToken": refresh });
    there.reg("/reg/v1/auth/token", body, &[("grantType", "refresh_token")]).await.expect(401);
    portal.refresh(&refresh).await.expect(200);
    // A session.
    let of_session = [("x-session-id", session.as_str())];
    for path in ["/auth/me", "/auth/user/me", "/auth/validate-session", "/auth/two_factor/methods"] {
        there.auth(Method::GET, path, &of_session, Value::Null).await.expect(401);
    }
    there
        .auth(Method::POST, "/auth/two_factor/toggle", &of_session, json!({ "enabled": false }))
        .await
        .expect(401);
    there.auth(Method::POST, "/auth/logout", &of_session, Value::Null).await.expect(401);
    // The secrets of their servers.
    let ask = json!({ "session_id": session });
    for path in ["/auth/bridge/validate", "/bridge/validate"] {
        for (secret, status) in [(OTHER_SECRET, 401), (BRIDGE_SECRET, 401)] {
            let answer = there.auth(Method::POST, path, &[("x-bridge-secret", secret)], ask.clone()).await;
            assert_ne!(answer.expect(status).json()["success"], true);
        }
        let headers = [("x-bridge-secret", OTHER_SECRET)];
        portal.send(Method::POST, path, &headers, ask.to_string()).await.expect(401);
        let headers = [("x-bridge-secret", BRIDGE_SECRET)];
        portal.send(Method::POST, path, &headers, ask.to_string()).await.expect(200);
    }
    let body = json!({ "email": "new@example.com", "password": PASSWORD, "name": "New" });
    let headers = [("x-bridge-secret", BRIDGE_SECRET)];
    there.auth(Method::POST, "/auth/register/public", &headers, body).await.expect(401);
    // The payload of a reset.
    let payload = ada.reset_payload(&app).await;
    let body = json!({ "email": ADA, "newPassword": "Another-horse-8", "payload": payload });
    there.reg("/reg/v2/password/reset/execute", body.clone(), &[]).await.expect(400);
    assert!(is_active(&app, &session).await && opens(&app, &text(&tokens, "access_token")).await);
    // It was not used up, and changes the password of one of the two.
    portal.reg("/reg/v2/password/reset/execute", body).await.expect(200);
    app.advance(MINUTE);
    there.token(json!({}), &[]).await.expect(424);
    portal.token(ADA, PASSWORD, json!({})).await.expect(401);
}

async fn a_code_of_one_partner_is_worthless_at_another(host: Host) {
    let (app, ada, _) = two_partners(host).await;
    let there = Other(&app);
    let here = ada.ask_for_code(&app).await;
    // Each has an interval of its own.
    there.token(json!({}), &[]).await.expect(424);
    let theirs = newest_code(&app, ADA).await;
    assert_ne!(here.code, theirs, "once in a million runs");
    there.token(json!({ "mfaCode": here.code }), &[]).await.expect(400);
    ada.token(&theirs).await.expect(400);
    there.token(json!({ "mfaCode": theirs }), &[]).await.expect(200);
    ada.token(&here.code).await.expect(200);
    // The same for resets, the long codes as well.
    app.portal().reg("/reg/v2/password/reset", json!({ "email": ADA })).await.expect(200);
    let here = app.mail_to(ADA).await;
    there.reg("/reg/v2/password/reset", json!({ "email": ADA }), &[]).await.expect(200);
    for code in [&here.code, &here.long_code] {
        let body = json!({ "email": ADA, "confirmCode": code });
        there.reg("/reg/v2/password/reset/confirm", body, &[]).await.expect(400);
    }
    let body = json!({ "email": ADA, "confirmCode": here.long_code });
    app.portal().reg("/reg/v2/password/reset/confirm", body).await.expect(200);
}

async fn a_lock_at_one_partner_closes_nothing_at_another(host: Host) {
    let (app, ada, _) = two_partners(host).await;
    ada.lock(&app).await;
    let there = Other(&app);
    there.token(json!({}), &[]).await.expect(424);
    let code = newest_code(&app, ADA).await;
    there.token(json!({ "mfaCode": code }), &[]).await.expect(200);
    // Nor do wrong passwords.
    for _ in 0..10 {
        there.token(json!({ "password": "Wrong-horse-9" }), &[]).await.expect(401);
    }
    there.token(json!({}), &[]).await.expect(429);
    ada.expect_locked().await;
}
