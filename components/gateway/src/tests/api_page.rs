//! The description of the API, as it is served.

use crate::testing::{Answer, TestPorts, sandbox};
use serde_json::Value;
use std::collections::BTreeSet;

fn get(path: &str) -> Answer {
    let answer = sandbox().send_with(&[], "GET", path, "");
    assert_eq!((answer.status, answer.header("cache-control")), (200, "public, max-age=3600"), "{path}");
    answer
}

/// What stands between `before` and the next quotation mark, wherever it does.
fn values<'p>(page: &'p str, before: &str) -> Vec<&'p str> {
    page.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn the_file_is_served_as_it_is_in_the_repository_to_anybody() {
    let file = get("/openapi.json");
    assert_eq!(file.header("content-type"), "application/json");
    assert_eq!(file.header("access-control-allow-origin"), "*");
    let there: Value = serde_json::from_str(include_str!("../../../../docs/openapi.json")).unwrap();
    assert_eq!(file.json(), there);
}

#[test]
fn it_is_there_in_production_too_and_needs_no_setting() {
    for path in ["/openapi.json", "/docs"] {
        assert_eq!(TestPorts::default().send_with(&[], "GET", path, "").status, 200, "{path}");
        let refused = sandbox().send_with(&[], "POST", path, "");
        assert_eq!((refused.status, refused.header("allow")), (405, "GET, HEAD"), "{path}");
    }
}

#[test]
fn the_page_has_every_operation_and_no_script() {
    let page = get("/docs");
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; style-src 'self'"));
    // The renderer escapes slashes too.
    let page = page.text().replace("&#x2f;", "/");
    for unwanted in ["<script", "<style", "style=", "onclick", "undefined"] {
        assert!(!page.contains(unwanted), "{unwanted}");
    }
    assert!(page.contains("<html lang=\"en\">") && page.contains("width=device-width"));
    let file = get("/openapi.json").json();
    for (path, place) in file["paths"].as_object().unwrap() {
        for (method, operation) in place.as_object().unwrap().iter().filter(|(_, value)| value.is_object()) {
            let id = operation["operationId"].as_str().unwrap();
            assert!(page.contains(&format!("<h3 id=\"{id}\">")), "{id}");
            assert!(
                page.contains(&format!("<b>{}</b> {path}</code>", method.to_uppercase())),
                "{method} {path}"
            );
        }
    }
}

/// Works without a pointer and without scripts, because everything on it is a heading or a link to one.
#[test]
fn every_link_on_the_page_leads_somewhere_and_every_place_is_one() {
    let page = get("/docs");
    let ids = values(page.text(), " id=\"");
    let places: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(places.len(), ids.len(), "a place is there twice");
    let links = values(page.text(), "href=\"#");
    assert!(links.len() > 100);
    for link in links {
        assert!(places.contains(link), "{link}");
    }
}

#[test]
fn what_is_shown_is_escaped() {
    let page = get("/docs");
    // An apostrophe in a summary, and the quotation marks of an example.
    assert!(page.text().contains("customer&#x27;s"), "an apostrophe is one of what is escaped");
    assert!(page.text().contains("&quot;customer_type&quot;"));
}
