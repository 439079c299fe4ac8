//! The account's budget of wrong codes: one, whatever comes at once, through whichever API.

use super::people::{
    LOCK, MINUTE, Person, compared_and_wrong, is_active, opens, sign_up_body, text, wrong_texts,
};
use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use stepgate_tests::{App, Host, PASSWORD};

stepgate_tests::suite! {
    guesses_through_both_apis_at_once_are_compared_five_times,
    a_right_code_after_all_guesses_is_too_late_in_both_apis,
    a_new_code_brings_no_new_attempts,
    sessions_side_by_side_share_one_budget,
    a_right_code_brings_all_attempts_back,
    a_lock_closes_every_way_in,
    a_lock_ends_by_itself_and_its_codes_with_it,
    a_lock_is_told_to_the_owner_once,
    wrong_codes_are_no_wrong_passwords_and_the_other_way_round,
    wrong_passwords_at_once_are_compared_ten_times,
    wrong_codes_of_a_sign_up_leave_the_long_one,
}

/// security.md: N guesses sent at once pass a limit; unlimited parallel sessions, each with its own; the count belongs to the
/// account. Exactly five compared, then locked in both.
async fn guesses_through_both_apis_at_once_are_compared_five_times(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let mail = ada.ask_for_code(&app).await;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(ada.pending(&app).await.0);
    }
    let right: Vec<String> = app.mails().await.into_iter().map(|mail| mail.code).collect();
    let mut wrong = wrong_texts(&mail).filter(|code| !right.contains(code));
    let mut next = || wrong.next().expect("there are many");
    let portal = app.portal();
    let by_session: Vec<_> = (0..30).map(|n| (sessions[n % 3].clone(), next())).collect();
    let by_session = join_all(by_session.iter().map(|(session, code)| portal.verify(session, "login", code)));
    let by_token: Vec<_> = (0..10).map(|_| next()).collect();
    let by_token = join_all(by_token.iter().map(|code| ada.token(code)));
    let (by_session, by_token) = tokio::join!(by_session, by_token);
    for answer in by_session.iter().chain(&by_token) {
        assert!((400..500).contains(&answer.status.as_u16()), "{answer:?} {:?}", app.events("failure"));
    }
    assert_eq!(compared_and_wrong(&app), 5);
    ada.expect_locked().await;
    for session in &sessions {
        assert!(!is_active(&app, session).await);
        portal.verify(session, "login", &next()).await.expect(401);
    }
    assert_eq!(compared_and_wrong(&app), 5);
}

/// The same, with the right codes behind them.
async fn a_right_code_after_all_guesses_is_too_late_in_both_apis(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let of_tokens = ada.ask_for_code(&app).await;
    let (session, of_session) = ada.pending(&app).await;
    let wrong: Vec<_> = wrong_texts(&of_tokens).filter(|code| *code != of_session.code).take(5).collect();
    for code in &wrong {
        ada.token(code).await;
    }
    assert_eq!(compared_and_wrong(&app), 5);
    ada.token(&of_tokens.code).await.expect(423);
    let answer = app.portal().verify(&session, "login", &of_session.code).await;
    assert!([401, 423, 429].contains(&answer.status.as_u16()), "{answer:?}");
    assert!(!is_active(&app, &session).await);
    app.advance(LOCK);
    // Neither works when the lock is over.
    ada.token(&of_tokens.code).await.expect(400);
    app.portal().verify(&session, "login", &of_session.code).await.expect(401);
}

/// security.md: asking for a new code refills the attempts; restarting the flow, or another login, clears the block.
async fn a_new_code_brings_no_new_attempts(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let mut left = Vec::new();
    for _ in 0..4 {
        let mail = ada.ask_for_code(&app).await;
        let wrong = wrong_texts(&mail).next().expect("there are many");
        let message = text(&ada.token(&wrong).await.expect(400).json(), "message");
        left.push(message.trim_end_matches('.').rsplit(' ').next().expect("a word").to_owned());
        app.advance(MINUTE);
    }
    assert_eq!(left, ["4", "3", "2", "1"]);
    let (session, mail) = ada.pending(&app).await;
    let wrong = wrong_texts(&mail).next().expect("there are many");
    let answer = app.portal().verify(&session, "login", &wrong).await.expect(429).json();
    assert_eq!((&answer["code"], &answer["attempts_remaining"]), (&json!("TOO_MANY_ATTEMPTS"), &json!(0)));
    ada.expect_locked().await;
}

