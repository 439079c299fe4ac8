//! `contracts/authentication-codes.md` §5, §5.2: what compliance says of an autoramp, and not before its customer.

use crate::testing::{Answer, OTHER_WALLET, TestPorts, WALLET, with_operator};
use serde_json::{Value, json};

const PATH: &str = "/api/autoramps";

fn made(ports: &TestPorts, customer: &str) -> String {
    ports.autoramp(customer)["id"].as_str().unwrap().to_owned()
}

fn read(ports: &TestPorts, id: &str) -> Value {
    ports.send("GET", &format!("{PATH}/{id}"), "").json()
}

fn decide(ports: &TestPorts, id: &str, status: &str) -> Answer {
    ports.decide(&format!("{PATH}/{id}/status"), status)
}

fn edit(ports: &TestPorts, id: &str, customer: &str) -> Answer {
    let account = json!({ "type": "Crypto", "chain": "Base", "address": OTHER_WALLET });
    let body = json!({ "customer_id": customer, "recipient_account": account });
    ports.send("PATCH", &format!("{PATH}/{id}"), &body.to_string())
}

fn conflict(answer: &Answer, code: &str) {
    assert_eq!((answer.status, &answer.json()["error"]["code"]), (409, &json!(code)), "{}", answer.text());
}

/// §5.2: "Authorized", "DepositAccountAdded", "Approved", "Rejected (terminal)".
#[test]
fn compliance_says_how_far_an_autoramp_has_come() {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    let id = made(&ports, &customer);
    ports.set_setting("environment", "production");
    for said in ["DepositAccountAdded", "Approved", "Authorized", "Approved"] {
        let answer = decide(&ports, &id, said);
        assert_eq!((answer.status, &answer.json()["status"]), (200, &json!(said)), "{}", answer.text());
        assert_eq!(read(&ports, &id), answer.json());
    }
    for body in [
        "\"Created\"",
        "\"EditPending\"",
        "\"AuthorizationRequired\"",
        "\"Cancelled\"",
        "\"approved\"",
        "{}",
        "1",
        "",
    ] {
        let answer = ports.call("operator", "PUT", &format!("{PATH}/{id}/status"), body);
        assert_eq!(
            (answer.status, &answer.json()["error"]["code"]),
            (400, &json!("invalid_request")),
            "{body}"
        );
    }
    assert_eq!(decide(&ports, &id, "Rejected").json()["status"], "Rejected");
    for said in ["Authorized", "DepositAccountAdded", "Approved", "Rejected"] {
        conflict(&decide(&ports, &id, said), "autoramp_terminal");
    }
    assert_eq!(read(&ports, &id)["status"], "Rejected");
}

/// §5.2: Cancelled is terminal; §5: so is a creation that was not confirmed.
#[test]
fn nothing_is_said_of_what_is_over() {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    let id = made(&ports, &customer);
    decide(&ports, &id, "Approved");
    ports.send("DELETE", &format!("{PATH}/{id}"), "");
    conflict(&decide(&ports, &id, "Approved"), "autoramp_terminal");
    // It had an account, so the next one waits.
    let reused = made(&ports, &customer);
    conflict(&decide(&ports, &reused, "Approved"), "not_authorized");
    ports.pass(core::time::Duration::from_secs(601));
    conflict(&decide(&ports, &reused, "Approved"), "autoramp_terminal");
    assert_eq!(read(&ports, &reused)["status"], "Rejected");
}

/// §5: AuthorizationRequired until it is confirmed; "status back to the one before the edit".
#[test]
fn nothing_is_said_while_an_edit_waits() {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    let id = made(&ports, &customer);
    edit(&ports, &id, &customer);
    let waiting = ports.pending(&id);
    for said in ["Authorized", "DepositAccountAdded", "Approved", "Rejected"] {
        conflict(&decide(&ports, &id, said), "not_authorized");
    }
    assert_eq!(ports.pending(&id), waiting);
    ports.confirm(&id);
    assert_eq!(read(&ports, &id)["status"], "Authorized");
    assert_eq!(decide(&ports, &id, "Approved").status, 200);
}

