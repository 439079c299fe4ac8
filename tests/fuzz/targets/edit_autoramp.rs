//! `PATCH /api/autoramps/{id}`: other terms wait for the customer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepgate_fuzz::body::{Kind, Target, USUAL};
use stepgate_fuzz::valid;

const SANDBOX: Target = Target {
    method: "PATCH",
    paths: &[
        "/api/autoramps/<AUTORAMP>",
        "/api/autoramps/<WAITING_AUTORAMP>",
        "/api/autoramps/<CANCELLED>",
        "/api/autoramps/<ABSENT>",
    ],
    valid: valid::edits,
    fields: &[
        ("customer_id", Kind::Text),
        ("recipient_account", Kind::Object),
        ("destination_currency", Kind::Object),
        ("fee_profile_id", Kind::Text),
    ],
    pairs: &[("destination_currency", "recipient_account")],
    done: |visit, _, body, answer| {
        let customer = body["customer_id"].as_str().expect("it is an id").to_ascii_lowercase();
        assert_eq!(customer, visit.world.id("CUSTOMER"), "another customer's autoramp was edited");
        // Until the customer agrees it is as it was made.
        let autoramp = answer.json();
        assert_eq!(autoramp["recipient"]["address"], "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359");
        assert_eq!(autoramp["destination_currency"]["blockchain"], "Base");
        assert_eq!(autoramp["fee_profile_id"], serde_json::Value::Null);
        assert!(autoramp["status"] == "AuthorizationRequired" || autoramp["status"] == "Authorized");
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
