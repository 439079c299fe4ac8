//! `POST /api/customers`
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepgate_fuzz::body::{Kind, Target, USUAL, has_fields, reads_back};
use stepgate_fuzz::valid;

const TARGET: Target = Target {
    paths: &["/api/customers"],
    valid: valid::customers,
    fields: &[
        ("customer_type", Kind::Text),
        ("email", Kind::Text),
        ("name", Kind::Text),
        ("external_id", Kind::Text),
    ],
    once: true,
    done: |visit, path, body, answer| {
        has_fields(
            answer,
            &[
                "id",
                "customer_type",
                "identification_ids",
                "signing_ids",
                "created_at",
                "updated_at",
                "status",
                "name",
                "email",
                "partner_id",
            ],
        );
        let made = answer.json();
        assert_eq!(made["status"], "IdentificationRequired");
        assert_eq!(made["customer_type"], body["customer_type"]);
        let email = |address: &serde_json::Value| address.as_str().map(|text| text.trim().to_lowercase());
        assert_eq!(email(&made["email"]), email(&body["email"]));
        reads_back(visit, path, answer);
    },
    ..USUAL
};

fuzz_target!(|input: &[u8]| TARGET.run(input));
