//! Authentication codes: `contracts/authentication-codes.md` §2 to §5.

use crate::support::{NEW, OLD, Pending};
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use stepgate_tests::{App, Host, Setup, wrong_codes};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

stepgate_tests::suite! {
    an_object_has_five_fields_and_no_code,
    an_entity_answers_its_pending_code,
    reading_spends_no_attempt,
    an_entity_without_a_pending_code_is_not_found,
    a_confirmed_code_is_no_longer_found_by_its_entity,
    a_rejected_code_is_no_longer_found_by_its_entity,
    an_expired_code_is_no_longer_found_by_its_entity,
    a_right_code_confirms_and_the_change_takes_effect,
    a_wrong_code_costs_one_attempt,
    the_last_wrong_code_rejects,
    a_right_code_counts_as_an_attempt,
    a_code_after_its_time_expires_and_nothing_is_applied,
    a_code_a_moment_before_its_time_is_over_confirms,
    a_lifetime_is_ten_minutes_unless_it_is_set,
    a_confirmed_code_stays_as_it_is,
    a_rejected_code_stays_as_it_is,
    an_expired_code_stays_as_it_is,
    a_superseded_code_is_expired,
    a_withdrawn_code_is_expired,
    an_unknown_code_is_not_found,
    another_partners_code_is_not_found,
    a_body_that_is_no_integer_costs_no_attempt,
    a_code_with_leading_zeros_is_an_integer,
    two_right_codes_at_once_apply_once,
    wrong_codes_at_once_cost_one_attempt_each,
    the_deprecated_resend_routes_answer_not_found,
    the_attempt_limit_can_be_set,
    the_mail_goes_to_the_old_address,
}

fn instant(text: &Value) -> OffsetDateTime {
    OffsetDateTime::parse(text.as_str().expect("text"), &Rfc3339).expect("RFC 3339")
}

/// authentication-codes.md §2
async fn an_object_has_five_fields_and_no_code(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    let code = pending.caller.code_of(&pending.change.id).await.expect(200).json();
    let fields = code.as_object().expect("an object");
    let names: Vec<&str> = fields.keys().map(String::as_str).collect();
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(uuid::Uuid::try_parse(code["id"].as_str().expect("text")).is_ok());
    assert_eq!(code["status"], "Pending");
    assert_eq!(code["attempts"], 0);
    assert_eq!(code["entity_id"], pending.change.id);
    assert_ne!(code["entity_id"], code["id"]);
    instant(&code["expires_at"]);
}

/// authentication-codes.md §3.1: pending code exists; §5: the change's id is canonical, the customer's an alias.
async fn an_entity_answers_its_pending_code(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    let by_change = pending.caller.code_of(&pending.change.id).await.expect(200).json();
    let by_customer = pending.caller.code_of(&pending.customer.id).await.expect(200).json();
    assert_eq!(by_change, by_customer);
    assert_eq!(by_change["status"], "Pending");
}

/// authentication-codes.md §3.1: side effects.
async fn reading_spends_no_attempt(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    let first = pending.caller.code_of(&pending.change.id).await.expect(200).json();
    for _ in 0..20 {
        assert_eq!(pending.caller.code_of(&pending.change.id).await.expect(200).json(), first);
        pending.caller.get(&pending.change.location).await.expect(200);
    }
    assert_eq!(pending.confirm().await["status"], "Confirmed");
}

/// authentication-codes.md §3.1: none pending, 404 body, malformed uuid.
async fn an_entity_without_a_pending_code_is_not_found(host: Host) {
    let app = App::sandbox(host).await;
    let customer = app.one().customer(OLD).await;
    let unknown = uuid::Uuid::new_v4().to_string();
    for id in [customer.id.as_str(), unknown.as_str(), "not-a-uuid", "0", &"f".repeat(36)] {
        let text = app.one().code_of(id).await.expect_string(404);
        assert_eq!(text, "Not Found", "{id}");
    }
}

/// authentication-codes.md §3.1: already confirmed.
async fn a_confirmed_code_is_no_longer_found_by_its_entity(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    pending.confirm().await;
    is_gone(&pending).await;
}

/// authentication-codes.md §3.1: rejected code.
async fn a_rejected_code_is_no_longer_found_by_its_entity(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    reject(&pending).await;
    is_gone(&pending).await;
}

/// authentication-codes.md §3.1: expired; expiry is evaluated at read time.
async fn an_expired_code_is_no_longer_found_by_its_entity(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    app.advance(Duration::from_secs(600));
    is_gone(&pending).await;
}

async fn is_gone(pending: &Pending) {
    pending.caller.code_of(&pending.change.id).await.expect_string(404);
    pending.caller.code_of(&pending.customer.id).await.expect_string(404);
}

