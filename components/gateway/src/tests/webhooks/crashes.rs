//! Crashes and races: nothing is lost, and nothing comes twice but after a crash.

use super::one_webhook;
use crate::testing::{OTHER_WALLET, TestPorts};
use core::time::Duration;
use serde_json::{Value, json};
use stepgate_storage::memory::Fault;

const FAULTS: [Fault; 2] = [Fault::Before, Fault::After];

fn autoramp() -> (TestPorts, String, String) {
    let (ports, _) = one_webhook();
    let customer = ports.customer("ann@example.com");
    let made = ports.autoramp(&customer)["id"].as_str().unwrap().to_owned();
    (ports, customer, made)
}

fn edit(ports: &TestPorts, customer: &str, autoramp: &str) -> u16 {
    let body = json!({
        "customer_id": customer,
        "recipient_account": { "type": "Crypto", "chain": "Base", "address": OTHER_WALLET },
    });
    ports.send("PATCH", &format!("/api/autoramps/{autoramp}"), &body.to_string()).status
}

/// Runs for so long that all that is noted is looked at, and all that failed is sent.
fn settle(ports: &TestPorts) {
    for _ in 0..150 {
        ports.pass(Duration::from_secs(10));
        ports.run_all();
    }
}

fn told(ports: &TestPorts) -> Vec<String> {
    let statuses = ports.received().into_iter().filter(|(kind, _)| kind == "register_autoramp_status");
    statuses.map(|(_, status)| status).collect()
}

/// Of a crash anywhere between a change and its webhook, nothing is lost: an edit.
#[test]
fn an_edit_that_died_anywhere_is_told_to_the_end() {
    for fault in FAULTS {
        for skip in 0.. {
            let (ports, customer, made) = autoramp();
            ports.store.fail_after(skip, fault);
            let answer = edit(&ports, &customer, &made);
            if ports.store.heal() {
                assert!(answer == 200 && skip > 20);
                break;
            }
            settle(&ports);
            let mut told = told(&ports);
            told.dedup();
            // Either nothing came of it, or it waited and ran out.
            assert!(
                told.is_empty() || told == ["AuthorizationRequired", "Authorized"],
                "{skip} {fault:?} {told:?}"
            );
            assert!(answer != 200 || told.len() == 2, "{skip} {fault:?}");
        }
    }
}

/// The same for a code: confirmed is told, though whoever confirmed it died.
#[test]
fn a_confirmation_that_died_anywhere_is_told() {
    for fault in FAULTS {
        for skip in 0.. {
            let (ports, customer, made) = autoramp();
            assert_eq!(edit(&ports, &customer, &made), 200);
            let (code, _) = ports.newest_message();
            let id = ports.pending(&made)["id"].as_str().unwrap().to_owned();
            ports.store.fail_after(skip, fault);
            let answer = ports.submit(&id, code);
            if ports.store.heal() {
                assert!(answer.status == 200 && skip > 10);
                break;
            }
            settle(&ports);
            let mut told = told(&ports);
            told.dedup();
            assert_eq!(told, ["AuthorizationRequired", "Authorized"], "{skip} {fault:?}");
        }
    }
}

/// A run that dies anywhere loses nothing either, and what it has sent comes again at most.
#[test]
fn a_run_that_died_anywhere_has_everything_sent_in_the_end() {
    for fault in FAULTS {
        for skip in 0.. {
            let (ports, customer, made) = autoramp();
            edit(&ports, &customer, &made);
            ports.confirm(&made);
            assert_eq!(ports.run().json()["sent"], 2);
            ports.posted.take();
            ports.send("DELETE", &format!("/api/autoramps/{made}"), "");
            ports.store.fail_after(skip, fault);
            ports.run();
            if ports.store.heal() {
                assert!(skip > 10);
                break;
            }
            settle(&ports);
            let told = told(&ports);
            assert!((1..=2).contains(&told.len()), "{skip} {fault:?} {told:?}");
            assert!(told.iter().all(|status| status == "Cancelled"));
        }
    }
}

/// Any number of runs at once send each message once.
#[test]
fn a_run_in_the_middle_of_a_run_sends_nothing_twice() {
    for at in 0.. {
        let (ports, customer, made) = autoramp();
        edit(&ports, &customer, &made);
        ports.confirm(&made);
        let meanwhile = |ports: &TestPorts| drop(ports.run());
        *ports.before_operation.borrow_mut() = Some((at, Box::new(meanwhile)));
        ports.run();
        let over = ports.before_operation.take().is_some();
        settle(&ports);
        let mut told = told(&ports);
        told.sort();
        assert_eq!(told, ["AuthorizationRequired", "Authorized"], "{at}");
        if over {
            assert!(at > 20);
            break;
        }
    }
}

/// Two who do the same at once: one tells it.
#[test]
fn a_change_that_two_find_at_once_is_told_once() {
    for at in 0.. {
        let (ports, customer, made) = autoramp();
        edit(&ports, &customer, &made);
        let (code, _) = ports.newest_message();
        let id = ports.pending(&made)["id"].as_str().unwrap().to_owned();
        let other = id.clone();
        let meanwhile = move |ports: &TestPorts| drop(ports.submit(&other, code));
        *ports.before_operation.borrow_mut() = Some((at, Box::new(meanwhile)));
        ports.submit(&id, code);
        let over = ports.before_operation.take().is_some();
        settle(&ports);
        assert_eq!(told(&ports), ["AuthorizationRequired", "Authorized"], "{at}");
        if over {
            assert!(at > 10);
            break;
        }
    }
}

