//! `PUT /api/sandbox/autoramp/{id}` and `PUT /api/sandbox/fiat-verification/{id}`: the body is one JSON string.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepgate_fuzz::body::{Target, USUAL};
use stepgate_fuzz::valid;

const AUTORAMP: Target = Target {
    method: "PUT",
    paths: &[
        "/api/sandbox/autoramp/<AUTORAMP>",
        "/api/sandbox/autoramp/<WAITING_AUTORAMP>",
        "/api/sandbox/autoramp/<CANCELLED>",
        "/api/sandbox/autoramp/<ABSENT>",
    ],
    valid: valid::autoramp_statuses,
    done: |_, _, body, answer| {
        let asked = match body.as_str().expect("a status is a string") {
            "Created" | "EditPending" => "AuthorizationRequired",
            other => other,
        };
        assert_eq!(answer.json()["status"], asked);
    },
    ..USUAL
};

const FIAT: Target = Target {
    paths: &[
        "/api/sandbox/fiat-verification/<FIAT>",
        "/api/sandbox/fiat-verification/<WAITING_FIAT>",
        "/api/sandbox/fiat-verification/<STRANGER>",
    ],
    valid: valid::fiat_statuses,
    done: |_, _, body, answer| {
        assert_eq!(answer.json()["status"], body.as_str().expect("a status is a string"));
    },
    ..AUTORAMP
};

fuzz_target!(|input: &[u8]| match input.split_first() {
    Some((b'a', rest)) => AUTORAMP.run(rest),
    Some((b'f', rest)) => FIAT.run(rest),
    _ => {}
});
