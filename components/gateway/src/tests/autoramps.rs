//! `contracts/authentication-codes.md` §3.3, §5, §5.1, §5.2, §6: autoramps and what of them is guarded.

use crate::testing::{IBAN, OTHER_WALLET, TestPorts, WALLET, sandbox};
use core::slice;
use core::time::Duration;
use serde_json::{Value, json};
use stepgate_storage::memory::Fault;

const PATH: &str = "/api/autoramps";

fn id_of(autoramp: &Value) -> String {
    autoramp["id"].as_str().unwrap().to_owned()
}

fn read(ports: &TestPorts, id: &str) -> Value {
    let answer = ports.send("GET", &format!("{PATH}/{id}"), "");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn wallet(address: &str) -> Value {
    json!({ "type": "Crypto", "chain": "Base", "address": address })
}

fn patch(ports: &TestPorts, id: &str, customer: &str, change: &[(&str, Value)]) -> crate::testing::Answer {
    let mut body = json!({ "customer_id": customer });
    for (name, value) in change {
        body[*name] = value.clone();
    }
    ports.send("PATCH", &format!("{PATH}/{id}"), &body.to_string())
}

fn set(ports: &TestPorts, id: &str, status: &str) -> Value {
    let answer = ports.send("PUT", &format!("/api/sandbox/autoramp/{id}"), &json!(status).to_string());
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// An autoramp that had an account, cancelled; then another for the same customer and source currency.
fn reused(ports: &TestPorts, customer: &str) -> Value {
    let first = id_of(&ports.autoramp(customer));
    set(ports, &first, "Approved");
    assert_eq!(ports.send("DELETE", &format!("{PATH}/{first}"), "").status, 204);
    ports.autoramp(customer)
}

/// §5.2: required fields; "2FA on plain autoramp creation exists but is off by default".
#[test]
fn a_plain_autoramp_is_authorized_at_once() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let mut body = TestPorts::autoramp_body(&customer);
    body["external_id"] = json!("a/1");
    body["name"] = json!("Savings");
    let made = ports.post(PATH, &body);
    assert_eq!(made.status, 201, "{}", made.text());
    let mut autoramp = made.json();
    assert_eq!(read(&ports, &id_of(&autoramp)), autoramp);
    assert_eq!(ports.send("GET", &format!("{PATH}/a%2F1/external"), "").json(), autoramp);
    autoramp["id"].take();
    let expected = json!({
        "id": null,
        "customer_id": customer,
        "status": "Authorized",
        "kind": "Onramp",
        "name": "Savings",
        "external_id": "a/1",
        "source": "Standalone",
        "source_currencies": [{ "type": "Fiat", "code": "EUR" }],
        "destination_currency": { "type": "Crypto", "token": "USDC", "blockchain": "Base" },
        "recipient": { "type": "Wallet", "blockchain": "Base", "address": WALLET },
        "quotes": [],
        "deposit_rails": [],
        "fee_profile_id": null,
        "is_third_party": false,
        "batch_payout": false,
        "created_at": "2026-01-15T10:15:09.045Z",
    });
    assert_eq!(autoramp, expected);
}

/// §5.2: the guide's 422.
#[test]
fn a_bank_account_has_to_be_registered_before_it_is_paid_out_to() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let mut body = TestPorts::autoramp_body(&customer);
    body["source_currencies"] = json!([{ "type": "Crypto", "token": "USDC", "blockchain": "Solana" }]);
    body["destination_currency"] = json!({ "type": "Fiat", "code": "EUR" });
    body["recipient_account"] =
        json!({ "type": "Fiat", "account_identifier": { "type": "SEPA", "iban": IBAN } });
    assert_eq!(ports.post(PATH, &body).status, 422);
    ports.registered(&customer, IBAN);
    let made = ports.post(PATH, &body).json();
    assert_eq!((&made["kind"], &made["recipient"]["type"]), (&json!("Offramp"), &json!("BankAccount")));
    assert_eq!(made["recipient"]["account_identifier"]["iban"], IBAN);
    assert_eq!(made["recipient"]["recipient"]["given_name"], "Ann");
    let other = ports.customer("ben@example.com");
    body["customer_id"] = json!(other);
    assert_eq!(ports.post(PATH, &body).status, 422);
}