/// security.md: AuthQuake.
async fn sessions_side_by_side_share_one_budget(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let mut left = Vec::new();
    let mut sessions = Vec::new();
    for _ in 0..5 {
        let (session, mail) = ada.pending(&app).await;
        let wrong = wrong_texts(&mail).next().expect("there are many");
        let answer = app.portal().verify(&session, "login", &wrong).await.json();
        left.push(answer["attempts_remaining"].clone());
        sessions.push((session, mail));
    }
    assert_eq!(left, [4, 3, 2, 1, 0]);
    ada.expect_locked().await;
    for (session, mail) in sessions {
        app.portal().verify(&session, "login", &mail.code).await.expect(401);
    }
    assert_eq!(compared_and_wrong(&app), 5);
}

/// `contracts/login-mfa.md` §2, "reset": for both.
async fn a_right_code_brings_all_attempts_back(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    for _ in 0..3 {
        let mail = ada.ask_for_code(&app).await;
        for wrong in wrong_texts(&mail).take(2) {
            ada.token(&wrong).await.expect(400);
        }
        let (session, mail) = ada.pending(&app).await;
        for (wrong, left) in wrong_texts(&mail).zip([2, 1]) {
            let answer = app.portal().verify(&session, "login", &wrong).await.expect(400).json();
            assert_eq!(answer["attempts_remaining"], left);
        }
        app.portal().verify(&session, "login", &mail.code).await.expect(200);
        app.advance(MINUTE);
    }
}

/// security.md: the lock is checked on one path only.
async fn a_lock_closes_every_way_in(host: Host) {
    let app = App::production(host).await;
    let (ada, tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let session = ada.session(&app).await;
    let (pending, pending_mail) = ada.pending(&app).await;
    assert!(opens(&app, &access).await && is_active(&app, &session).await);
    ada.lock(&app).await;
    let portal = app.portal();
    let mut answers = vec![
        portal.refresh(&refresh).await,
        portal.token(&ada.email, PASSWORD, json!({ "mfaMethod": "email" })).await,
        portal.verify(&pending, "login", &pending_mail.code).await,
        portal.session(Method::POST, "/auth/two_factor/email/start", &pending, json!({})).await,
        portal.session(Method::GET, "/auth/me", &session, Value::Null).await,
        portal.session(Method::POST, "/auth/two_factor/toggle", &session, json!({ "enabled": false })).await,
        portal
            .session(Method::POST, "/auth/two_factor/sms/setup", &session, json!({ "phone": "+15551234567" }))
            .await,
        portal.session(Method::POST, "/auth/two_factor/totp/setup", &session, json!({})).await,
        portal.session(Method::POST, "/auth/two_factor/recovery/setup", &session, json!({})).await,
        portal.session(Method::GET, "/auth/two_factor/devices", &session, Value::Null).await,
    ];
    for (method, path) in [
        (Method::GET, "/reg/v1/user/info"),
        (Method::GET, "/reg/user/info"),
        (Method::GET, "/reg/user/session"),
        (Method::GET, "/reg/user/session/current"),
        (Method::GET, "/reg/user/device"),
        (Method::POST, "/reg/mfa/authorization/switch"),
    ] {
        answers.push(portal.bearer(method, path, &access, Value::Null).await);
    }
    let code = json!({ "confirmationCode": pending_mail.code });
    answers.push(portal.bearer(Method::POST, "/reg/mfa/authorization/switch/confirm", &access, code).await);
    let change = json!({ "oldPassword": PASSWORD, "newPassword": "Another-horse-8" });
    answers.push(portal.bearer(Method::POST, "/reg/v1/password/change", &access, change).await);
    for (n, answer) in answers.iter().enumerate() {
        assert!([401, 423].contains(&answer.status.as_u16()), "{n}: {answer:?}");
    }
    assert_eq!(compared_and_wrong(&app), 5);
    // docs/accounts.md: a new password does not end it either.
    let secret = "Another-horse-8";
    ada.reset(&app, secret).await;
    portal.token(&ada.email, secret, json!({})).await.expect(423);
    portal.login(&ada.email, secret).await.expect(423);
    app.advance(LOCK);
    portal.token(&ada.email, secret, json!({})).await.expect(424);
    portal.token(&ada.email, PASSWORD, json!({})).await.expect(401);
}

/// `contracts/login-mfa.md` §2: automatic unlock, the counter back, old codes void, all tokens revoked.
async fn a_lock_ends_by_itself_and_its_codes_with_it(host: Host) {
    let app = App::production(host).await;
    let (ada, tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let session = ada.session(&app).await;
    app.advance(MINUTE);
    ada.lock(&app).await;
    app.advance(LOCK);
    assert!(!opens(&app, &text(&tokens, "access_token")).await);
    assert!(!is_active(&app, &session).await);
    app.portal().refresh(&text(&tokens, "refresh_token")).await.expect(401);
    let mail = ada.ask_for_code(&app).await;
    let wrong = wrong_texts(&mail).next().expect("there are many");
    let message = text(&ada.token(&wrong).await.expect(400).json(), "message");
    assert!(message.ends_with("Attempts remaining: 4."), "{message}");
    let tokens = ada.token(&mail.code).await.expect(200).json();
    assert!(opens(&app, &text(&tokens, "access_token")).await);
}

/// Issue: the owner is told by mail. However many find it locked, while the mail that tells is on its way.
async fn a_lock_is_told_to_the_owner_once(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let mail = ada.ask_for_code(&app).await;
    app.outbox().delay(Duration::from_millis(300));
    let wrong: Vec<String> = wrong_texts(&mail).take(8).collect();
    join_all(wrong.iter().map(|code| ada.token(code))).await;
    assert_eq!(compared_and_wrong(&app), 5);
    let portal = app.portal();
    join_all((0..8).map(|_| portal.token(&ada.email, PASSWORD, json!({})))).await;
    ada.expect_locked().await;
    let mails = app.mails().await;
    let told: Vec<_> = mails.iter().filter(|mail| mail.code.is_empty()).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].subject.contains("locked") && told[0].to == ada.email, "{told:?}");
}

