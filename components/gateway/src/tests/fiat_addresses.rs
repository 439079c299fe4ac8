//! `contracts/authentication-codes.md` §5, §5.3, §6: bank accounts that customers are paid out to.

use crate::testing::{IBAN, TestPorts, sandbox};
use core::time::Duration;
use serde_json::{Value, json};
use stepgate_storage::memory::Fault;

const PATH: &str = "/api/addresses/fiat";
const OTHER_IBAN: &str = "GB82WEST12345698765432";

fn third_party(customer: &str) -> Value {
    let mut body = TestPorts::fiat_address_body(customer, IBAN);
    body["bank_details"]["is_third_party"] = json!(true);
    body
}

fn status_of(ports: &TestPorts, address: &Value) -> Value {
    let path =
        format!("{PATH}/{}/{}", address["customer_id"].as_str().unwrap(), address["id"].as_str().unwrap());
    ports.send("GET", &path, "").json()["status"].clone()
}

/// §5.3: required fields; §5: the normal start is RegistrationPending.
#[test]
fn an_account_of_the_customers_own_is_registered_without_a_code() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let made = ports.post(PATH, &TestPorts::fiat_address_body(&customer, IBAN));
    assert_eq!(made.status, 200, "{}", made.text());
    let address = made.json();
    for field in [
        "id",
        "created_at",
        "updated_at",
        "customer_id",
        "bank_details",
        "status",
        "currency",
        "bank_account_identifier",
        "country",
        "bank_name",
        "ownership_verified",
        "is_third_party",
    ] {
        assert!(address.get(field).is_some_and(|value| !value.is_null()), "{field}: {address}");
    }
    assert_eq!(address["status"], "RegistrationPending");
    assert_eq!((&address["currency"], &address["label"]), (&json!("EUR"), &json!("main")));
    assert_eq!(address["bank_account_identifier"], json!({ "type": "SEPA", "iban": IBAN }));
    assert_eq!(address["bank_details"]["recipient"]["given_name"], "Ann");
    let id = address["id"].as_str().unwrap();
    assert_eq!(ports.send("GET", &format!("/api/authentication-codes/entity/{id}"), "").status, 404);
    // Guides of the older API write the currency bare.
    let mut bare = TestPorts::fiat_address_body(&customer, OTHER_IBAN);
    bare["currency"] = json!("EUR");
    assert_eq!(ports.post(PATH, &bare).status, 200);
}

/// §5: "always when `bank_details.is_third_party` is true"; §3.2: the entity leaves AuthorizationRequired.
#[test]
fn an_account_of_somebody_else_waits_for_its_code() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let address = ports.post(PATH, &third_party(&customer)).json();
    assert_eq!(address["status"], "AuthorizationRequired");
    let id = address["id"].as_str().unwrap();
    assert_eq!(ports.pending(id)["entity_id"], address["id"]);
    let text = ports.newest_text();
    for part in ["a new bank account for payouts", "SEPA DE89 **** 3000", "EUR", "Acme"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains(IBAN));
    assert_eq!(ports.confirm(id)["status"], "Confirmed");
    assert_eq!(status_of(&ports, &address), "RegistrationPending");
}

/// §5: "On Expired/Rejected: AuthorizationFailed", also long after the core has forgotten the challenge.
#[test]
fn an_account_that_is_not_confirmed_is_never_registered() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let rejected = ports.post(PATH, &third_party(&customer)).json();
    let code = ports.pending(rejected["id"].as_str().unwrap())["id"].as_str().unwrap().to_owned();
    for _ in 0..5 {
        ports.submit(&code, 0);
    }
    assert_eq!(status_of(&ports, &rejected), "AuthorizationFailed");
    ports.pass(Duration::from_secs(60 * 86_400));
    ports.store.sweep(ports.now.get().0 / 1000);
    assert_eq!(status_of(&ports, &rejected), "AuthorizationFailed");
}

