//! What the sandbox has and production has not: `contracts/authentication-codes.md` §6.

use crate::support::{NEW, OLD, Pending};
use http::Method;
use serde_json::json;
use stepgate_tests::{App, Host};

stepgate_tests::suite! {
    the_sandbox_code_confirms_anything_that_is_pending,
    the_real_code_is_taken_too,
    no_mail_leaves_the_sandbox,
    the_inbox_shows_newest_first_and_forgets,
    the_sandbox_code_is_a_code_like_any_other_in_production,
    a_challenge_of_production_is_not_confirmed_by_turning_the_sandbox_on,
    the_inbox_does_not_exist_in_production,
    sandbox_routes_do_not_exist_in_production,
}

/// authentication-codes.md §6: 123456 confirms any pending authentication.
async fn the_sandbox_code_confirms_anything_that_is_pending(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    let code = pending.submit(123_456).await;
    assert_eq!((&code["status"], &code["attempts"]), (&json!("Confirmed"), &json!(1)));
    assert_eq!(pending.email().await, NEW);
}

/// authentication-codes.md §6: real generated code.
async fn the_real_code_is_taken_too(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    assert_eq!(pending.confirm().await["status"], "Confirmed");
}

/// authentication-codes.md §6: no mail is sent.
async fn no_mail_leaves_the_sandbox(host: Host) {
    let app = App::sandbox(host).await;
    // A transport that would fail is not even asked.
    app.outbox().fail(Some(stepgate_host::delivery::DeliveryError::Unconfigured));
    let pending = Pending::new(&app).await;
    assert_eq!(pending.mail.to, OLD);
}

/// The inbox of a sandbox that everybody uses does not grow for ever.
async fn the_inbox_shows_newest_first_and_forgets(host: Host) {
    let app = App::sandbox(host).await;
    let customer = app.one().customer(OLD).await;
    for n in 0..103 {
        app.one().put_email(&customer, &format!("ada-{n}@new.example")).await.expect(204);
    }
    let mails = app.mails().await;
    assert_eq!(mails.len(), 100);
    let change = app.one().code_of(&customer.id).await.expect(200).json();
    let id = change["id"].as_str().expect("an id");
    let newest = mails.last().expect("there are many").number();
    assert_eq!(app.one().submit(id, newest).await.expect(200).json()["status"], "Confirmed");
}

/// authentication-codes.md §6: nothing special.
async fn the_sandbox_code_is_a_code_like_any_other_in_production(host: Host) {
    let app = App::production(host).await;
    let mut pending = Pending::new(&app).await;
    while pending.mail.number() == 123_456 {
        pending = Pending::new(&app).await;
    }
    let code = pending.submit(123_456).await;
    assert_eq!((&code["status"], &code["attempts"]), (&json!("Pending"), &json!(1)));
    assert_eq!(pending.email().await, OLD);
    assert_eq!(app.verdicts(&pending.change.code_id, "wrong"), 1);
}

/// challenges.wit, policy.sandbox: both the challenge and the verification must say so.
async fn a_challenge_of_production_is_not_confirmed_by_turning_the_sandbox_on(host: Host) {
    let app = App::production(host).await;
    let mut pending = Pending::new(&app).await;
    while pending.mail.number() == 123_456 {
        pending = Pending::new(&app).await;
    }
    app.set("environment", "sandbox");
    assert_eq!(pending.submit(123_456).await["status"], "Pending");
    assert_eq!(pending.email().await, OLD);
}

/// authentication-codes.md §6: sandbox routes in production do not exist; the inbox shows codes.
async fn the_inbox_does_not_exist_in_production(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    let nothing = app.visitor().send(Method::GET, "/nothing-here", &[], "").await.expect(404);
    for path in ["/inbox", "/inbox.json"] {
        for method in [Method::GET, Method::POST, Method::HEAD] {
            let answer = app.visitor().send(method.clone(), path, &[], "").await.expect(404);
            if method != Method::HEAD {
                assert_eq!(answer.body, nothing.body);
            }
            assert!(!String::from_utf8_lossy(&answer.body).contains(&pending.mail.code));
        }
    }
}

/// authentication-codes.md §6: sandbox routes in production.
async fn sandbox_routes_do_not_exist_in_production(host: Host) {
    let app = App::production(host).await;
    let id = "9a7b6c5d-1111-4222-8333-944455556666";
    for path in [format!("/api/sandbox/fiat-verification/{id}"), format!("/api/sandbox/autoramp/{id}")] {
        app.one().put(&path, json!("AuthorizationRequired")).await.expect_string(404);
    }
    app.one().post("/api/sandbox/reset", json!({})).await.expect_string(404);
}
