//! Guarded actions beside the change of an address, under load and attack: `contracts/authentication-codes.md` §5.
//!
//! What each row of the contract answers is tested row by row in `components/gateway/src/tests`; here is what only many
//! requests at once, and every store, can show.

use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};
use std::collections::HashSet;
use stepgate_tests::{App, Caller, Customer, Host, wrong_codes};

stepgate_tests::suite! {
    a_payout_account_of_somebody_else_waits_for_its_code,
    a_hundred_creations_under_one_key_make_one_autoramp,
    a_hundred_creations_with_two_bodies_make_one_autoramp_and_conflicts,
    two_hundred_guesses_at_an_edit,
    one_right_code_for_an_edit_fifty_times_at_once,
    many_edits_at_once_leave_one_of_them,
    an_edit_confirmed_while_it_is_cancelled_is_one_or_the_other,
    a_code_of_one_action_is_worthless_for_another,
    changes_of_two_customers_never_mix,
    pages_under_insertions_neither_repeat_nor_skip,
}

const AUTORAMPS: &str = "/api/autoramps";
const EMAIL: &str = "ada@pay.example";

fn wallet(number: u64) -> String {
    format!("0x{number:040x}")
}

fn body(customer: &Customer, to: &str) -> Value {
    json!({
        "customer_id": customer.id,
        "source_currencies": [{ "type": "Fiat", "code": "EUR" }],
        "destination_currency": { "type": "Crypto", "token": "USDC", "blockchain": "Base" },
        "recipient_account": { "type": "Crypto", "chain": "Base", "address": to },
    })
}

/// An autoramp into the wallet with this number.
async fn autoramp(caller: &Caller, customer: &Customer, number: u64) -> String {
    let made = caller.post(AUTORAMPS, body(customer, &wallet(number))).await.expect(201).json();
    made["id"].as_str().expect("an id").to_owned()
}

/// Asks for another wallet.
async fn edit(caller: &Caller, customer: &Customer, id: &str, number: u64) -> Value {
    let to = json!({ "type": "Crypto", "chain": "Base", "address": wallet(number) });
    let body = json!({ "customer_id": customer.id, "recipient_account": to });
    caller.json(Method::PATCH, &format!("{AUTORAMPS}/{id}"), body).await.expect(200).json()
}

/// Status and wallet, in small letters.
async fn read(caller: &Caller, id: &str) -> (String, String) {
    let found = caller.get(&format!("{AUTORAMPS}/{id}")).await.expect(200).json();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    (text(&found["status"]), text(&found["recipient"]["address"]).to_lowercase())
}

async fn code_id(caller: &Caller, entity: &str) -> String {
    let code = caller.code_of(entity).await.expect(200).json();
    code["id"].as_str().expect("an id").to_owned()
}

/// §5, third row, with the code from the mail.
async fn a_payout_account_of_somebody_else_waits_for_its_code(host: Host) {
    let app = App::production(host).await;
    let caller = app.one();
    let customer = caller.customer(EMAIL).await;
    let account = json!({
        "customer_id": customer.id,
        "currency": { "code": "EUR" },
        "bank_details": {
            "recipient": { "type": "Business", "name": "Others Ltd" },
            "provider_name": "A Bank",
            "provider_country": { "code": "DE" },
            "account_identifier": { "type": "SEPA", "iban": "DE89370400440532013000" },
            "address": {
                "street": "Street 1", "city": "Town", "state": "BE",
                "country": { "code": "DE" }, "postal_code": "10115",
            },
            "is_third_party": true,
        },
    });
    let made = caller.post("/api/addresses/fiat", account).await.expect(200).json();
    assert_eq!(made["status"], "AuthorizationRequired");
    let id = made["id"].as_str().expect("an id");
    let mail = app.mail_to(EMAIL).await;
    assert!(mail.text.contains("SEPA DE89 **** 3000"), "{}", mail.text);
    let code = code_id(&caller, id).await;
    assert_eq!(caller.submit(&code, mail.number()).await.expect(200).json()["status"], "Confirmed");
    let path = format!("/api/addresses/fiat/{}/{id}", customer.id);
    assert_eq!(caller.get(&path).await.expect(200).json()["status"], "RegistrationPending");
}