async fn reject(pending: &Pending) {
    let mut wrong = wrong_codes(&pending.mail);
    for _ in 0..5 {
        pending.submit(wrong.next().expect("there are many")).await;
    }
}

/// authentication-codes.md §3.2: right code; §5: customer `email` replaced.
async fn a_right_code_confirms_and_the_change_takes_effect(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    assert_eq!(pending.email().await, OLD);
    assert_eq!(pending.change_status().await, "AuthorizationRequired");
    let before = pending.caller.code_of(&pending.change.id).await.expect(200).json();
    let after = pending.confirm().await;
    assert_eq!(
        after,
        json!({
            "id": before["id"], "status": "Confirmed", "attempts": 1,
            "entity_id": before["entity_id"], "expires_at": before["expires_at"],
        })
    );
    assert_eq!(pending.email().await, NEW);
    assert_eq!(pending.change_status().await, "Applied");
}

/// authentication-codes.md §3.2: wrong code, attempts left.
async fn a_wrong_code_costs_one_attempt(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    let mut wrong = wrong_codes(&pending.mail);
    for attempts in 1..=4 {
        let code = pending.submit(wrong.next().expect("there are many")).await;
        assert_eq!((&code["status"], &code["attempts"]), (&json!("Pending"), &json!(attempts)));
    }
    assert_eq!(pending.email().await, OLD);
    assert_eq!(app.verdicts(&pending.change.code_id, "wrong"), 4);
    assert_eq!(pending.confirm().await["status"], "Confirmed", "the fifth may still be right");
}

/// authentication-codes.md §3.2: wrong code, last attempt; attempt limit; §5: change dropped.
async fn the_last_wrong_code_rejects(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    let mut wrong = wrong_codes(&pending.mail);
    for _ in 0..4 {
        pending.submit(wrong.next().expect("there are many")).await;
    }
    let code = pending.submit(wrong.next().expect("there are many")).await;
    assert_eq!((&code["status"], &code["attempts"]), (&json!("Rejected"), &json!(5)));
    assert_eq!(pending.confirm().await["status"], "Rejected");
    assert_eq!(pending.email().await, OLD);
    assert_eq!(pending.change_status().await, "Dropped");
}

/// authentication-codes.md §3.2: does a right code count in `attempts`?
async fn a_right_code_counts_as_an_attempt(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    pending.submit(wrong_codes(&pending.mail).next().expect("there are many")).await;
    let code = pending.confirm().await;
    assert_eq!((&code["status"], &code["attempts"]), (&json!("Confirmed"), &json!(2)));
}

/// authentication-codes.md §3.2: code passed `expires_at`; security.md: codes never expire.
async fn a_code_after_its_time_expires_and_nothing_is_applied(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    pending.submit(wrong_codes(&pending.mail).next().expect("there are many")).await;
    app.advance(Duration::from_secs(600));
    let code = pending.confirm().await;
    assert_eq!((&code["status"], &code["attempts"]), (&json!("Expired"), &json!(1)));
    assert_eq!(pending.submit(123_456).await["status"], "Expired", "the sandbox's code expires too");
    assert_eq!(pending.email().await, OLD);
    assert_eq!(pending.change_status().await, "Dropped");
    assert_eq!(app.verdicts(&pending.change.code_id, "refused"), 2);
}

/// authentication-codes.md §4: Pending until now ≥ expires_at.
async fn a_code_a_moment_before_its_time_is_over_confirms(host: Host) {
    let app = Setup::sandbox(host).setting("code_lifetime_seconds", "3600").start().await;
    let pending = Pending::new(&app).await;
    app.advance(Duration::from_secs(3600 - 240));
    assert_eq!(pending.confirm().await["status"], "Confirmed");
}

/// authentication-codes.md §3.2: lifetime; security.md: NIST asks for ten minutes at most, so that is the default.
async fn a_lifetime_is_ten_minutes_unless_it_is_set(host: Host) {
    for (setting, seconds) in [(None, 600), (Some("900"), 900), (Some("1"), 1)] {
        let mut setup = Setup::sandbox(host);
        if let Some(setting) = setting {
            setup = setup.setting("code_lifetime_seconds", setting);
        }
        let app = setup.start().await;
        let customer = app.one().customer(OLD).await;
        let before = app.now();
        let location = app.one().put_email(&customer, NEW).await.expect(204).header("location").to_owned();
        let after = app.now();
        let change = app.one().get(&location).await.expect(200).json();
        let expires = instant(&change["expires_at"]).unix_timestamp_nanos() / 1_000_000;
        let lifetime = Duration::from_secs(seconds);
        assert!(expires >= (before + lifetime).as_millis() as i128, "{change}");
        assert!(expires <= (after + lifetime).as_millis() as i128, "{change}");
    }
}

