//! §5: search and filters of `GET /api/customers`.

use super::{id, with_operator};
use crate::testing::TestPorts;
use serde_json::json;

/// Ann (a person, active), Ben Ltd (a business, declined), Cleo (a person, nothing yet).
fn three() -> TestPorts {
    let ports = with_operator();
    for (kind, name, email, external_id) in [
        ("Person", "Ann Lee", "ann@example.com", "A-1"),
        ("Business", "Ben Ltd", "office@ben.example", "B-2"),
        ("Person", "Cleo Ärmel", "cleo@example.com", "C-3"),
    ] {
        let body = json!({ "customer_type": kind, "name": name, "email": email, "external_id": external_id });
        let headers = [("x-api-key", "acme"), ("idempotency-key", external_id)];
        let made = ports.send_with(&headers, "POST", "/api/customers", body.to_string());
        let customer = made.json()["id"].as_str().unwrap().to_owned();
        match external_id {
            "A-1" => assert_eq!(ports.sandbox_review(id(&ports.identify(&customer)), true).status, 201),
            "B-2" => assert_eq!(ports.sandbox_review(id(&ports.identify(&customer)), false).status, 201),
            _ => {}
        }
    }
    ports
}

/// The first letters of whoever the query finds, newest first.
fn found(ports: &TestPorts, query: &str) -> String {
    let answer = ports.call("acme", "GET", &format!("/api/customers?{query}"), "");
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    let page = answer.json();
    page["items"].as_array().unwrap().iter().map(|item| &item["name"].as_str().unwrap()[..1]).collect()
}

#[test]
fn a_search_finds_names_and_addresses_by_part_and_ids_whole() {
    let ports = three();
    for (term, expected) in [
        ("", "CBA"),
        ("+", "CBA"),
        ("ann", "A"),
        ("ANN+L", "A"),
        ("EXAMPLE.com", "CA"),
        ("%C3%A4rm", "C"),
        ("%C3%84RM", "C"),
        ("B-2", "B"),
        ("B-", ""),
        ("b-2", ""),
        ("nobody", ""),
        ("%25", ""),
        ("%00", ""),
    ] {
        assert_eq!(found(&ports, &format!("search_term={term}")), expected, "{term}");
    }
    let ann = ports.send("GET", "/api/customers/A-1/external", "").json()["id"].as_str().unwrap().to_owned();
    assert_eq!(found(&ports, &format!("search_term={ann}")), "A");
    assert_eq!(found(&ports, &format!("search_term={}", ann.to_uppercase())), "A");
    assert_eq!(found(&ports, &format!("search_term={}", &ann[..35])), "");
}

#[test]
fn the_address_that_is_searched_is_the_one_of_now() {
    let ports = three();
    let cleo = ports.send("GET", "/api/customers/C-3/external", "").json()["id"].as_str().unwrap().to_owned();
    ports.change_email(&cleo, "new@cleo.example");
    assert_eq!(found(&ports, "search_term=cleo@example"), "C");
    ports.submit(ports.pending(&cleo)["id"].as_str().unwrap(), 123_456);
    assert_eq!(
        (found(&ports, "search_term=cleo@example"), found(&ports, "search_term=new@cleo")),
        (String::new(), "C".into())
    );
}

#[test]
fn lists_of_values_fit_by_any_with_and_without_brackets() {
    let ports = three();
    for (query, expected) in [
        ("customer_type=Person", "CA"),
        ("customer_type[]=Person", "CA"),
        ("customer_type%5B%5D=Business", "B"),
        ("customer_type[]=Person&customer_type[]=Business", "CBA"),
        ("customer_type=", "CBA"),
        ("status=Active", "A"),
        ("status[]=IdentificationRequired", "CB"),
        ("status[]=IdentificationRequired&status=Active", "CBA"),
        ("status=Suspended&status=UserRequired&status=Archived&status=SigningsRequired", ""),
        ("identification_status=Approved", "A"),
        ("identification_status[]=Declined&identification_status[]=Approved", "BA"),
        ("identification_status[]=Pending", ""),
        ("has_transactions=false", "CBA"),
        ("has_transactions=true", ""),
        ("customer_type=Person&search_term=example&status=IdentificationRequired", "C"),
        ("unknown=1", "CBA"),
    ] {
        assert_eq!(found(&ports, query), expected, "{query}");
    }
}

#[test]
fn what_cannot_be_followed_names_its_parameter() {
    let ports = three();
    let long = format!("search_term={}", "x".repeat(257));
    for (query, name) in [
        ("customer_type=person", "customer_type"),
        ("customer_type[]=sesame", "customer_type"),
        ("status=active", "status"),
        ("status[]=Active,Archived", "status"),
        ("identification_status=Rejected", "identification_status"),
        ("has_transactions=yes", "has_transactions"),
        ("has_transactions=true&has_transactions=true", "has_transactions"),
        ("search_term=a&search_term=b", "search_term"),
        (&long, "search_term"),
    ] {
        let answer = ports.call("acme", "GET", &format!("/api/customers?{query}"), "");
        assert_eq!(answer.status, 400, "{query}");
        let what = answer.json();
        assert!(what.as_str().unwrap().starts_with(name) && !answer.text().contains("sesame"), "{what}");
    }
    assert_eq!(found(&ports, &format!("search_term={}", "x".repeat(256))), "");
    let wide = "%C3%A4".repeat(256);
    assert_eq!(found(&ports, &format!("search_term={wide}")), "");
}

#[test]
fn filtered_pages_go_on_where_they_stopped() {
    let ports = with_operator();
    for n in 1..=7 {
        let customer = ports.customer(&format!("c{n}@example.com"));
        if n % 2 == 1 {
            ports.identify(&customer);
        }
    }
    let (mut cursor, mut seen) = (String::new(), Vec::new());
    for pages in 1.. {
        let path = format!("/api/customers?identification_status=Pending&page_size=2&cursor={cursor}");
        let page = ports.call("acme", "GET", &path, "").json();
        seen.extend(
            page["items"].as_array().unwrap().iter().map(|item| item["email"].as_str().unwrap().to_owned()),
        );
        match page["cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => {
                assert_eq!(pages, 2);
                break;
            }
        }
    }
    assert_eq!(seen, ["c7@example.com", "c5@example.com", "c3@example.com", "c1@example.com"]);
}
