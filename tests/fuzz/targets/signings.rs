//! `POST /api/customers/{id}/signings`
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepgate_fuzz::body::{Kind, Target, USUAL, has_fields};
use stepgate_fuzz::{valid, world};

const TARGET: Target = Target {
    paths: &[
        "/api/customers/<CUSTOMER>/signings",
        "/api/customers/<ARCHIVED>/signings",
        "/api/customers/<STRANGER>/signings",
    ],
    valid: valid::signings,
    fields: &[("signed", Kind::Flag), ("content_id", Kind::Text)],
    once: true,
    done: |_, _, body, answer| {
        has_fields(answer, &["id", "customer_id", "content_id", "created_at", "updated_at"]);
        assert_eq!(body["signed"], true);
        let content = body["content_id"].as_str().expect("it is an id").to_ascii_lowercase();
        assert_eq!(answer.json()["content_id"], *content);
        assert!(content == world::DOCUMENT || content.starts_with("eeeeeeee-"));
    },
    ..USUAL
};

fuzz_target!(|input: &[u8]| TARGET.run(input));
