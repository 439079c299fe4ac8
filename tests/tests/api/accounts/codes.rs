//! What a code is good for: one thing, once.

use super::people::{MINUTE, Person, is_active, opens, text};
use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use stepgate_tests::{App, Host, Mail};

stepgate_tests::suite! {
    a_code_of_one_api_is_worthless_for_the_other,
    a_code_of_one_action_is_worthless_for_another,
    a_code_of_one_session_is_worthless_for_another,
    a_code_of_one_account_is_worthless_for_another,
    one_right_code_at_once_gives_tokens_once,
    one_right_code_at_once_opens_one_session,
    an_old_code_is_worthless_after_a_new_one,
    codes_end_with_their_time,
}

/// design.md §3, property 5.
async fn a_code_of_one_api_is_worthless_for_the_other(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let of_tokens = ada.ask_for_code(&app).await;
    let (session, of_session) = different(&app, &ada, &of_tokens).await;
    app.portal().verify(&session, "login", &of_tokens.code).await.expect(400);
    ada.token(&of_session.code).await.expect(400);
    assert!(!is_active(&app, &session).await);
    // Each works where it belongs.
    app.portal().verify(&session, "login", &of_session.code).await.expect(200);
    ada.token(&of_tokens.code).await.expect(200);
}

/// A pending session whose code is not the same by chance.
async fn different(app: &App, person: &Person, other: &Mail) -> (String, Mail) {
    loop {
        let (session, mail) = person.pending(app).await;
        if mail.code != other.code {
            return (session, mail);
        }
    }
}

/// security.md, and the issue: a code of one action used for another.
async fn a_code_of_one_action_is_worthless_for_another(host: Host) {
    let app = App::production(host).await;
    let (ada, tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let access = text(&tokens, "access_token");
    let session = ada.session(&app).await;
    let portal = app.portal();
    // A code for the removal of a method neither switches nor signs in, and the other way round.
    portal
        .session(Method::POST, "/auth/two_factor/email/start", &session, json!({ "action": "remove" }))
        .await
        .expect(200);
    let of_removal = app.mail_to(&ada.email).await;
    let switch = "/reg/mfa/authorization/switch";
    portal.bearer(Method::POST, switch, &access, Value::Null).await.expect(200);
    let mut of_switch = app.mail_to(&ada.email).await;
    while of_switch.code == of_removal.code {
        app.advance(MINUTE);
        portal.bearer(Method::POST, switch, &access, Value::Null).await.expect(200);
        of_switch = app.mail_to(&ada.email).await;
    }
    let confirm = |code: &str| {
        let body = json!({ "confirmationCode": code });
        portal.bearer(Method::POST, "/reg/mfa/authorization/switch/confirm", &access, body)
    };
    confirm(&of_removal.code).await.expect(400);
    // There is no code for a toggle or a setup, so nothing is compared.
    for action in ["toggle", "setup"] {
        let answer = portal.verify(&session, action, &of_removal.code).await.expect(400);
        assert_eq!(answer.json()["code"], "CODE_EXPIRED", "{action}");
    }
    ada.token(&of_switch.code).await.expect(400);
    confirm(&of_switch.code).await.expect(200);
    let info = portal.bearer(Method::GET, "/reg/v1/user/info", &access, Value::Null).await.expect(200).json();
    assert_eq!(info["authorizationMfaActive"], false);
    portal.verify(&session, "remove", &of_removal.code).await.expect(200);
}

/// `contracts/two-factor-sessions.md` §5: bound to (session, method, action).
async fn a_code_of_one_session_is_worthless_for_another(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let (first, of_first) = ada.pending(&app).await;
    let (second, of_second) = different(&app, &ada, &of_first).await;
    app.portal().verify(&second, "login", &of_first.code).await.expect(400);
    app.portal().verify(&first, "login", &of_second.code).await.expect(400);
    assert!(!is_active(&app, &first).await && !is_active(&app, &second).await);
    app.portal().verify(&first, "login", &of_first.code).await.expect(200);
    app.portal().verify(&second, "login", &of_second.code).await.expect(200);
}

/// The same for two people.
async fn a_code_of_one_account_is_worthless_for_another(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let eve = Person::sign_up(&app, "eve@example.com").await;
    let of_ada = ada.ask_for_code(&app).await;
    let mut of_eve = eve.ask_for_code(&app).await;
    while of_eve.code == of_ada.code {
        app.advance(MINUTE);
        of_eve = eve.ask_for_code(&app).await;
    }
    ada.token(&of_eve.code).await.expect(400);
    let (session, _) = different(&app, &ada, &of_eve).await;
    app.portal().verify(&session, "login", &of_eve.code).await.expect(400);
}

/// security.md: one right code used twice at once opens two sessions. One winner.
async fn one_right_code_at_once_gives_tokens_once(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    for _ in 0..3 {
        let mail = ada.ask_for_code(&app).await;
        let answers = join_all((0..5).map(|_| ada.token(&mail.code))).await;
        let winners: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(winners.len(), 1, "{answers:?}");
        assert!(opens(&app, &text(&winners[0].json(), "access_token")).await);
        // Those that were too late are no guesses that lock anybody.
        app.advance(MINUTE);
        ada.tokens(&app).await;
        app.advance(MINUTE);
    }
}

/// The same for the sessions API.
async fn one_right_code_at_once_opens_one_session(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let (session, mail) = ada.pending(&app).await;
    let portal = app.portal();
    let answers = join_all((0..5).map(|_| portal.verify(&session, "login", &mail.code))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    assert!(is_active(&app, &session).await);
    // And no code of another session with it.
    let (other, _) = different(&app, &ada, &mail).await;
    portal.verify(&other, "login", &mail.code).await.expect(400);
}

/// `contracts/login-mfa.md` §2, "latest only".
async fn an_old_code_is_worthless_after_a_new_one(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let old = ada.ask_for_code(&app).await;
    app.advance(MINUTE);
    let mut new = ada.ask_for_code(&app).await;
    while new.code == old.code {
        app.advance(MINUTE);
        new = ada.ask_for_code(&app).await;
    }
    ada.token(&old.code).await.expect(400);
    ada.token(&new.code).await.expect(200);
}

/// security.md: codes never expire. `contracts/login-mfa.md` §2: 5 minutes; `contracts/two-factor-sessions.md` §5: 600 s.
async fn codes_end_with_their_time(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    for days in [0, 1, 30, 400] {
        let later = Duration::from_secs(days * 24 * 3600);
        let mail = ada.ask_for_code(&app).await;
        app.advance(Duration::from_secs(300) + later);
        let answer = ada.token(&mail.code).await.expect(400).json();
        assert_eq!(
            answer["message"], "This confirmation code has expired. Please request a new one.",
            "contracts/login-mfa.md §3, row 8"
        );
        let (session, mail) = ada.pending(&app).await;
        app.advance(Duration::from_secs(600) + later);
        app.portal().verify(&session, "login", &mail.code).await.expect(401);
    }
}
