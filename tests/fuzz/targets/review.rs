//! `POST /api/identifications/{id}/review`, an operator's, and `POST /api/sandbox/identification/{id}`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepgate_fuzz::body::{Kind, Target, USUAL};
use stepgate_fuzz::{valid, world};

const OPERATOR: Target = Target {
    paths: &[
        "/api/identifications/<IDENTIFICATION>/review",
        "/api/identifications/<DECIDED>/review",
        "/api/identifications/<ABSENT>/review",
    ],
    key: world::OPERATOR,
    valid: valid::reviews,
    fields: &[("approved", Kind::Flag), ("comment", Kind::Text)],
    once: true,
    done: |_, path, body, answer| {
        assert!(
            !path.contains("/sandbox/")
                || body["comment"].is_null()
                || answer.json()["review_comment"].is_null()
        );
        let status = if body["approved"] == true { "Approved" } else { "Declined" };
        assert_eq!(answer.json()["status"], status);
    },
    ..USUAL
};

const SANDBOX: Target = Target {
    paths: &["/api/sandbox/identification/<IDENTIFICATION>", "/sandbox/identification/<DECIDED>"],
    key: world::WRITER,
    valid: valid::sandbox_reviews,
    fields: &[("approved", Kind::Flag)],
    ..OPERATOR
};

fuzz_target!(|input: &[u8]| match input.split_first() {
    Some((b'o', rest)) => OPERATOR.run(rest),
    Some((b's', rest)) => SANDBOX.run(rest),
    _ => {}
});