/// An edit at the same moment: it goes on waiting, and the status is there when it is over.
#[test]
fn a_status_and_an_edit_that_meet_both_hold() {
    for edit_is_inner in [true, false] {
        for at in 0.. {
            let ports = with_operator();
            let customer = ports.customer("ann@example.com");
            let id = made(&ports, &customer);
            let (theirs, their_customer) = (id.clone(), customer.clone());
            let heard = std::rc::Rc::new(core::cell::Cell::new(0));
            let to = std::rc::Rc::clone(&heard);
            *ports.before_operation.borrow_mut() = Some((
                at,
                Box::new(move |ports| {
                    if edit_is_inner {
                        edit(ports, &theirs, &their_customer);
                    } else {
                        to.set(decide(ports, &theirs, "Approved").status);
                    }
                }),
            ));
            let answer =
                if edit_is_inner { decide(&ports, &id, "Approved") } else { edit(&ports, &id, &customer) };
            if ports.before_operation.take().is_some() {
                assert!(at > 5);
                break;
            }
            let said = if edit_is_inner { answer.status } else { heard.get() };
            assert!(said == 200 || said == 409, "{at}: {said}");
            let waiting = read(&ports, &id);
            assert_eq!(waiting["status"], "AuthorizationRequired", "{at}");
            assert_eq!(waiting["recipient"]["address"], WALLET, "{at}");
            assert_eq!(ports.confirm(&id)["status"], "Confirmed", "{at}");
            let after = read(&ports, &id);
            assert_eq!(after["recipient"]["address"], OTHER_WALLET, "{at}");
            assert_eq!(after["status"], if said == 200 { "Approved" } else { "Authorized" }, "{at}");
        }
    }
}

/// §5.2: Cancelled is for good, whoever is late; §5: and an account that a bank added in that moment is remembered.
#[test]
fn a_status_that_meets_the_cancellation_revives_nothing_and_leaves_no_account_behind_unseen() {
    for cancel_is_inner in [true, false] {
        for at in 0.. {
            let ports = with_operator();
            let customer = ports.customer("ann@example.com");
            let id = made(&ports, &customer);
            let path = format!("{PATH}/{id}");
            let (theirs, their_path) = (id.clone(), path.clone());
            let heard = std::rc::Rc::new(core::cell::Cell::new(0));
            let to = std::rc::Rc::clone(&heard);
            *ports.before_operation.borrow_mut() = Some((
                at,
                Box::new(move |ports| {
                    if cancel_is_inner {
                        ports.send("DELETE", &their_path, "");
                    } else {
                        to.set(decide(ports, &theirs, "DepositAccountAdded").status);
                    }
                }),
            ));
            let answer = if cancel_is_inner {
                decide(&ports, &id, "DepositAccountAdded")
            } else {
                ports.send("DELETE", &path, "")
            };
            if ports.before_operation.take().is_some() {
                assert!(at > 3);
                break;
            }
            let said = if cancel_is_inner { answer.status } else { heard.get() };
            assert!(said == 200 || said == 409, "{at}: {said}");
            assert_eq!(read(&ports, &id)["status"], "Cancelled", "{at}");
            let next = ports.autoramp(&customer);
            // Whoever was told that the account is there must find the next one waiting.
            if said == 200 {
                assert_eq!(next["status"], "AuthorizationRequired", "{at}");
            }
        }
    }
}

/// §4, §5.1: a rejected autoramp has no edit, and no code that waits.
#[test]
fn a_rejection_that_meets_an_edit_leaves_nothing_waiting() {
    for at in 0.. {
        let ports = with_operator();
        let customer = ports.customer("ann@example.com");
        let id = made(&ports, &customer);
        let theirs = id.clone();
        *ports.before_operation.borrow_mut() = Some((
            at,
            Box::new(move |ports| {
                decide(ports, &theirs, "Rejected");
            }),
        ));
        edit(&ports, &id, &customer);
        if ports.before_operation.take().is_some() {
            assert!(at > 5);
            break;
        }
        let waiting = ports.send("GET", &format!("/api/authentication-codes/entity/{id}"), "").status;
        match read(&ports, &id)["status"].as_str() {
            Some("Rejected") => assert_eq!(waiting, 404, "{at}"),
            // It came too late, and was told so.
            Some("AuthorizationRequired") => assert_eq!(waiting, 200, "{at}"),
            other => panic!("{at}: {other:?}"),
        }
    }
}
