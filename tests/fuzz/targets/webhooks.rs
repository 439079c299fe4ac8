//! `POST /api/webhooks`, `PATCH /api/webhooks/{id}` and `POST /api/webhooks/{id}/ping`.
#![no_main]

use http::Uri;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use stepgate_fuzz::body::{Kind, Target, USUAL, has_fields, nothing};
use stepgate_fuzz::check::{Answer, Visit};
use stepgate_fuzz::{valid, world};

const REGISTER: Target = Target {
    paths: &["/api/webhooks"],
    // As in production: there only operators may.
    settings: &[("environment", "production")],
    key: world::OPERATOR,
    valid: valid::webhooks,
    fields: &[
        ("enabled", Kind::Flag),
        ("label", Kind::Text),
        ("topics", Kind::List),
        ("url", Kind::Text),
        ("signature", Kind::Text),
    ],
    once: true,
    done: |_, _, body, answer| {
        assert!(answer.json()["secret"].is_string());
        kept(body, answer);
    },
    ..USUAL
};

const CHANGE: Target = Target {
    method: "PATCH",
    paths: &["/api/webhooks/<WEBHOOK>", "/api/webhooks/<ABSENT>"],
    key: world::WRITER,
    valid: valid::webhook_changes,
    once: false,
    done: changed,
    ..REGISTER
};

const PING: Target = Target {
    paths: &["/api/webhooks/<WEBHOOK>/ping", "/api/webhooks/<ABSENT>/ping"],
    settings: &[],
    valid: valid::pings,
    fields: &[("customer_id", Kind::Text)],
    once: true,
    done: nothing,
    ..USUAL
};

fn changed(_: &mut Visit<'_>, _: &str, body: &Value, answer: &Answer) {
    assert!(answer.json().get("secret").is_none(), "a secret is shown once");
    kept(body, answer);
}

/// It is as the body says, and goes nowhere but to a host by https.
fn kept(body: &Value, answer: &Answer) {
    has_fields(answer, &["id", "url", "topics", "enabled", "label", "created_at", "updated_at"]);
    let webhook = answer.json();
    for field in ["url", "enabled", "signature"] {
        assert!(body[field].is_null() || body[field] == webhook[field], "{field} is {}", webhook[field]);
    }
    let url: Uri = webhook["url"].as_str().and_then(|url| url.parse().ok()).expect("its address is one");
    assert!(url.scheme_str() == Some("https") && url.host().is_some_and(|host| !host.is_empty()), "{url}");
    assert!(!url.authority().is_some_and(|authority| authority.as_str().contains('@')), "{url}");
}

fuzz_target!(|input: &[u8]| match input.split_first() {
    Some((b'r', rest)) => REGISTER.run(rest),
    Some((b'c', rest)) => CHANGE.run(rest),
    Some((b'p', rest)) => PING.run(rest),
    _ => {}
});