/// Issue 3: 100 identical creates with one key make one record.
async fn a_hundred_creations_under_one_key_make_one_autoramp(host: Host) {
    let app = App::sandbox(host).await;
    let caller = app.one();
    let customer = caller.customer(EMAIL).await;
    let keyed = caller.with("IDEMPOTENCY-KEY", "one-key");
    let body = body(&customer, &wallet(1));
    let answers = join_all((0..100).map(|_| keyed.json(Method::POST, AUTORAMPS, body.clone()))).await;
    let bodies: HashSet<_> = answers.into_iter().map(|answer| answer.expect(201).body).collect();
    assert_eq!(bodies.len(), 1);
    let list = caller.get(AUTORAMPS).await.expect(200).json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
}

/// Issue 3: 100 with two bodies make one record and 409s.
async fn a_hundred_creations_with_two_bodies_make_one_autoramp_and_conflicts(host: Host) {
    let app = App::sandbox(host).await;
    let caller = app.one();
    let customer = caller.customer(EMAIL).await;
    let keyed = caller.with("IDEMPOTENCY-KEY", "one-key");
    let bodies = [body(&customer, &wallet(1)), body(&customer, &wallet(2))];
    let sent = (0..100).map(|n| keyed.json(Method::POST, AUTORAMPS, bodies[n % 2].clone()));
    let answers = join_all(sent).await;
    let made: HashSet<_> =
        answers.iter().filter(|answer| answer.status == 201).map(|answer| answer.body.clone()).collect();
    assert_eq!(made.len(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 409).count(), 50);
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.status == 409));
    let list = caller.get(AUTORAMPS).await.expect(200).json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
}

/// security.md: N guesses sent at once; exactly `limit` compared, whatever the code is for.
async fn two_hundred_guesses_at_an_edit(host: Host) {
    let app = App::production(host).await;
    let caller = app.one();
    let customer = caller.customer(EMAIL).await;
    let id = autoramp(&caller, &customer, 1).await;
    edit(&caller, &customer, &id, 2).await;
    let (mail, code) = (app.mail_to(EMAIL).await, code_id(&caller, &id).await);
    join_all(wrong_codes(&mail).take(200).map(|wrong| caller.submit(&code, wrong))).await;
    assert_eq!((app.verdicts(&code, "wrong"), app.verdicts(&code, "refused")), (5, 195));
    assert_eq!(caller.submit(&code, mail.number()).await.expect(200).json()["status"], "Rejected");
    assert_eq!(read(&caller, &id).await, ("Authorized".into(), wallet(1)));
}

/// §3.2, concurrent submits: one apply, everybody is told Confirmed.
async fn one_right_code_for_an_edit_fifty_times_at_once(host: Host) {
    let app = App::production(host).await;
    let caller = app.one();
    let customer = caller.customer(EMAIL).await;
    let id = autoramp(&caller, &customer, 1).await;
    edit(&caller, &customer, &id, 2).await;
    let (mail, code) = (app.mail_to(EMAIL).await, code_id(&caller, &id).await);
    let answers = join_all((0..50).map(|_| caller.submit(&code, mail.number()))).await;
    assert!(answers.into_iter().all(|answer| answer.expect(200).json()["status"] == "Confirmed"));
    assert_eq!(app.verdicts(&code, "confirmed"), 1);
    assert_eq!(read(&caller, &id).await, ("Authorized".into(), wallet(2)));
}

/// Issue 3: a changed request voids the code, whichever of many at once comes last.
async fn many_edits_at_once_leave_one_of_them(host: Host) {
    let app = App::sandbox(host).await;
    let caller = app.one();
    let customer = caller.customer(EMAIL).await;
    let id = autoramp(&caller, &customer, 1).await;
    join_all((2..12).map(|number| edit(&caller, &customer, &id, number))).await;
    let code = code_id(&caller, &id).await;
    assert_eq!(caller.submit(&code, 123_456).await.expect(200).json()["status"], "Confirmed");
    let (status, after) = read(&caller, &id).await;
    assert_eq!(status, "Authorized");
    assert!((2..12).map(wallet).any(|wallet| wallet == after), "{after}");
    caller.code_of(&id).await.expect(404);
}

