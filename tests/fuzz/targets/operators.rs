//! What operators decide: `PUT /api/autoramps/{id}/status`, `…/addresses/fiat/{id}/status` and `…/customers/{id}/suspension`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepgate_fuzz::body::{Kind, Target, USUAL};
use stepgate_fuzz::{valid, world};

const AUTORAMP: Target = Target {
    method: "PUT",
    paths: &[
        "/api/autoramps/<AUTORAMP>/status",
        "/api/autoramps/<WAITING_AUTORAMP>/status",
        "/api/autoramps/<CANCELLED>/status",
    ],
    key: world::OPERATOR,
    valid: valid::autoramp_decisions,
    done: |_, path, body, answer| {
        assert!(path.ends_with("/status"));
        assert_eq!(answer.json()["status"], body.as_str().expect("a status is a string"));
    },
    ..USUAL
};

const FIAT: Target = Target {
    paths: &["/api/addresses/fiat/<FIAT>/status", "/api/addresses/fiat/<WAITING_FIAT>/status"],
    valid: valid::fiat_decisions,
    ..AUTORAMP
};

const SUSPENSION: Target = Target {
    paths: &[
        "/api/customers/<BUSINESS>/suspension",
        "/api/customers/<ARCHIVED>/suspension",
        "/api/customers/<STRANGER>/suspension",
    ],
    valid: valid::suspensions,
    fields: &[("suspended", Kind::Flag)],
    done: |visit, path, body, answer| {
        let archived = path.contains(visit.world.id("ARCHIVED"));
        let suspended = answer.json()["status"] == "Suspended";
        assert!(archived || suspended == (body["suspended"] == true));
    },
    ..AUTORAMP
};

fuzz_target!(|input: &[u8]| match input.split_first() {
    Some((b'a', rest)) => AUTORAMP.run(rest),
    Some((b'f', rest)) => FIAT.run(rest),
    Some((b's', rest)) => SUSPENSION.run(rest),
    _ => {}
});