/// §5, first row: old values until it is confirmed, then the new ones; the mail names both, masked.
#[test]
fn another_destination_counts_when_its_customer_has_confirmed_it() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let id = id_of(&ports.autoramp(&customer));
    let answer = patch(&ports, &id, &customer, &[("recipient_account", wallet(OTHER_WALLET))]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(
        (&answer.json()["status"], &answer.json()["recipient"]["address"]),
        (&json!("AuthorizationRequired"), &json!(WALLET))
    );
    let text = ports.newest_text();
    for part in ["the change of a payout route", "until now: Base 0x5aAeb6", "Pays out to: Base 0xfB69"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains(WALLET) && !text.contains(OTHER_WALLET), "{text}");
    assert_eq!(ports.confirm(&id)["status"], "Confirmed");
    let after = read(&ports, &id);
    assert_eq!(
        (&after["status"], &after["recipient"]["address"]),
        (&json!("Authorized"), &json!(OTHER_WALLET))
    );
}

/// §5, second row: the fee profile likewise; "status back to the one before the edit".
#[test]
fn an_edit_that_is_not_confirmed_is_dropped() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let id = id_of(&ports.autoramp(&customer));
    set(&ports, &id, "Approved");
    let profile = json!("3c90c3cc-0d44-4b50-8888-8dd25736052a");
    patch(&ports, &id, &customer, &[("fee_profile_id", profile.clone())]);
    assert_eq!(read(&ports, &id)["status"], "AuthorizationRequired");
    assert!(ports.newest_text().contains("Fees: profile 3c90c3cc"));
    let code = ports.pending(&id)["id"].as_str().unwrap().to_owned();
    for _ in 0..5 {
        ports.submit(&code, 0);
    }
    let after = read(&ports, &id);
    assert_eq!((&after["status"], &after["fee_profile_id"]), (&json!("Approved"), &Value::Null));

    patch(&ports, &id, &customer, &[("fee_profile_id", profile.clone())]);
    ports.pass(Duration::from_secs(601));
    assert_eq!(read(&ports, &id)["status"], "Approved");

    patch(&ports, &id, &customer, &[("fee_profile_id", profile.clone())]);
    ports.confirm(&id);
    let after = read(&ports, &id);
    assert_eq!((&after["status"], &after["fee_profile_id"]), (&json!("Approved"), &profile));
}

/// Issue 3: "a changed request voids the code".
#[test]
fn a_second_edit_takes_the_place_of_the_first() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let id = id_of(&ports.autoramp(&customer));
    patch(&ports, &id, &customer, &[("recipient_account", wallet(OTHER_WALLET))]);
    let first = ports.pending(&id)["id"].as_str().unwrap().to_owned();
    let (first_code, _) = ports.newest_message();
    patch(&ports, &id, &customer, &[("fee_profile_id", json!("3c90c3cc-0d44-4b50-8888-8dd25736052a"))]);
    assert_eq!(ports.submit(&first, first_code).json()["status"], "Expired");
    ports.confirm(&id);
    let after = read(&ports, &id);
    assert_eq!(after["recipient"]["address"], json!(WALLET));
    assert!(after["fee_profile_id"].is_string());
}

/// §5.1: an empty change set sends no code; the terms it has withdraw what waits.
#[test]
fn what_changes_nothing_sends_nothing() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let id = id_of(&ports.autoramp(&customer));
    assert_eq!(patch(&ports, &id, &customer, &[]).json()["status"], "Authorized");
    assert_eq!(
        patch(&ports, &id, &customer, &[("recipient_account", wallet(WALLET))]).json()["status"],
        "Authorized"
    );
    patch(&ports, &id, &customer, &[("recipient_account", wallet(OTHER_WALLET))]);
    let waiting = ports.pending(&id);
    assert_eq!(patch(&ports, &id, &customer, &[]).json()["status"], "AuthorizationRequired");
    assert_eq!(ports.pending(&id), waiting);
    assert_eq!(
        patch(&ports, &id, &customer, &[("recipient_account", wallet(WALLET))]).json()["status"],
        "Authorized"
    );
    assert_eq!(ports.submit(waiting["id"].as_str().unwrap(), 123_456).json()["status"], "Expired");
}

