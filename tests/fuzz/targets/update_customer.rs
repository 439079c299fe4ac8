//! `PUT /api/customers/{id}`: another address waits for the owner of the old one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepgate_fuzz::body::{Kind, Target, USUAL};
use stepgate_fuzz::request::Sent;
use stepgate_fuzz::{valid, world};

const SANDBOX: Target = Target {
    method: "PUT",
    paths: &[
        "/api/customers/<CUSTOMER>",
        "/api/customers/<BUSINESS>",
        "/api/customers/<ARCHIVED>",
        "/api/customers/<STRANGER>",
    ],
    valid: valid::updates,
    fields: &[("email", Kind::Text), ("external_id", Kind::Text)],
    done: |visit, path, _, answer| {
        // Whatever was asked for, the address is the old one until its owner agrees.
        let old = if path.ends_with(visit.world.id("CUSTOMER")) {
            "customer0@example.com"
        } else {
            "boss@example.com"
        };
        let customer = Sent::new("GET", path).with("x-api-key", world::WRITER);
        let customer = visit.send(&customer).expect("it is a request");
        assert_eq!(customer.json()["email"], old);
        let place = answer.header("location");
        if !place.is_empty() {
            let change = Sent::new("GET", place).with("x-api-key", world::WRITER);
            assert_eq!(visit.send(&change).expect("it is a request").status, 200);
        }
    },
    ..USUAL
};

/// Where a message was sent a moment ago.
const PRODUCTION: Target = Target { settings: &[("environment", "production")], ..SANDBOX };

fuzz_target!(|input: &[u8]| match input.split_first() {
    Some((b'p', rest)) => PRODUCTION.run(rest),
    Some((b's', rest)) => SANDBOX.run(rest),
    _ => {}
});
