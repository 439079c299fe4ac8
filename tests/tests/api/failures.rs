//! A store that fails (security.md, bad input; ASVS 16.5.3): a 5xx with a trace id, nothing confirmed that was not
//! recorded, and recovery without a restart.
//!
//! Each request is sent with its first store operation failing, then its second, and so on until it makes fewer; and all of it
//! twice, because a lost answer is not a lost write.

use crate::support::{NEW, OLD, Pending};
use http::Method;
use serde_json::json;
use std::time::Duration;
use stepgate_tests::{Answer, App, Customer, Effect, Host, wrong_codes};

stepgate_tests::suite! {
    a_change_that_cannot_be_stored_can_be_asked_for_again,
    a_code_that_cannot_be_looked_up_is_not_said_to_be_gone,
    a_wrong_code_that_cannot_be_recorded_confirms_nothing,
    a_right_code_that_cannot_be_recorded_is_not_said_to_be_confirmed,
    a_link_that_cannot_be_looked_up_changes_nothing,
    a_button_that_cannot_be_recorded_does_not_say_confirmed,
    a_customer_that_cannot_be_stored_can_be_created_again,
    a_customer_that_cannot_be_read_is_a_failure_not_an_absence,
    a_store_that_is_down_refuses_everything_and_comes_back,
    a_last_attempt_whose_answer_is_lost_is_spent,
}

const EFFECTS: [Effect; 2] = [Effect::NotDone, Effect::Done];
/// No request makes so many operations.
const MOST: usize = 60;

/// Sends a request with its `nth` operation failing. None if it was answered without coming that far.
async fn failing(
    app: &App,
    nth: usize,
    effect: Effect,
    request: impl Future<Output = Answer>,
) -> Option<Answer> {
    let before = app.operations();
    app.fail_nth(nth, effect);
    let answer = request.await;
    (app.operations() - before >= nth).then_some(answer)
}

/// A failure of ours, in the API's shape.
fn failed(answer: Answer) {
    let answer = answer.expect_traced(500);
    for word in ["a test broke it", "otp/", "stepgate:", "unavailable"] {
        assert!(!answer.text().contains(word), "{}", answer.text());
    }
}

/// Asks for a new change, and confirms it by the code in its mail: whatever happened before, this works.
async fn recovers(app: &App, customer: &Customer, from: &str, to: &str) {
    let change = app.one().change_email(customer, to).await;
    let mail = app.mail_to(from).await;
    let code = app.one().submit(&change.code_id, mail.number()).await.expect(200).json();
    assert_eq!(code["status"], "Confirmed");
    assert_eq!(app.one().email_of(customer).await, to);
}

/// Runs `round` for every operation and both effects, each on a service of its own, until it says that the request was
/// answered before the fault.
async fn every_operation(host: Host, least: usize, round: impl AsyncFn(&App, usize, Effect) -> bool) {
    for effect in EFFECTS {
        let app = App::production(host).await;
        let hit = 'hit: {
            for nth in 1..MOST {
                if !round(&app, nth, effect).await {
                    break 'hit nth - 1;
                }
            }
            panic!("a request makes more than {MOST} store operations");
        };
        assert!(hit >= least, "only {hit} operations were made to fail");
    }
}

/// `PUT /api/customers/{id}`
async fn a_change_that_cannot_be_stored_can_be_asked_for_again(host: Host) {
    every_operation(host, 5, async |app, nth, effect| {
        let from = format!("issue{nth}@old.example");
        let customer = app.one().customer(&from).await;
        let Some(answer) = failing(app, nth, effect, app.one().put_email(&customer, NEW)).await else {
            return false;
        };
        failed(answer);
        assert_eq!(app.one().email_of(&customer).await, from);
        recovers(app, &customer, &from, "ada@newer.example").await;
        true
    })
    .await;
}

/// `GET /api/authentication-codes/entity/{id}`
async fn a_code_that_cannot_be_looked_up_is_not_said_to_be_gone(host: Host) {
    every_operation(host, 2, async |app, nth, effect| {
        let pending = Pending::of(app, app.one(), &format!("get{nth}@old.example"), NEW).await;
        let get = pending.caller.code_of(&pending.change.id);
        let Some(answer) = failing(app, nth, effect, get).await else { return false };
        failed(answer);
        let code = pending.caller.code_of(&pending.change.id).await.expect(200).json();
        assert_eq!(code["attempts"], 0);
        assert_eq!(pending.confirm().await["status"], "Confirmed");
        true
    })
    .await;
}

