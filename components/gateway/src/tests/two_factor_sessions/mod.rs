//! `contracts/two-factor-sessions.md`, row by row. Each test names the section it is about.

mod attacks;
mod changes;
mod clients;
mod clocks;
mod codes;
mod cookies;
mod crossing;
mod failures;
mod login;
mod made;
mod once;
mod refusals;
mod register;
mod routes;
mod strict;
mod transport;
mod which;

use crate::testing::{Answer, PARTNER, TestPorts, sandbox};
use core::time::Duration;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub(super) const PASSWORD: &str = "correct horse";
pub(super) const ANN: &str = "ann@example.com";
pub(super) const BRIDGE: &str = "the bridge's own secret";
pub(super) const MINUTE: Duration = Duration::from_secs(60);
pub(super) const MOMENT: Duration = Duration::from_millis(1);

/// A production with one tenant, whose people are free to do without a second factor.
pub(super) struct World {
    pub(super) ports: TestPorts,
}

impl World {
    pub(super) fn new() -> World {
        World::with(json!({}))
    }

    /// With other rules for the tenant.
    pub(super) fn with(more: Value) -> World {
        let ports = sandbox();
        ports.set_setting("environment", "production");
        ports.set_setting(
            "account_keys",
            r#"[{"id":"a1","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]"#,
        );
        ports.set_setting("sms_countries", "1");
        let world = World { ports };
        world.configure(more);
        world
    }

    /// Gives the tenant other rules from now on.
    pub(super) fn configure(&self, more: Value) {
        let mut tenant = json!({
            "partner": PARTNER,
            "name": "Acme",
            "partner_id": 1,
            "mfa": "optional",
            "bridge_secret_sha256": base16ct::lower::encode_string(&Sha256::digest(BRIDGE)),
        });
        for (name, value) in more.as_object().unwrap() {
            tenant[name] = value.clone();
        }
        self.ports.set_setting("accounts", &json!([tenant]).to_string());
    }

    /// Everything as it is now. What the two do from here on, they do apart.
    pub(super) fn fork(&self) -> World {
        World { ports: self.ports.fork() }
    }

    /// Sends a request without a session.
    pub(super) fn open(&self, method: &str, path: &str, body: Value) -> Answer {
        self.ports.send_with(&[("content-type", "application/json")], method, path, text(&body))
    }

    /// Sends a request in a session, by the header.
    pub(super) fn ask(&self, session: &str, method: &str, path: &str, body: Value) -> Answer {
        let headers = [("x-session-id", session), ("content-type", "application/json")];
        self.ports.send_with(&headers, method, path, text(&body))
    }

    pub(super) fn get(&self, session: &str, path: &str) -> Answer {
        self.ask(session, "GET", path, Value::Null)
    }

    pub(super) fn post(&self, session: &str, path: &str, body: Value) -> Answer {
        self.ask(session, "POST", path, body)
    }

    pub(super) fn delete(&self, session: &str, path: &str, body: Value) -> Answer {
        self.ask(session, "DELETE", path, body)
    }

    /// Has somebody register and confirm their address. Answers their session.
    pub(super) fn join(&self, email: &str) -> String {
        let asked = self.open(
            "POST",
            "/auth/register",
            json!({ "email": email, "password": PASSWORD, "name": "Ann" }),
        );
        assert_eq!(asked.status, 200, "{}", asked.text());
        let body = json!({ "email": email, "password": PASSWORD, "code": self.code() });
        let joined = self.open("POST", "/auth/register/verify", body);
        assert_eq!(joined.status, 200, "{}", joined.text());
        joined.json()["data"]["sessionId"].as_str().unwrap().to_owned()
    }

    /// The same, and two-factor sign-in is on.
    pub(super) fn join_with_two_factor(&self, email: &str) -> String {
        let session = self.join(email);
        let switched = self.post(&session, "/auth/two_factor/toggle", json!({ "enabled": true }));
        assert_eq!(switched.status, 200, "{}", switched.text());
        session
    }

    pub(super) fn login(&self, email: &str) -> Answer {
        self.open("POST", "/auth/login", json!({ "email": email, "password": PASSWORD }))
    }

    /// Signs in up to the code. Answers the pending session.
    pub(super) fn pending(&self, email: &str) -> String {
        let answer = self.login(email);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let body = answer.json();
        assert_eq!(body["requires_2fa"], true, "{body}");
        body["session_id"].as_str().unwrap().to_owned()
    }

    /// Tries a code.
    pub(super) fn verify(&self, session: &str, code: &str) -> Answer {
        self.post(
            session,
            "/auth/two_factor/verify",
            json!({ "code": code, "method": "email", "action": "login" }),
        )
    }

    /// The code of the newest message that has one.
    pub(super) fn code(&self) -> String {
        let sent = self.ports.sent.borrow();
        let code = sent.iter().rev().find_map(|message| code_in(&message.text));
        code.expect("no message has a code")
    }

    /// A code of six digits that is not this one.
    pub(super) fn other_than(code: &str) -> String {
        format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
    }

    pub(super) fn is_in(&self, session: &str) -> bool {
        let answer = self.get(session, "/auth/me");
        answer.status == 200 && answer.json()["data"]["session_status"] == "active"
    }

    pub(super) fn methods(&self, session: &str) -> Vec<Value> {
        let answer = self.get(session, "/auth/two_factor/methods");
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["data"]["methods"].as_array().unwrap().clone()
    }

    /// Adds another address as a second factor. Answers its method's id.
    pub(super) fn add_email(&self, session: &str, email: &str) -> String {
        let setup = self.post(session, "/auth/two_factor/email/setup", json!({ "email": email }));
        assert_eq!(setup.status, 200, "{}", setup.text());
        let id = setup.json()["data"]["method_id"].as_str().unwrap().to_owned();
        let body = json!({ "code": self.code(), "method_id": id, "action": "setup" });
        let done = self.post(session, "/auth/two_factor/verify", body);
        assert_eq!(done.status, 200, "{}", done.text());
        id
    }

    pub(super) fn wait(&self, time: Duration) {
        self.ports.pass(time);
    }

    /// How many messages there were.
    pub(super) fn sent(&self) -> usize {
        self.ports.sent.borrow().len()
    }
}

fn text(body: &Value) -> String {
    if body.is_null() { String::new() } else { body.to_string() }
}

pub(super) fn code_in(text: &str) -> Option<String> {
    let code = text.split("Your code: ").nth(1)?.get(..6)?;
    code.bytes().all(|byte| byte.is_ascii_digit()).then(|| code.to_owned())
}

/// Fails unless this was refused so.
#[track_caller]
pub(super) fn assert_refused(answer: &Answer, status: u16, code: &str, error: &str) {
    let body = answer.json();
    assert_eq!(
        (answer.status, &body["code"], &body["error"]),
        (status, &json!(code), &json!(error)),
        "{body}"
    );
    assert_eq!(body["success"], false);
}
