//! What a code is good for: one thing, once.

use super::people::{MINUTE, Person, is_active, opens, sign_up_body, text};
use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use stepgate_tests::{App, Host, Mail, PASSWORD};

stepgate_tests::suite! {
    a_code_of_one_api_is_worthless_for_the_other,
    a_code_of_one_action_is_worthless_for_another,
    a_code_that_signs_in_does_nothing_else,
    a_code_that_switches_changes_no_password,
    a_code_for_an_address_is_good_for_what_it_was_sent_for,
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

/// Whoever reads somebody a code that "only signs in" over the telephone has not given their second factor away.
async fn a_code_that_signs_in_does_nothing_else(host: Host) {
    let app = App::production(host).await;
    let (ada, tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let access = text(&tokens, "access_token");
    let session = ada.session(&app).await;
    let portal = app.portal();
    let post = async |path: &str, body: Value| portal.session(Method::POST, path, &session, body).await;
    let (pending, of_session) = ada.pending(&app).await;
    let of_token = ada.ask_for_code(&app).await;
    // Everything else has been begun as well, so that there is something to compare with.
    post("/auth/two_factor/email/start", json!({ "action": "remove" })).await.expect(200);
    post("/auth/two_factor/email/setup", json!({ "email": "eve@evil.example" })).await.expect(200);
    portal.bearer(Method::POST, "/reg/mfa/authorization/switch", &access, Value::Null).await.expect(200);
    for (code, action) in [(&of_session.code, "remove"), (&of_token.code, "setup")] {
        portal.verify(&session, action, code).await.expect(400);
    }
    let methods = portal.session(Method::GET, "/auth/two_factor/methods", &session, Value::Null).await;
    let id = text(&methods.expect(200).json()["methods"][0], "id");
    let path = format!("/auth/two_factor/{id}");
    let body = json!({ "verification_code": of_session.code, "verification_method_id": id });
    portal.session(Method::DELETE, &path, &session, body).await.expect(400);
    let body = json!({ "confirmationCode": of_token.code });
    portal.bearer(Method::POST, "/reg/mfa/authorization/switch/confirm", &access, body).await.expect(400);
    // Each still does what it was sent for.
    portal.verify(&pending, "login", &of_session.code).await.expect(200);
    ada.token(&of_token.code).await.expect(200);
}

async fn a_code_that_switches_changes_no_password(host: Host) {
    let app = App::production(host).await;
    let (ada, tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let access = text(&tokens, "access_token");
    let post = async |path: &str, body: Value| app.portal().bearer(Method::POST, path, &access, body).await;
    post("/reg/mfa/authorization/switch", Value::Null).await.expect(200);
    let of_switch = app.mail_to(&ada.email).await;
    let passwords = json!({ "oldPassword": PASSWORD, "newPassword": "Another-horse-8" });
    post("/reg/v1/password/change", passwords.clone()).await.expect(200);
    let of_change = app.mail_to(&ada.email).await;
    let confirm = async |code: &str| {
        let mut body = passwords.clone();
        body["confirmCode"] = code.into();
        post("/reg/v1/password/change/confirm", body).await
    };
    confirm(&of_switch.code).await.expect(400);
    let body = json!({ "confirmationCode": of_change.code });
    post("/reg/mfa/authorization/switch/confirm", body).await.expect(400);
    confirm(&of_change.code).await.expect(200);
}

/// Signing up, registering and another password: three codes of one address, and three long ones, which take no attempt.
async fn a_code_for_an_address_is_good_for_what_it_was_sent_for(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    app.advance(MINUTE);
    let portal = app.portal();
    let new = "new@example.com";
    let registration = json!({ "email": new, "password": PASSWORD, "name": "New" });
    portal.auth("/auth/register", registration).await.expect(200);
    let of_registration = app.mail_to(new).await;
    portal.reg("/reg/v1/signup", json!({ "email": new, "password": PASSWORD })).await.expect(200);
    let of_sign_up = app.mail_to(new).await;
    for email in [new, &ada.email] {
        portal.reg("/reg/v2/password/reset", json!({ "email": email })).await.expect(200);
    }
    let of_reset = app.mail_to(&ada.email).await;
    portal.reg("/reg/v1/signup", json!({ "email": ada.email, "password": PASSWORD })).await.expect(200);
    let sign_up = |email: &str, code: &str| portal.reg("/reg/v1/signup/confirm", sign_up_body(email, code));
    let reset = |email: &str, code: &str| {
        portal.reg("/reg/v2/password/reset/confirm", json!({ "email": email, "confirmCode": code }))
    };
    let register = |code: &str| {
        portal.auth("/auth/register/verify", json!({ "email": new, "password": PASSWORD, "code": code }))
    };
    for code in [&of_reset.code, &of_reset.long_code] {
        sign_up(&ada.email, code).await.expect(400);
    }
    for code in [&of_sign_up.long_code, &of_registration.long_code, &of_sign_up.code] {
        reset(new, code).await.expect(400);
    }
    for code in [&of_registration.long_code, &of_registration.code] {
        sign_up(new, code).await.expect(400);
    }
    for code in [&of_sign_up.long_code, &of_sign_up.code] {
        register(code).await.expect(400);
    }
    reset(&ada.email, &of_reset.code).await.expect(200);
    sign_up(new, &of_sign_up.code).await.expect(200);
    // Who registered the address meanwhile has no account by it: there is one.
    assert_ne!(register(&of_registration.code).await.status, 200);
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