/// §5: "partner-level flag".
#[test]
fn a_partner_may_have_every_account_confirmed() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    for (setting, status) in [
        ("all", "AuthorizationRequired"),
        (crate::testing::PARTNER, "AuthorizationRequired"),
        ("cccccccc-0d44-4b50-8888-8dd25736052a", "RegistrationPending"),
        ("third-party", "RegistrationPending"),
    ] {
        ports.set_setting("fiat_address_authorization", setting);
        let address = ports.post(PATH, &TestPorts::fiat_address_body(&customer, IBAN)).json();
        assert_eq!(address["status"], status, "{setting}");
        let path = format!("{PATH}/{customer}/{}", address["id"].as_str().unwrap());
        assert_eq!(ports.send("DELETE", &path, "").status, 200);
    }
    ports.set_setting("fiat_address_authorization", "everybody");
    assert_eq!(ports.post(PATH, &TestPorts::fiat_address_body(&customer, IBAN)).status, 500);
}

/// §5.3: 409 for an address that is already there; DELETE is soft.
#[test]
fn an_account_is_there_once_until_it_is_deleted() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let id = ports.registered(&customer, IBAN);
    let again = ports.post(PATH, &TestPorts::fiat_address_body(&customer, "DE89 3704 0044 0532 0130 00"));
    assert_eq!(again.status, 409);
    assert!(again.json().is_string());
    let path = format!("{PATH}/{customer}/{id}");
    assert_eq!(ports.send("DELETE", &path, "").json()["id"], json!(id));
    for method in ["GET", "DELETE"] {
        assert_eq!(ports.send(method, &path, "").status, 404);
    }
    assert_eq!(ports.post(PATH, &TestPorts::fiat_address_body(&customer, IBAN)).status, 200);
}

#[test]
fn a_deleted_account_cannot_be_confirmed() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let address = ports.post(PATH, &third_party(&customer)).json();
    let id = address["id"].as_str().unwrap();
    let code = ports.pending(id)["id"].as_str().unwrap().to_owned();
    ports.send("DELETE", &format!("{PATH}/{customer}/{id}"), "");
    assert_eq!(ports.submit(&code, 123_456).json()["status"], "Expired");
}

/// §5.3: the default filter is Registered; §8: pages.
#[test]
fn lists_show_what_is_registered_or_what_was_asked_for() {
    let ports = sandbox();
    let (ann, ben) = (ports.customer("ann@example.com"), ports.customer("ben@example.com"));
    let first = ports.registered(&ann, IBAN);
    let second = ports.registered(&ben, OTHER_IBAN);
    ports.post(PATH, &TestPorts::fiat_address_body(&ben, IBAN));
    let ids = |path: &str| -> Vec<String> {
        let page = ports.send("GET", path, "").json();
        page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().into()).collect()
    };
    assert_eq!(ids(PATH), [second.clone(), first.clone()]);
    assert_eq!(ids(&format!("{PATH}?status=RegistrationPending")).len(), 1);
    assert_eq!(ids(&format!("{PATH}/{ann}")), [first]);
    assert_eq!(ids(&format!("{PATH}/{ben}")).len(), 2);
    assert_eq!(ids(&format!("{PATH}/{ben}?page_size=1&sort_order=asc")), [second]);
    assert_eq!(ports.send("GET", &format!("{PATH}?status=Nothing"), "").status, 400);
}

/// §1, §3.1: unknown, malformed and somebody else's are the same.
#[test]
fn nobody_reaches_the_accounts_of_others() {
    let ports = sandbox();
    let ann = ports.customer("ann@example.com");
    let ben = ports.customer("ben@example.com");
    let id = ports.registered(&ann, IBAN);
    let unknown = "3c90c3cc-0d44-4b50-8888-8dd25736052a";
    let of_other = |path: &str| ports.send_with(&[("x-api-key", "other")], "GET", path, "");
    let missing = ports.send("GET", &format!("{PATH}/{ann}/{unknown}"), "");
    assert_eq!(missing.status, 404);
    for answer in [
        of_other(&format!("{PATH}/{ann}/{id}")),
        of_other(&format!("{PATH}/{ann}")),
        ports.send("GET", &format!("{PATH}/{ben}/{id}"), ""),
        ports.send("GET", &format!("{PATH}/{ann}/x"), ""),
    ] {
        assert_eq!((answer.status, &answer.body), (404, &missing.body));
    }
    let body = TestPorts::fiat_address_body(&ann, OTHER_IBAN).to_string();
    let headers = [("x-api-key", "other"), ("idempotency-key", "k")];
    assert_eq!(ports.send_with(&headers, "POST", PATH, body).status, 404);
}

