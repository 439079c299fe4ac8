//! Customers and the change of their address: `contracts/authentication-codes.md` §5, §5.4 and §8,
//! `contracts/identifications.md` §5.

use crate::support::{NEW, OLD, Pending};
use serde_json::{Value, json};
use std::collections::HashSet;
use stepgate_tests::{App, Host, ONE, TWO};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

stepgate_tests::suite! {
    a_customer_has_the_required_fields,
    a_business_is_a_customer_too,
    a_customer_is_found_by_its_id,
    a_customer_is_found_by_its_external_id,
    an_external_id_may_hold_anything,
    a_customer_that_is_not_there_is_not_found,
    a_wrong_customer_is_refused,
    a_change_of_address_waits_and_says_where,
    a_change_of_address_has_no_body,
    a_new_change_supersedes_the_one_before,
    the_present_address_withdraws_the_change,
    an_external_id_changes_at_once_and_stays_when_omitted,
    an_update_without_an_address_is_refused,
    an_update_of_an_unknown_customer_is_not_found,
    a_confirmed_address_is_the_one_asked_next,
    a_list_is_ten_newest_first,
    a_list_is_paged_forwards_and_back,
    a_list_can_be_oldest_first,
    a_page_size_is_one_to_a_hundred,
    a_cursor_is_a_customer_of_ones_own,
    a_page_is_not_disturbed_by_new_customers,
    partners_see_their_own_customers_only,
    sub_partners_see_their_own_customers_only,
}

const SUB_A: &str = "0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9aaa";
const SUB_B: &str = "0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9abb";
const UNKNOWN: &str = "9a7b6c5d-1111-4222-8333-944455556666";

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("items");
    items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

async fn customers(app: &App, count: usize) -> Vec<String> {
    let mut made = Vec::new();
    for _ in 0..count {
        made.push(app.one().customer(OLD).await.id);
    }
    made
}

/// identifications.md §5: POST /customers, Customer required fields.
async fn a_customer_has_the_required_fields(host: Host) {
    let app = App::sandbox(host).await;
    let body = json!({ "customer_type": "Person", "email": OLD, "name": "Ada", "external_id": "crm-7" });
    let customer = app.one().post("/api/customers", body).await.expect(201).json();
    for field in [
        "id",
        "customer_type",
        "identification_ids",
        "signing_ids",
        "created_at",
        "updated_at",
        "status",
        "name",
        "email",
        "partner_id",
    ] {
        assert!(customer.get(field).is_some(), "{field} is missing");
    }
    assert!(uuid::Uuid::try_parse(customer["id"].as_str().expect("text")).is_ok());
    assert_eq!(customer["customer_type"], "Person");
    assert_eq!(customer["email"], OLD);
    assert_eq!(customer["name"], "Ada");
    assert_eq!(customer["external_id"], "crm-7");
    assert_eq!(customer["partner_id"], ONE.partner);
    assert_eq!(customer["status"], "IdentificationRequired");
    assert_eq!((&customer["identification_ids"], &customer["signing_ids"]), (&json!([]), &json!([])));
    for instant in ["created_at", "updated_at"] {
        assert!(OffsetDateTime::parse(customer[instant].as_str().expect("text"), &Rfc3339).is_ok());
    }
}

/// identifications.md §5: POST /customers, `name` and `external_id` may be left out.
async fn a_business_is_a_customer_too(host: Host) {
    let app = App::sandbox(host).await;
    let body = json!({ "customer_type": "Business", "email": OLD });
    let customer = app.one().post("/api/customers", body).await.expect(201).json();
    assert_eq!((&customer["customer_type"], &customer["name"]), (&json!("Business"), &json!("")));
    assert!(customer.get("external_id").is_none());
}

/// identifications.md §5: GET /customers/{id}
async fn a_customer_is_found_by_its_id(host: Host) {
    let app = App::sandbox(host).await;
    let body = json!({ "customer_type": "Person", "email": OLD, "name": "Ada" });
    let made = app.one().post("/api/customers", body).await.expect(201).json();
    let path = format!("/api/customers/{}", made["id"].as_str().expect("text"));
    assert_eq!(app.one().get(&path).await.expect(200).json(), made);
}

/// identifications.md §5: GET /customers/{external_id}/external
async fn a_customer_is_found_by_its_external_id(host: Host) {
    let app = App::sandbox(host).await;
    let body = json!({ "customer_type": "Person", "email": OLD, "external_id": "crm-7" });
    let made = app.one().post("/api/customers", body).await.expect(201).json();
    assert_eq!(app.one().get("/api/customers/crm-7/external").await.expect(200).json(), made);
    app.two().get("/api/customers/crm-7/external").await.expect_string(404);
    app.one().get("/api/customers/crm-8/external").await.expect_string(404);
}