/// Issue: failed codes never count as failed logins; failed logins have their own limit.
async fn wrong_codes_are_no_wrong_passwords_and_the_other_way_round(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let portal = app.portal();
    for _ in 0..9 {
        portal.token(&ada.email, "Wrong-horse-9", json!({ "mfaCode": "000000" })).await.expect(401);
    }
    // Nine wrong passwords took no code's attempt.
    let mail = ada.ask_for_code(&app).await;
    for (wrong, left) in wrong_texts(&mail).zip([4, 3, 2, 1]) {
        let message = text(&ada.token(&wrong).await.expect(400).json(), "message");
        assert!(message.ends_with(&format!("Attempts remaining: {left}.")), "{message}");
    }
    // Four wrong codes took no login: there are ten again since the right password.
    for _ in 0..9 {
        portal.login(&ada.email, "Wrong-horse-9").await.expect(401);
    }
    ada.token(&mail.code).await.expect(200);
}

/// docs/accounts.md: ten for each name, in both APIs together, whether anybody has it or not.
async fn wrong_passwords_at_once_are_compared_ten_times(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let portal = app.portal();
    for email in [ada.email.as_str(), "nobody@example.com"] {
        let before = app.events("password_tried").len();
        let by_token = join_all(
            (0..15).map(|n| portal.token(email, ["Wrong-horse-9", "Wrong-horse-8"][n % 2], json!({}))),
        );
        let by_session = join_all((0..15).map(|_| portal.login(email, "Wrong-horse-9")));
        let (by_token, by_session) = tokio::join!(by_token, by_session);
        for answer in by_token.iter().chain(&by_session) {
            assert!([401, 429].contains(&answer.status.as_u16()), "{answer:?}");
        }
        assert_eq!(app.events("password_tried").len() - before, 10, "{email}");
        portal.token(email, PASSWORD, json!({})).await.expect(429);
        portal.login(email, PASSWORD).await.expect(429);
    }
}

/// docs/accounts.md: anybody can use up the six digits of an address, and nothing else.
async fn wrong_codes_of_a_sign_up_leave_the_long_one(host: Host) {
    let app = App::production(host).await;
    let portal = app.portal();
    let email = "ada@example.com";
    portal.reg("/reg/v1/signup", json!({ "email": email, "password": PASSWORD })).await.expect(200);
    let mail = app.mail_to(email).await;
    let confirm = |code: &str| portal.reg("/reg/v1/signup/confirm", sign_up_body(email, code));
    let codes: Vec<_> = wrong_texts(&mail).take(20).collect();
    let answers = join_all(codes.iter().map(|code| confirm(code))).await;
    assert!(answers.iter().all(|answer| (400..500).contains(&answer.status.as_u16())));
    assert_eq!(compared_and_wrong(&app), 5);
    confirm(&mail.code).await.expect(423);
    let twice = format!("{}x", mail.long_code.split_at(mail.long_code.len() - 1).0);
    confirm(&twice).await.expect(400);
    confirm(&mail.long_code).await.expect(200);
    confirm(&mail.long_code).await.expect(400);
}