/// §3.3: documented as not implemented.
#[test]
fn a_new_code_for_an_account_is_not_to_be_had() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let address = ports.post(PATH, &third_party(&customer)).json();
    let path = format!("{PATH}/{}/retry-auth", address["id"].as_str().unwrap());
    assert_eq!(ports.post(&path, &json!({})).status, 404);
}

/// §6: the sandbox sets any status; AuthorizationRequired also sends a code, any other expires it.
#[test]
fn the_sandbox_plays_the_bank() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let address = ports.post(PATH, &TestPorts::fiat_address_body(&customer, IBAN)).json();
    let id = address["id"].as_str().unwrap();
    let set = |status: &str| {
        ports.send("PUT", &format!("/api/sandbox/fiat-verification/{id}"), &json!(status).to_string())
    };
    for status in ["RegistrationFailed", "Registered", "AuthorizationFailed", "RegistrationPending"] {
        assert_eq!(set(status).json()["status"], status);
    }
    assert_eq!(set("AuthorizationRequired").json()["status"], "AuthorizationRequired");
    let code = ports.pending(id)["id"].as_str().unwrap().to_owned();
    assert_eq!(set("Registered").json()["status"], "Registered");
    assert_eq!(ports.submit(&code, 123_456).json()["status"], "Expired");
    set("AuthorizationRequired");
    assert_eq!(ports.confirm(id)["status"], "Confirmed");
    assert_eq!(status_of(&ports, &address), "RegistrationPending");
    assert_eq!(set("Nothing").status, 400);
    ports.set_setting("environment", "production");
    assert_eq!(set("Registered").status, 404);
}

/// Issue 3: "A refused field says which and why"; security.md: it repeats nothing.
#[test]
fn a_refusal_names_the_field() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let change = |path: &str, value: Value| {
        let mut body = TestPorts::fiat_address_body(&customer, IBAN);
        *body.pointer_mut(path).unwrap() = value;
        let answer = ports.post(PATH, &body);
        assert_eq!(answer.status, 400, "{path}: {}", answer.text());
        answer.json().as_str().unwrap().to_owned()
    };
    for (path, value, field) in [
        ("/customer_id", json!("x"), "customer_id "),
        ("/currency", json!({ "code": "EUX" }), "currency.code "),
        ("/currency", json!({ "code": "USD" }), "bank_details.account_identifier "),
        ("/bank_details", json!([]), "bank_details "),
        (
            "/bank_details/account_identifier/iban",
            json!("DE89370400440532013001"),
            "bank_details.account_identifier.iban ",
        ),
        ("/bank_details/account_identifier/type", json!("sepa"), "bank_details.account_identifier.type "),
        ("/bank_details/recipient/given_name", json!("n".repeat(51)), "bank_details.recipient.given_name "),
        ("/bank_details/provider_country/code", json!("de"), "bank_details.provider_country.code "),
        ("/bank_details/address/country/code", json!("XX"), "bank_details.address.country.code "),
        ("/bank_details/is_third_party", json!("false"), "bank_details.is_third_party "),
    ] {
        let what = change(path, value);
        assert!(what.starts_with(field), "{path}: {what}");
        assert!(!what.contains("013001") && !what.contains("nnn"), "{what}");
    }
}

#[test]
fn a_registration_that_failed_anywhere_and_is_tried_again_makes_one_address() {
    for skip in 0.. {
        let ports = sandbox();
        let customer = ports.customer("ann@example.com");
        let headers = [("x-api-key", "acme"), ("idempotency-key", "once")];
        let body = third_party(&customer).to_string();
        ports.store.fail_after(skip, Fault::After);
        let first = ports.send_with(&headers, "POST", PATH, &body);
        if ports.store.heal() {
            assert_eq!(first.status, 200);
            assert!(skip > 10, "{skip}");
            return;
        }
        assert!(first.status == 500, "{skip}: {}", first.text());
        ports.pass(Duration::from_secs(61));
        let second = ports.send_with(&headers, "POST", PATH, &body);
        assert_eq!(second.status, 200, "{skip}: {}", second.text());
        assert_eq!(second.json()["status"], "AuthorizationRequired", "{skip}");
        let list = ports.send("GET", &format!("{PATH}/{customer}"), "").json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "{skip}: {list}");
    }
}