/// authentication-codes.md §3.2: id already Confirmed.
async fn a_confirmed_code_stays_as_it_is(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    let confirmed = pending.confirm().await;
    stays(&app, &pending, &confirmed).await;
    assert_eq!(pending.email().await, NEW);
}

/// authentication-codes.md §3.2: id already Rejected.
async fn a_rejected_code_stays_as_it_is(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    reject(&pending).await;
    let rejected = pending.confirm().await;
    assert_eq!(rejected["status"], "Rejected");
    stays(&app, &pending, &rejected).await;
    assert_eq!(pending.email().await, OLD);
}

/// authentication-codes.md §3.2: id already Expired.
async fn an_expired_code_stays_as_it_is(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    app.advance(Duration::from_secs(600));
    let expired = pending.confirm().await;
    assert_eq!(expired["status"], "Expired");
    stays(&app, &pending, &expired).await;
    assert_eq!(pending.email().await, OLD);
}

/// Nothing changes a code that is over: no code, right or wrong, no link, and no time.
async fn stays(app: &App, pending: &Pending, over: &Value) {
    let mut wrong = wrong_codes(&pending.mail);
    for _ in 0..3 {
        for code in [pending.mail.number(), 123_456, wrong.next().expect("there are many")] {
            assert_eq!(pending.submit(code).await, *over);
        }
        app.visitor().send(Method::POST, pending.mail.path(), &[], "").await;
        app.advance(Duration::from_secs(300));
    }
}

/// authentication-codes.md §3.3: a re-trigger while one is pending replaces it; §4: superseded.
async fn a_superseded_code_is_expired(host: Host) {
    let app = App::sandbox(host).await;
    let first = Pending::new(&app).await;
    first.submit(wrong_codes(&first.mail).next().expect("there are many")).await;
    let change = first.caller.change_email(&first.customer, "ada@newer.example").await;
    let mail = app.mail_to(OLD).await;
    assert_ne!(change.code_id, first.change.code_id);
    assert_ne!(change.id, first.change.id);
    assert_ne!(mail.link, first.mail.link);

    assert_eq!(first.confirm().await["status"], "Expired");
    assert_eq!(first.change_status().await, "Dropped");
    first.caller.code_of(&first.change.id).await.expect_string(404);
    let fresh = first.caller.code_of(&first.customer.id).await.expect(200).json();
    assert_eq!((&fresh["id"], &fresh["attempts"]), (&json!(change.code_id), &json!(0)));

    let confirmed = first.caller.submit(&change.code_id, mail.number()).await.expect(200).json();
    assert_eq!(confirmed["status"], "Confirmed");
    assert_eq!(first.email().await, "ada@newer.example");
}

/// authentication-codes.md §5: PUT with the current address withdraws the change; §4: cancelled.
async fn a_withdrawn_code_is_expired(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    let answer = pending.caller.put_email(&pending.customer, OLD).await.expect(204);
    assert_eq!(answer.header("location"), "");
    is_gone(&pending).await;
    assert_eq!(pending.confirm().await["status"], "Expired");
    assert_eq!(pending.change_status().await, "Dropped");
    assert_eq!(pending.email().await, OLD);
    // And again: there is nothing to withdraw now.
    pending.caller.put_email(&pending.customer, OLD).await.expect(204);
}

/// authentication-codes.md §3.2: unknown id.
async fn an_unknown_code_is_not_found(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    for id in [&pending.change.id, &pending.customer.id, "0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9a99", "x"] {
        assert_eq!(app.one().submit(id, pending.mail.number()).await.expect_string(404), "Not Found");
    }
    let code = pending.caller.code_of(&pending.change.id).await.expect(200).json();
    assert_eq!(code["attempts"], 0);
}

/// authentication-codes.md §3.2: other partner's id.
async fn another_partners_code_is_not_found(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    for code in [pending.mail.number(), 123_456] {
        assert_eq!(app.two().submit(&pending.change.code_id, code).await.expect_string(404), "Not Found");
    }
    app.two().code_of(&pending.change.id).await.expect_string(404);
    app.two().code_of(&pending.customer.id).await.expect_string(404);
    app.two().get(&pending.change.location).await.expect_string(404);
    let code = pending.caller.code_of(&pending.change.id).await.expect(200).json();
    assert_eq!(code["attempts"], 0);
}

