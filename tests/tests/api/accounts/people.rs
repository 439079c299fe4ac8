//! Somebody who has an account, and what they do with it.

use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use stepgate_tests::{Answer, App, Authenticator, Mail, PARTNER_ID, PASSWORD, Portal, wrong_codes};

/// `contracts/login-mfa.md` §2: how soon there is another code.
pub const MINUTE: Duration = Duration::from_secs(61);
/// How long an account is locked for the first time.
pub const LOCK: Duration = Duration::from_secs(30 * 60 + 1);

/// Somebody with an account, whose second factor is their address.
pub struct Person {
    pub email: String,
    portal: Portal,
}

impl Person {
    /// Signs up through the login API.
    pub async fn sign_up(app: &App, email: &str) -> Person {
        Person::sign_up_with_tokens(app, email).await.0
    }

    /// The same, with the tokens that come of it.
    pub async fn sign_up_with_tokens(app: &App, email: &str) -> (Person, Value) {
        let portal = app.portal();
        portal.reg("/reg/v1/signup", json!({ "email": email, "password": PASSWORD })).await.expect(200);
        let code = app.mail_to(email).await.code;
        let tokens =
            portal.reg("/reg/v1/signup/confirm", sign_up_body(email, &code)).await.expect(200).json();
        (Person { email: email.into(), portal }, tokens)
    }

    /// Asks for tokens without a code: one is sent.
    pub async fn ask_for_code(&self, app: &App) -> Mail {
        self.portal.token(&self.email, PASSWORD, json!({})).await.expect(424);
        app.mail_to(&self.email).await
    }

    /// Asks for tokens with a code.
    pub async fn token(&self, code: &str) -> Answer {
        self.portal.token(&self.email, PASSWORD, json!({ "mfaCode": code })).await
    }

    /// Signs in by tokens, all of it. Not within a minute of the last time.
    pub async fn tokens(&self, app: &App) -> Value {
        let mail = self.ask_for_code(app).await;
        self.token(&mail.code).await.expect(200).json()
    }

    /// Begins to sign in by a session: it is pending, and its code was sent.
    pub async fn pending(&self, app: &App) -> (String, Mail) {
        let answer = self.portal.login(&self.email, PASSWORD).await.expect(200).json();
        assert_eq!(answer["requires_2fa"], true, "{answer}");
        (text(&answer, "session_id"), app.mail_to(&self.email).await)
    }

    /// Signs in by a session, all of it.
    pub async fn session(&self, app: &App) -> String {
        let (session, mail) = self.pending(app).await;
        self.portal.verify(&session, "login", &mail.code).await.expect(200);
        session
    }

    /// Signs in by tokens on a device that may have been remembered.
    pub async fn token_on(&self, device: &str, password: &str) -> Answer {
        let headers =
            [("partnerId", PARTNER_ID), ("grantType", "password_email"), ("x-device-token", device)];
        let body = json!({ "email": self.email, "password": password }).to_string();
        self.portal.send(Method::POST, "/reg/v1/auth/token", &headers, body).await
    }

    /// Signs in by tokens and has the device remembered: what it is known by, and the tokens.
    pub async fn device(&self, app: &App) -> (String, Value) {
        let code = self.ask_for_code(app).await.code;
        let more = json!({ "mfaCode": code, "rememberDevice": true });
        let tokens = self.portal.token(&self.email, PASSWORD, more).await.expect(200).json();
        (text(&tokens, "device_token"), tokens)
    }

    /// Sets up an authenticator app. Its next code is another one than it has shown.
    pub async fn authenticator(&self, app: &App, session: &str) -> Authenticator {
        let path = "/auth/two_factor/totp/setup";
        let setup = self.portal.session(Method::POST, path, session, json!({})).await.expect(200).json();
        let authenticator = Authenticator::scan(&text(&setup["data"], "otpauth_uri"));
        let code = authenticator.code(app.now());
        self.portal.verify_by("totp", session, "setup", &code).await.expect(200);
        app.advance(MINUTE);
        authenticator
    }