/// The external id is the partner's own text: whatever it is, it is found again and reaches nothing else.
async fn an_external_id_may_hold_anything(host: Host) {
    let app = App::sandbox(host).await;
    for (external_id, path) in [
        ("a/b", "a%2Fb"),
        ("../customers", "..%2Fcustomers"),
        ("100 %", "100%20%25"),
        ("Jürgen", "J%C3%BCrgen"),
        ("external", "external"),
        ("x' OR '1'='1", "x'%20OR%20'1'%3D'1"),
    ] {
        let body = json!({ "customer_type": "Person", "email": OLD, "external_id": external_id });
        let made = app.one().post("/api/customers", body).await.expect(201).json();
        let found = app.one().get(&format!("/api/customers/{path}/external")).await.expect(200).json();
        assert_eq!(found, made, "{external_id}");
    }
}

/// identifications.md §5: 404
async fn a_customer_that_is_not_there_is_not_found(host: Host) {
    let app = App::sandbox(host).await;
    for id in [UNKNOWN, "1", "%00", "customer"] {
        assert_eq!(app.one().get(&format!("/api/customers/{id}")).await.expect_string(404), "Not Found");
    }
}

/// identifications.md §5: POST /customers, 400 string.
async fn a_wrong_customer_is_refused(host: Host) {
    let app = App::sandbox(host).await;
    for body in [
        json!({}),
        json!({ "customer_type": "Person" }),
        json!({ "email": OLD }),
        json!({ "customer_type": "person", "email": OLD }),
        json!({ "customer_type": 1, "email": OLD }),
        json!({ "customer_type": "Person", "email": "ada" }),
        json!({ "customer_type": "Person", "email": "ada@old.example\r\nBcc: eve@evil.example" }),
        json!({ "customer_type": "Person", "email": format!("{}@old.example", "a".repeat(300)) }),
        json!({ "customer_type": "Person", "email": [OLD] }),
        json!({ "customer_type": "Person", "email": OLD, "name": 7 }),
        json!({ "customer_type": "Person", "email": OLD, "name": "a\u{0}b" }),
        json!({ "customer_type": "Person", "email": OLD, "external_id": "" }),
        json!({ "customer_type": "Person", "email": OLD, "external_id": "x".repeat(201) }),
    ] {
        app.one().post("/api/customers", body).await.expect_string(400);
    }
    assert_eq!(app.one().get("/api/customers").await.expect(200).json()["items"], json!([]));
}

/// authentication-codes.md §5: `204` with `Location`; entity AuthorizationRequired; customer keeps the old address.
async fn a_change_of_address_waits_and_says_where(host: Host) {
    let app = App::sandbox(host).await;
    let customer = app.one().customer(OLD).await;
    let answer = app.one().put_email(&customer, NEW).await.expect(204);
    let location = answer.header("location").to_owned();
    let change_id = location.strip_prefix(&format!("/api/customers/{}/email-changes/", customer.id));
    let change = app.one().get(&location).await.expect(200).json();
    assert_eq!(Some(change["id"].as_str().expect("text")), change_id);
    assert_eq!(change["status"], "AuthorizationRequired");
    assert_eq!((&change["customer_id"], &change["email"]), (&json!(customer.id), &json!(NEW)));
    assert_eq!(app.one().email_of(&customer).await, OLD);
}

/// authentication-codes.md §5.4: send no body.
async fn a_change_of_address_has_no_body(host: Host) {
    let app = App::sandbox(host).await;
    let customer = app.one().customer(OLD).await;
    for to in [NEW, OLD] {
        let answer = app.one().put_email(&customer, to).await.expect(204);
        assert!(answer.body.is_empty());
        assert_eq!(answer.header("content-type"), "");
    }
}

/// authentication-codes.md §5: one open change per customer.
async fn a_new_change_supersedes_the_one_before(host: Host) {
    let app = App::sandbox(host).await;
    let first = Pending::new(&app).await;
    let second = first.caller.change_email(&first.customer, "ada@newer.example").await;
    assert_eq!(first.change_status().await, "Dropped");
    let second = first.caller.get(&second.location).await.expect(200).json();
    assert_eq!(
        (&second["status"], &second["email"]),
        (&json!("AuthorizationRequired"), &json!("ada@newer.example"))
    );
    assert_eq!(first.email().await, OLD);
}

