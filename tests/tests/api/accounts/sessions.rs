//! Sessions and tokens in the hands of somebody else.

use super::people::{MINUTE, Person, is_active, opens, text};
use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};
use stepgate_tests::{App, Host, PASSWORD};

stepgate_tests::suite! {
    a_session_id_that_is_sent_along_is_never_adopted,
    a_pending_session_opens_nothing_but_its_own_end,
    a_refresh_token_that_is_used_again_ends_its_family,
    a_refresh_token_used_at_once_is_rotated_once,
    a_token_or_session_that_was_tampered_with_opens_nothing,
    logging_out_of_everything_ends_what_both_apis_opened,
    a_new_password_ends_what_both_apis_opened,
    the_credentials_of_one_tenant_open_nothing_of_another,
}

/// Session fixation: whatever id a login comes with, in whatever place, the session has one that only its owner was told.
async fn a_session_id_that_is_sent_along_is_never_adopted(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let eve = Person::sign_up(&app, "eve@example.com").await;
    let portal = app.portal();
    let (pending, _) = eve.pending(&app).await;
    let active = eve.session(&app).await;
    let made_up = "ses_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for planted in [pending.as_str(), &active, made_up] {
        let cookie = format!("session_id={planted}");
        let body = json!({
            "email": ada.email, "password": PASSWORD, "session_id": planted, "sessionId": planted, "id": planted,
        });
        let headers = [("x-session-id", planted), ("cookie", cookie.as_str())];
        let path = format!("/auth/login?session_id={planted}");
        let answer = portal.send(Method::POST, &path, &headers, body.to_string()).await.expect(200);
        assert!(!format!("{:?}", answer.headers).contains(planted));
        let session = text(&answer.json(), "session_id");
        assert_ne!(session, planted);
        let mail = app.mail_to(&ada.email).await;
        // Ada's code does not help whoever planted the id, and it is Ada's own session that becomes active.
        let answer = portal.verify(planted, "login", &mail.code).await;
        assert_ne!(answer.status, 200);
        portal.verify(&session, "login", &mail.code).await.expect(200);
        let me = portal.session(Method::GET, "/auth/me", &session, Value::Null).await.expect(200).json();
        assert_eq!(me["data"]["user"]["email"], ada.email);
    }
    assert!(!is_active(&app, &pending).await && !is_active(&app, made_up).await);
    let me = portal.session(Method::GET, "/auth/me", &active, Value::Null).await.expect(200).json();
    assert_eq!(me["data"]["user"]["email"], eve.email);
}

/// `contracts/two-factor-sessions.md` §2.
async fn a_pending_session_opens_nothing_but_its_own_end(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let (session, _) = ada.pending(&app).await;
    let portal = app.portal();
    for (method, path, body) in [
        (Method::GET, "/auth/two_factor/methods", Value::Null),
        (Method::GET, "/auth/two_factor/devices", Value::Null),
        (Method::POST, "/auth/two_factor/email/setup", json!({ "email": "eve@evil.example" })),
        (Method::POST, "/auth/two_factor/sms/setup", json!({ "phone": "+15551234567" })),
        (Method::POST, "/auth/two_factor/totp/setup", json!({})),
        (Method::POST, "/auth/two_factor/recovery/setup", json!({})),
        (Method::POST, "/auth/two_factor/toggle", json!({ "enabled": false })),
        (Method::DELETE, "/auth/two_factor/0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9a11", Value::Null),
    ] {
        let answer = portal.session(method, path, &session, body).await.expect(403);
        assert_eq!(answer.json()["code"], "TWO_FACTOR_REQUIRED", "{path}");
    }
    let body = json!({ "session_id": session });
    let headers = [("x-bridge-secret", stepgate_tests::BRIDGE_SECRET)];
    let answer = portal.send(Method::POST, "/auth/bridge/validate", &headers, body.to_string()).await;
    assert_ne!(answer.json()["success"], true);
    assert!(!opens(&app, &session).await);
}

