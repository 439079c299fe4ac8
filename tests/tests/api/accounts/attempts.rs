//! Five wrong codes, whatever they were for: docs/accounts.md, "What guessing can do".

use super::people::{Person, compared_and_wrong, is_active, opens, text, wrong_texts};
use http::Method;
use serde_json::{Value, json};
use stepgate_tests::{Answer, App, Host, PASSWORD};

stepgate_tests::suite! {
    whatever_a_code_is_for_it_takes_one_of_five,
}

/// What a code can be tried for.
#[derive(Clone, Copy, Debug)]
enum Way {
    Login,
    Remove,
    Switch,
    Password,
    App,
    Recovery,
}

const WAYS: [Way; 6] = [Way::Login, Way::Remove, Way::Switch, Way::Password, Way::App, Way::Recovery];

/// Somebody who has begun everything that a code can end.
struct Busy {
    app: App,
    ada: Person,
    access: String,
    session: String,
    pending: String,
    wrong: Vec<String>,
}

impl Busy {
    async fn new(host: Host) -> Busy {
        let app = App::production(host).await;
        let (ada, tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
        let access = text(&tokens, "access_token");
        let session = ada.session(&app).await;
        let authenticator = ada.authenticator(&app, &session).await;
        ada.recovery_codes(&session).await;
        let portal = app.portal();
        let mail = ada.ask_for_code(&app).await;
        let body = json!({ "action": "remove" });
        portal.session(Method::POST, "/auth/two_factor/email/start", &session, body).await.expect(200);
        let begin = async |path: &str, body: Value| {
            portal.bearer(Method::POST, path, &access, body).await.expect(200);
        };
        begin("/reg/mfa/authorization/switch", json!({})).await;
        begin(
            "/reg/v1/password/change",
            json!({ "oldPassword": PASSWORD, "newPassword": "Another-horse-8" }),
        )
        .await;
        let (pending, _) = ada.pending(&app).await;
        let mut right: Vec<String> = app.mails().await.into_iter().map(|mail| mail.code).collect();
        right.push(authenticator.code(app.now()));
        let wrong = wrong_texts(&mail).filter(|code| !right.contains(code)).take(10).collect();
        Busy { app, ada, access, session, pending, wrong }
    }

    async fn try_wrong(&self, way: Way, code: &str) -> Answer {
        let portal = self.app.portal();
        let bearer = |path: &'static str, body: Value| {
            let portal = portal.clone();
            async move { portal.bearer(Method::POST, path, &self.access, body).await }
        };
        match way {
            Way::Login => self.ada.token(code).await,
            Way::Remove => portal.verify(&self.session, "remove", code).await,
            Way::Switch => {
                bearer("/reg/mfa/authorization/switch/confirm", json!({ "confirmationCode": code })).await
            }
            Way::Password => {
                let body = json!({
                    "oldPassword": PASSWORD, "newPassword": "Another-horse-8", "confirmCode": code,
                });
                bearer("/reg/v1/password/change/confirm", body).await
            }
            Way::App => portal.verify_by("totp", &self.pending, "login", code).await,
            Way::Recovery => {
                let more = json!({ "mfaMethod": "recovery", "mfaCode": "aaaaa-aaaaa" });
                portal.token(&self.ada.email, PASSWORD, more).await
            }
        }
    }
}

/// How many attempts an answer says are left.
#[track_caller]
fn left(answer: &Answer) -> u64 {
    let body = answer.json();
    if let Some(left) = body["attempts_remaining"].as_u64() {
        return left;
    }
    let message = text(&body, "message");
    let last = message.trim_end_matches('.').rsplit(' ').next().expect("a word");
    last.parse().unwrap_or_else(|_| panic!("{body}"))
}

/// security.md: each flow with a count of its own. Each of the six takes part, in other places.
async fn whatever_a_code_is_for_it_takes_one_of_five(host: Host) {
    for first in [0, 4] {
        let busy = Busy::new(host).await;
        let mut ways = WAYS.iter().cycle().skip(first).zip(&busy.wrong);
        for expected in [4, 3, 2, 1] {
            let (way, code) = ways.next().expect("there are many");
            let answer = busy.try_wrong(*way, code).await.expect(400);
            assert_eq!(left(&answer), expected, "{way:?}");
        }
        let (way, code) = ways.next().expect("there are many");
        let answer = busy.try_wrong(*way, code).await;
        assert!([423, 429].contains(&answer.status.as_u16()), "{way:?}: {answer:?}");
        for way in WAYS {
            let answer = busy.try_wrong(way, &busy.wrong[9]).await;
            assert!([401, 423].contains(&answer.status.as_u16()), "{way:?}: {answer:?}");
        }
        assert_eq!(compared_and_wrong(&busy.app), 5);
        busy.ada.expect_locked().await;
        assert!(!opens(&busy.app, &busy.access).await && !is_active(&busy.app, &busy.session).await);
    }
}
