//! Keys, headers, error shapes: `contracts/authentication-codes.md` §1 and §7.

use crate::support::{NEW, OLD, Pending};
use http::Method;
use serde_json::json;
use std::time::Duration;
use stepgate_host::delivery::DeliveryError;
use stepgate_tests::{App, Host, ONE, ONE_READ_ONLY, ONE_ROTATED, Setup, TWO, mac_key_setting};

stepgate_tests::suite! {
    a_bad_key_is_answered_in_nineteen_bytes,
    a_key_comes_before_everything_else,
    two_keys_of_one_partner_work_side_by_side,
    a_revoked_key_stops_at_once,
    a_sub_partner_scopes_look_up_and_submission,
    a_malformed_sub_partner_is_refused,
    an_api_version_is_one_of_those_there_are,
    a_read_only_key_reads_and_writes_nothing,
    json_is_taken_with_and_without_its_charset,
    every_answer_names_its_length_and_its_trace,
    a_trace_that_the_caller_gives_is_kept,
    a_send_that_comes_too_soon_says_so,
    a_mail_that_cannot_be_sent_is_not_said_to_be,
    a_wrong_setting_is_a_failure_of_ours,
    mac_keys_rotate,
    health_needs_no_key,
}

const SUB: &str = "0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9aaa";

/// authentication-codes.md §1: bad, missing or revoked key; §7.
async fn a_bad_key_is_answered_in_nineteen_bytes(host: Host) {
    let app = App::sandbox(host).await;
    let upper = ONE.secret.to_uppercase();
    let long = "k".repeat(5_000);
    let cases: [&[(&str, &str)]; 7] = [
        &[],
        &[("X-API-Key", "")],
        &[("X-API-Key", "wrong")],
        &[("X-API-Key", &upper)],
        &[("X-API-Key", &long)],
        &[("X-API-Key", ONE.secret), ("X-API-Key", TWO.secret)],
        &[("Authorization", ONE.secret)],
    ];
    for headers in cases {
        let answer = app.visitor().send(Method::GET, "/api/customers", headers, "").await.expect(401);
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(answer.header("content-length"), "19");
        assert_eq!(answer.text(), "authorization error");
    }
}

/// Strangers learn nothing: not which paths there are, nor what a body should look like.
async fn a_key_comes_before_everything_else(host: Host) {
    let app = App::sandbox(host).await;
    for (method, path) in [
        (Method::GET, "/api"),
        (Method::GET, "/api/"),
        (Method::GET, "/api/nothing-here"),
        (Method::DELETE, "/api/customers"),
        (Method::POST, "/api/customers"),
        (Method::PUT, "/api/authentication-codes/x"),
    ] {
        let headers = [("X-SUB-PARTNER-ID", "x"), ("X-API-Version", "x"), ("Content-Type", "x")];
        app.visitor().send(method, path, &headers, "{").await.expect(401);
    }
}

/// Keys rotate: the second works before the first is gone, and for the same records.
async fn two_keys_of_one_partner_work_side_by_side(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    let rotated = app.caller(ONE_ROTATED);
    assert_eq!(rotated.email_of(&pending.customer).await, OLD);
    let code = rotated.submit(&pending.change.code_id, pending.mail.number()).await.expect(200).json();
    assert_eq!(code["status"], "Confirmed");
}

/// authentication-codes.md §1: revoked key.
async fn a_revoked_key_stops_at_once(host: Host) {
    let app = App::sandbox(host).await;
    app.one().get("/api/customers").await.expect(200);
    app.set_api_keys(&[ONE_ROTATED]);
    app.one().get("/api/customers").await.expect(401);
    app.caller(ONE_ROTATED).get("/api/customers").await.expect(200);
}

/// authentication-codes.md §1: X-SUB-PARTNER-ID, not matching.
async fn a_sub_partner_scopes_look_up_and_submission(host: Host) {
    let app = App::sandbox(host).await;
    let of_sub = Pending::of(&app, app.one().for_sub_partner(SUB), OLD, NEW).await;
    let other = app.one().for_sub_partner("0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9abb");
    let unknown = other.submit("9a7b6c5d-1111-4222-8333-944455556666", 1).await.expect(404);
    let foreign = other.submit(&of_sub.change.code_id, of_sub.mail.number()).await.expect(404);
    assert_eq!(foreign.indistinguishable(), unknown.indistinguishable());
    other.code_of(&of_sub.change.id).await.expect_string(404);
    other.get(&of_sub.change.location).await.expect_string(404);
    // Without the header the partner reaches all that is its own.
    app.one().code_of(&of_sub.change.id).await.expect(200);
    assert_eq!(of_sub.confirm().await["status"], "Confirmed");
}