/// §5.1: 400 for another customer's, 404 for one that is over.
#[test]
fn an_edit_names_its_customer_and_finds_an_autoramp_that_goes_on() {
    let ports = sandbox();
    let (ann, ben) = (ports.customer("ann@example.com"), ports.customer("ben@example.com"));
    let id = id_of(&ports.autoramp(&ann));
    let change = [("recipient_account", wallet(OTHER_WALLET))];
    assert_eq!(patch(&ports, &id, &ben, &change).status, 400);
    assert_eq!(
        patch(
            &ports,
            &id,
            &ann,
            &[(
                "recipient_account",
                json!({ "type": "Crypto", "chain": "Tron", "address": "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL" })
            )]
        )
        .status,
        400
    );
    let body = json!({ "customer_id": ann }).to_string();
    assert_eq!(
        ports.send_with(&[("x-api-key", "other")], "PATCH", &format!("{PATH}/{id}"), &body).status,
        404
    );
    set(&ports, &id, "Rejected");
    assert_eq!(patch(&ports, &id, &ann, &change).status, 404);
    set(&ports, &id, "Cancelled");
    assert_eq!(patch(&ports, &id, &ann, &change).status, 404);
}

/// §5, fourth row: the deposit account of a cancelled autoramp.
#[test]
fn an_account_that_is_used_again_waits_for_its_customer() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let second = reused(&ports, &customer);
    assert_eq!(second["status"], "AuthorizationRequired");
    assert!(ports.newest_text().contains("a payout route that uses your deposit account again"));
    let id = id_of(&second);
    assert_eq!(ports.confirm(&id)["status"], "Confirmed");
    assert_eq!(read(&ports, &id)["status"], "Authorized");
    // And it can be edited like any other from then on.
    patch(&ports, &id, &customer, &[("recipient_account", wallet(OTHER_WALLET))]);
    assert_eq!(read(&ports, &id)["status"], "AuthorizationRequired");
    ports.confirm(&id);
    assert_eq!(read(&ports, &id)["recipient"]["address"], OTHER_WALLET);

    let other = ports.customer("ben@example.com");
    assert_eq!(ports.autoramp(&other)["status"], "Authorized");
}

/// §5, fourth row: "On Expired/Rejected: Rejected".
#[test]
fn an_account_whose_reuse_is_not_confirmed_is_not_used() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let id = id_of(&reused(&ports, &customer));
    // Other terms, while it waits, void the code and are asked about instead.
    let code = ports.pending(&id)["id"].as_str().unwrap().to_owned();
    patch(&ports, &id, &customer, &[("recipient_account", wallet(OTHER_WALLET))]);
    assert_eq!(ports.submit(&code, 123_456).json()["status"], "Expired");
    assert_eq!(read(&ports, &id)["status"], "AuthorizationRequired");
    ports.pass(Duration::from_secs(601));
    assert_eq!(read(&ports, &id)["status"], "Rejected");
    ports.pass(Duration::from_secs(60 * 86_400));
    ports.store.sweep(ports.now.get().0 / 1000);
    assert_eq!(read(&ports, &id)["status"], "Rejected");
}

/// §5: "make the autoramp spelling a switch"; both are the same state within.
#[test]
fn the_published_spelling_can_be_had() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let edited = id_of(&ports.autoramp(&customer));
    patch(&ports, &edited, &customer, &[("recipient_account", wallet(OTHER_WALLET))]);
    let created = id_of(&reused(&ports, &customer));
    ports.set_setting("autoramp_status_spelling", "published");
    assert_eq!(read(&ports, &edited)["status"], "EditPending");
    assert_eq!(read(&ports, &created)["status"], "Created");
    let page = ports.send("GET", &format!("{PATH}?status=EditPending"), "").json();
    assert_eq!(page["items"][0]["id"], json!(edited));
    ports.set_setting("autoramp_status_spelling", "another");
    assert_eq!(ports.send("GET", &format!("{PATH}/{edited}"), "").status, 500);
}