/// A host whose clock is behind, and a writer that was held up, are found all the same.
#[test]
fn what_is_written_late_is_found() {
    for late in [1, 9, 15, 35, 50] {
        let (ports, _, made) = autoramp();
        ports.run_all();
        // The clock goes on while the cancellation is between two operations of its own.
        let hold = move |ports: &TestPorts| ports.pass(Duration::from_secs(late));
        for at in 0..30 {
            *ports.before_operation.borrow_mut() = Some((at, Box::new(hold)));
            ports.send("PUT", &format!("/api/sandbox/autoramp/{made}"), "\"Approved\"");
            ports.before_operation.take();
            ports.send("PUT", &format!("/api/sandbox/autoramp/{made}"), "\"Authorized\"");
            settle(&ports);
            let told: Vec<String> = told(&ports);
            ports.posted.take();
            assert_eq!(told, ["Approved", "Authorized"], "{late} {at}");
        }
    }
}

/// One thing that cannot be looked at does not keep the others waiting.
#[test]
fn what_cannot_be_read_is_put_off_and_the_rest_is_told() {
    let (ports, customer, made) = autoramp();
    let other = ports.autoramp(&customer)["id"].as_str().unwrap().to_owned();
    for id in [&made, &other] {
        assert_eq!(edit(&ports, &customer, id), 200);
    }
    ports.run_all();
    ports.posted.take();
    let key = stepgate_storage::RecordKey::forever(&format!("autoramp/{made}"));
    let record = stepgate_storage::Store::get(&ports.store, &key).unwrap().unwrap();
    stepgate_storage::Store::set(&ports.store, &key, "{").unwrap();
    settle(&ports);
    let about = |ports: &TestPorts| {
        let posted = ports.posted.take();
        let read = |body: &str| serde_json::from_str::<Value>(body).unwrap()["data"]["message"]["id"].clone();
        posted.iter().map(|posted| read(&posted.body)).collect::<Vec<_>>()
    };
    assert_eq!(about(&ports), [json!(other)]);
    stepgate_storage::Store::set(&ports.store, &key, &record).unwrap();
    settle(&ports);
    assert_eq!(about(&ports), [json!(made)]);
}

/// A hole in a queue is passed, and with it all that was taken meanwhile: else each entry behind it would be a hole of its own.
#[test]
fn a_queue_with_a_hole_is_worked_through_to_its_end() {
    let (ports, webhook) = one_webhook();
    let id = webhook["id"].as_str().unwrap();
    let customer = ports.customer("ann@example.com");
    // Somebody who dies while he writes.
    stepgate_storage::Log::keeping_all(&format!("webhook/{id}/due")).claim(&ports).unwrap();
    let mut sent = 0;
    for _ in 0..100 {
        ports.post(&format!("/api/webhooks/{id}/ping"), &json!({ "customer_id": customer }));
        sent += ports.run_all().0;
        ports.pass(Duration::from_secs(1));
    }
    assert_eq!(sent, 100);
    for _ in 0..6 {
        ports.pass(Duration::from_secs(10));
        ports.run_all();
    }
    let position = ports.records().into_iter().find(|(key, _)| key.ends_with(&format!("webhook/{id}/due")));
    let position: Value = serde_json::from_str(&position.unwrap().1).unwrap();
    assert_eq!(position["done"], json!(101));
}

/// Runs that hear the same bell put the same attempt into the queue. They are not to become more from attempt to attempt.
#[test]
fn attempts_that_are_in_a_queue_twice_become_one() {
    let (ports, webhook) = one_webhook();
    let id = webhook["id"].as_str().unwrap();
    let customer = ports.customer("ann@example.com");
    ports.receive(Ok(500));
    ports.post(&format!("/api/webhooks/{id}/ping"), &json!({ "customer_id": customer }));
    ports.run_all();
    let waiting = || {
        let records = ports.records().into_iter();
        let entries = records.filter(|(key, _)| key.contains("agenda/bells"));
        entries.filter_map(|(_, entry)| Some(entry.split_once(' ')?.1.to_owned())).collect::<Vec<_>>()
    };
    let [second] = &*waiting() else { panic!("{:?}", waiting()) };
    let queue = stepgate_storage::Log::keeping_all(&format!("webhook/{id}/due"));
    for _ in 0..7 {
        queue.append(&ports, second).unwrap();
    }
    for _ in 0..6 {
        ports.pass(Duration::from_secs(10));
        ports.run_all();
    }
    assert_eq!(waiting().len(), 1, "{:?}", waiting());
}

/// Nor does one queue that cannot be read.
#[test]
fn a_queue_that_cannot_be_read_is_put_off_and_the_others_are_sent() {
    let (ports, webhook) = one_webhook();
    let other = ports.webhook(json!({ "url": "https://other.example/" }));
    let customer = ports.customer("ann@example.com");
    ports.run_all();
    let place = format!("webhook/{}/due", webhook["id"].as_str().unwrap());
    let key = stepgate_storage::RecordKey::forever(&place);
    stepgate_storage::Store::set(&ports.store, &key, "{").unwrap();
    for webhook in [&webhook, &other] {
        let path = format!("/api/webhooks/{}/ping", webhook["id"].as_str().unwrap());
        ports.post(&path, &json!({ "customer_id": customer }));
    }
    settle(&ports);
    let urls = || ports.posted.take().into_iter().map(|posted| posted.url).collect::<Vec<_>>();
    assert_eq!(urls(), ["https://other.example/"]);
    stepgate_storage::Store::delete(&ports.store, &key).unwrap();
    settle(&ports);
    assert_eq!(urls(), ["https://partner.example/hooks?a=b"]);
}
