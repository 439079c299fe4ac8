//! Lists: every page holds what was asked for and no more, and their cursors lead through all of it once.
#![no_main]

use form_urlencoded::parse;
use libfuzzer_sys::fuzz_target;
use stepgate_fuzz::check::{Answer, Visit, visit};
use stepgate_fuzz::request::Sent;
use stepgate_fuzz::world::{AUTORAMPS, CUSTOMERS, IDENTIFICATIONS, WRITER};

/// Each list, how much there is in it, and whether it is read forwards only.
const LISTS: [(&str, usize, bool); 5] = [
    ("/api/customers", CUSTOMERS, false),
    ("/api/autoramps", AUTORAMPS, false),
    ("/api/customers/<CUSTOMER>/identifications", IDENTIFICATIONS, true),
    ("/api/addresses/fiat", 1, false),
    ("/api/addresses/fiat/<CUSTOMER>", 2, false),
];

/// The parameters that say which page, and choose nothing.
const PAGES: [&str; 4] = ["page_size", "sort_order", "cursor", "prev_cursor"];

fuzz_target!(|input: &[u8]| {
    let Some((which, query)) = input.split_first() else { return };
    let (path, total, forwards) = LISTS[usize::from(*which) % LISTS.len()];
    visit(|visit| {
        let path = String::from_utf8(visit.world.fill_in(path.as_bytes())).expect("paths are text");
        let query = String::from_utf8_lossy(&visit.world.fill_in(query)).into_owned();
        // What comes behind it is no part of a request.
        let query = query.split('#').next().unwrap_or_default().to_owned();
        let Some(first) = get(visit, &path, &query) else { return };
        if first.status != 200 {
            return;
        }
        let (size, all) = asked(&query);
        let rest: String = without_cursors(&query);
        let mut seen = ids(&first, size);
        let (mut page, mut previous) = (first, seen.clone());
        for _ in 0..=total {
            let Some(cursor) = page.json()["cursor"].as_str().map(str::to_owned) else { break };
            page = get(visit, &path, &format!("{rest}&cursor={cursor}")).expect("it is a request");
            assert_eq!(page.status, 200, "a cursor that a page gave leads nowhere");
            let here = ids(&page, size);
            if !forwards && all {
                let back =
                    page.json()["prev_cursor"].as_str().expect("a page behind another leads back").to_owned();
                let back = get(visit, &path, &format!("{rest}&prev_cursor={back}")).expect("it is a request");
                assert_eq!(ids(&back, size), previous[previous.len().saturating_sub(size)..]);
            }
            assert!(here.iter().all(|id| !seen.contains(id)), "a page repeats what another had");
            previous.clone_from(&here);
            seen.extend(here);
        }
        assert!(page.json().get("cursor").is_none_or(serde_json::Value::is_null), "the pages do not end");
        assert!(seen.len() <= total);
        if all && !query.contains("cursor") {
            assert_eq!(seen.len(), total, "something is left out");
        }
    });
});

fn get(visit: &mut Visit<'_>, path: &str, query: &str) -> Option<Answer> {
    visit.send(&Sent::new("GET", &format!("{path}?{query}")).with("x-api-key", WRITER))
}

/// How many a page may hold, and whether nothing but pages is asked for.
fn asked(query: &str) -> (usize, bool) {
    let (mut size, mut all) = (10, true);
    for (name, value) in parse(query.as_bytes()) {
        if name == "page_size" {
            assert!(
                !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()),
                "{value} was taken as a size"
            );
            size = value.parse().expect("what was taken is a number");
        }
        all &= PAGES.contains(&&*name);
    }
    assert!((1..=100).contains(&size), "a page of {size}");
    (size, all)
}

fn without_cursors(query: &str) -> String {
    let mut rest = form_urlencoded::Serializer::new(String::new());
    let kept = parse(query.as_bytes()).filter(|(name, _)| name != "cursor" && name != "prev_cursor");
    rest.extend_pairs(kept);
    rest.finish()
}

fn ids(page: &Answer, size: usize) -> Vec<String> {
    let page = page.json();
    let items = page["items"].as_array().expect("a page has items");
    assert!(items.len() <= size, "{} items on a page of {size}", items.len());
    assert!(page["prev_cursor"].is_null() || page["prev_cursor"].is_string());
    items.iter().map(|item| item["id"].as_str().expect("an item has an id").to_owned()).collect()
}