/// §5.2: DELETE 204 / 404; §4: the pending code of what is cancelled expires.
#[test]
fn what_is_cancelled_cannot_be_confirmed() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let id = id_of(&ports.autoramp(&customer));
    patch(&ports, &id, &customer, &[("recipient_account", wallet(OTHER_WALLET))]);
    let code = ports.pending(&id)["id"].as_str().unwrap().to_owned();
    let path = format!("{PATH}/{id}");
    assert_eq!(ports.send_with(&[("x-api-key", "other")], "DELETE", &path, "").status, 404);
    for _ in 0..2 {
        assert_eq!(ports.send("DELETE", &path, "").status, 204);
    }
    assert_eq!(ports.submit(&code, 123_456).json()["status"], "Expired");
    assert_eq!(read(&ports, &id)["status"], "Cancelled");
    assert_eq!(ports.send("DELETE", &format!("{PATH}/x"), "").status, 404);
}

/// §3.3: "supersede the pending code, 201; 404 if nothing awaits authorization".
#[test]
fn a_new_code_can_be_had_for_what_waits() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let id = id_of(&ports.autoramp(&customer));
    let path = format!("{PATH}/{id}/retry-auth");
    assert_eq!(ports.post(&path, &Value::Null).status, 404);
    patch(&ports, &id, &customer, &[("recipient_account", wallet(OTHER_WALLET))]);
    let first = ports.pending(&id);
    let again = ports.post(&path, &Value::Null);
    assert_eq!(again.status, 201, "{}", again.text());
    assert_eq!(again.json(), ports.pending(&id));
    assert_ne!(again.json()["id"], first["id"]);
    assert_eq!(ports.submit(first["id"].as_str().unwrap(), 123_456).json()["status"], "Expired");
    ports.confirm(&id);
    assert_eq!(read(&ports, &id)["recipient"]["address"], OTHER_WALLET);
    assert_eq!(ports.post(&path, &Value::Null).status, 404);
    assert_eq!(ports.send_with(&[("x-api-key", "acme")], "POST", &path, "").status, 400);
}

/// The old code is confirmed while the new one is being made: then there is nothing left to ask about.
#[test]
fn a_code_confirmed_while_another_is_asked_for_is_the_last() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let id = id_of(&ports.autoramp(&customer));
    patch(&ports, &id, &customer, &[("recipient_account", wallet(OTHER_WALLET))]);
    let code = ports.pending(&id)["id"].as_str().unwrap().to_owned();
    *ports.before_issue.borrow_mut() =
        Some(Box::new(move |ports| assert_eq!(ports.submit(&code, 123_456).json()["status"], "Confirmed")));
    assert_eq!(ports.post(&format!("{PATH}/{id}/retry-auth"), &Value::Null).status, 404);
    assert_eq!(read(&ports, &id)["recipient"]["address"], OTHER_WALLET);
    assert_eq!(ports.send("GET", &format!("/api/authentication-codes/entity/{id}"), "").status, 404);
}

/// §5.2: the list and its filters; §8: pages.
#[test]
fn lists_show_what_was_asked_for() {
    let ports = sandbox();
    let (ann, ben) = (ports.customer("ann@example.com"), ports.customer("ben@example.com"));
    let first = id_of(&ports.autoramp(&ann));
    let second = id_of(&ports.autoramp(&ben));
    let mut swap = TestPorts::autoramp_body(&ben);
    swap["source_currencies"] = json!([{ "type": "Crypto", "token": "EURC", "blockchain": "Solana" }]);
    swap["batch_payout"] = json!(true);
    let third = id_of(&ports.post(PATH, &swap).json());
    set(&ports, &second, "Approved");
    let ids = |query: &str| -> Vec<String> {
        let page = ports.send("GET", &format!("{PATH}?{query}"), "").json();
        page["items"].as_array().unwrap_or_else(|| panic!("{query}: {page}")).iter().map(id_of).collect()
    };
    assert_eq!(ids(""), [third.clone(), second.clone(), first.clone()]);
    assert_eq!(ids("sort_order=asc&page_size=2"), [first.clone(), second.clone()]);
    assert_eq!(ids(&format!("sort_order=asc&cursor={second}")), *slice::from_ref(&third));
    assert_eq!(ids(&format!("customer_id={ann}")), *slice::from_ref(&first));
    assert_eq!(ids("status=Approved"), *slice::from_ref(&second));
    assert_eq!(ids("autoramp_type=Swap"), *slice::from_ref(&third));
    assert_eq!(ids("is_batch_payout=false"), [second, first]);
    assert_eq!(ids("source=Quote"), [""; 0]);
    let page =
        ports.send_with(&[("x-api-key", "other")], "GET", &format!("{PATH}?customer_id={ann}"), "").json();
    assert_eq!(page["items"], json!([]));
    for wrong in ["customer_id=1", "status=approved", "autoramp_type=x", "is_batch_payout=1", "page_size=101"]
    {
        assert_eq!(ports.send("GET", &format!("{PATH}?{wrong}"), "").status, 400, "{wrong}");
    }
}