/// authentication-codes.md §5: PUT with the current address withdraws it.
async fn the_present_address_withdraws_the_change(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    pending.caller.put_email(&pending.customer, OLD).await.expect(204);
    assert_eq!(pending.change_status().await, "Dropped");
    assert_eq!(app.mails().await.len(), 1, "nobody is asked for nothing");
}

/// authentication-codes.md §5.4: `external_id` omitted = unchanged.
async fn an_external_id_changes_at_once_and_stays_when_omitted(host: Host) {
    let app = App::sandbox(host).await;
    let customer = app.one().customer(OLD).await;
    let path = format!("/api/customers/{}", customer.id);
    app.one().put(&path, json!({ "email": OLD, "external_id": "crm-7" })).await.expect(204);
    assert_eq!(app.one().look_up(&customer).await.expect(200).json()["external_id"], "crm-7");
    app.one().put(&path, json!({ "email": OLD })).await.expect(204);
    assert_eq!(app.one().look_up(&customer).await.expect(200).json()["external_id"], "crm-7");
    app.one().put(&path, json!({ "email": OLD, "external_id": "crm-8" })).await.expect(204);
    app.one().get("/api/customers/crm-7/external").await.expect_string(404);
    let found = app.one().get("/api/customers/crm-8/external").await.expect(200).json();
    assert_eq!(found["id"], customer.id);
}

/// authentication-codes.md §5.4: `email` required, 400 string.
async fn an_update_without_an_address_is_refused(host: Host) {
    let app = App::sandbox(host).await;
    let customer = app.one().customer(OLD).await;
    let path = format!("/api/customers/{}", customer.id);
    for body in
        [json!({}), json!({ "external_id": "crm-7" }), json!({ "email": null }), json!({ "email": "no" })]
    {
        app.one().put(&path, body).await.expect_string(400);
    }
    assert!(app.one().look_up(&customer).await.expect(200).json().get("external_id").is_none());
    assert!(app.mails().await.is_empty());
}

/// authentication-codes.md §5.4: unknown id.
async fn an_update_of_an_unknown_customer_is_not_found(host: Host) {
    let app = App::sandbox(host).await;
    for id in [UNKNOWN, "x"] {
        let path = format!("/api/customers/{id}");
        assert_eq!(app.one().put(&path, json!({ "email": NEW })).await.expect_string(404), "Not Found");
    }
    assert!(app.mails().await.is_empty());
}

/// authentication-codes.md §3.2, mail: the address that is asked is the one the customer has now.
async fn a_confirmed_address_is_the_one_asked_next(host: Host) {
    let app = App::production(host).await;
    let first = Pending::new(&app).await;
    first.confirm().await;
    let change = first.caller.change_email(&first.customer, "ada@newest.example").await;
    let mail = app.mail_to(NEW).await;
    let confirmed = first.caller.submit(&change.code_id, mail.number()).await.expect(200).json();
    assert_eq!(confirmed["status"], "Confirmed");
    assert_eq!(first.email().await, "ada@newest.example");
    assert_eq!(app.mails().await.len(), 2);
}

/// authentication-codes.md §8: page, default 10, desc default.
async fn a_list_is_ten_newest_first(host: Host) {
    let app = App::sandbox(host).await;
    let empty = app.one().get("/api/customers").await.expect(200).json();
    assert_eq!(empty, json!({ "items": [], "prev_cursor": null }));
    let mut made = customers(&app, 12).await;
    made.reverse();
    let page = app.one().get("/api/customers").await.expect(200).json();
    assert_eq!(ids(&page), made[..10]);
    assert_eq!(page["prev_cursor"], Value::Null);
    assert!(page["cursor"].is_string());
}

/// authentication-codes.md §8: cursor, prev_cursor, page body.
async fn a_list_is_paged_forwards_and_back(host: Host) {
    let app = App::sandbox(host).await;
    let mut made = customers(&app, 7).await;
    made.reverse();
    let get =
        async |query: String| app.one().get(&format!("/api/customers?{query}")).await.expect(200).json();
    let first = get("page_size=3".into()).await;
    let second = get(format!("page_size=3&cursor={}", first["cursor"].as_str().expect("more"))).await;
    let third = get(format!("page_size=3&cursor={}", second["cursor"].as_str().expect("more"))).await;
    assert_eq!([ids(&first), ids(&second), ids(&third)].concat(), made);
    assert!(third.get("cursor").is_none(), "the last page has no next");

    let back =
        get(format!("page_size=3&prev_cursor={}", third["prev_cursor"].as_str().expect("before"))).await;
    assert_eq!(ids(&back), ids(&second));
    let back =
        get(format!("page_size=3&prev_cursor={}", back["prev_cursor"].as_str().expect("before"))).await;
    assert_eq!(ids(&back), ids(&first));
    assert_eq!(back["prev_cursor"], Value::Null, "the first page has none before");
}