/// authentication-codes.md §1: malformed UUID.
async fn a_malformed_sub_partner_is_refused(host: Host) {
    let app = App::sandbox(host).await;
    for id in ["x", "../..", "0194a5d07c1e7b3a9f520c6d1f3f9aaa", "{0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9aaa}"] {
        app.one().for_sub_partner(id).get("/api/customers").await.expect_string(400);
    }
    let twice = app.one().for_sub_partner(SUB).for_sub_partner(SUB);
    twice.get("/api/customers").await.expect_string(400);
    app.one().for_sub_partner("").get("/api/customers").await.expect(200);
}

/// authentication-codes.md §1: X-API-Version.
async fn an_api_version_is_one_of_those_there_are(host: Host) {
    let app = App::sandbox(host).await;
    for version in ["2025-03-13", "2026-07-01", "2026-08-01", ""] {
        app.one().with("X-API-Version", version).get("/api/customers").await.expect(200);
    }
    for version in ["2024-01-01", "2025-3-13", "latest", "20250313"] {
        app.one().with("X-API-Version", version).get("/api/customers").await.expect_string(400);
    }
}

/// authentication-codes.md §1: key roles.
async fn a_read_only_key_reads_and_writes_nothing(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    let reader = app.caller(ONE_READ_ONLY);
    reader.look_up(&pending.customer).await.expect(200);
    reader.code_of(&pending.change.id).await.expect(200);
    reader
        .post("/api/customers", json!({ "customer_type": "Person", "email": OLD }))
        .await
        .expect_traced(403);
    reader.put_email(&pending.customer, "eve@evil.example").await.expect_traced(403);
    reader.submit(&pending.change.code_id, pending.mail.number()).await.expect_traced(403);
    let code = pending.caller.code_of(&pending.change.id).await.expect(200).json();
    assert_eq!((&code["id"], &code["attempts"]), (&json!(pending.change.code_id), &json!(0)));
}

/// authentication-codes.md §1: media type.
async fn json_is_taken_with_and_without_its_charset(host: Host) {
    let app = App::sandbox(host).await;
    let body = json!({ "customer_type": "Person", "email": OLD }).to_string();
    let types = ["application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8", ""];
    for (index, kind) in types.into_iter().enumerate() {
        let key = format!("key-{index}");
        let mut caller = app.one().with("Idempotency-Key", &key);
        if !kind.is_empty() {
            caller = caller.with("Content-Type", kind);
        }
        let answer = caller.send(Method::POST, "/api/customers", body.clone()).await.expect(201);
        assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    }
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"] {
        let caller = app.one().with("Idempotency-Key", "k").with("Content-Type", kind);
        caller.send(Method::POST, "/api/customers", body.clone()).await.expect_string(415);
    }
}

/// design.md §2: a length always; a trace id, so that an answer can be found in the log.
async fn every_answer_names_its_length_and_its_trace(host: Host) {
    let app = App::sandbox(host).await;
    let customer = app.one().customer(OLD).await;
    let answers = [
        app.one().look_up(&customer).await,
        app.one().get("/api/nothing").await,
        app.visitor().send(Method::GET, "/api/customers", &[], "").await,
        app.visitor().send(Method::GET, "/", &[], "").await,
        app.visitor().send(Method::GET, "/style.css", &[], "").await,
        app.visitor().send(Method::GET, "/confirm/x", &[], "").await,
        app.visitor().send(Method::GET, "/nothing", &[], "").await,
    ];
    for answer in answers {
        assert_eq!(answer.header("content-length"), answer.body.len().to_string(), "{answer:?}");
        assert_eq!(answer.header("x-trace-id").len(), 32, "{answer:?}");
    }
}