/// §6: any status; AuthorizationRequired also sends a code, any other expires it.
#[test]
fn the_sandbox_plays_compliance() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let id = id_of(&ports.autoramp(&customer));
    for status in ["DepositAccountAdded", "Approved", "Rejected", "Authorized", "Cancelled"] {
        assert_eq!(set(&ports, &id, status)["status"], status);
    }
    for status in ["AuthorizationRequired", "Created", "EditPending"] {
        assert_eq!(set(&ports, &id, status)["status"], "AuthorizationRequired");
        let code = ports.pending(&id)["id"].as_str().unwrap().to_owned();
        assert_eq!(set(&ports, &id, "Authorized")["status"], "Authorized");
        assert_eq!(ports.submit(&code, 123_456).json()["status"], "Expired");
    }
    set(&ports, &id, "AuthorizationRequired");
    assert_eq!(ports.confirm(&id)["status"], "Confirmed");
    assert_eq!(read(&ports, &id)["status"], "Authorized");
    let path = format!("/api/sandbox/autoramp/{id}");
    for body in ["\"authorized\"", "{}", "", "Authorized", "null"] {
        assert_eq!(ports.send("PUT", &path, body).status, 400, "{body}");
    }
    ports.set_setting("environment", "production");
    assert_eq!(ports.send("PUT", &path, "\"Approved\"").status, 404);
}

/// §5.1: 403 where the customer may not act.
#[test]
fn nothing_of_an_archived_customer_changes() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let id = id_of(&ports.autoramp(&customer));
    assert_eq!(ports.send("PUT", &format!("/api/customers/{customer}/archive"), "").status, 200);
    let edit = patch(&ports, &id, &customer, &[("recipient_account", wallet(OTHER_WALLET))]);
    let made = ports.post(PATH, &TestPorts::autoramp_body(&customer));
    let address = ports.post("/api/addresses/fiat", &TestPorts::fiat_address_body(&customer, IBAN));
    assert_eq!((edit.status, made.status, address.status), (403, 403, 403));
    assert!(address.json()["trace_id"].is_string());
}

/// §7: identification and autoramp 4xx have the `error` envelope.
#[test]
fn refusals_have_the_envelope() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let mut fiat = TestPorts::autoramp_body(&customer);
    fiat["destination_currency"] = json!({ "type": "Fiat", "code": "GBP" });
    fiat["recipient_account"] =
        json!({ "type": "Fiat", "account_identifier": { "type": "SEPA", "iban": IBAN } });
    for (answer, status, code) in [
        (ports.send("GET", &format!("{PATH}/x"), ""), 404, "not_found"),
        (ports.post(PATH, &json!({})), 400, "invalid_request"),
        (ports.post(PATH, &fiat), 422, "unprocessable_entity"),
    ] {
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (status, &json!(code)));
        assert!(answer.json()["error"]["request_id"].as_str().is_some_and(|id| id.starts_with("req_")));
    }
}

