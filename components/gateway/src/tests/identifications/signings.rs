//! §5: what has to be signed, and signing it.

use super::{id, one_customer};
use serde_json::json;

const TERMS: &str = "11111111-0d44-4b50-8888-8dd25736052a";
const PRIVACY: &str = "22222222-0d44-4b50-8888-8dd25736052a";

fn documents() -> serde_json::Value {
    json!([
        { "id": TERMS, "url": "https://example.com/terms", "display_name": "Terms" },
        { "id": PRIVACY, "url": "https://example.com/privacy", "display_name": "Privacy" },
    ])
}

#[test]
fn there_is_nothing_to_sign_unless_the_setting_says_so() {
    let (ports, customer) = one_customer();
    let path = format!("/api/customers/{customer}/required-signings");
    let answer = ports.call("reader", "GET", &path, "");
    assert_eq!((answer.status, answer.text()), (200, "[]"));
    ports.set_setting("required_signings", &documents().to_string());
    assert_eq!(ports.call("acme", "GET", &path, "").json(), documents());
    for id in ["x", "01920000-0000-7000-8000-000000000000"] {
        let answer = ports.call("acme", "GET", &format!("/api/customers/{id}/required-signings"), "");
        assert_eq!((answer.status, answer.text()), (404, "\"Not Found\""));
    }
    assert_eq!(ports.call("other", "GET", &path, "").text(), "\"Not Found\"");
}

#[test]
fn each_document_is_signed_once() {
    let (ports, customer) = one_customer();
    ports.set_setting("required_signings", &documents().to_string());
    let made = ports.identify(&customer);
    ports.sandbox_review(id(&made), true);
    let path = format!("/api/customers/{customer}/signings");
    let sign = |content: &str| {
        ports.call("acme", "POST", &path, &json!({ "signed": true, "content_id": content }).to_string())
    };
    let first = sign(TERMS);
    assert_eq!(first.status, 201);
    let mut shown = first.json();
    let signing = shown["id"].take();
    assert!(crate::ids::parse(signing.as_str().unwrap()).is_some());
    let at = "2026-01-15T10:15:09.045Z";
    let expected = json!({ "id": null, "customer_id": customer, "content_id": TERMS, "created_at": at, "updated_at": at });
    assert_eq!(shown, expected);
    // Again, with no key and after a while: the same signing.
    ports.pass(core::time::Duration::from_secs(60));
    assert_eq!(sign(TERMS).text(), first.text());
    let now = ports.customer_now(&customer);
    assert_eq!((&now["signing_ids"], &now["status"]), (&json!([signing]), &json!("SigningsRequired")));
    let required = ports.call("acme", "GET", &format!("/api/customers/{customer}/required-signings"), "");
    assert_eq!(required.json(), json!([documents()[1]]));
    assert_eq!(sign(PRIVACY).status, 201);
    assert_eq!(ports.customer_status(&customer), "Active");
    // It is this customer's alone.
    let other = ports.customer("ben@example.com");
    assert_eq!(ports.customer_now(&other)["signing_ids"], json!([]));
}

#[test]
fn what_is_not_to_be_signed_cannot_be() {
    let (ports, customer) = one_customer();
    ports.set_setting("required_signings", &documents().to_string());
    let path = format!("/api/customers/{customer}/signings");
    for (body, status) in [
        (r#"{"signed":true,"content_id":"33333333-0d44-4b50-8888-8dd25736052a"}"#, 422),
        (r#"{"signed":true,"content_id":"sesame"}"#, 422),
        (r#"{"signed":true,"content_id":7}"#, 422),
        (r#"{"signed":true}"#, 422),
        (r#"{"signed":false,"content_id":"11111111-0d44-4b50-8888-8dd25736052a"}"#, 422),
        (r#"{"content_id":"11111111-0d44-4b50-8888-8dd25736052a"}"#, 400),
        (r#"{"signed":"true","content_id":"11111111-0d44-4b50-8888-8dd25736052a"}"#, 400),
        ("[]", 400),
    ] {
        let answer = ports.call("acme", "POST", &path, body);
        assert_eq!(answer.status, status, "{body}");
        assert!(answer.json().is_string() && !answer.text().contains("sesame"));
    }
    assert_eq!(ports.customer_now(&customer)["signing_ids"], json!([]));
    let body = format!(r#"{{"signed":true,"content_id":"{TERMS}"}}"#);
    assert_eq!(ports.call("other", "POST", &path, &body).status, 404);
    assert_eq!(ports.call("reader", "POST", &path, &body).status, 403);
}

#[test]
fn a_wrong_setting_fails_what_needs_it_and_is_named_in_the_log_only() {
    let (ports, customer) = one_customer();
    for wrong in [
        "{}",
        r#"[{"id":"x","url":"https://a.b","display_name":"A"}]"#,
        r#"[{"id":"11111111-0d44-4b50-8888-8dd25736052a","url":"http://a.b","display_name":"A"}]"#,
        r#"[{"id":"11111111-0d44-4b50-8888-8dd25736052a","url":"https://a.b","display_name":" "}]"#,
        r#"[{"id":"11111111-0d44-4b50-8888-8dd25736052a","url":"https://a.b","display_name":"A","more":1}]"#,
        r#"[{"id":"11111111-0d44-4b50-8888-8dd25736052a","url":"https://a.b","display_name":"A"},
            {"id":"11111111-0d44-4b50-8888-8dd25736052a","url":"https://a.b","display_name":"B"}]"#,
    ] {
        ports.set_setting("required_signings", wrong);
        let answer = ports.call("acme", "GET", &format!("/api/customers/{customer}/required-signings"), "");
        assert_eq!(answer.status, 500, "{wrong}");
        assert!(ports.log.borrow().last().unwrap().contains("required_signings"));
        assert!(!answer.text().contains("required_signings"));
    }
}
