//! How long whoever guesses waits, and the owner's way past it: docs/accounts.md, "Can somebody keep the owner out?".

use super::people::{MINUTE, Person, compared_and_wrong, is_active, wrong_texts};
use serde_json::json;
use std::time::Duration;
use stepgate_tests::{App, Host, PASSWORD};

stepgate_tests::suite! {
    a_new_password_ends_what_wrong_ones_closed,
    each_lock_is_twice_as_long_until_a_success,
    after_a_hundred_wrong_codes_only_a_new_password_helps,
}

const DAY: Duration = Duration::from_secs(24 * 3600);
const NEW: &str = "Another-horse-8";

/// Ten strangers' guesses close a name; its owner opens it at once. Open sessions never noticed.
async fn a_new_password_ends_what_wrong_ones_closed(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let session = ada.session(&app).await;
    let portal = app.portal();
    for n in 0..10 {
        match n % 2 {
            0 => portal.token(&ada.email, "Wrong-horse-9", json!({})).await.expect(401),
            _ => portal.login(&ada.email, "Wrong-horse-9").await.expect(401),
        };
    }
    portal.token(&ada.email, PASSWORD, json!({})).await.expect(429);
    portal.login(&ada.email, PASSWORD).await.expect(429);
    assert!(is_active(&app, &session).await);
    ada.reset(&app, NEW).await;
    portal.token(&ada.email, NEW, json!({})).await.expect(424);
    assert_eq!(portal.login(&ada.email, NEW).await.expect(200).json()["requires_2fa"], true);
    portal.login(&ada.email, PASSWORD).await.expect(401);
}

/// Five wrong codes in a session that waits, which is the cheapest way.
async fn lock(app: &App, ada: &Person, password: &str) {
    let portal = app.portal();
    let answer = portal.login(&ada.email, password).await.expect(200).json();
    let session = answer["session_id"].as_str().expect("a session");
    let mail = app.mail_to(&ada.email).await;
    for (wrong, status) in wrong_texts(&mail).zip([400, 400, 400, 400, 429]) {
        portal.verify(session, "login", &wrong).await.expect(status);
    }
}

async fn each_lock_is_twice_as_long_until_a_success(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    for minutes in [30, 60, 120] {
        lock(&app, &ada, PASSWORD).await;
        // Just before its end, and just after it.
        app.advance(Duration::from_secs(minutes * 60 - 20));
        ada.expect_locked().await;
        app.advance(Duration::from_secs(21));
    }
    ada.tokens(&app).await;
    app.advance(MINUTE);
    lock(&app, &ada, PASSWORD).await;
    app.advance(Duration::from_secs(30 * 60 + 1));
    ada.tokens(&app).await;
}

/// NIST SP 800-63B-4 §3.2.2. Locks end, a block does not.
async fn after_a_hundred_wrong_codes_only_a_new_password_helps(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    for _ in 0..20 {
        lock(&app, &ada, PASSWORD).await;
        app.advance(DAY + MINUTE);
    }
    assert_eq!(compared_and_wrong(&app), 100);
    for days in [0, 7, 60] {
        app.advance(days * DAY);
        ada.expect_locked().await;
    }
    ada.reset(&app, NEW).await;
    let answer = app.portal().login(&ada.email, NEW).await.expect(200).json();
    let session = answer["session_id"].as_str().expect("a session").to_owned();
    let code = super::people::newest_code(&app, &ada.email).await;
    app.portal().verify(&session, "login", &code).await.expect(200);
    assert!(is_active(&app, &session).await);
}