/// `PUT /api/authentication-codes/{id}` with a wrong code. An attempt may be spent; it is never given back.
async fn a_wrong_code_that_cannot_be_recorded_confirms_nothing(host: Host) {
    every_operation(host, 3, async |app, nth, effect| {
        let from = format!("wrong{nth}@old.example");
        let pending = Pending::of(app, app.one(), &from, NEW).await;
        let wrong = wrong_codes(&pending.mail).next().expect("there are many");
        let submit = pending.caller.submit(&pending.change.code_id, wrong);
        let Some(answer) = failing(app, nth, effect, submit).await else { return false };
        failed(answer);
        assert_eq!(pending.email().await, from);
        let code = pending.caller.code_of(&pending.change.id).await.expect(200).json();
        assert_eq!(code["status"], "Pending");
        assert!(code["attempts"].as_u64().is_some_and(|attempts| attempts <= 1), "{code}");
        assert_eq!(pending.confirm().await["status"], "Confirmed");
        true
    })
    .await;
}

/// `PUT /api/authentication-codes/{id}` with the right one. What was recorded stands, though nobody was told; asked
/// again, the answer is Confirmed and the change is there.
async fn a_right_code_that_cannot_be_recorded_is_not_said_to_be_confirmed(host: Host) {
    every_operation(host, 3, async |app, nth, effect| {
        let from = format!("right{nth}@old.example");
        let pending = Pending::of(app, app.one(), &from, NEW).await;
        let submit = pending.caller.submit(&pending.change.code_id, pending.mail.number());
        let Some(answer) = failing(app, nth, effect, submit).await else { return false };
        failed(answer);
        let email = pending.email().await;
        let waits = pending.caller.code_of(&pending.change.id).await.status == 200;
        assert_eq!(email == from, waits, "either it waits or it is done");
        assert_eq!(pending.confirm().await["status"], "Confirmed");
        assert!(app.verdicts(&pending.change.code_id, "confirmed") <= 1);
        assert_eq!(pending.email().await, NEW);
        assert_eq!(pending.change_status().await, "Applied");
        true
    })
    .await;
}

/// `GET /confirm/{token}`
async fn a_link_that_cannot_be_looked_up_changes_nothing(host: Host) {
    every_operation(host, 2, async |app, nth, effect| {
        let from = format!("open{nth}@old.example");
        let pending = Pending::of(app, app.one(), &from, NEW).await;
        let open = app.visitor().send(Method::GET, pending.mail.path(), &[], "");
        let Some(answer) = failing(app, nth, effect, open).await else { return false };
        page_failed(answer);
        assert_eq!(pending.email().await, from);
        app.visitor().send(Method::POST, pending.mail.path(), &[], "").await.expect(200);
        assert_eq!(pending.email().await, NEW);
        true
    })
    .await;
}

/// A person is told too: with a trace id, and without the word they hope for. The harness's own answer, where the disk
/// is what failed, is the API's.
fn page_failed(answer: Answer) {
    let answer = answer.expect(500);
    let trace = answer.header("x-trace-id");
    assert!(answer.text().contains(trace), "{}", answer.text());
    assert!(!answer.text().contains("<h1>Confirmed"), "{}", answer.text());
}

/// `POST /confirm/{token}`
async fn a_button_that_cannot_be_recorded_does_not_say_confirmed(host: Host) {
    every_operation(host, 3, async |app, nth, effect| {
        let from = format!("press{nth}@old.example");
        let pending = Pending::of(app, app.one(), &from, NEW).await;
        let press = || app.visitor().send(Method::POST, pending.mail.path(), &[], "");
        let Some(answer) = failing(app, nth, effect, press()).await else { return false };
        page_failed(answer);
        let email = pending.email().await;
        let waits = pending.caller.code_of(&pending.change.id).await.status == 200;
        assert_eq!(email == from, waits, "either it waits or it is done");
        assert!(press().await.expect(200).text().contains("Confirmed"));
        assert_eq!(pending.email().await, NEW);
        true
    })
    .await;
}

