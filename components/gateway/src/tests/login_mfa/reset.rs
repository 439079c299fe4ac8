//! §6, a new password for who has forgotten theirs.

use super::*;

const RESET: &str = "/reg/v2/password/reset";
const CONFIRM: &str = "/reg/v2/password/reset/confirm";
const EXECUTE: &str = "/reg/v2/password/reset/execute";
const NOBODY: &str = "nobody@example.com";

fn begin(ports: &TestPorts, email: &str) -> Answer {
    as_partner(ports, RESET, &json!({ "email": email }))
}

fn confirm(ports: &TestPorts, email: &str, code: &str) -> Answer {
    as_partner(ports, CONFIRM, &json!({ "email": email, "confirmCode": code }))
}

fn execute(ports: &TestPorts, email: &str, payload: &str) -> Answer {
    as_partner(ports, EXECUTE, &json!({ "email": email, "newPassword": NEW_PASSWORD, "payload": payload }))
}

/// Begun and confirmed: the payload.
fn confirmed(ports: &TestPorts) -> String {
    assert_eq!(begin(ports, EMAIL).status, 200);
    let answer = confirm(ports, EMAIL, &mailed(ports));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["payload"].as_str().unwrap().to_owned()
}

fn is_unchanged(ports: &TestPorts) {
    assert_eq!(sign_in(ports, &json!({ "password": NEW_PASSWORD })).status, 401);
}

