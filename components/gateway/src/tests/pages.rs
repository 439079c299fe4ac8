//! The pages: the confirmation link, the inbox, and the rest.

use crate::testing::{Answer, PARTNER, TestPorts, key, sandbox};
use core::time::Duration;

fn open(ports: &TestPorts, method: &str, path: &str) -> Answer {
    let answer =
        ports.send_with(&[("x-forwarded-host", "evil.example"), ("host", "evil.example")], method, path, "");
    if answer.header("content-type").starts_with("text/html") {
        assert!(
            answer
                .header("content-security-policy")
                .starts_with("default-src 'none'; style-src 'self'; form-action 'self'")
        );
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let page = answer.text();
        assert!(page.contains("<html lang=\"en\">") && page.contains("width=device-width"));
        assert!(!page.contains("<script") && !page.contains("evil.example"));
    }
    answer
}

fn held() -> (TestPorts, String, String) {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    ports.change_email(&customer, "ben@example.org");
    let (_, link) = ports.newest_message();
    (ports, customer, link)
}

#[test]
fn opening_the_link_shows_what_it_is_about_and_changes_nothing() {
    let (ports, customer, link) = held();
    for method in ["GET", "HEAD", "GET"] {
        let page = open(&ports, method, &link);
        assert_eq!(page.status, 200);
        for part in [
            "Confirm the change of your e-mail address",
            "Acme",
            "a***@example.com",
            "b***@example.org",
            "10:25 UTC",
        ] {
            assert!(page.text().contains(part), "{part}");
        }
        assert_eq!(page.text().matches("<button").count(), 1);
        assert!(page.text().contains("<form method=\"post\">"));
        assert!(!page.text().contains("ben@example.org"));
    }
    assert_eq!(ports.email(&customer), "ann@example.com");
    assert_eq!(ports.pending(&customer)["attempts"], 0);
}

#[test]
fn the_button_confirms_once_and_says_so_twice() {
    let (ports, customer, link) = held();
    for _ in 0..2 {
        let page = open(&ports, "POST", &link);
        assert_eq!(page.status, 200);
        assert!(page.text().contains("<h1>Confirmed</h1>"));
    }
    assert_eq!(ports.email(&customer), "ben@example.org");
    let page = open(&ports, "GET", &link);
    assert_eq!(page.status, 410);
    assert!(page.text().contains("Already confirmed") && !page.text().contains("***"));
}

#[test]
fn a_link_that_is_over_or_unknown_is_a_friendly_page_without_details() {
    let (ports, customer, link) = held();
    ports.pass(Duration::from_secs(600));
    for method in ["GET", "POST"] {
        let page = open(&ports, method, &link);
        assert_eq!(page.status, 410);
        assert!(!page.text().contains("Acme") && !page.text().contains("<button"));
    }
    let wrong = format!("{}A", &link[..link.len() - 1]);
    let forged = format!("{}x{}", &link[..20], &link[21..]);
    for path in ["/confirm/x", "/confirm/%00", &wrong, &forged, &format!("{link}x")] {
        for method in ["GET", "POST"] {
            let page = open(&ports, method, path);
            assert!(page.status == 404 || path == wrong && page.status == 410, "{path} {}", page.status);
        }
    }
    assert_eq!(ports.email(&customer), "ann@example.com");
}

#[test]
fn the_inbox_shows_the_newest_message_first_and_escapes_it() {
    let ports = sandbox();
    let keys = serde_json::json!([key("acme", PARTNER, "<b>&\"Acme", "read-write")]);
    ports.set_setting("api_keys", &keys.to_string());
    assert!(open(&ports, "GET", "/inbox").text().contains("Nothing yet"));
    for name in ["ann", "ben"] {
        let customer = ports.customer(&format!("{name}@example.com"));
        ports.change_email(&customer, "new@example.org");
    }
    let page = open(&ports, "GET", "/inbox");
    let text = page.text();
    assert!(text.find("To ben@example.com").unwrap() < text.find("To ann@example.com").unwrap());
    assert!(!text.contains("<b>") && text.contains("&#60;b&#62;"));
    assert!(text.contains("href=\"https://2fa.example.com/confirm/"));
}

#[test]
fn the_inbox_is_not_there_in_production() {
    let (ports, _, _) = held();
    ports.set_setting("environment", "production");
    for path in ["/inbox", "/inbox.json"] {
        for method in ["GET", "POST"] {
            assert_eq!(open(&ports, method, path).status, 404, "{method} {path}");
        }
    }
    assert!(!open(&ports, "GET", "/").text().contains("/inbox"));
}

#[test]
fn the_other_pages_answer() {
    let ports = sandbox();
    assert!(open(&ports, "GET", "/").text().contains("/inbox"));
    assert_eq!(open(&ports, "GET", "/healthz").text(), "ok");
    assert!(open(&ports, "GET", "/style.css").header("content-type").starts_with("text/css"));
    for path in ["/nothing", "//api/customers", "/confirm", "/..", "/inbox/"] {
        let page = open(&ports, "GET", path);
        assert_eq!(page.status, 404, "{path}");
        assert!(page.header("content-type").starts_with("text/html"));
    }
    let page = open(&ports, "DELETE", "/inbox");
    assert_eq!((page.status, page.header("allow")), (405, "GET, HEAD"));
}

#[test]
fn the_hosts_trace_id_comes_back() {
    let ports = sandbox();
    let id = "0123456789abcdef0123456789abcdef";
    let answer = ports.send_with(&[("x-trace-id", id)], "GET", "/api/customers", "");
    assert_eq!((answer.status, answer.header("x-trace-id")), (401, id));
}
