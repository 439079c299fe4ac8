//! `contracts/login-mfa.md`, row by row, and what is ours beside it. In production: codes are those that were mailed.

mod attacks;
mod clock;
mod devices;
mod failures;
mod info;
mod methods;
mod password;
mod public;
mod refresh;
mod reset;
mod sessions;
mod sign_up;
mod switch;
mod token;
mod told;
mod transport;

use crate::accounts::account::{self, Account, Name};
use crate::accounts::context::{AccountSettings, Context};
use crate::http::TraceId;
use crate::settings::tenants;
use crate::testing::{Answer, PARTNER, TestPorts, sandbox};
use core::time::Duration;
use serde_json::{Value, json};

const EMAIL: &str = "ann@example.com";
const PASSWORD: &str = "Passw0rd!";
const NEW_PASSWORD: &str = "N3w-passw0rd";
const TOKEN: &str = "/reg/v1/auth/token";

const LOCKED: &str = "Your account is temporarily locked due to security concerns.";
const EXPIRED: &str = "This confirmation code has expired. Please request a new one.";
const TOO_SOON: &str = "You are requesting codes too frequently. Wait a moment and try again.";
const OVER: &str = "Your session has expired or is no longer valid. Please log in again.";
const CREDENTIALS: &str = "Invalid email or password.";

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn invalid(left: u32) -> String {
    format!(
        "This confirmation code is invalid. Ensure you\u{2019}re using the latest code sent. Attempts remaining: {left}."
    )
}

