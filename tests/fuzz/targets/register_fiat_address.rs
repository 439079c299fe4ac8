//! `POST /api/addresses/fiat`
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepgate_fuzz::body::{Kind, Target, USUAL, has_fields};
use stepgate_fuzz::request::Sent;
use stepgate_fuzz::{valid, world};

const TARGET: Target = Target {
    paths: &["/api/addresses/fiat"],
    valid: valid::fiat_addresses,
    fields: &[
        ("customer_id", Kind::Text),
        ("currency", Kind::TextOrObject),
        ("label", Kind::Text),
        ("bank_details", Kind::Object),
    ],
    once: true,
    // What an account can be paid in, and what else a currency asks for.
    pairs: &[("currency", "bank_details")],
    done: |visit, _, body, answer| {
        has_fields(
            answer,
            &[
                "id",
                "created_at",
                "updated_at",
                "customer_id",
                "bank_details",
                "status",
                "currency",
                "bank_account_identifier",
                "country",
                "bank_name",
                "ownership_verified",
                "is_third_party",
            ],
        );
        let made = answer.json();
        let third = body["bank_details"]["is_third_party"].as_bool().expect("it was true or false");
        let status = if third { "AuthorizationRequired" } else { "RegistrationPending" };
        assert_eq!((&made["status"], &made["is_third_party"]), (&status.into(), &third.into()));
        let path = format!("/api/addresses/fiat/{}/{}", text(&made["customer_id"]), text(&made["id"]));
        let read = Sent::new("GET", &path).with("x-api-key", world::WRITER);
        let read = visit.send(&read).expect("it is a request");
        assert_eq!((read.status, read.json()), (200, made));
    },
    ..USUAL
};

fn text(value: &serde_json::Value) -> &str {
    value.as_str().expect("it is an id")
}

fuzz_target!(|input: &[u8]| TARGET.run(input));