/// `POST /api/customers`. Under the same key the work is taken up again, once whoever held it is surely dead.
async fn a_customer_that_cannot_be_stored_can_be_created_again(host: Host) {
    every_operation(host, 5, async |app, nth, effect| {
        let email = format!("create{nth}@old.example");
        let body = json!({ "customer_type": "Person", "email": email, "external_id": email });
        let caller = app.one().with("IDEMPOTENCY-KEY", &format!("key-{nth}"));
        let create = || caller.json(Method::POST, "/api/customers", body.clone());
        let Some(answer) = failing(app, nth, effect, create()).await else { return false };
        failed(answer);
        app.advance(Duration::from_secs(120));
        let made = create().await.expect(201);
        assert_eq!(create().await.expect(201).body, made.body);
        let customer =
            Customer { id: made.json()["id"].as_str().expect("an id").into(), email: email.clone() };
        assert_eq!(app.one().email_of(&customer).await, email);
        let found = app.one().get(&format!("/api/customers/{email}/external")).await.expect(200).json();
        assert_eq!(found["id"], customer.id);
        let page = app.one().get("/api/customers?page_size=1").await.expect(200).json();
        assert_eq!(page["items"][0]["id"], customer.id, "a list with a hole in it is still a list");
        recovers(app, &customer, &email, NEW).await;
        true
    })
    .await;
}

/// `GET /api/customers/{id}` and the list: absent is an answer, unreadable is none.
async fn a_customer_that_cannot_be_read_is_a_failure_not_an_absence(host: Host) {
    for path in ["", "/api/customers"] {
        every_operation(host, 2, async |app, nth, effect| {
            let pending = Pending::of(app, app.one(), &format!("read{nth}@old.example"), NEW).await;
            pending.confirm().await;
            let one = format!("/api/customers/{}", pending.customer.id);
            let get = pending.caller.get(if path.is_empty() { &one } else { path });
            let Some(answer) = failing(app, nth, effect, get).await else { return false };
            failed(answer);
            assert_eq!(pending.email().await, NEW);
            // The list costs some operations for each customer on it; a few of them are enough.
            nth < 20
        })
        .await;
    }
}

/// A store that is down, and comes back: no restart.
async fn a_store_that_is_down_refuses_everything_and_comes_back(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    app.set_store_down(true);
    failed(pending.caller.submit(&pending.change.code_id, pending.mail.number()).await);
    failed(pending.caller.code_of(&pending.change.id).await);
    failed(pending.caller.put_email(&pending.customer, "eve@evil.example").await);
    failed(pending.caller.look_up(&pending.customer).await);
    failed(pending.caller.get("/api/customers").await);
    failed(pending.caller.post("/api/customers", json!({ "customer_type": "Person", "email": OLD })).await);
    for method in [Method::GET, Method::POST] {
        page_failed(app.visitor().send(method, pending.mail.path(), &[], "").await);
    }
    let refused = app.verdicts(&pending.change.code_id, "unavailable");
    assert_eq!(refused, 1, "an attempt that failed is in the log too");
    app.set_store_down(false);
    let code = pending.caller.code_of(&pending.change.id).await.expect(200).json();
    assert_eq!((&code["status"], &code["attempts"]), (&json!("Pending"), &json!(0)));
    assert_eq!(pending.confirm().await["status"], "Confirmed");
    assert_eq!(pending.email().await, NEW);
}

/// security.md: a counter that errors lets the request through. Five attempts whose answers are lost are five attempts.
async fn a_last_attempt_whose_answer_is_lost_is_spent(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    // The first operation reads the challenge, the second takes the attempt.
    for wrong in wrong_codes(&pending.mail).take(5) {
        let submit = pending.caller.submit(&pending.change.code_id, wrong);
        failed(failing(&app, 2, Effect::Done, submit).await.expect("a submission takes an attempt"));
    }
    let code = pending.confirm().await;
    assert_ne!(code["status"], "Confirmed", "{code}");
    assert_eq!(pending.email().await, OLD);
}
