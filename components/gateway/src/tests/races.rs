//! Two requests that meet: one happens whole before each store operation of the other, and the other way round. Whatever was
//! over or barred in the end, nothing is left that could be confirmed into it.

use crate::testing::{Answer, OTHER_WALLET, TestPorts, sandbox};
use serde_json::json;

/// Who and what the requests are about.
#[derive(Clone)]
struct Things {
    customer: String,
    autoramp: String,
}

type Act = fn(&TestPorts, &Things) -> Answer;

fn world() -> (TestPorts, Things) {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let autoramp = ports.autoramp(&customer)["id"].as_str().unwrap().to_owned();
    (ports, Things { customer, autoramp })
}

/// Runs `one`, with `other` before its nth store operation, for every n; and then the other way round.
fn meet(one: Act, other: Act, check: impl Fn(&TestPorts, &Things, &str)) {
    for (outer, inner, order) in [(one, other, "other within one"), (other, one, "one within other")] {
        for at in 0.. {
            let (ports, things) = world();
            let theirs = things.clone();
            let elsewhere = move |ports: &TestPorts| drop(inner(ports, &theirs));
            *ports.before_operation.borrow_mut() = Some((at, Box::new(elsewhere)));
            let answer = outer(&ports, &things);
            if ports.before_operation.take().is_some() {
                assert!(at > 3, "{order}: they never met");
                break;
            }
            assert!(answer.status < 500, "{order} {at}: {}", answer.text());
            check(&ports, &things, &format!("{order}, at {at}"));
        }
    }
}

fn nothing_waits(ports: &TestPorts, entity: &str, when: &str) {
    let answer = ports.send("GET", &format!("/api/authentication-codes/entity/{entity}"), "");
    assert_eq!(answer.status, 404, "{when}: {}", answer.text());
}

fn edit(ports: &TestPorts, things: &Things) -> Answer {
    let account = json!({ "type": "Crypto", "chain": "Base", "address": OTHER_WALLET });
    let body = json!({ "customer_id": things.customer, "recipient_account": account });
    ports.send("PATCH", &format!("/api/autoramps/{}", things.autoramp), &body.to_string())
}

fn cancel(ports: &TestPorts, things: &Things) -> Answer {
    ports.send("DELETE", &format!("/api/autoramps/{}", things.autoramp), "")
}

/// `contracts/authentication-codes.md` §4: the pending code of what is cancelled expires, and §5.1: what is cancelled is not
/// edited.
#[test]
fn an_edit_that_meets_the_cancellation_does_not_wait() {
    meet(edit, cancel, |ports, things, when| {
        nothing_waits(ports, &things.autoramp, when);
        let autoramp = ports.send("GET", &format!("/api/autoramps/{}", things.autoramp), "").json();
        assert_eq!(autoramp["status"], "Cancelled", "{when}");
    });
}
