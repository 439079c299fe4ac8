//! security.md, bad input: a store that fails is a 5xx with a trace id, in the API's own shape; nobody is let in by it, and nothing has to
//! be started again.

use super::people::{MINUTE, Person, compared_and_wrong, is_active, opens, sign_up_body, text};
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use stepgate_tests::{Answer, App, BRIDGE_SECRET, Effect, Host, PASSWORD};

stepgate_tests::suite! {
    a_store_that_is_down_lets_nobody_in_and_comes_back,
    a_right_code_that_cannot_be_recorded_signs_in_once_at_most,
    a_refresh_that_cannot_be_recorded_gives_one_pair_at_most,
}

/// A failure of ours.
#[track_caller]
fn failed(path: &str, answer: &Answer) {
    assert!(answer.status.is_server_error(), "{path}: {answer:?}");
    // The host's own, where it is the disk that failed, says no charset.
    assert!(answer.header("content-type").starts_with("application/json"), "{path}: {answer:?}");
    let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
    let trace = if path.starts_with("/reg") {
        assert_eq!(body.as_object().map(serde_json::Map::len), Some(4), "{path}: {body}");
        assert_eq!((&body["status"], &body["errors"]), (&json!("INTERNAL_SERVER_ERROR"), &json!([])));
        text(&body, "traceId")
    } else {
        assert_eq!(body["success"], false, "{path}: {body}");
        assert!(!text(&body, "error").is_empty() && !text(&body, "code").is_empty(), "{path}: {body}");
        text(&body, "trace_id")
    };
    assert_eq!(trace, answer.header("x-trace-id"), "{path}");
    assert_eq!(answer.header("set-cookie"), "", "{path}");
    for word in ["a test broke it", "account/", "until-", "unavailable", "store"] {
        assert!(!answer.text().contains(word), "{path}: {body}");
    }
}