/// authentication-codes.md §3.2: missing `code`, string, float, bool, null, > int32: no attempt consumed.
async fn a_body_that_is_no_integer_costs_no_attempt(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    let path = format!("/api/authentication-codes/{}", pending.change.code_id);
    let right = pending.mail.number();
    let bodies = [
        json!({}),
        json!({ "code": pending.mail.code }),
        json!({ "code": "123456" }),
        json!({ "code": f64::from(right) }),
        json!({ "code": true }),
        json!({ "code": null }),
        json!({ "code": [right] }),
        json!({ "code": { "code": right } }),
        json!({ "code": 2_147_483_648_u64 }),
        json!({ "code": u64::from(right) + (1_u64 << 32) }),
        json!({ "code": -i64::from(right) - 1 }),
        json!({ "code": 1_000_000 }),
        json!([{ "code": right }]),
        json!(right),
        json!("123456"),
        json!(null),
    ];
    for body in bodies {
        let text = pending.caller.put(&path, body.clone()).await.expect_string(400);
        assert!(!text.contains("123456"), "{body} is repeated");
    }
    let code = pending.caller.code_of(&pending.change.id).await.expect(200).json();
    assert_eq!((&code["status"], &code["attempts"]), (&json!("Pending"), &json!(0)));
    assert_eq!(app.attempts(&pending.change.code_id).len(), 0);
    assert_eq!(pending.confirm().await["status"], "Confirmed");
}

/// authentication-codes.md §3.2: code value. An integer is padded to the six digits that were sent.
async fn a_code_with_leading_zeros_is_an_integer(host: Host) {
    let app = App::sandbox(host).await;
    let customer = app.one().customer(OLD).await;
    // One in ten codes begins with a zero: so many without one do not come in the life of the universe.
    for round in 0..1_000 {
        let change = app.one().change_email(&customer, &format!("ada-{round}@new.example")).await;
        let mail = app.mail_to(OLD).await;
        if mail.code.starts_with('0') {
            let code = app.one().submit(&change.code_id, mail.number()).await.expect(200).json();
            assert_eq!(code["status"], "Confirmed", "{} is sent as {}", mail.code, mail.number());
            return;
        }
    }
    panic!("no code begins with a zero");
}

/// authentication-codes.md §3.2: concurrent submits, right ones.
async fn two_right_codes_at_once_apply_once(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    let (first, second) = tokio::join!(pending.confirm(), pending.confirm());
    assert_eq!((&first["status"], &second["status"]), (&json!("Confirmed"), &json!("Confirmed")));
    assert_eq!(app.verdicts(&pending.change.code_id, "confirmed"), 1);
    assert_eq!(pending.email().await, NEW);
}

/// authentication-codes.md §3.2: n parallel wrong ones cost n attempts.
async fn wrong_codes_at_once_cost_one_attempt_each(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    let wrong: Vec<u32> = wrong_codes(&pending.mail).take(4).collect();
    futures::future::join_all(wrong.into_iter().map(|code| pending.submit(code))).await;
    let code = pending.caller.code_of(&pending.change.id).await.expect(200).json();
    assert_eq!((&code["status"], &code["attempts"]), (&json!("Pending"), &json!(4)));
}

/// authentication-codes.md §3.3: nothing awaits authorization there.
async fn the_deprecated_resend_routes_answer_not_found(host: Host) {
    let app = App::sandbox(host).await;
    let id = "9a7b6c5d-1111-4222-8333-944455556666";
    for path in [format!("/api/addresses/fiat/{id}/retry-auth"), format!("/api/autoramps/{id}/retry-auth")] {
        app.one().post(&path, json!({})).await.expect(404);
    }
}

/// authentication-codes.md §3.2: attempt limit.
async fn the_attempt_limit_can_be_set(host: Host) {
    let app = Setup::sandbox(host).setting("code_attempts", "1").start().await;
    let pending = Pending::new(&app).await;
    let code = pending.submit(wrong_codes(&pending.mail).next().expect("there are many")).await;
    assert_eq!((&code["status"], &code["attempts"]), (&json!("Rejected"), &json!(1)));
}

/// authentication-codes.md §3.2, mail: the OLD address is asked; OWASP: the person sees what they confirm.
async fn the_mail_goes_to_the_old_address(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    assert_eq!(pending.mail.to, OLD);
    let mails = app.mails().await;
    assert_eq!(mails.len(), 1);
    for said in ["Acme Pay", "a***@old.example", "a***@new.example"] {
        assert!(pending.mail.text.contains(said), "{}", pending.mail.text);
    }
    assert!(!pending.mail.text.contains(NEW), "{}", pending.mail.text);
    assert!(pending.mail.subject.contains("Acme Pay"), "{}", pending.mail.subject);
}
