//! Two requests that meet: one happens whole before each store operation of the other, and the other way round. Whatever was
//! over or barred in the end, nothing is left that could be confirmed into it.

use crate::testing::{Answer, IBAN, OTHER_WALLET, TestPorts, with_operator};
use serde_json::{Value, json};

/// Who and what the requests are about.
#[derive(Clone)]
struct Things {
    customer: String,
    autoramp: String,
}

type Act = fn(&TestPorts, &Things) -> Answer;

fn world() -> (TestPorts, Things) {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    let autoramp = ports.autoramp(&customer)["id"].as_str().unwrap().to_owned();
    // Another had an account when it was cancelled, so that the next one made has to be confirmed.
    let cancelled = ports.autoramp(&customer)["id"].as_str().unwrap().to_owned();
    ports.send("PUT", &format!("/api/sandbox/autoramp/{cancelled}"), "\"Approved\"");
    assert_eq!(ports.send("DELETE", &format!("/api/autoramps/{cancelled}"), "").status, 204);
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
                assert!(at > 1, "{order}: they never met");
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

fn change_email(ports: &TestPorts, things: &Things) -> Answer {
    ports.send("PUT", &format!("/api/customers/{}", things.customer), r#"{"email":"ben@example.org"}"#)
}

fn register(ports: &TestPorts, things: &Things) -> Answer {
    let mut body = TestPorts::fiat_address_body(&things.customer, IBAN);
    body["bank_details"]["is_third_party"] = json!(true);
    let headers = [("x-api-key", "acme"), ("idempotency-key", "register")];
    ports.send_with(&headers, "POST", "/api/addresses/fiat", body.to_string())
}

/// Deletes every account that the customer has.
fn delete(ports: &TestPorts, things: &Things) -> Answer {
    let place = format!("/api/addresses/fiat/{}", things.customer);
    let listed = ports.send("GET", &place, "");
    for address in listed.json()["items"].as_array().unwrap() {
        let answer = ports.send("DELETE", &format!("{place}/{}", address["id"].as_str().unwrap()), "");
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    listed
}

/// §4: the pending code of what is deleted expires; §5.3.
#[test]
fn a_registration_that_meets_its_deletion_does_not_wait() {
    meet(register, delete, |ports, things, when| {
        let log = ports.log.borrow().join("\n");
        let sent: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let there = ports.send("GET", &format!("/api/addresses/fiat/{}", things.customer), "").json();
        if !there["items"].as_array().unwrap().is_empty() {
            return;
        }
        for code in sent.iter().filter(|line| line["event"] == "issued") {
            let answer = ports.submit(code["challenge"].as_str().unwrap(), 123_456);
            assert_eq!(answer.json()["status"], "Expired", "{when}");
        }
    });
}

/// A creation that has to be confirmed: of an account that a cancelled autoramp leaves behind.
fn create(ports: &TestPorts, things: &Things) -> Answer {
    let headers = [("x-api-key", "acme"), ("idempotency-key", "create")];
    let body = TestPorts::autoramp_body(&things.customer).to_string();
    ports.send_with(&headers, "POST", "/api/autoramps", body)
}

fn again(ports: &TestPorts, things: &Things) -> Answer {
    let headers = [("x-api-key", "acme"), ("idempotency-key", "again")];
    ports.send_with(&headers, "POST", &format!("/api/autoramps/{}/retry-auth", things.autoramp), "null")
}

fn archive(ports: &TestPorts, things: &Things) -> Answer {
    ports.send("PUT", &format!("/api/customers/{}/archive", things.customer), "")
}

fn suspend(ports: &TestPorts, things: &Things) -> Answer {
    let path = format!("/api/customers/{}/suspension", things.customer);
    ports.call("operator", "PUT", &path, r#"{"suspended":true}"#)
}

/// Everything of the customer's that a code could wait for.
fn entities(ports: &TestPorts, things: &Things) -> Vec<String> {
    let items = |path: &str| -> Vec<String> {
        let page = ports.send("GET", path, "").json();
        page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().into()).collect()
    };
    let mut all = items("/api/autoramps?page_size=100");
    all.extend(items(&format!("/api/addresses/fiat/{}?page_size=100", things.customer)));
    all.push(things.customer.clone());
    all
}

fn nothing_of_it_waits(ports: &TestPorts, things: &Things, when: &str) {
    for entity in entities(ports, things) {
        nothing_waits(ports, &entity, when);
    }
    assert_eq!(ports.email(&things.customer), "ann@example.com", "{when}");
}

/// `contracts/identifications.md` §4, last row, and §5: nothing can be confirmed into a customer that is archived or suspended.
#[test]
fn nothing_waits_for_a_customer_that_was_barred_meanwhile() {
    for (name, bar, status) in [("archived", archive as Act, "Archived"), ("suspended", suspend, "Suspended")]
    {
        for (what, ask) in [
            ("an address", change_email as Act),
            ("an edit", edit),
            ("a registration", register),
            ("a creation", create),
        ] {
            meet(ask, bar, |ports, things, when| {
                let when = format!("{what}, {name}, {when}");
                nothing_of_it_waits(ports, things, &when);
                let customer = ports.send("GET", &format!("/api/customers/{}", things.customer), "").json();
                assert_eq!(customer["status"], status, "{when}");
            });
        }
    }
}

/// §3.3: nor a new code for what waited.
#[test]
fn no_new_code_is_sent_for_a_customer_that_was_barred_meanwhile() {
    fn edit_then_again(ports: &TestPorts, things: &Things) -> Answer {
        edit(ports, things);
        again(ports, things)
    }
    for bar in [archive as Act, suspend] {
        meet(edit_then_again, bar, nothing_of_it_waits);
    }
}

/// A code given at the same moment counts before or not at all, and nothing is left open.
#[test]
fn a_code_that_meets_the_bar_confirms_or_expires() {
    for bar in [archive as Act, suspend] {
        for at in 0.. {
            let (ports, things) = world();
            edit(&ports, &things);
            let code = ports.pending(&things.autoramp)["id"].as_str().unwrap().to_owned();
            let theirs = code.clone();
            *ports.before_operation.borrow_mut() = Some((
                at,
                Box::new(move |ports| {
                    ports.submit(&theirs, 123_456);
                }),
            ));
            assert_eq!(bar(&ports, &things).status, 200, "{at}");
            if ports.before_operation.take().is_some() {
                assert!(at > 8);
                break;
            }
            let autoramp = ports.send("GET", &format!("/api/autoramps/{}", things.autoramp), "").json();
            let confirmed = ports.submit(&code, 123_456).json()["status"] == "Confirmed";
            assert_eq!(autoramp["recipient"]["address"] == OTHER_WALLET, confirmed, "{at}");
            assert_eq!(autoramp["status"], "Authorized", "{at}");
            nothing_of_it_waits(&ports, &things, "afterwards");
        }
    }
}

/// What one request looks at is bounded, so a customer with very much takes several; nothing of it can be confirmed once one of
/// them was answered with a 200.
#[test]
fn a_customer_with_very_much_that_waits_takes_several_requests() {
    for (bar, status) in [(archive as Act, "Archived"), (suspend, "Suspended")] {
        let ports = with_operator();
        let customer = ports.customer("ann@example.com");
        let made: Vec<Value> = (0..401).map(|_| ports.autoramp(&customer)).collect();
        let of = |made: &Value| Things {
            customer: customer.clone(),
            autoramp: made["id"].as_str().unwrap().to_owned(),
        };
        let (things, last) = (of(&made[0]), of(&made[400]));
        edit(&ports, &things);
        edit(&ports, &last);
        let codes = [&things, &last].map(|things| ports.pending(&things.autoramp)["id"].clone());
        for done in [false, false, true] {
            let before = ports.store.operations();
            let answer = bar(&ports, &things);
            assert!(ports.store.operations() - before < 1_000);
            assert_eq!(answer.status, if done { 200 } else { 503 }, "{}", answer.text());
            let customer = ports.send("GET", &format!("/api/customers/{}", things.customer), "").json();
            assert_eq!(customer["status"], status);
        }
        for code in codes {
            assert_eq!(ports.submit(code.as_str().unwrap(), 123_456).json()["status"], "Expired");
        }
        assert_eq!(bar(&ports, &things).status, 200);
    }
}

/// A new code for what waits is not sent for an autoramp that is cancelled at this moment.
#[test]
fn an_autoramp_that_is_cancelled_while_a_new_code_is_asked_for_is_not_asked_about() {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    let id = ports.autoramp(&customer)["id"].as_str().unwrap().to_owned();
    let path = format!("/api/autoramps/{id}");
    let edit = json!({
        "customer_id": customer,
        "recipient_account": { "type": "Crypto", "chain": "Base", "address": OTHER_WALLET },
    });
    assert_eq!(ports.send("PATCH", &path, &edit.to_string()).status, 200);
    ports.pass(core::time::Duration::from_secs(120));
    let messages = || ports.send("GET", "/inbox.json", "").json();
    let before = messages();
    let cancelled = path.clone();
    *ports.before_issue.borrow_mut() =
        Some(Box::new(move |ports| assert_eq!(ports.send("DELETE", &cancelled, "").status, 204)));
    let answer = ports.post(&format!("{path}/retry-auth"), &json!({}));
    assert_eq!(answer.status, 404, "{}", answer.text());
    assert_eq!(messages(), before);
    assert_eq!(ports.send("GET", &path, "").json()["status"], "Cancelled");
}
