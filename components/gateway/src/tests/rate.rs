//! How many requests a key may make: `contracts/authentication-codes.md` §1, "Rate limit".

use crate::testing::{PARTNER, TestPorts, key, sandbox};
use core::time::Duration;
use serde_json::json;
use stepgate_storage::memory::Fault;

const LIMIT: usize = 3;
const PATH: &str = "/api/customers";

fn limited() -> TestPorts {
    let ports = sandbox();
    let mut slow = key("slow", PARTNER, "Acme", "read-write");
    slow["requests_per_minute"] = json!(LIMIT);
    let keys = json!([slow, key("acme", PARTNER, "Acme", "read-write")]);
    ports.set_setting("api_keys", &keys.to_string());
    ports
}

#[test]
fn a_key_gets_as_many_requests_a_minute_as_it_may_make() {
    let ports = limited();
    let as_slow = || ports.send_with(&[("x-api-key", "slow")], "GET", PATH, "");
    // The clock of the tests stands at 09.045 s past a minute.
    for _ in 0..LIMIT {
        assert_eq!(as_slow().status, 200);
    }
    let refused = as_slow();
    assert_eq!((refused.status, refused.header("retry-after")), (429, "51"));
    assert_eq!(refused.json(), json!("Too many requests with this key."));
    assert_eq!(ports.send("GET", PATH, "").status, 200);

    ports.pass(Duration::from_secs(51));
    for _ in 0..LIMIT {
        assert_eq!(as_slow().status, 200);
    }
    assert_eq!(as_slow().status, 429);
}

#[test]
fn whatever_is_asked_for_counts_and_strangers_do_not() {
    let ports = limited();
    for _ in 0..10 {
        assert_eq!(ports.send_with(&[("x-api-key", "slo")], "GET", PATH, "").status, 401);
    }
    for path in ["/api/nothing", "/api/customers/x", PATH] {
        assert_ne!(ports.send_with(&[("x-api-key", "slow")], "GET", path, "").status, 429);
    }
    assert_eq!(ports.send_with(&[("x-api-key", "slow")], "GET", PATH, "").status, 429);
}

#[test]
fn a_request_that_cannot_be_counted_is_refused() {
    let ports = limited();
    ports.store.fail_after(0, Fault::After);
    assert_eq!(ports.send_with(&[("x-api-key", "slow")], "GET", PATH, "").status, 500);
}