#[test]
fn a_code_a_payload_and_a_new_password() {
    let ports = world();
    let tokens = signed_in(&ports);
    let answer = begin(&ports, EMAIL);
    assert_eq!((answer.status, answer.text()), (200, r#"{"result":"ok"}"#));
    let payload = confirm(&ports, EMAIL, &mailed(&ports)).json()["payload"].as_str().unwrap().to_owned();
    is_unchanged(&ports);
    let answer = execute(&ports, EMAIL, &payload);
    assert_eq!((answer.status, answer.text()), (200, r#"{"result":"ok"}"#));
    assert_eq!(newest_subject(&ports), "Acme: your password was changed");
    is_over(&who(&ports, &tokens));
    is_over(&refresh(&ports, tokens["refresh_token"].as_str().unwrap()));
    ports.pass(seconds(60));
    says(&sign_in(&ports, &json!({})), 401, "UNAUTHORIZED", CREDENTIALS);
    // It is one factor: the other is still due.
    assert_eq!(sign_in(&ports, &json!({ "password": NEW_PASSWORD })).status, 424);
}

#[test]
fn a_payload_works_once() {
    let ports = world();
    let payload = confirmed(&ports);
    assert_eq!(execute(&ports, EMAIL, &payload).status, 200);
    says(&execute(&ports, EMAIL, &payload), 400, "BAD_REQUEST", EXPIRED);
}

#[test]
fn of_two_at_once_one_is_executed() {
    for at in 0.. {
        let ports = world();
        let payload = confirmed(&ports);
        let theirs = payload.clone();
        let won = std::rc::Rc::new(core::cell::Cell::new(0));
        let counted = won.clone();
        let elsewhere = move |ports: &TestPorts| {
            let body = json!({ "email": EMAIL, "newPassword": "An0ther-one", "payload": theirs });
            counted.set(usize::from(as_partner(ports, EXECUTE, &body).status == 200));
        };
        *ports.before_operation.borrow_mut() = Some((at, Box::new(elsewhere)));
        let answer = execute(&ports, EMAIL, &payload);
        if ports.before_operation.take().is_some() {
            assert!(at > 5);
            break;
        }
        assert_eq!(won.get() + usize::from(answer.status == 200), 1, "{at}: {}", answer.text());
    }
}

#[test]
fn a_payload_lives_ten_minutes() {
    let ports = world();
    let payload = confirmed(&ports);
    ports.pass(seconds(600));
    says(&execute(&ports, EMAIL, &payload), 400, "BAD_REQUEST", EXPIRED);
    let payload = confirmed(&ports);
    ports.pass(seconds(600) - Duration::from_millis(1));
    assert_eq!(execute(&ports, EMAIL, &payload).status, 200);
}

#[test]
fn a_payload_is_of_its_account_and_of_its_password() {
    let ports = world();
    let payload = confirmed(&ports);
    sign_up(&ports, "ben@example.com");
    for email in ["ben@example.com", NOBODY] {
        says(&execute(&ports, email, &payload), 400, "BAD_REQUEST", EXPIRED);
    }
    let body = json!({ "email": EMAIL, "newPassword": NEW_PASSWORD, "payload": payload }).to_string();
    says(&ports.send_with(&[("partnerid", "8")], "POST", EXECUTE, body), 400, "BAD_REQUEST", EXPIRED);
    // Another reset was done meanwhile.
    ports.pass(seconds(60));
    let newer = confirmed(&ports);
    assert_eq!(execute(&ports, EMAIL, &newer).status, 200);
    says(&execute(&ports, EMAIL, &payload), 400, "BAD_REQUEST", EXPIRED);
}

#[test]
fn a_payload_is_void_when_everything_was_ended() {
    let ports = world();
    let tokens = signed_in(&ports);
    let payload = confirmed(&ports);
    assert_eq!(as_user(&ports, &tokens, "PUT", "/reg/user/session/logout", "").status, 200);
    says(&execute(&ports, EMAIL, &payload), 400, "BAD_REQUEST", EXPIRED);
    is_unchanged(&ports);
}

/// Signed with the same keys, and neither passes for the other.
#[test]
fn a_payload_is_no_access_token_nor_the_other_way_round() {
    let ports = world();
    let tokens = signed_in(&ports);
    let payload = confirmed(&ports);
    is_over(&who(&ports, &json!({ "access_token": payload })));
    let token = tokens["access_token"].as_str().unwrap();
    for text in
        [token, tokens["refresh_token"].as_str().unwrap(), "", "x", &payload[1..], &format!("{payload}A")]
    {
        says(&execute(&ports, EMAIL, text), 400, "BAD_REQUEST", EXPIRED);
    }
    let (signed, signature) = payload.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let (token_header, _) = token.split_once('.').unwrap();
    for text in
        [format!("{token_header}.{claims}.{signature}"), format!("{header}.{}.{signature}", &claims[4..])]
    {
        says(&execute(&ports, EMAIL, &text), 400, "BAD_REQUEST", EXPIRED);
    }
    assert_eq!(execute(&ports, EMAIL, &payload).status, 200);
}

/// Known and unknown: one answer at each step, a mail for each.
#[test]
fn an_address_without_an_account_is_answered_as_one_with() {
    let ports = world();
    for email in [EMAIL, NOBODY] {
        let before = sent(&ports);
        let answer = begin(&ports, email);
        assert_eq!((answer.status, answer.text()), (200, r#"{"result":"ok"}"#));
        assert_eq!(sent(&ports), before + 1);
        says(&begin(&ports, email), 429, "TOO_MANY_REQUESTS", TOO_SOON);
        says(&confirm(&ports, email, "12345"), 400, "BAD_REQUEST", &invalid(5));
        for left in (1..=4).rev() {
            says(&confirm(&ports, email, "000001"), 400, "BAD_REQUEST", &invalid(left));
        }
        says(&confirm(&ports, email, "000001"), 423, "LOCKED", LOCKED);
        ports.pass(seconds(300));
        says(&confirm(&ports, email, "000001"), 400, "BAD_REQUEST", EXPIRED);
    }
    assert_eq!(newest_subject(&ports), "Acme: there is no account for this address");
    assert!(!ports.sent.borrow().last().unwrap().text.contains("Your code"));
    // Wrong codes of a reset are nothing to the second factor.
    assert_eq!(sign_in(&ports, &json!({})).status, 424);
}

#[test]
fn the_code_of_the_sandbox_works_for_who_has_an_account() {
    let ports = world();
    ports.set_setting("environment", "sandbox");
    for email in [EMAIL, NOBODY] {
        says(&confirm(&ports, email, "123456"), 400, "BAD_REQUEST", EXPIRED);
        assert_eq!(begin(&ports, email).status, 200);
    }
    assert_eq!(confirm(&ports, EMAIL, "123456").status, 200);
    says(&confirm(&ports, NOBODY, "123456"), 400, "BAD_REQUEST", EXPIRED);
}

/// It works while the account is locked, and does not end the lock.
#[test]
fn a_lock_goes_on() {
    let ports = world();
    lock(&ports);
    let payload = confirmed(&ports);
    assert_eq!(execute(&ports, EMAIL, &payload).status, 200);
    says(&sign_in(&ports, &json!({ "password": NEW_PASSWORD })), 423, "LOCKED", LOCKED);
    ports.pass(seconds(1800));
    assert_eq!(sign_in(&ports, &json!({ "password": NEW_PASSWORD })).status, 424);
}

/// Whoever was kept out by strangers who guessed passwords is in again.
#[test]
fn it_opens_signing_in_again() {
    let ports = world();
    for _ in 0..10 {
        sign_in(&ports, &json!({ "password": "wrong" }));
    }
    assert_eq!(sign_in(&ports, &json!({})).status, 429);
    let payload = confirmed(&ports);
    assert_eq!(execute(&ports, EMAIL, &payload).status, 200);
    assert_eq!(sign_in(&ports, &json!({ "password": NEW_PASSWORD })).status, 424);
}

#[test]
fn the_long_code_works_where_the_attempts_are_used_up() {
    let ports = world();
    begin(&ports, EMAIL);
    for _ in 0..5 {
        confirm(&ports, EMAIL, &wrong(&mailed(&ports)));
    }
    says(&confirm(&ports, EMAIL, &mailed(&ports)), 423, "LOCKED", LOCKED);
    assert_eq!(confirm(&ports, EMAIL, &mailed_long(&ports)).status, 200);
}

#[test]
fn every_field_is_looked_at() {
    let ports = world();
    names(&as_partner(&ports, RESET, &json!({ "email": 7 })), &["email"]);
    names(&as_partner(&ports, CONFIRM, &json!({ "email": EMAIL })), &["confirmCode"]);
    names(&as_partner(&ports, EXECUTE, &json!({})), &["email", "newPassword", "payload"]);
    let payload = confirmed(&ports);
    let body = json!({ "email": EMAIL, "newPassword": "weak", "payload": payload });
    names(&as_partner(&ports, EXECUTE, &body), &["newPassword"]);
    // It is not used up by that.
    assert_eq!(execute(&ports, EMAIL, &payload).status, 200);
}
