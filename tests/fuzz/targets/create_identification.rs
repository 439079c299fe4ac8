//! `POST /api/customers/{id}/identifications/v2`
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepgate_fuzz::body::{Kind, Target, USUAL, has_fields};
use stepgate_fuzz::request::Sent;
use stepgate_fuzz::{valid, world};

const TARGET: Target = Target {
    paths: &[
        "/api/customers/<CUSTOMER>/identifications/v2",
        "/api/customers/<BUSINESS>/identifications/v2",
        "/api/customers/<ARCHIVED>/identifications/v2",
        "/api/customers/<STRANGER>/identifications/v2",
    ],
    valid: valid::identifications,
    fields: &[("type", Kind::Text), ("with_edd", Kind::Flag)],
    once: true,
    done: |visit, _, body, answer| {
        has_fields(answer, &["id", "customer_id", "status", "url", "created_at", "updated_at"]);
        let made = answer.json();
        assert_eq!((&body["type"], &made["status"]), (&"Link".into(), &"Pending".into()));
        let url = made["url"].as_str().expect("it has a link");
        let path = url.strip_prefix("https://2fa.example.com").expect("its link begins with the base URL");
        assert_eq!(visit.send(&Sent::new("GET", path)).expect("it is a request").status, 200);
        let path = format!("/api/identifications/{}", made["id"].as_str().expect("it has an id"));
        let read = Sent::new("GET", &path).with("x-api-key", world::WRITER);
        let read = visit.send(&read).expect("it is a request").json();
        assert_eq!((&read["id"], &read["status"]), (&made["id"], &made["status"]));
    },
    ..USUAL
};

fuzz_target!(|input: &[u8]| TARGET.run(input));
