//! Whatever is sent: no panic, no 5xx, a body of the right family, and no attempt spent by what was never a code.

use crate::testing::{TestPorts, sandbox};
use proptest::prelude::*;
use serde_json::Value;

/// A customer with an open change, and the code's id.
fn held() -> (TestPorts, String, String) {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    ports.change_email(&customer, "ben@example.org");
    let code = ports.pending(&customer)["id"].as_str().unwrap().to_owned();
    (ports, customer, code)
}

fn method() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
}

fn segment() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("api".to_owned()),
        Just("customers".to_owned()),
        Just("authentication-codes".to_owned()),
        Just("entity".to_owned()),
        Just("external".to_owned()),
        Just("email-changes".to_owned()),
        Just("confirm".to_owned()),
        Just("identifications".to_owned()),
        Just("v2".to_owned()),
        Just("sandbox".to_owned()),
        Just("identification".to_owned()),
        Just("signings".to_owned()),
        Just("archive".to_owned()),
        Just("review".to_owned()),
        Just("IDENTIFICATION".to_owned()),
        Just("CUSTOMER".to_owned()),
        Just("CODE".to_owned()),
        Just("identify".to_owned()),
        Just("LINK".to_owned()),
        "[a-zA-Z0-9._~%-]{0,12}",
    ]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..64),
        "\\{\"(code|email|customer_type|name|external_id|type|with_edd|approved|comment|signed|content_id)\":(\"[^\"\\\\]{0,12}\"|-?[0-9]{0,12}(\\.[0-9])?|null|\\[\\]|\\{\\}|true)\\}"
            .prop_map(String::into_bytes),
        "do=(send|check|submit)&code=[0-9a-z%]{0,7}(&[a-z_]{0,10}=[ -~]{0,12}){0,3}".prop_map(String::into_bytes),
    ]
}

proptest! {
    #[test]
    fn is_answered(
        method in method(),
        segments in prop::collection::vec(segment(), 0..6),
        query in "[a-z_=&%0-9]{0,20}",
        header in "[ -~]{0,40}",
        body in body(),
    ) {
        let (ports, customer, code) = held();
        let made = ports.send("POST", &format!("/api/customers/{customer}/identifications/v2"), r#"{"type":"Link"}"#);
        let identification = made.json()["id"].as_str().unwrap().to_owned();
        let link = made.json()["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let path = format!("/{}?{query}", segments.join("/")).replace("CUSTOMER", &customer).replace("CODE", &code).replace("IDENTIFICATION", &identification).replace("LINK", &link);
        if path.parse::<http::Uri>().is_err() {
            return Ok(());
        }
        for name in ["idempotency-key", "content-type", "x-api-version", "x-sub-partner-id", "x-trace-id"] {
            let headers = [("x-api-key", "acme"), ("idempotency-key", "k"), (name, header.as_str())];
            let answer = ports.send_with(&headers, method, &path, &body);
            prop_assert!(answer.status < 500, "{} {method} {path}: {}", answer.status, answer.text());
            if path.starts_with("/api/") && answer.status != 204 {
                prop_assert!(serde_json::from_slice::<Value>(&answer.body).is_ok(), "{path}: {}", answer.text());
            }
        }
    }

    #[test]
    fn is_answered_by_the_page_of_an_identification(
        method in method(),
        body in body(),
        name in prop::sample::select(vec!["cookie", "origin", "sec-fetch-site", "x-trace-id"]),
        header in "(identify=)?[ -~]{0,40}",
    ) {
        let (ports, customer, _) = held();
        let made = ports.send("POST", &format!("/api/customers/{customer}/identifications/v2"), r#"{"type":"Link"}"#);
        let link = made.json()["url"].as_str().unwrap().replace("https://2fa.example.com", "");
        let headers = [("content-type", "application/x-www-form-urlencoded"), (name, header.as_str())];
        for _ in 0..2 {
            let answer = ports.send_with(&headers, method, &link, &body);
            prop_assert!(answer.status < 500, "{} {method}: {}", answer.status, answer.text());
            prop_assert!(answer.status == 303 || answer.header("content-type").starts_with("text/html"));
            prop_assert!(answer.header("set-cookie").is_empty());
        }
    }

    #[test]
    fn costs_no_attempt_unless_it_is_a_code(body in body()) {
        let (ports, customer, code) = held();
        let path = format!("/api/authentication-codes/{code}");
        let answer = ports.send_with(&[("x-api-key", "acme")], "PUT", &path, &body);
        let attempts = ports.pending(&customer)["attempts"].as_u64().unwrap();
        prop_assert_eq!(attempts, u64::from(answer.status == 200));
        prop_assert!(answer.status == 200 || answer.status == 400);
    }
}