async fn a_store_that_is_down_lets_nobody_in_and_comes_back(host: Host) {
    let app = App::production(host).await;
    let (ada, tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let session = ada.session(&app).await;
    let portal = app.portal();
    let new = "new@example.com";
    portal.reg("/reg/v1/signup", json!({ "email": new, "password": PASSWORD })).await.expect(200);
    let of_sign_up = app.mail_to(new).await.code;
    portal.reg("/reg/v2/password/reset", json!({ "email": ada.email })).await.expect(200);
    let of_reset = app.mail_to(&ada.email).await.code;
    let of_token = ada.ask_for_code(&app).await.code;
    let (pending, of_pending) = ada.pending(&app).await;
    let mails = app.mails().await.len();

    app.set_store_down(true);
    let mut answers = vec![
        ("/reg/v1/auth/token", portal.token(&ada.email, PASSWORD, json!({})).await),
        ("/reg/v1/auth/token", ada.token(&of_token).await),
        ("/reg/v1/auth/token", portal.token(&ada.email, "Wrong-horse-9", json!({})).await),
        ("/reg/v1/auth/token", portal.refresh(&refresh).await),
        ("/auth/login", portal.login(&ada.email, PASSWORD).await),
        ("/auth/two_factor/verify", portal.verify(&pending, "login", &of_pending.code).await),
    ];
    for (path, body) in [
        ("/reg/v1/signup", json!({ "email": "kim@example.com", "password": PASSWORD })),
        ("/reg/v1/signup/confirm", sign_up_body(new, &of_sign_up)),
        ("/reg/v2/password/reset", json!({ "email": ada.email })),
        ("/reg/v2/password/reset/confirm", json!({ "email": ada.email, "confirmCode": of_reset })),
        ("/auth/register", json!({ "email": "kim@example.com", "password": PASSWORD, "name": "Kim" })),
    ] {
        answers.push((path, portal.reg(path, body).await));
    }
    for (method, path) in [
        (Method::GET, "/reg/v1/user/info"),
        (Method::PUT, "/reg/user/session/logout"),
        (Method::POST, "/reg/mfa/authorization/switch"),
    ] {
        answers.push((path, portal.bearer(method, path, &access, Value::Null).await));
    }
    for (method, path) in [
        (Method::GET, "/auth/me"),
        (Method::GET, "/auth/validate-session"),
        (Method::GET, "/auth/two_factor/methods"),
        (Method::POST, "/auth/logout"),
        (Method::POST, "/auth/two_factor/totp/setup"),
    ] {
        answers.push((path, portal.session(method, path, &session, Value::Null).await));
    }
    let body = json!({ "session_id": session }).to_string();
    let path = "/auth/bridge/validate";
    answers.push((path, portal.send(Method::POST, path, &[("x-bridge-secret", BRIDGE_SECRET)], body).await));
    answers.push(("/reg/v1/auth/revocations", app.one().get("/reg/v1/auth/revocations").await));
    for (path, answer) in &answers {
        failed(path, answer);
    }
    assert_eq!(app.mails().await.len(), mails, "what was not recorded was not sent");

    app.set_store_down(false);
    assert_eq!(compared_and_wrong(&app), 0);
    assert!(
        opens(&app, &access).await && is_active(&app, &session).await && !is_active(&app, &pending).await
    );
    portal.verify(&pending, "login", &of_pending.code).await.expect(200);
    ada.token(&of_token).await.expect(200);
    portal.refresh(&refresh).await.expect(200);
    portal.reg("/reg/v1/signup/confirm", sign_up_body(new, &of_sign_up)).await.expect(200);
    let body = json!({ "email": ada.email, "confirmCode": of_reset });
    portal.reg("/reg/v2/password/reset/confirm", body).await.expect(200);
}

/// Every third operation of a request fails, each in a round of its own; what is before and after it is tested in components/gateway,
/// where that is cheap. Answers how many failed.
async fn rounds(app: &App, round: impl AsyncFn(usize, Effect) -> Option<Answer>) -> usize {
    let mut hit = 0;
    for (nth, effect) in (1..90).step_by(3).zip([Effect::NotDone, Effect::Done].into_iter().cycle()) {
        let Some(answer) = round(nth, effect).await else { return hit };
        assert!(!answer.text().contains("a test broke it"), "{answer:?}");
        if answer.status.is_server_error() {
            hit += 1;
            assert_ne!(answer.header("x-trace-id"), "");
            assert_eq!(answer.header("set-cookie"), "");
        } else {
            // Only telling an owner what was done may fail unheard.
            assert!(app.log().iter().any(|line| line.contains("\"told\":false")), "{nth}: {answer:?}");
        }
        app.advance(Duration::from_secs(3600));
    }
    panic!("a request makes more than 90 store operations");
}

/// Sends a request with its `nth` operation failing. None if it was answered without coming that far.
async fn failing(
    app: &App,
    (nth, effect): (usize, Effect),
    request: impl Future<Output = Answer>,
) -> Option<Answer> {
    let before = app.operations();
    app.fail_nth(nth, effect);
    let answer = request.await;
    (app.operations() - before >= nth).then_some(answer)
}

async fn a_right_code_that_cannot_be_recorded_signs_in_once_at_most(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let portal = app.portal();
    let hit = rounds(&app, async |nth, effect| {
        let (session, mail) = ada.pending(&app).await;
        let verify = portal.verify(&session, "login", &mail.code);
        let answer = failing(&app, (nth, effect), verify).await?;
        // Whatever became of it, the code is good for this session and for nothing else, and not for long.
        let (other, _) = ada.pending(&app).await;
        portal.verify(&other, "login", &mail.code).await.expect(400);
        assert!(!is_active(&app, &other).await);
        if !is_active(&app, &session).await {
            let again = portal.verify(&session, "login", &mail.code).await;
            assert!([200, 400, 401].contains(&again.status.as_u16()), "{nth} {effect:?}: {again:?}");
            assert_eq!(again.status == 200, is_active(&app, &session).await, "{nth} {effect:?}");
        }
        app.advance(MINUTE);
        ada.session(&app).await;
        Some(answer)
    })
    .await;
    assert!(hit >= 3, "{hit}");
}

async fn a_refresh_that_cannot_be_recorded_gives_one_pair_at_most(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let portal = app.portal();
    let hit = rounds(&app, async |nth, effect| {
        let refresh = text(&ada.tokens(&app).await, "refresh_token");
        let answer = failing(&app, (nth, effect), portal.refresh(&refresh)).await?;
        // It may be used up; then the family is over.
        let again = portal.refresh(&refresh).await;
        assert!([200, 401].contains(&again.status.as_u16()), "{nth} {effect:?}: {again:?}");
        portal.refresh(&refresh).await.expect(401);
        if again.status == 200 {
            portal.refresh(&text(&again.json(), "refresh_token")).await.expect(401);
        }
        Some(answer)
    })
    .await;
    assert!(hit >= 2, "{hit}");
}
