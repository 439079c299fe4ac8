//! `PUT /api/authentication-codes/{id}`, in production and in the sandbox.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use stepgate_fuzz::body::{Kind, Target, USUAL, has_fields};
use stepgate_fuzz::check::{Answer, Visit};
use stepgate_fuzz::valid;

const SANDBOX: Target = Target {
    method: "PUT",
    paths: &["/api/authentication-codes/<CODE>", "/api/authentication-codes/<AUTORAMP_CODE>"],
    valid: valid::submissions,
    fields: &[("code", Kind::Integer)],
    // There is one refusal, whatever is wrong with the body.
    pairs: &[("surprise", "code")],
    done: |visit, path, body, answer| compared(visit, path, body, answer, true),
    ..USUAL
};

const PRODUCTION: Target = Target {
    settings: &[("environment", "production")],
    done: |visit, path, body, answer| compared(visit, path, body, answer, false),
    ..SANDBOX
};

/// Only the code that was sent confirms, and each code that is taken for one counts.
fn compared(visit: &mut Visit<'_>, path: &str, body: &Value, answer: &Answer, sandbox: bool) {
    has_fields(answer, &["id", "status", "attempts", "entity_id", "expires_at"]);
    let code = body["code"].as_u64().expect("what is compared is an integer");
    assert!(code <= 999_999, "{code} has more than six digits");
    let digits = format!("{code:06}");
    let right = path.ends_with(visit.world.id("CODE")) && digits == visit.world.id("DIGITS")
        // The autoramp's code is not known by name, so whatever confirms it must be one that was sent.
        || path.ends_with(visit.world.id("AUTORAMP_CODE")) && answer.json()["status"] == "Confirmed" && sent(visit, &digits)
        || sandbox && digits == "123456";
    let object = answer.json();
    assert_eq!(object["status"], if right { "Confirmed" } else { "Pending" }, "{digits}");
    assert_eq!(object["attempts"], 1);
}

fn sent(visit: &Visit<'_>, digits: &str) -> bool {
    visit.world.codes().iter().any(|code| code == digits)
}

fuzz_target!(|input: &[u8]| match input.split_first() {
    Some((b'p', rest)) => PRODUCTION.run(rest),
    Some((b's', rest)) => SANDBOX.run(rest),
    _ => {}
});
