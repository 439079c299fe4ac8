//! How many messages are sent, and where to.

use super::people::{MINUTE, Person, text};
use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use stepgate_tests::{App, Host, PASSWORD, Setup};

stepgate_tests::suite! {
    sms_to_one_number_are_counted_whoever_asks,
    sms_go_to_no_country_that_is_not_listed,
    mails_to_one_address_are_counted,
    codes_asked_for_at_once_are_sent_once,
    a_throttled_request_says_so_and_its_code_goes_on,
    a_message_that_cannot_be_sent_is_no_success,
}

const PHONE: &str = "+15551234567";

async fn sms(app: &App, to: &str) -> usize {
    app.mails().await.iter().filter(|mail| mail.to == to).count()
}

async fn setup(app: &App, session: &str, phone: &str) -> stepgate_tests::Answer {
    app.portal().session(Method::POST, "/auth/two_factor/sms/setup", session, json!({ "phone": phone })).await
}

/// To the beginning of a day, so that none ends under the test.
fn wait_for_midnight(app: &App) {
    const DAY: u64 = 24 * 3600;
    app.advance(Duration::from_secs(DAY - app.now().as_secs() % DAY));
}

/// security.md: a send endpoint pumps SMS to premium numbers. Caps per destination, whatever account asks.
async fn sms_to_one_number_are_counted_whoever_asks(host: Host) {
    let app = Setup::production(host).setting("sms_per_day", "6").start().await;
    wait_for_midnight(&app);
    let mut sessions = Vec::new();
    for name in ["ada", "eve", "kim"] {
        let person = Person::sign_up(&app, &format!("{name}@example.com")).await;
        sessions.push(person.session(&app).await);
    }
    let mut statuses = Vec::new();
    for _ in 0..3 {
        for session in &sessions {
            statuses.push(setup(&app, session, PHONE).await.status.as_u16());
        }
        app.advance(MINUTE);
    }
    // Half of the day's in one hour.
    assert_eq!(sms(&app, PHONE).await, 3, "{statuses:?}");
    assert_eq!(statuses, [200, 200, 200, 429, 429, 429, 429, 429, 429]);
    for _ in 0..3 {
        app.advance(Duration::from_secs(3600));
        for session in &sessions {
            setup(&app, session, PHONE).await;
        }
    }
    assert_eq!(sms(&app, PHONE).await, 6);
    // At once, on the next day.
    wait_for_midnight(&app);
    join_all(sessions.iter().map(|session| setup(&app, session, PHONE))).await;
    assert_eq!(sms(&app, PHONE).await, 9);
}

/// security.md: country allow-list. The tests' own is 1 and 49.
async fn sms_go_to_no_country_that_is_not_listed(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let session = ada.session(&app).await;
    for phone in
        ["+88212345678", "+442079460958", "0015551234567", "15551234567", "+1555", "tel:+15551234567"]
    {
        let answer = setup(&app, &session, phone).await;
        assert!([400, 403].contains(&answer.status.as_u16()), "{phone}: {answer:?}");
    }
    assert!(app.mails().await.iter().all(|mail| mail.to.contains('@')));
    setup(&app, &session, PHONE).await.expect(200);
    assert_eq!(sms(&app, PHONE).await, 1);
}

/// docs/accounts.md: a mailbox cannot be flooded by who may ask for codes, nor an owner kept out by strangers.
async fn mails_to_one_address_are_counted(host: Host) {
    let app = Setup::production(host).setting("emails_per_hour", "5").start().await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    app.advance(Duration::from_secs(3600 - app.now().as_secs() % 3600));
    let portal = app.portal();
    let before = app.mails().await.len();
    let mut refused = 0;
    for _ in 0..10 {
        let answer = portal.reg("/reg/v2/password/reset", json!({ "email": ada.email })).await;
        refused += usize::from(answer.status == 429);
        app.advance(MINUTE);
    }
    assert_eq!((app.mails().await.len() - before, refused), (5, 5));
    // Ada's own sign-in has its own.
    ada.tokens(&app).await;
    // And the next hour has its five.
    app.advance(Duration::from_secs(3600 - app.now().as_secs() % 3600));
    let before = app.mails().await.len();
    for status in [200, 200, 200, 200, 200, 429] {
        portal.reg("/reg/v2/password/reset", json!({ "email": ada.email })).await.expect(status);
        app.advance(MINUTE);
    }
    assert_eq!(app.mails().await.len() - before, 5);
}

/// security.md: two sends at once mail a code that is already dead. One sender per interval, and its code works.
async fn codes_asked_for_at_once_are_sent_once(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let portal = app.portal();
    for _ in 0..3 {
        let before = app.mails().await.len();
        let answers = join_all((0..6).map(|_| portal.token(&ada.email, PASSWORD, json!({})))).await;
        assert!(answers.iter().all(|answer| [424, 429].contains(&answer.status.as_u16())), "{answers:?}");
        assert_eq!(answers.iter().filter(|answer| answer.status == 424).count(), 1, "{answers:?}");
        assert_eq!(app.mails().await.len() - before, 1);
        let mail = app.mail_to(&ada.email).await;
        ada.token(&mail.code).await.expect(200);
        app.advance(MINUTE);
    }
}

/// security.md: a throttled resend says it was sent. 429 with `Retry-After`.
async fn a_throttled_request_says_so_and_its_code_goes_on(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let mail = ada.ask_for_code(&app).await;
    let answer = app.portal().token(&ada.email, PASSWORD, json!({})).await.expect(429);
    assert_eq!(
        answer.json()["message"],
        "You are requesting codes too frequently. Wait a moment and try again.",
        "contracts/login-mfa.md §3, row 6"
    );
    let wait: u64 = answer.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    ada.token(&mail.code).await.expect(200);

    let (session, mail) = ada.pending(&app).await;
    let portal = app.portal();
    let start = || portal.session(Method::POST, "/auth/two_factor/email/start", &session, json!({}));
    let answer = start().await.expect(429);
    assert_eq!(answer.json()["code"], "RESEND_TOO_SOON");
    let wait: u64 = answer.header("retry-after").parse().expect("seconds");
    assert!((1..=30).contains(&wait), "{wait}");
    app.portal().verify(&session, "login", &mail.code).await.expect(200);
}

/// security.md: a mail server that is down: a 5xx with a trace id, nothing confirmed, and recovery without a restart.
async fn a_message_that_cannot_be_sent_is_no_success(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let down = stepgate_host::delivery::DeliveryError::Unavailable("down".into());
    app.outbox().fail(Some(down));
    let portal = app.portal();
    let answer = portal.token(&ada.email, PASSWORD, json!({})).await;
    assert!(answer.status.is_server_error(), "{answer:?}");
    assert_eq!(text(&answer.json(), "traceId"), answer.header("x-trace-id"));
    let answer = portal.login(&ada.email, PASSWORD).await;
    assert!(answer.status.is_server_error(), "{answer:?}");
    assert_eq!(answer.json()["success"], Value::from(false));
    let sign_up = json!({ "email": "new@example.com", "password": PASSWORD });
    let answer = portal.reg("/reg/v1/signup", sign_up).await;
    assert!(answer.status.is_server_error(), "{answer:?}");
    app.outbox().fail(None);
    app.advance(MINUTE);
    ada.tokens(&app).await;
    ada.session(&app).await;
}