    /// Has recovery codes made.
    pub async fn recovery_codes(&self, session: &str) -> Vec<String> {
        let path = "/auth/two_factor/recovery/setup";
        let made = self.portal.session(Method::POST, path, session, json!({})).await.expect(200).json();
        let codes = made["data"]["codes"].as_array().expect("codes");
        codes.iter().map(|code| code.as_str().expect("a text").to_owned()).collect()
    }

    /// Sets a new password by mail.
    pub async fn reset(&self, app: &App, password: &str) {
        let payload = self.reset_payload(app).await;
        let body = json!({ "email": self.email, "newPassword": password, "payload": payload });
        self.portal.reg("/reg/v2/password/reset/execute", body).await.expect(200);
    }

    /// The same up to its last step.
    pub async fn reset_payload(&self, app: &App) -> String {
        let body = json!({ "email": self.email });
        self.portal.reg("/reg/v2/password/reset", body).await.expect(200);
        let body = json!({ "email": self.email, "confirmCode": newest_code(app, &self.email).await });
        let answer = self.portal.reg("/reg/v2/password/reset/confirm", body).await.expect(200);
        text(&answer.json(), "payload")
    }

    /// Whether neither API lets the owner in with the right password, and both say why.
    pub async fn expect_locked(&self) {
        let answer = self.portal.token(&self.email, PASSWORD, json!({})).await.expect(423);
        assert_eq!(
            answer.json()["message"],
            "Your account is temporarily locked due to security concerns.",
            "contracts/login-mfa.md §3, row 3"
        );
        assert_ne!(answer.header("retry-after"), "");
        let answer = self.portal.login(&self.email, PASSWORD).await.expect(423);
        assert_eq!(answer.json()["code"], "ACCOUNT_LOCKED");
        assert_ne!(answer.header("retry-after"), "");
    }

    /// Five wrong codes in a row: the account is locked.
    pub async fn lock(&self, app: &App) {
        let mail = self.ask_for_code(app).await;
        for (wrong, status) in wrong_texts(&mail).zip([400, 400, 400, 400, 423]) {
            self.token(&wrong).await.expect(status);
        }
        self.expect_locked().await;
    }
}

/// Codes that are wrong, as they are typed.
pub fn wrong_texts(mail: &Mail) -> impl Iterator<Item = String> + use<> {
    wrong_codes(mail).map(|code| code.to_string())
}

/// The newest code that was sent somewhere, whatever news came after it.
pub async fn newest_code(app: &App, to: &str) -> String {
    let mails = app.mails().await;
    let asks = mails.into_iter().rfind(|mail| mail.to == to && !mail.code.is_empty());
    asks.expect("a message with a code").code
}

/// How a body confirms a sign-up.
pub fn sign_up_body(email: &str, code: &str) -> Value {
    json!({
        "email": email, "emailConfirmCode": code, "password": PASSWORD, "termsAndConditionsConfirmed": true,
        "termsAndConditionsVersion": 1, "userType": "PERSON",
    })
}

/// A text in an answer.
#[track_caller]
pub fn text(answer: &Value, field: &str) -> String {
    answer[field].as_str().unwrap_or_else(|| panic!("no {field} in {answer}")).to_owned()
}

/// How many codes of accounts were compared and found wrong.
pub fn compared_and_wrong(app: &App) -> usize {
    let lines = app.events("code_tried");
    lines.iter().filter(|line| line["outcome"] == "wrong" || line["right"] == false).count()
}

/// Whether an access token opens anything.
pub async fn opens(app: &App, access_token: &str) -> bool {
    let answer = app.portal().bearer(Method::GET, "/reg/v1/user/info", access_token, Value::Null).await;
    assert!([200, 401, 423].contains(&answer.status.as_u16()), "{answer:?}");
    answer.status == 200
}

/// Whether a session is active.
pub async fn is_active(app: &App, session: &str) -> bool {
    let answer = app.portal().session(Method::GET, "/auth/two_factor/methods", session, Value::Null).await;
    assert!([200, 401, 403, 423].contains(&answer.status.as_u16()), "{answer:?}");
    answer.status == 200
}
