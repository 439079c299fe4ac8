//! §1: hosts, headers, shapes.

use super::*;

const OTHER: &str = "cccccccc-0d44-4b50-8888-8dd25736052a";

fn two_tenants() -> World {
    let world = World::new();
    let tenants = json!([
        { "partner": PARTNER, "name": "Acme", "partner_id": 1, "hosts": ["acme.example.com", "acme.example.com:8443"] },
        { "partner": OTHER, "name": "Other", "partner_id": 2, "hosts": ["other.example.com"] },
    ]);
    world.ports.set_setting("accounts", &tenants.to_string());
    world
}

fn at(world: &World, host: &str, path: &str, body: &Value) -> Answer {
    let headers = [("host", host), ("content-type", "application/json")];
    world.ports.send_with(&headers, "POST", path, body.to_string())
}

/// Base: an instance is found by its host, and its accounts are unknown to every other.
#[test]
fn an_instance_is_found_by_its_host_and_knows_its_own_accounts_only() {
    let world = two_tenants();
    let body = json!({ "email": ANN, "password": PASSWORD });
    assert_eq!(at(&world, "acme.example.com", "/auth/register", &body).status, 200);
    let verify = json!({ "email": ANN, "password": PASSWORD, "code": world.code() });
    assert_eq!(at(&world, "other.example.com", "/auth/register/verify", &verify).status, 401);
    let joined = at(&world, "ACME.example.com:443", "/auth/register/verify", &verify);
    assert_eq!(joined.status, 200);
    assert_eq!(at(&world, "acme.example.com:8443", "/auth/login", &body).status, 200);
    assert_eq!(at(&world, "other.example.com", "/auth/login", &body).status, 401);
    let session = joined.json()["data"]["sessionId"].as_str().unwrap().to_owned();
    for (host, status) in [("acme.example.com", 200), ("other.example.com", 401)] {
        let answer =
            world.ports.send_with(&[("host", host), ("x-session-id", &session)], "GET", "/auth/me", "");
        assert_eq!(answer.status, status, "{host}");
    }
    for host in ["", "example.com", "acme.example.com.evil.example", "acme.example.com:1"] {
        let answer = at(&world, host, "/auth/login", &body);
        assert_eq!((answer.status, &answer.json()["code"]), (404, &json!("NOT_FOUND")), "{host}");
    }
}

/// security.md: nothing that is sent to people is built from a header.
#[test]
fn no_message_holds_anything_of_the_host() {
    let world = World::new();
    let body = json!({ "email": ANN, "password": PASSWORD });
    let headers = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("content-type", "application/json"),
    ];
    assert_eq!(world.ports.send_with(&headers, "POST", "/auth/register", body.to_string()).status, 200);
    let sent = world.ports.sent.borrow();
    assert!(sent.iter().all(|message| !message.text.contains("evil") && !message.subject.contains("evil")));
    assert_eq!(sent.len(), 1);
}

/// Session: "query form off by default (leaks into logs)".
#[test]
fn a_session_in_the_query_is_not_looked_at() {
    let world = World::new();
    let session = world.join(ANN);
    let answer = world.open("GET", &format!("/auth/me?session_id={session}"), Value::Null);
    assert_eq!(answer.status, 401);
}

/// Ids: "session ids stored only as SHA-256", and no token, code or password anywhere at rest or in the log.
#[test]
fn nothing_at_rest_or_in_the_log_opens_anything() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    let pending = world.pending(ANN);
    let code = world.code();
    let body = json!({ "code": code, "method": "email", "action": "login", "remember_device": true });
    let verified = world.post(&pending, "/auth/two_factor/verify", body).json();
    let device = verified["data"]["device_token"].as_str().unwrap().to_owned();
    let codes = world.post(&pending, "/auth/two_factor/recovery/setup", Value::Null).json();
    let app = world.post(&pending, "/auth/two_factor/totp/setup", Value::Null).json();
    let mut secrets = vec![PASSWORD.to_owned(), code, app["data"]["secret"].as_str().unwrap().to_owned()];
    secrets.extend([&active, &pending, &device].map(|token| token[token.len() - 40..].to_owned()));
    secrets.extend(
        codes["data"]["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()),
    );
    for (key, value) in world.ports.store.everything() {
        for secret in &secrets {
            assert!(!key.contains(secret) && !value.contains(secret), "{key}: {value}");
        }
    }
    let log = world.ports.log.borrow().join("\n");
    assert!(!log.is_empty());
    for secret in secrets.iter().chain([&ANN.to_owned()]) {
        assert!(!log.contains(secret.as_str()), "{secret}");
    }
}

/// Error body: what all APIs have in common has this one's shape as well.
#[test]
fn what_is_not_there_is_said_in_the_apis_own_shape() {
    let world = World::new();
    for path in [
        "/auth",
        "/auth/",
        "/auth/nothing",
        "/bridge",
        "/auth//login",
        "/auth/two_factor/a/b/c",
        "/auth/login/",
    ] {
        let answer = world.open("POST", path, json!({}));
        assert_refused(&answer, 404, "NOT_FOUND", "Not Found");
    }
    for (method, path, allowed) in [
        ("GET", "/auth/login", "POST"),
        ("PUT", "/auth/me", "GET, HEAD"),
        ("POST", "/auth/two_factor/system", "GET, HEAD"),
        ("GET", "/auth/two_factor/aaaaaaaa-0d44-4b50-8888-8dd25736052a", "DELETE"),
    ] {
        let answer = world.open(method, path, json!({}));
        assert_refused(&answer, 405, "METHOD_NOT_ALLOWED", "Method Not Allowed");
        assert_eq!(answer.header("allow"), allowed);
    }
    let answer = world.ports.send_with(&[("content-type", "text/plain")], "POST", "/auth/login", "{}");
    assert_eq!((answer.status, &answer.json()["code"]), (415, &json!("UNSUPPORTED_MEDIA_TYPE")));
    let answer = world.open("POST", "/auth/login", json!({ "email": "x".repeat(70_000) }));
    assert_eq!((answer.status, &answer.json()["code"]), (413, &json!("BODY_TOO_LARGE")));
}

/// Without the setting there are no accounts, whatever is asked.
#[test]
fn without_the_setting_there_is_no_such_api() {
    let world = World::new();
    let session = world.join(ANN);
    world.ports.set_setting("accounts", "");
    assert_eq!(world.get(&session, "/auth/me").status, 404);
    assert_eq!(world.login(ANN).status, 404);
    assert_eq!(world.open("GET", "/auth/two_factor/system", Value::Null).status, 404);
}

/// A setting that is wrong is a failure of ours, with a trace id, and its name stands in the log only.
#[test]
fn a_wrong_setting_fails_and_says_which_in_the_log_only() {
    for (name, value) in
        [("accounts", "{"), ("session_days", "0"), ("session_days", "91"), ("account_keys", "{")]
    {
        let world = World::new();
        let session = world.join(ANN);
        world.ports.set_setting(name, value);
        let answer = match name {
            "account_keys" => world.post(&session, "/auth/two_factor/totp/setup", Value::Null),
            _ => world.login(ANN),
        };
        assert_refused(&answer, 500, "INTERNAL_ERROR", "Internal Server Error");
        assert_eq!(answer.json()["trace_id"], answer.header("x-trace-id"));
        assert!(world.ports.log.borrow().last().unwrap().contains(name));
    }
}