/// Two tenants, 7 and 8, and nobody in them.
fn empty_world() -> TestPorts {
    let ports = sandbox();
    set_tenants(&ports, &json!({}));
    ports.set_setting("environment", "production");
    ports.set_setting("token_keys", r#"[{"id":"t1","seed":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}]"#);
    ports.set_setting(
        "account_keys",
        r#"[{"id":"a1","secret":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="}]"#,
    );
    ports
}

/// With these fields of tenant 7.
fn set_tenants(ports: &TestPorts, fields: &Value) {
    let mut tenant = json!({ "partner": PARTNER, "name": "Acme", "partner_id": 7, "mfa": "optional" });
    for (name, value) in fields.as_object().unwrap() {
        tenant[name] = value.clone();
    }
    let other = json!({
        "partner": "cccccccc-0d44-4b50-8888-8dd25736052a", "name": "Other", "partner_id": 8,
        "hosts": ["other.example"],
    });
    ports.set_setting("accounts", &json!([tenant, other]).to_string());
}

/// Ann has an account at tenant 7, and signed up an hour ago.
fn world() -> TestPorts {
    let ports = empty_world();
    sign_up(&ports, EMAIL);
    ports.pass(seconds(3600));
    ports.sent.borrow_mut().clear();
    ports
}

/// Makes an account, and answers its first tokens.
fn sign_up(ports: &TestPorts, email: &str) -> Value {
    let begun = as_partner(ports, "/reg/v1/signup", &json!({ "email": email, "password": PASSWORD }));
    assert_eq!(begun.status, 200, "{}", begun.text());
    let confirmed = as_partner(ports, "/reg/v1/signup/confirm", &sign_up_confirmation(email, &mailed(ports)));
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    confirmed.json()
}

fn sign_up_confirmation(email: &str, code: &str) -> Value {
    json!({
        "email": email, "emailConfirmCode": code, "password": PASSWORD, "termsAndConditionsConfirmed": true,
        "termsAndConditionsVersion": 1, "userType": "PERSON",
    })
}

fn as_partner(ports: &TestPorts, path: &str, body: &Value) -> Answer {
    ports.send_with(&[("partnerid", "7")], "POST", path, body.to_string())
}

/// Asks for tokens with these fields beside Ann's address and password.
fn sign_in(ports: &TestPorts, fields: &Value) -> Answer {
    let mut body = json!({ "email": EMAIL, "password": PASSWORD });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    ask(ports, &body)
}

fn ask(ports: &TestPorts, body: &Value) -> Answer {
    let headers = [("partnerid", "7"), ("granttype", "password_email")];
    ports.send_with(&headers, "POST", TOKEN, body.to_string())
}

fn with_code(ports: &TestPorts, code: &str) -> Answer {
    sign_in(ports, &json!({ "mfaCode": code }))
}

/// Step 1 of Ann's: the code that was mailed.
fn ask_for_code(ports: &TestPorts) -> String {
    let answer = sign_in(ports, &json!({}));
    assert_eq!(answer.status, 424, "{}", answer.text());
    mailed(ports)
}

/// Both steps: Ann's tokens.
fn signed_in(ports: &TestPorts) -> Value {
    let code = ask_for_code(ports);
    let answer = with_code(ports, &code);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn refresh(ports: &TestPorts, token: &str) -> Answer {
    let headers = [("partnerid", "7"), ("granttype", "refresh_token")];
    ports.send_with(&headers, "POST", TOKEN, json!({ "refreshToken": token }).to_string())
}

/// As whoever these tokens are of.
fn as_user(ports: &TestPorts, tokens: &Value, method: &str, path: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    ports.send_with(&[("authorization", &bearer)], method, path, body)
}

fn who(ports: &TestPorts, tokens: &Value) -> Answer {
    as_user(ports, tokens, "GET", "/reg/v1/user/info", "")
}

/// The code of the newest message that has one.
fn mailed(ports: &TestPorts) -> String {
    let sent = ports.sent.borrow();
    let text = &sent.iter().rev().find(|message| message.text.contains("Your code: ")).unwrap().text;
    text.split("Your code: ").nth(1).unwrap()[..6].to_owned()
}

/// The long code of the newest message that has one.
fn mailed_long(ports: &TestPorts) -> String {
    let sent = ports.sent.borrow();
    let lines = sent.iter().rev().flat_map(|message| message.text.lines());
    lines.map(str::trim).find(|line| line.len() == 54 && !line.contains(' ')).unwrap().to_owned()
}

/// How many messages went out.
fn sent(ports: &TestPorts) -> usize {
    ports.sent.borrow().len()
}

/// The subject of the newest message.
fn newest_subject(ports: &TestPorts) -> String {
    ports.sent.borrow().last().unwrap().subject.clone()
}

/// Another code than this.
fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

/// Tries wrong codes until the account is locked.
fn lock(ports: &TestPorts) {
    let code = ask_for_code(ports);
    for _ in 0..4 {
        assert_eq!(with_code(ports, &wrong(&code)).status, 400);
    }
    assert_eq!(with_code(ports, &wrong(&code)).status, 423);
}

/// The envelope, whole: §1.
fn says(answer: &Answer, status: u16, name: &str, message: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    let trace = answer.header("x-trace-id");
    let body = json!({ "status": name, "message": message, "traceId": trace, "errors": [] });
    assert_eq!(answer.json(), body);
}

/// A refusal that names fields: §1.
fn names(answer: &Answer, fields: &[&str]) {
    assert_eq!(answer.status, 400, "{}", answer.text());
    let body = answer.json();
    assert_eq!(body["status"], "BAD_REQUEST");
    let named: Vec<&str> =
        body["errors"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!(named, fields, "{}", answer.text());
}

/// How many operations of the store a request takes.
fn operations(ports: &TestPorts, request: impl FnOnce() -> Answer) -> (Answer, u64) {
    let before = ports.store.operations();
    let answer = request();
    (answer, ports.store.operations() - before)
}

/// Ann's account, as the domain knows it.
fn in_context<T>(ports: &TestPorts, does: impl FnOnce(&Context<'_, TestPorts>, &Account) -> T) -> T {
    let settings = AccountSettings::load(ports).unwrap();
    let tenants = tenants(ports).ok().unwrap();
    let trace = TraceId::of(&http::HeaderMap::new(), ports);
    let ctx =
        Context { ports, settings: &settings, tenant: &tenants[0], trace: &trace, now: ports.now.get() };
    let id = account::id_of(ports, &ctx.scope(), &Name::parse(EMAIL).unwrap()).unwrap().unwrap();
    let account = account::read(ports, id).unwrap().unwrap();
    does(&ctx, &account)
}

fn is_over(answer: &Answer) {
    says(answer, 401, "UNAUTHORIZED", OVER);
}

fn wait(answer: &Answer) -> u64 {
    answer.header("retry-after").parse().unwrap()
}
