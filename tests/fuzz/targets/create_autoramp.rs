//! `POST /api/autoramps`
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepgate_fuzz::body::{Kind, Target, USUAL, has_fields, reads_back};
use stepgate_fuzz::valid;

const TARGET: Target = Target {
    paths: &["/api/autoramps"],
    valid: valid::autoramps,
    fields: &[
        ("customer_id", Kind::Text),
        ("source_currencies", Kind::List),
        ("destination_currency", Kind::Object),
        ("recipient_account", Kind::Object),
        ("source_is_third_party", Kind::Flag),
        ("batch_payout", Kind::Flag),
        ("pay_by_reference", Kind::Flag),
        ("name", Kind::Text),
        ("external_id", Kind::Text),
        ("fee_profile_id", Kind::Text),
        ("sepa_payment_reference", Kind::Text),
        ("ach_payment_reference", Kind::Text),
        ("fps_payment_reference", Kind::Text),
        ("swift_payment_reference", Kind::Text),
        ("wire_message", Kind::Text),
        ("type", Kind::Text),
    ],
    once: true,
    pairs: &[("destination_currency", "recipient_account"), ("destination_currency", "source_currencies")],
    done: |visit, path, body, answer| {
        has_fields(
            answer,
            &[
                "id",
                "customer_id",
                "status",
                "kind",
                "created_at",
                "source_currencies",
                "destination_currency",
                "source",
                "quotes",
                "is_third_party",
                "recipient",
                "deposit_rails",
                "fee_profile_id",
                "batch_payout",
            ],
        );
        let made = answer.json();
        assert_eq!(made["status"], "Authorized");
        // Money goes where it was sent: the chain as it is written, the address but for its capitals.
        if body["recipient_account"]["type"] == "Crypto" {
            let (asked, recipient) = (&body["recipient_account"], &made["recipient"]);
            assert_eq!(recipient["blockchain"], asked["chain"]);
            let lower = |address: &serde_json::Value| address.as_str().map(str::to_ascii_lowercase);
            assert_eq!(lower(&recipient["address"]), lower(&asked["address"]));
            assert_eq!(made["destination_currency"]["blockchain"], asked["chain"]);
        }
        reads_back(visit, path, answer);
    },
    ..USUAL
};

fuzz_target!(|input: &[u8]| TARGET.run(input));