/// W3C Trace Context: one trace through all systems. Whatever is none is not taken over.
async fn a_trace_that_the_caller_gives_is_kept(host: Host) {
    let app = App::sandbox(host).await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    let answer = app.one().with("traceparent", &parent).get("/api/customers").await.expect(200);
    assert_eq!(answer.header("x-trace-id"), trace);
    let answer = app.one().with("x-trace-id", "<script>").get("/api/customers").await.expect(200);
    assert_ne!(answer.header("x-trace-id"), "<script>");
    assert_eq!(answer.header("x-trace-id").len(), 32);
}

/// RFC 6585 §4, and security.md: a throttled resend says that nothing was sent.
async fn a_send_that_comes_too_soon_says_so(host: Host) {
    let app = Setup::sandbox(host).setting("resend_cooldown_seconds", "60").start().await;
    let pending = Pending::new(&app).await;
    let answer = pending.caller.put_email(&pending.customer, "ada@newer.example").await.expect(429);
    let wait: u64 = answer.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&wait));
    assert!(answer.json().is_string());
    assert_eq!(app.mails().await.len(), 1, "nothing was sent");
    assert_eq!(pending.change_status().await, "AuthorizationRequired", "the code that was sent still counts");

    app.advance(Duration::from_secs(wait));
    pending.caller.put_email(&pending.customer, "ada@newer.example").await.expect(204);
    assert_eq!(app.mails().await.len(), 2);
}

/// security.md: a mail server that is down. Nothing is confirmed, and it works again without a restart.
async fn a_mail_that_cannot_be_sent_is_not_said_to_be(host: Host) {
    let app = App::production(host).await;
    let customer = app.one().customer(OLD).await;
    for error in
        [DeliveryError::Unavailable("smtp.example is down".into()), DeliveryError::Refused(OLD.into())]
    {
        app.outbox().fail(Some(error));
        let answer = app.one().put_email(&customer, NEW).await.expect_traced(500);
        assert!(!answer.text().contains("smtp") && !answer.text().contains(OLD));
        assert_eq!(app.one().email_of(&customer).await, OLD);
    }
    app.outbox().fail(None);
    let change = app.one().change_email(&customer, NEW).await;
    let mail = app.mail_to(OLD).await;
    let code = app.one().submit(&change.code_id, mail.number()).await.expect(200).json();
    assert_eq!(code["status"], "Confirmed");
}

/// authentication-codes.md §7: 500. What is wrong is in the log, under the trace id; the value is nowhere.
async fn a_wrong_setting_is_a_failure_of_ours(host: Host) {
    let app = App::sandbox(host).await;
    for (name, value) in
        [("mac_keys", "s3cret"), ("api_keys", "[{\"sha256\":\"s3cret\"}]"), ("environment", "s3cret")]
    {
        let app = Setup::sandbox(host).setting(name, value).start().await;
        let answer = app.one().get("/api/customers").await.expect_traced(500);
        assert!(!answer.text().contains("s3cret"));
        let failures = app.events("failure");
        let line =
            failures.iter().find(|line| line["trace_id"] == answer.header("x-trace-id")).expect("a line");
        assert!(line["reason"].as_str().expect("text").contains(name), "{line}");
        assert!(!line.to_string().contains("s3cret"));
    }
    app.one().get("/api/customers").await.expect(200);
}

/// challenges.wit: the first key seals, all open; a dropped key opens nothing, and says so by failing.
async fn mac_keys_rotate(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    let (old, new) = (mac_key_setting("2026-11", 7), mac_key_setting("2026-12", 8));
    let both = format!("{},{}", new.trim_end_matches(']'), old.trim_start_matches('['));
    app.set("mac_keys", &both);
    assert_eq!(
        pending.submit(stepgate_tests::wrong_codes(&pending.mail).next().expect("many")).await["attempts"],
        1
    );
    assert_eq!(pending.confirm().await["status"], "Confirmed");
    let fresh = Pending::new(&app).await;
    app.set("mac_keys", &new);
    assert_eq!(fresh.confirm().await["status"], "Confirmed");
    let orphan = Pending::new(&app).await;
    app.set("mac_keys", &old);
    orphan.caller.submit(&orphan.change.code_id, orphan.mail.number()).await.expect_traced(500);
    app.set("mac_keys", &new);
    assert_eq!(orphan.confirm().await["status"], "Confirmed");
}

/// What watches the service has no key.
async fn health_needs_no_key(host: Host) {
    let app = App::production(host).await;
    app.visitor().send(Method::GET, "/healthz", &[], "").await.expect(200);
}
