//! Identifications on every host and store: `contracts/identifications.md`. What each row answers is tested row by row in
//! `components/gateway/src/tests`; here is what takes a real server, or many requests at once.

use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};
use std::collections::HashSet;
use stepgate_tests::{Answer, App, Caller, Customer, Host};

stepgate_tests::suite! {
    the_hosted_flow_from_the_link_to_an_active_customer,
    a_hundred_creations_under_one_key_make_one_identification,
    a_hundred_creations_with_two_bodies_make_one_identification_and_conflicts,
    many_reviews_at_once_come_to_one_outcome,
    the_newest_identification_has_the_say,
}

const EMAIL: &str = "ada@known.example";
const FORM: &str = "application/x-www-form-urlencoded";

fn path_of(customer: &Customer) -> String {
    format!("/api/customers/{}/identifications", customer.id)
}

async fn identify(caller: &Caller, customer: &Customer) -> Value {
    caller.post(&format!("{}/v2", path_of(customer)), json!({ "type": "Link" })).await.expect(201).json()
}

async fn status_of(caller: &Caller, made: &Value) -> String {
    let path = format!("/api/identifications/{}", made["id"].as_str().expect("an id"));
    caller.get(&path).await.expect(200).json()["status"].as_str().expect("a status").to_owned()
}

async fn review(caller: &Caller, made: &Value, approved: bool) -> Answer {
    let path = format!("/api/sandbox/identification/{}", made["id"].as_str().expect("an id"));
    caller.post(&path, json!({ "approved": approved })).await
}

/// A browser at the page of an identification: the address bar and one cookie.
struct Browser<'a> {
    app: &'a App,
    path: String,
    cookie: String,
}

impl Browser<'_> {
    async fn send(&mut self, method: Method, body: &str) -> Answer {
        let headers = [("Cookie", self.cookie.as_str()), ("Content-Type", FORM)];
        let answer = self.app.visitor().send(method, &self.path, &headers, body.to_owned()).await;
        if let Some(cookie) =
            answer.header("set-cookie").split(';').next().filter(|cookie| !cookie.is_empty())
        {
            self.cookie = cookie.to_owned();
        }
        answer
    }

    async fn page(&mut self) -> String {
        String::from_utf8_lossy(&self.send(Method::GET, "").await.expect(200).body).into_owned()
    }
}

/// Issue 3: open the link, confirm the e-mail with a code from the same core, fill in the form, submit, see the status.
async fn the_hosted_flow_from_the_link_to_an_active_customer(host: Host) {
    let app = App::sandbox(host).await;
    let caller = app.one();
    let customer = caller.customer(EMAIL).await;
    let made = identify(&caller, &customer).await;
    let url = made["url"].as_str().expect("a url");
    let path = url.strip_prefix(&format!("http://{}", app.address())).expect("the base url").to_owned();
    let mut browser = Browser { app: &app, path, cookie: String::new() };
    assert!(browser.page().await.contains("Step 1 of 3"));
    browser.send(Method::POST, "do=send").await.expect(303);
    let mail = app.mail_to(EMAIL).await;
    browser.send(Method::POST, &format!("do=check&code={}", mail.code)).await.expect(303);
    let form = browser.page().await;
    assert!(form.contains("Step 3 of 3"));
    let seal = form.split("name=\"seal\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let fields = "given_name=Ada&family_name=Lovelace&date_of_birth=1990-12-31&nationality=GB&street=1+Main+St\
                  &postal_code=N1&city=London&country=GB&occupation=Engineer";
    let body = format!("do=submit&seal={}&{fields}", seal.expect("a seal"));
    browser.send(Method::POST, &body).await.expect(303);
    assert_eq!(status_of(&caller, &made).await, "PendingReview");
    assert!(browser.page().await.contains("Submitted"));
    review(&caller, &made, true).await.expect(201);
    assert_eq!(status_of(&caller, &made).await, "Approved");
    assert_eq!(caller.look_up(&customer).await.expect(200).json()["status"], "Active");
    // Dead for everybody who did not fill it in.
    app.visitor().send(Method::GET, &browser.path, &[], "").await.expect(410);
}

/// Issue 3: 100 identical creates with one key make one record.
async fn a_hundred_creations_under_one_key_make_one_identification(host: Host) {
    let app = App::sandbox(host).await;
    let caller = app.one();
    let customer = caller.customer(EMAIL).await;
    let keyed = caller.with("IDEMPOTENCY-KEY", "one-key");
    let path = format!("{}/v2", path_of(&customer));
    let answers =
        join_all((0..100).map(|_| keyed.json(Method::POST, &path, json!({ "type": "Link" })))).await;
    let bodies: HashSet<_> = answers.into_iter().map(|answer| answer.expect(201).body).collect();
    assert_eq!(bodies.len(), 1);
    let list = caller.get(&path_of(&customer)).await.expect(200).json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
}

/// Issue 3: 100 with two bodies make one record and 409s.
async fn a_hundred_creations_with_two_bodies_make_one_identification_and_conflicts(host: Host) {
    let app = App::sandbox(host).await;
    let caller = app.one();
    let customer = caller.customer(EMAIL).await;
    let keyed = caller.with("IDEMPOTENCY-KEY", "one-key");
    let path = format!("{}/v2", path_of(&customer));
    let body = |n: usize| json!({ "type": "Link", "with_edd": n.is_multiple_of(2) });
    let answers = join_all((0..100).map(|n| keyed.json(Method::POST, &path, body(n)))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 50);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(refused.status, 409);
        assert_eq!(refused.json()["error"]["code"], "idempotency_key_conflict");
    }
    let list = caller.get(&path_of(&customer)).await.expect(200).json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
}

/// §4: a terminal status does not change, whoever reviews at the same time.
async fn many_reviews_at_once_come_to_one_outcome(host: Host) {
    let app = App::sandbox(host).await;
    let caller = app.one();
    let customer = caller.customer(EMAIL).await;
    for _ in 0..3 {
        let made = identify(&caller, &customer).await;
        let answers = join_all((0..12).map(|n| review(&caller, &made, n % 2 == 0))).await;
        let said: HashSet<String> = answers
            .iter()
            .filter(|answer| answer.status == 201)
            .map(|answer| answer.json()["status"].as_str().expect("a status").to_owned())
            .collect();
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said.contains(&status_of(&caller, &made).await));
        assert!(answers.iter().all(|answer| answer.status == 201 || answer.status == 404));
    }
}

/// §4: an earlier one has no say, whatever its outcome.
async fn the_newest_identification_has_the_say(host: Host) {
    let app = App::sandbox(host).await;
    let caller = app.one();
    let customer = caller.customer(EMAIL).await;
    let status = async || caller.look_up(&customer).await.expect(200).json()["status"].clone();
    let first = identify(&caller, &customer).await;
    let second = identify(&caller, &customer).await;
    review(&caller, &first, true).await.expect(201);
    assert_eq!(status().await, "IdentificationRequired");
    review(&caller, &second, true).await.expect(201);
    assert_eq!(status().await, "Active");
    let third = identify(&caller, &customer).await;
    assert_eq!(status().await, "IdentificationRequired");
    review(&caller, &third, false).await.expect(201);
    assert_eq!(status().await, "IdentificationRequired");
}