#[test]
fn a_refusal_names_the_field() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    for (field, value) in [
        ("customer_id", json!(1)),
        ("source_currencies", json!([])),
        ("source_currencies", json!([{ "type": "Crypto", "token": "USDC", "blockchain": "Base" }])),
        ("destination_currency", json!("USDC")),
        (
            "recipient_account.address",
            json!({ "type": "Crypto", "chain": "Base", "address": "0x5aaeb6053f3e94c9b9a09f33669435E7Ef1BeAed" }),
        ),
        ("recipient_account.type", json!({ "type": "Pix" })),
        // docs/design.md, "Guarded actions": there is no register of Pix recipients to hold it against.
        ("recipient_account.type", json!({ "type": "Pix", "id": "3c90c3cc-0d44-4b50-8888-8dd25736052a" })),
        (
            "recipient_account ",
            json!({ "type": "Crypto", "chain": "Solana", "address": "11111111111111111111111111111111" }),
        ),
        ("sepa_payment_reference", json!("short")),
        ("batch_payout", json!(1)),
        ("type", json!("quote")),
        ("fee_profile_id", json!("x")),
    ] {
        let mut body = TestPorts::autoramp_body(&customer);
        body[field.split(['.', ' ']).next().unwrap()] = value;
        let answer = ports.post(PATH, &body);
        assert_eq!(answer.status, 400, "{field}: {}", answer.text());
        assert!(answer.text().contains(field), "{field}: {}", answer.text());
    }
    let body = TestPorts::autoramp_body("3c90c3cc-0d44-4b50-8888-8dd25736052a");
    assert_eq!(ports.post(PATH, &body).status, 404);
    let mut body = TestPorts::autoramp_body(&customer);
    body["external_id"] = json!("mine");
    assert_eq!(ports.post(PATH, &body).status, 201);
    assert_eq!(ports.post(PATH, &body).status, 400);
}

#[test]
fn a_reset_forgets_autoramps_and_accounts() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    ports.registered(&customer, IBAN);
    let waiting = id_of(&reused(&ports, &customer));
    let code = ports.pending(&waiting)["id"].as_str().unwrap().to_owned();
    assert_eq!(ports.post("/api/sandbox/reset", &Value::Null).status, 200);
    assert_eq!(ports.submit(&code, 123_456).json()["status"], "Expired");
    for path in [PATH, "/api/addresses/fiat"] {
        assert_eq!(ports.send("GET", path, "").json()["items"], json!([]));
    }
    assert_eq!(ports.send("GET", &format!("{PATH}/{waiting}"), "").status, 404);
}

#[test]
fn a_creation_or_edit_that_failed_anywhere_is_done_once_when_tried_again() {
    for skip in 0.. {
        let ports = sandbox();
        let customer = ports.customer("ann@example.com");
        let first = id_of(&reused(&ports, &customer));
        ports.confirm(&first);
        let headers = [("x-api-key", "acme"), ("idempotency-key", "once")];
        let body = TestPorts::autoramp_body(&customer).to_string();
        ports.store.fail_after(skip, Fault::After);
        let failed = ports.send_with(&headers, "POST", PATH, &body);
        if ports.store.heal() {
            assert_eq!(failed.status, 201);
            assert!(skip > 10, "{skip}");
            break;
        }
        assert_eq!(failed.status, 500, "{skip}: {}", failed.text());
        ports.pass(Duration::from_secs(61));
        let second = ports.send_with(&headers, "POST", PATH, &body);
        assert_eq!(second.status, 201, "{skip}: {}", second.text());
        assert_eq!(second.json()["status"], "AuthorizationRequired", "{skip}");
        let list = ports.send("GET", PATH, "").json();
        assert_eq!(list["items"].as_array().unwrap().len(), 3, "{skip}: {list}");
    }
    for skip in 0.. {
        let ports = sandbox();
        let customer = ports.customer("ann@example.com");
        let id = id_of(&ports.autoramp(&customer));
        ports.store.fail_after(skip, Fault::After);
        let failed = patch(&ports, &id, &customer, &[("recipient_account", wallet(OTHER_WALLET))]);
        let done = ports.store.heal();
        assert_eq!(failed.status, if done { 200 } else { 500 }, "{skip}");
        assert_eq!(read(&ports, &id)["recipient"]["address"], WALLET, "{skip}");
        if done {
            assert!(skip > 5, "{skip}");
            break;
        }
        ports.pass(Duration::from_secs(11));
        patch(&ports, &id, &customer, &[("recipient_account", wallet(OTHER_WALLET))]);
        ports.confirm(&id);
        assert_eq!(read(&ports, &id)["recipient"]["address"], OTHER_WALLET, "{skip}");
    }
}
