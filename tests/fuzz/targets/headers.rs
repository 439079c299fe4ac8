//! The headers of the API: key, sub-partner, version, idempotency key, content type.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepgate_fuzz::check::visit;
use stepgate_fuzz::request::Sent;
use stepgate_fuzz::{valid, world};

const VERSIONS: [&str; 3] = ["2025-03-13", "2026-07-01", "2026-08-01"];

fuzz_target!(|input: &[u8]| {
    visit(|visit| {
        // Headers as the input has them; method and path as its first line begins.
        let input = visit.world.fill_in(input);
        let mut sent = Sent::parse(&input);
        let posts = sent.method.starts_with('P');
        sent.method = if posts { "POST" } else { "GET" }.into();
        sent.target = "/api/customers".into();
        sent.body = if posts { valid::customers()[0].to_string().into_bytes() } else { Vec::new() };
        let Some(answer) = visit.send(&sent) else { return };
        let expected = expected(&sent, posts);
        assert!(
            expected.contains(&answer.status),
            "{} and not {expected:?}: {}",
            answer.status,
            answer.text()
        );
    });
});

/// Which statuses these headers can have. The key comes first, then how many requests it may make, then the rest.
fn expected(sent: &Sent, posts: bool) -> &'static [u16] {
    let key = match one(sent, "x-api-key") {
        Some(Some(key)) => key,
        _ => return &[401],
    };
    match key.as_str() {
        world::WRITER | world::READER | world::OPERATOR | world::OTHER => {}
        world::LIMITED => return &[429],
        _ => return &[401],
    }
    let version = one(sent, "x-api-version");
    if !version.is_some_and(|version| version.is_none_or(|version| VERSIONS.contains(&version.as_str()))) {
        return &[400];
    }
    match one(sent, "x-sub-partner-id") {
        Some(None) => {}
        Some(Some(id)) if is_uuid(&id) => {}
        _ => return &[400],
    }
    if !posts {
        return &[200];
    }
    if key != world::WRITER && key != world::OTHER {
        return &[403];
    }
    match one(sent, "content-type") {
        Some(None) => {}
        Some(Some(kind)) if kind.to_ascii_lowercase().starts_with("application/json") => {
            if kind.contains(';') {
                // What its parameters may be is not said again here.
                return &[201, 400, 413, 415];
            }
            if !kind.eq_ignore_ascii_case("application/json") {
                return &[415];
            }
        }
        _ => return &[415],
    }
    let announced = sent.values("content-length");
    if !announced.is_empty() {
        return &[201, 400, 413];
    }
    match one(sent, "idempotency-key") {
        Some(Some(key)) if key.len() <= 255 && key.bytes().all(|byte| byte.is_ascii_graphic()) => &[201],
        _ => &[400],
    }
}

/// The value of a header that may come once: none if it came twice or is no text, nothing if it is not there or empty.
fn one(sent: &Sent, name: &str) -> Option<Option<String>> {
    match sent.values(name)[..] {
        [] => Some(None),
        [value] => {
            let text = str::from_utf8(value).ok().filter(|text| {
                text.bytes().all(|byte| byte == b'\t' || byte == b' ' || byte.is_ascii_graphic())
            })?;
            let text = text.trim();
            Some((!text.is_empty()).then(|| text.to_owned()))
        }
        _ => None,
    }
}

/// Five groups of hex digits.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12] && groups.concat().bytes().all(|byte| byte.is_ascii_hexdigit())
}
