//! §6, changing the password.

use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use stepgate_storage::{Day, RecordKey, Store as _};

const CHANGE: &str = "/reg/v1/password/change";
const CONFIRM: &str = "/reg/v1/password/change/confirm";

fn begin(ports: &TestPorts, tokens: &Value) -> Answer {
    let body = json!({ "oldPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    as_user(ports, tokens, "POST", CHANGE, &body.to_string())
}

fn confirm(ports: &TestPorts, tokens: &Value, code: &str) -> Answer {
    let body = json!({ "oldPassword": PASSWORD, "newPassword": NEW_PASSWORD, "confirmCode": code });
    as_user(ports, tokens, "POST", CONFIRM, &body.to_string())
}

#[test]
fn the_old_password_and_a_code_make_a_new_one() {
    let ports = world();
    let tokens = signed_in(&ports);
    let answer = begin(&ports, &tokens);
    assert_eq!((answer.status, answer.text()), (200, r#"{"result":"ok"}"#));
    let answer = confirm(&ports, &tokens, &mailed(&ports));
    assert_eq!((answer.status, answer.text()), (200, r#"{"result":"ok"}"#));
    assert_eq!(newest_subject(&ports), "Acme: your password was changed");
    // Every session is over, this one too.
    is_over(&who(&ports, &tokens));
    is_over(&refresh(&ports, tokens["refresh_token"].as_str().unwrap()));
    ports.pass(seconds(60));
    says(&sign_in(&ports, &json!({})), 401, "UNAUTHORIZED", CREDENTIALS);
    assert_eq!(sign_in(&ports, &json!({ "password": NEW_PASSWORD })).status, 424);
    let code = mailed(&ports);
    let tokens = sign_in(&ports, &json!({ "password": NEW_PASSWORD, "mfaCode": code })).json();
    assert_eq!(who(&ports, &tokens).json()["passwordLastChangeDate"], "2026-01-15T11:15:09.045+00:00");
}

#[test]
fn a_wrong_old_password_counts_as_a_failed_login() {
    let ports = world();
    let tokens = signed_in(&ports);
    let body =
        json!({ "oldPassword": "wrong", "newPassword": NEW_PASSWORD, "confirmCode": "123456" }).to_string();
    for _ in 0..5 {
        says(&as_user(&ports, &tokens, "POST", CHANGE, &body), 401, "UNAUTHORIZED", CREDENTIALS);
        says(&as_user(&ports, &tokens, "POST", CONFIRM, &body), 401, "UNAUTHORIZED", CREDENTIALS);
    }
    assert_eq!(as_user(&ports, &tokens, "POST", CHANGE, &body).status, 429);
    assert_eq!(sign_in(&ports, &json!({ "password": "wrong" })).status, 429);
    assert_eq!(sent(&ports), 1);
}

#[test]
fn codes_are_as_for_signing_in() {
    let ports = world();
    let tokens = signed_in(&ports);
    says(&confirm(&ports, &tokens, "123456"), 400, "BAD_REQUEST", EXPIRED);
    begin(&ports, &tokens);
    let code = mailed(&ports);
    says(&begin(&ports, &tokens), 429, "TOO_MANY_REQUESTS", TOO_SOON);
    says(&confirm(&ports, &tokens, "x"), 400, "BAD_REQUEST", &invalid(5));
    says(&confirm(&ports, &tokens, &wrong(&code)), 400, "BAD_REQUEST", &invalid(4));
    ports.pass(seconds(300));
    says(&confirm(&ports, &tokens, &code), 400, "BAD_REQUEST", EXPIRED);
    begin(&ports, &tokens);
    let code = mailed(&ports);
    for left in (1..=3).rev() {
        says(&confirm(&ports, &tokens, &wrong(&code)), 400, "BAD_REQUEST", &invalid(left));
    }
    says(&confirm(&ports, &tokens, &wrong(&code)), 423, "LOCKED", LOCKED);
    says(&begin(&ports, &tokens), 423, "LOCKED", LOCKED);
}

#[test]
fn every_field_is_looked_at() {
    let ports = world();
    let tokens = signed_in(&ports);
    let change = |path, body: Value| as_user(&ports, &tokens, "POST", path, &body.to_string());
    names(&change(CHANGE, json!({})), &["oldPassword", "newPassword"]);
    names(
        &change(CHANGE, json!({ "oldPassword": 7, "newPassword": "weak" })),
        &["oldPassword", "newPassword"],
    );
    let body = json!({ "oldPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    names(&change(CONFIRM, body), &["confirmCode"]);
    let body = json!({ "oldPassword": PASSWORD, "newPassword": NEW_PASSWORD, "confirmCode": 123_456 });
    names(&change(CONFIRM, body), &["confirmCode"]);
}

/// Whoever has no second factor is asked by their address all the same.
#[test]
fn a_code_is_asked_for_whatever_the_switch_says() {
    let ports = world();
    set_tenants(&ports, &json!({ "two_factor": false }));
    let tokens = sign_in(&ports, &json!({})).json();
    assert_eq!(begin(&ports, &tokens).status, 200);
    assert_eq!(confirm(&ports, &tokens, &mailed(&ports)).status, 200);
    assert_eq!(sign_in(&ports, &json!({ "password": NEW_PASSWORD })).status, 200);
}

#[test]
fn a_remembered_device_is_forgotten() {
    let ports = world();
    let code = ask_for_code(&ports);
    let tokens = sign_in(&ports, &json!({ "mfaCode": code, "rememberDevice": true })).json();
    begin(&ports, &tokens);
    assert_eq!(confirm(&ports, &tokens, &mailed(&ports)).status, 200);
    ports.pass(seconds(60));
    let device = tokens["device_token"].as_str().unwrap();
    let headers = [("partnerid", "7"), ("granttype", "password_email"), ("x-device-token", device)];
    let body = json!({ "email": EMAIL, "password": NEW_PASSWORD }).to_string();
    assert_eq!(ports.send_with(&headers, "POST", TOKEN, body).status, 424);
}

/// A transaction that is changed voids its code (security.md): it was asked for with one new password, and sets no other.
#[test]
fn a_code_is_for_the_new_password_that_it_was_asked_for_with() {
    for app in [false, true] {
        let ports = world();
        let tokens = signed_in(&ports);
        let app = app.then(|| methods::App::of(&ports));
        let method = if app.is_some() { "totp" } else { "email" };
        let body = json!({ "oldPassword": PASSWORD, "newPassword": NEW_PASSWORD, "mfaMethod": method });
        assert_eq!(as_user(&ports, &tokens, "POST", CHANGE, &body.to_string()).status, 200);
        let code = || match &app {
            Some(app) => app.code(&ports),
            None => mailed(&ports),
        };
        let confirm = |new: &str| {
            let mut body = body.clone();
            (body["newPassword"], body["confirmCode"]) = (json!(new), json!(code()));
            as_user(&ports, &tokens, "POST", CONFIRM, &body.to_string())
        };
        for _ in 0..6 {
            says(&confirm("An0ther-password"), 400, "BAD_REQUEST", EXPIRED);
        }
        assert_eq!(confirm(NEW_PASSWORD).status, 200, "{method}");
        ports.pass(seconds(60));
        assert_eq!(sign_in(&ports, &json!({ "password": NEW_PASSWORD })).status, 424);
    }
}

/// A change that was asked for, and what it is confirmed with.
struct Asked {
    ports: TestPorts,
    tokens: Value,
    body: Value,
    app: Option<methods::App>,
}

impl Asked {
    fn by(method: &str) -> Asked {
        let ports = world();
        let tokens = signed_in(&ports);
        let app = (method == "totp").then(|| methods::App::of(&ports));
        let body = json!({ "oldPassword": PASSWORD, "newPassword": NEW_PASSWORD, "mfaMethod": method });
        let asked = Asked { ports, tokens, body, app };
        assert_eq!(asked.again().status, 200, "{method}");
        asked
    }

    fn again(&self) -> Answer {
        as_user(&self.ports, &self.tokens, "POST", CHANGE, &self.body.to_string())
    }

    /// With the right code.
    fn confirm(&self) -> Answer {
        let code = self.app.as_ref().map_or_else(|| mailed(&self.ports), |app| app.code(&self.ports));
        let mut body = self.body.clone();
        body["confirmCode"] = json!(code);
        as_user(&self.ports, &self.tokens, "POST", CONFIRM, &body.to_string())
    }

    /// Every hash of a password in the store but the account's own, whoever wrote it: the core's records are base64.
    fn waiting(&self) -> Vec<(String, String)> {
        let has_a_hash = |text: &str| {
            let core = text.get(1..).and_then(|rest| STANDARD_NO_PAD.decode(rest).ok());
            text.contains("$argon2id$")
                || core.is_some_and(|bytes| String::from_utf8_lossy(&bytes).contains("$argon2id$"))
        };
        let (own, others): (Vec<_>, Vec<_>) = self
            .ports
            .store
            .everything()
            .into_iter()
            .filter(|(_, value)| has_a_hash(value))
            .partition(|(key, _)| key.starts_with("r/-/account/") && key.ends_with("/password"));
        assert_eq!(own.len(), 1);
        others
    }
}

/// Whoever steals a store must not find in it what a password was once, or was to be.
#[test]
fn of_a_password_that_was_never_set_nothing_is_kept_for_long() {
    for method in ["email", "totp"] {
        let asked = Asked::by(method);
        assert_eq!(asked.waiting().len(), 1, "{method}");
        asked.ports.pass(seconds(2 * 86_400));
        asked.ports.store.sweep(asked.ports.now.get().0 / 1000);
        assert_eq!(asked.waiting(), [], "{method}");
    }
}

#[test]
fn of_a_password_that_was_set_nothing_is_kept_beside_it() {
    for method in ["email", "totp"] {
        let asked = Asked::by(method);
        assert_eq!(asked.confirm().status, 200, "{method}");
        assert_eq!(asked.waiting(), [], "{method}");
    }
}

/// It is there for as long as the code, whatever is swept meanwhile.
#[test]
fn a_password_waits_over_midnight() {
    let asked = Asked::by("email");
    let ports = &asked.ports;
    ports.pass(Duration::from_millis(86_399_000 - ports.now.get().0 % 86_400_000));
    assert_eq!(asked.again().status, 200);
    ports.pass(seconds(299));
    ports.store.sweep(ports.now.get().0 / 1000);
    assert_eq!(asked.confirm().status, 200);
}

#[test]
fn a_password_that_no_code_was_sent_for_does_not_wait() {
    let asked = Asked::by("email");
    let first = asked.waiting();
    says(&asked.again(), 429, "TOO_MANY_REQUESTS", TOO_SOON);
    assert_eq!((asked.waiting(), first.len()), (first, 1));
    assert_eq!(asked.confirm().status, 200);
}

/// More often than there are attempts: none is taken.
#[test]
fn without_the_password_that_waits_no_code_is_compared() {
    for method in ["email", "totp"] {
        let asked = Asked::by(method);
        let (name, value) = asked.waiting().remove(0);
        let mut parts = name.splitn(3, '/').skip(1);
        let day = Day(parts.next().unwrap().parse().unwrap());
        let key = RecordKey::until(day, parts.next().unwrap());
        asked.ports.store.delete(&key).unwrap();
        for _ in 0..6 {
            says(&asked.confirm(), 400, "BAD_REQUEST", EXPIRED);
        }
        // No record, and a record without a hash.
        for broken in ["x", "\"x\""] {
            asked.ports.store.set(&key, broken).unwrap();
            for _ in 0..6 {
                says(&asked.confirm(), 500, "INTERNAL_SERVER_ERROR", "Internal Server Error");
            }
        }
        asked.ports.store.set(&key, &value).unwrap();
        assert_eq!(asked.confirm().status, 200, "{method}");
    }
}