/// Issue: refresh with rotation and reuse detection.
async fn a_refresh_token_that_is_used_again_ends_its_family(host: Host) {
    let app = App::production(host).await;
    let (ada, first) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let other = ada.tokens(&app).await;
    let portal = app.portal();
    let second = portal.refresh(&text(&first, "refresh_token")).await.expect(200).json();
    let third = portal.refresh(&text(&second, "refresh_token")).await.expect(200).json();
    assert!(opens(&app, &text(&third, "access_token")).await);
    let answer = portal.refresh(&text(&first, "refresh_token")).await.expect(401).json();
    assert_eq!(answer["message"], "Your session has expired or is no longer valid. Please log in again.");
    for tokens in [&first, &second, &third] {
        assert!(!opens(&app, &text(tokens, "access_token")).await);
        portal.refresh(&text(tokens, "refresh_token")).await.expect(401);
    }
    // Another sign-in of the same person is another family.
    assert!(opens(&app, &text(&other, "access_token")).await);
    portal.refresh(&text(&other, "refresh_token")).await.expect(200);
}

/// The same at once: whoever stole a token and its owner never both go on.
async fn a_refresh_token_used_at_once_is_rotated_once(host: Host) {
    let app = App::production(host).await;
    let (ada, mut tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let portal = app.portal();
    for _ in 0..5 {
        let stolen = text(&tokens, "refresh_token");
        let answers = join_all((0..6).map(|_| portal.refresh(&stolen))).await;
        let winners: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert!(winners.len() <= 1, "{answers:?}");
        for winner in winners {
            portal.refresh(&text(&winner.json(), "refresh_token")).await.expect(401);
            assert!(!opens(&app, &text(&winner.json(), "access_token")).await);
        }
        assert!(!opens(&app, &text(&tokens, "access_token")).await);
        app.advance(MINUTE);
        tokens = ada.tokens(&app).await;
    }
}

/// How many characters all refresh tokens of one sign-in begin with.
const FAMILY: usize = 51;

/// Every character of a token counts.
async fn a_token_or_session_that_was_tampered_with_opens_nothing(host: Host) {
    let app = App::production(host).await;
    let (ada, tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let session = ada.session(&app).await;
    let portal = app.portal();
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let altered = |token: &str, at: usize| {
        let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{other}{}", &token[..at], &token[at + 1..])
    };
    // The last character of base64 may have bits that say nothing; none of them may be set.
    for at in (0..access.len()).step_by(7).chain([access.len() - 1]) {
        assert!(!opens(&app, &altered(&access, at)).await, "{at}");
    }
    for at in (0..session.len()).step_by(3).chain([session.len() - 1]) {
        assert!(!is_active(&app, &altered(&session, at)).await, "{at}");
    }
    // What begins otherwise than a token that was made here changes nothing.
    for at in (0..FAMILY).step_by(5) {
        portal.refresh(&altered(&refresh, at)).await.expect(401);
    }
    let parts: Vec<_> = access.split('.').collect();
    // {"alg":"none"}, and a key of the token's own.
    for head in ["eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzI1NiIsImtpZCI6IjIwMjYtMTEifQ"] {
        for signature in ["", parts[2]] {
            assert!(!opens(&app, &format!("{head}.{}.{signature}", parts[1])).await);
        }
    }
    for stranger in [&session, &refresh] {
        assert!(!opens(&app, stranger).await);
    }
    for stranger in [&access, &refresh] {
        assert!(!is_active(&app, stranger).await);
    }
    assert!(opens(&app, &access).await && is_active(&app, &session).await);
    let next = text(&portal.refresh(&refresh).await.expect(200).json(), "refresh_token");
    // Whoever has the rest of one has had a token: docs/tokens.md.
    portal.refresh(&altered(&next, next.len() - 1)).await.expect(401);
    portal.refresh(&next).await.expect(401);
    assert!(!opens(&app, &access).await && is_active(&app, &session).await);
}

/// `contracts/login-mfa.md` §6, "all devices": sessions of the other API are devices too.
async fn logging_out_of_everything_ends_what_both_apis_opened(host: Host) {
    let app = App::production(host).await;
    let (ada, tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let (session, (pending, mail)) = (ada.session(&app).await, ada.pending(&app).await);
    let access = text(&tokens, "access_token");
    let portal = app.portal();
    portal.bearer(Method::PUT, "/reg/user/session/logout", &access, Value::Null).await.expect(200);
    assert!(!opens(&app, &access).await && !is_active(&app, &session).await);
    portal.refresh(&text(&tokens, "refresh_token")).await.expect(401);
    portal.verify(&pending, "login", &mail.code).await.expect(401);
}

/// `contracts/login-mfa.md` §6: whoever had the old password has nothing any more.
async fn a_new_password_ends_what_both_apis_opened(host: Host) {
    let app = App::production(host).await;
    let (ada, tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let (session, (pending, mail)) = (ada.session(&app).await, ada.pending(&app).await);
    let access = text(&tokens, "access_token");
    let portal = app.portal();
    let new = "Another-horse-8";
    let mut change = json!({ "oldPassword": PASSWORD, "newPassword": new });
    portal.bearer(Method::POST, "/reg/v1/password/change", &access, change.clone()).await.expect(200);
    change["confirmCode"] = app.mail_to(&ada.email).await.code.into();
    portal.bearer(Method::POST, "/reg/v1/password/change/confirm", &access, change).await.expect(200);
    assert!(!opens(&app, &access).await && !is_active(&app, &session).await);
    portal.refresh(&text(&tokens, "refresh_token")).await.expect(401);
    portal.verify(&pending, "login", &mail.code).await.expect(401);
    portal.login(&ada.email, PASSWORD).await.expect(401);
    portal.login(&ada.email, new).await.expect(200);
}

/// Partner and instance scoping: the same address with two of them is two accounts.
async fn the_credentials_of_one_tenant_open_nothing_of_another(host: Host) {
    let mut other = stepgate_tests::tenant();
    other["partner"] = stepgate_tests::TWO.partner.into();
    other["partner_id"] = 8.into();
    other["hosts"] = json!(["other.example"]);
    let both = json!([stepgate_tests::tenant(), other]).to_string();
    let app = stepgate_tests::Setup::production(host).setting("accounts", &both).start().await;
    let (ada, tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let session = ada.session(&app).await;
    let portal = app.portal();
    let elsewhere = [("host", "other.example")];
    let login = json!({ "email": ada.email, "password": PASSWORD }).to_string();
    portal.send(Method::POST, "/auth/login", &elsewhere, login.clone()).await.expect(401);
    let headers = [("host", "other.example"), ("x-session-id", session.as_str())];
    portal.send(Method::GET, "/auth/me", &headers, "").await.expect(401);
    for partner in ["8", "9", "07", "7.0", "-7", ""] {
        let headers = [("partnerId", partner), ("grantType", "password_email")];
        let answer = portal.send(Method::POST, "/reg/v1/auth/token", &headers, login.clone()).await;
        // 07 is 7.
        let expected: &[u16] = if partner == "8" { &[401] } else { &[400, 424] };
        assert!(expected.contains(&answer.status.as_u16()), "{partner}: {answer:?}");
        let headers = [("partnerId", partner), ("grantType", "refresh_token")];
        let body = json!({ "refreshToken": text(&tokens, "refresh_token") }).to_string();
        if partner == "8" {
            portal.send(Method::POST, "/reg/v1/auth/token", &headers, body).await.expect(401);
        }
    }
    assert!(is_active(&app, &session).await && opens(&app, &text(&tokens, "access_token")).await);
}