async fn an_edit_confirmed_while_it_is_cancelled_is_one_or_the_other(host: Host) {
    let app = App::sandbox(host).await;
    let caller = app.one();
    let customer = caller.customer(EMAIL).await;
    for round in 0..5 {
        let id = autoramp(&caller, &customer, 1).await;
        edit(&caller, &customer, &id, 2).await;
        let code = code_id(&caller, &id).await;
        let path = format!("{AUTORAMPS}/{id}");
        let (confirmed, cancelled) =
            futures::join!(caller.submit(&code, 123_456), caller.send(Method::DELETE, &path, ""));
        cancelled.expect(204);
        let said = confirmed.expect(200).json()["status"].clone();
        let (status, to) = read(&caller, &id).await;
        assert_eq!(status, "Cancelled", "round {round}");
        let again = caller.submit(&code, 123_456).await.expect(200).json()["status"].clone();
        if said == "Confirmed" {
            assert_eq!((again, to), (json!("Confirmed"), wallet(2)), "round {round}");
        } else {
            assert_eq!((again, to), (json!("Expired"), wallet(1)), "round {round}: {said}");
        }
    }
}

/// Property 5: a code of one challenge is worthless for every other, also of the same customer.
async fn a_code_of_one_action_is_worthless_for_another(host: Host) {
    let app = App::production(host).await;
    let caller = app.one();
    let customer = caller.customer(EMAIL).await;
    let id = autoramp(&caller, &customer, 1).await;
    edit(&caller, &customer, &id, 2).await;
    let of_edit = app.mail_to(EMAIL).await;
    let mut change = caller.change_email(&customer, "new@pay.example").await;
    let mut of_change = app.mail_to(EMAIL).await;
    while of_change.number() == of_edit.number() {
        change = caller.change_email(&customer, "new@pay.example").await;
        of_change = app.mail_to(EMAIL).await;
    }
    let code = code_id(&caller, &id).await;
    assert_eq!(caller.submit(&code, of_change.number()).await.expect(200).json()["status"], "Pending");
    assert_eq!(
        caller.submit(&change.code_id, of_edit.number()).await.expect(200).json()["status"],
        "Pending"
    );
    assert_eq!(caller.submit(&code, of_edit.number()).await.expect(200).json()["status"], "Confirmed");
    assert_eq!(caller.email_of(&customer).await, EMAIL);
}

/// Issue 3: two customers' changes never mix.
async fn changes_of_two_customers_never_mix(host: Host) {
    let app = App::sandbox(host).await;
    let caller = app.one();
    let customers = join_all((0..10).map(|n| {
        let caller = caller.clone();
        async move { caller.customer(&format!("c{n}@pay.example")).await }
    }));
    let customers = customers.await;
    join_all(customers.iter().enumerate().map(|(n, customer)| {
        let caller = caller.clone();
        async move {
            let id = autoramp(&caller, customer, 100).await;
            let (to, email) = (200 + n as u64, format!("n{n}@pay.example"));
            let (_, change) =
                futures::join!(edit(&caller, customer, &id, to), caller.change_email(customer, &email));
            let code = code_id(&caller, &id).await;
            let (one, two) =
                futures::join!(caller.submit(&code, 123_456), caller.submit(&change.code_id, 123_456));
            assert_eq!(one.expect(200).json()["status"], "Confirmed");
            assert_eq!(two.expect(200).json()["status"], "Confirmed");
            assert_eq!(read(&caller, &id).await, ("Authorized".into(), wallet(to)));
            assert_eq!(caller.email_of(customer).await, email);
        }
    }))
    .await;
}

/// Issue 3: paging under concurrent inserts neither repeats nor skips a record.
async fn pages_under_insertions_neither_repeat_nor_skip(host: Host) {
    const BEFORE: u64 = 12;
    let app = App::sandbox(host).await;
    let caller = app.one();
    let customer = caller.customer(EMAIL).await;
    let mut made = Vec::new();
    for number in 0..BEFORE {
        made.push(autoramp(&caller, &customer, number).await);
    }
    for order in ["asc", "desc"] {
        let insert = async {
            for number in 0..6 {
                autoramp(&caller, &customer, 50 + number).await;
            }
        };
        let read = async {
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let path = format!("{AUTORAMPS}?sort_order={order}&page_size=2&cursor={cursor}");
                let page = caller.get(&path).await.expect(200).json();
                let items = page["items"].as_array().expect("items");
                seen.extend(items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()));
                match page["cursor"].as_str() {
                    Some(next) => cursor = next.into(),
                    None => break seen,
                }
            }
        };
        let ((), seen) = futures::join!(insert, read);
        let unique: HashSet<_> = seen.iter().collect();
        assert_eq!(unique.len(), seen.len(), "{order}: repeated");
        assert!(made.iter().all(|id| unique.contains(id)), "{order}: skipped");
    }
}