/// authentication-codes.md §8: sort_order.
async fn a_list_can_be_oldest_first(host: Host) {
    let app = App::sandbox(host).await;
    let made = customers(&app, 4).await;
    let page = app.one().get("/api/customers?sort_order=asc&page_size=3").await.expect(200).json();
    assert_eq!(ids(&page), made[..3]);
    let next = format!(
        "/api/customers?sort_order=asc&page_size=3&cursor={}",
        page["cursor"].as_str().expect("more")
    );
    assert_eq!(ids(&app.one().get(&next).await.expect(200).json()), made[3..]);
    app.one().get("/api/customers?sort_order=sideways").await.expect_string(400);
}

/// authentication-codes.md §8: page_size > 100.
async fn a_page_size_is_one_to_a_hundred(host: Host) {
    let app = App::sandbox(host).await;
    let made = customers(&app, 1).await;
    for size in ["1", "100"] {
        let page = app.one().get(&format!("/api/customers?page_size={size}")).await.expect(200).json();
        assert_eq!(ids(&page), made);
    }
    for size in ["101", "0", "-1", "", "ten", "1.5", "99999999999999999999"] {
        app.one().get(&format!("/api/customers?page_size={size}")).await.expect_string(400);
    }
}

/// authentication-codes.md §8: a cursor is a uuid; one that is nobody's, or another's, is refused.
async fn a_cursor_is_a_customer_of_ones_own(host: Host) {
    let app = App::sandbox(host).await;
    let of_two = app.two().customer(OLD).await.id;
    let mut answers = Vec::new();
    for cursor in [UNKNOWN, "x", &of_two] {
        for name in ["cursor", "prev_cursor"] {
            let answer = app.one().get(&format!("/api/customers?{name}={cursor}")).await;
            answers.push(answer.indistinguishable());
            answer.expect_string(400);
        }
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "a stranger's cursor is an unknown one");
}

/// Customers that come while somebody pages neither repeat nor hide the ones that were there.
async fn a_page_is_not_disturbed_by_new_customers(host: Host) {
    let app = App::sandbox(host).await;
    let made: HashSet<String> = customers(&app, 5).await.into_iter().collect();
    let mut seen = Vec::new();
    let mut path = "/api/customers?page_size=2".to_owned();
    loop {
        let page = app.one().get(&path).await.expect(200).json();
        seen.extend(ids(&page));
        customers(&app, 1).await;
        match page["cursor"].as_str() {
            Some(cursor) => path = format!("/api/customers?page_size=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
    assert_eq!(seen.into_iter().collect::<HashSet<_>>(), made);
}

/// Two partners on one service know nothing of each other.
async fn partners_see_their_own_customers_only(host: Host) {
    let app = App::sandbox(host).await;
    let (of_one, of_two) = (app.one().customer(OLD).await, app.two().customer(OLD).await);
    for (key, own, other) in [(ONE, &of_one, &of_two), (TWO, &of_two, &of_one)] {
        let caller = app.caller(key);
        assert_eq!(ids(&caller.get("/api/customers").await.expect(200).json()), [&*own.id]);
        caller.look_up(own).await.expect(200);
        caller.look_up(other).await.expect_string(404);
        caller.put_email(other, NEW).await.expect_string(404);
    }
    assert!(app.mails().await.is_empty());
}

/// authentication-codes.md §1: X-SUB-PARTNER-ID scopes; the partner itself sees all.
async fn sub_partners_see_their_own_customers_only(host: Host) {
    let app = App::sandbox(host).await;
    let (a, b) = (app.one().for_sub_partner(SUB_A), app.one().for_sub_partner(SUB_B));
    let (of_a, of_b) = (a.customer(OLD).await, b.customer(OLD).await);
    let of_partner = app.one().customer(OLD).await;
    assert_eq!(ids(&a.get("/api/customers").await.expect(200).json()), [&*of_a.id]);
    assert_eq!(ids(&b.get("/api/customers").await.expect(200).json()), [&*of_b.id]);
    let all = ids(&app.one().get("/api/customers").await.expect(200).json());
    assert_eq!(all, [of_partner.id.clone(), of_b.id.clone(), of_a.id.clone()]);
    for other in [&of_b, &of_partner] {
        a.look_up(other).await.expect_string(404);
        a.put_email(other, NEW).await.expect_string(404);
    }
    app.two().for_sub_partner(SUB_A).look_up(&of_a).await.expect_string(404);
    app.one().look_up(&of_a).await.expect(200);
}
