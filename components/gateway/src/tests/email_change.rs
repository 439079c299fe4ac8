//! `contracts/authentication-codes.md` §5: the guarded change of a customer's address.

use crate::testing::sandbox;
use core::time::Duration;
use serde_json::json;
use stepgate_storage::Timestamp;
use stepgate_storage::memory::Fault;

#[test]
fn the_owner_of_the_old_address_is_asked_and_the_address_stays_until_then() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let place = ports.change_email(&customer, "ben@example.org");
    assert_eq!(ports.email(&customer), "ann@example.com");
    let inbox = ports.send_with(&[], "GET", "/inbox.json", "").json();
    assert_eq!(inbox["items"][0]["to"], "ann@example.com");
    assert!(!inbox["items"][0]["text"].as_str().unwrap().contains("ben@example.org"));
    let change = ports.send("GET", &place, "").json();
    assert_eq!(
        (&change["status"], &change["email"]),
        (&json!("AuthorizationRequired"), &json!("ben@example.org"))
    );
    assert_eq!(change["customer_id"], json!(customer));
    let code = ports.pending(&customer);
    assert_eq!(code["entity_id"], change["id"]);
    let again = ports.send("PUT", &format!("/api/customers/{customer}"), r#"{"email":"ben@example.org"}"#);
    assert_ne!(again.header("x-authentication-code-id"), code["id"]);
    assert_eq!(again.header("x-authentication-code-id"), ports.pending(&customer)["id"]);
    let place = again.header("location").to_owned();

    ports.submit(ports.pending(&customer)["id"].as_str().unwrap(), 123_456);
    assert_eq!(ports.send("GET", &place, "").json()["status"], "Applied");
    assert_eq!(ports.email(&customer), "ben@example.org");
    ports.change_email(&customer, "cleo@example.net");
    let inbox = ports.send_with(&[], "GET", "/inbox.json", "").json();
    assert_eq!(inbox["items"][0]["to"], "ben@example.org");
}

#[test]
fn a_second_change_takes_the_place_of_the_first() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let first_place = ports.change_email(&customer, "ben@example.org");
    let first = ports.pending(&customer);
    let (first_code, first_link) = ports.newest_message();
    ports.change_email(&customer, "cleo@example.net");
    let second = ports.pending(&customer);
    assert_ne!(first["id"], second["id"]);
    assert_eq!(second["attempts"], 0);
    assert_eq!(ports.submit(first["id"].as_str().unwrap(), first_code).json()["status"], "Expired");
    assert_eq!(ports.send_with(&[], "POST", &first_link, "").status, 410);
    assert_eq!(ports.send("GET", &first_place, "").json()["status"], "Dropped");
    let old_entity = format!("/api/authentication-codes/entity/{}", first["entity_id"].as_str().unwrap());
    assert_eq!(ports.send("GET", &old_entity, "").status, 404);
    ports.submit(second["id"].as_str().unwrap(), 123_456);
    assert_eq!(ports.email(&customer), "cleo@example.net");
}

#[test]
fn the_present_address_withdraws_the_change() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let place = ports.change_email(&customer, "ben@example.org");
    let (code, link) = ports.newest_message();
    let id = ports.pending(&customer)["id"].as_str().unwrap().to_owned();
    assert_eq!(ports.change_email(&customer, "ann@EXAMPLE.com"), "");
    assert_eq!(ports.submit(&id, code).json()["status"], "Expired");
    assert_eq!(ports.send_with(&[], "POST", &link, "").status, 410);
    assert_eq!(ports.send("GET", &place, "").json()["status"], "Dropped");
    assert_eq!(ports.email(&customer), "ann@example.com");
}

#[test]
fn a_confirmed_address_outlives_its_challenge() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let place = ports.change_email(&customer, "ben@example.org");
    ports.submit(ports.pending(&customer)["id"].as_str().unwrap(), 123_456);
    ports.pass(Duration::from_secs(60 * 86_400));
    let Timestamp(now) = ports.now.get();
    ports.store.sweep(now / 1000);
    assert_eq!(ports.email(&customer), "ben@example.org");
    assert_eq!(ports.send("GET", &place, "").status, 404);
}

#[test]
fn a_cool_down_answers_429_and_says_how_long() {
    let ports = sandbox();
    ports.set_setting("resend_cooldown_seconds", "60");
    let customer = ports.customer("ann@example.com");
    ports.change_email(&customer, "ben@example.org");
    let first = ports.pending(&customer);
    ports.pass(Duration::from_secs(10));
    let answer = ports.send("PUT", &format!("/api/customers/{customer}"), r#"{"email":"cleo@example.net"}"#);
    assert_eq!((answer.status, answer.header("retry-after")), (429, "50"));
    assert!(answer.json().is_string());
    assert_eq!(ports.pending(&customer), first);
    ports.pass(Duration::from_secs(50));
    ports.change_email(&customer, "cleo@example.net");
}

#[test]
fn a_code_that_died_in_flight_is_waited_for() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    ports.change_email(&customer, "ben@example.org");
    let id = ports.pending(&customer)["id"].as_str().unwrap().to_owned();
    // The host dies after the attempt is taken and before its outcome is written.
    ports.store.fail_after(2, Fault::Before);
    assert_eq!(ports.submit(&id, 123_456).status, 500);
    assert!(!ports.store.heal());
    ports.change_email(&customer, "cleo@example.net");
    assert!(ports.slept.get() >= Duration::from_secs(9), "{:?}", ports.slept.get());
    assert_eq!(ports.email(&customer), "ann@example.com");
}

#[test]
fn a_change_confirmed_meanwhile_decides_who_is_asked_about_the_next() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    ports.change_email(&customer, "ben@example.org");
    let id = ports.pending(&customer)["id"].as_str().unwrap().to_owned();
    *ports.before_issue.borrow_mut() =
        Some(Box::new(move |ports| assert_eq!(ports.submit(&id, 123_456).json()["status"], "Confirmed")));
    ports.change_email(&customer, "cleo@example.net");
    let inbox = ports.send_with(&[], "GET", "/inbox.json", "").json();
    let recipients: Vec<_> =
        inbox["items"].as_array().unwrap().iter().map(|item| item["to"].clone()).collect();
    assert_eq!(recipients, ["ben@example.org", "ann@example.com"]);
    ports.submit(ports.pending(&customer)["id"].as_str().unwrap(), 123_456);
    assert_eq!(ports.email(&customer), "cleo@example.net");
}
