//! §6, the two rows of signing up.

use super::*;

const SIGN_UP: &str = "/reg/v1/signup";
const CONFIRM: &str = "/reg/v1/signup/confirm";
const BEN: &str = "ben@example.com";

fn begin(ports: &TestPorts, email: &str) -> Answer {
    as_partner(ports, SIGN_UP, &json!({ "email": email, "password": PASSWORD }))
}

fn confirm(ports: &TestPorts, email: &str, code: &str) -> Answer {
    as_partner(ports, CONFIRM, &sign_up_confirmation(email, code))
}

#[test]
fn a_code_makes_an_account_and_signs_in() {
    let ports = empty_world();
    let answer = begin(&ports, BEN);
    assert_eq!((answer.status, answer.text()), (200, r#"{"result":"ok"}"#));
    assert_eq!(ports.sent.borrow()[0].to, BEN);
    let answer = confirm(&ports, BEN, &mailed(&ports));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(who(&ports, &answer.json()).json()["email"], BEN);
    // From now on with a second factor, whatever case the address is typed in.
    assert_eq!(ask(&ports, &json!({ "email": "Ben@Example.com", "password": PASSWORD })).status, 424);
}

#[test]
fn nobody_is_there_before_the_code() {
    let ports = empty_world();
    begin(&ports, BEN);
    says(&ask(&ports, &json!({ "email": BEN, "password": PASSWORD })), 401, "UNAUTHORIZED", CREDENTIALS);
}

/// The password that counts is that of who has the code.
#[test]
fn a_stranger_chooses_nobodys_password() {
    let ports = empty_world();
    as_partner(&ports, SIGN_UP, &json!({ "email": BEN, "password": NEW_PASSWORD }));
    assert_eq!(confirm(&ports, BEN, &mailed(&ports)).status, 200);
    says(&ask(&ports, &json!({ "email": BEN, "password": NEW_PASSWORD })), 401, "UNAUTHORIZED", CREDENTIALS);
    assert_eq!(ask(&ports, &json!({ "email": BEN, "password": PASSWORD })).status, 424);
}

/// Re-sign-up of an address that has an account: answered as if new, before and after.
#[test]
fn an_address_that_has_an_account_is_answered_as_a_new_one() {
    let ports = world();
    for email in [EMAIL, BEN] {
        let answer = begin(&ports, email);
        assert_eq!((answer.status, answer.text()), (200, r#"{"result":"ok"}"#));
        says(&begin(&ports, email), 429, "TOO_MANY_REQUESTS", TOO_SOON);
        says(&confirm(&ports, email, "12345"), 400, "BAD_REQUEST", &invalid(5));
        for left in (1..=4).rev() {
            says(&confirm(&ports, email, "000001"), 400, "BAD_REQUEST", &invalid(left));
        }
        says(&confirm(&ports, email, "000001"), 423, "LOCKED", LOCKED);
        ports.pass(seconds(300));
        says(&confirm(&ports, email, "000001"), 400, "BAD_REQUEST", EXPIRED);
    }
    let sent = ports.sent.borrow();
    assert_eq!(sent[0].subject, "Acme: you have an account already");
    assert!(!sent[0].text.contains("Your code"), "{}", sent[0].text);
    assert!(sent[1].text.contains("Your code"));
    drop(sent);
    // What was tried there is nothing to the account itself.
    assert_eq!(sign_in(&ports, &json!({})).status, 424);
}

/// Even with the sandbox's code: that of an address with an account opens nothing.
#[test]
fn nobody_signs_up_into_an_account_that_is_there() {
    let ports = world();
    ports.set_setting("environment", "sandbox");
    assert_eq!(begin(&ports, EMAIL).status, 200);
    let mut body = sign_up_confirmation(EMAIL, "123456");
    body["password"] = json!(NEW_PASSWORD);
    says(&as_partner(&ports, CONFIRM, &body), 400, "BAD_REQUEST", EXPIRED);
    assert_eq!(sign_in(&ports, &json!({ "password": NEW_PASSWORD })).status, 401);
    assert_eq!(sign_in(&ports, &json!({})).status, 424);
}

#[test]
fn the_code_of_the_sandbox_works() {
    let ports = empty_world();
    ports.set_setting("environment", "sandbox");
    says(&confirm(&ports, BEN, "123456"), 400, "BAD_REQUEST", EXPIRED);
    assert_eq!(begin(&ports, BEN).status, 200);
    assert_eq!(confirm(&ports, BEN, "123456").status, 200);
}

/// Code rules as §2: five minutes, sixty seconds, once, the latest only.
#[test]
fn codes_are_as_for_signing_in() {
    let ports = empty_world();
    begin(&ports, BEN);
    let first = mailed(&ports);
    ports.pass(seconds(59));
    says(&begin(&ports, BEN), 429, "TOO_MANY_REQUESTS", TOO_SOON);
    ports.pass(seconds(1));
    assert_eq!(begin(&ports, BEN).status, 200);
    let second = mailed(&ports);
    says(&confirm(&ports, BEN, &first), 400, "BAD_REQUEST", &invalid(4));
    ports.pass(seconds(300));
    says(&confirm(&ports, BEN, &second), 400, "BAD_REQUEST", EXPIRED);
    begin(&ports, BEN);
    let third = mailed(&ports);
    assert_eq!(confirm(&ports, BEN, &third).status, 200);
    says(&confirm(&ports, BEN, &third), 400, "BAD_REQUEST", EXPIRED);
}

/// Nobody can keep somebody from signing up by guessing.
#[test]
fn the_long_code_works_where_the_attempts_are_used_up() {
    let ports = empty_world();
    begin(&ports, BEN);
    for _ in 0..5 {
        confirm(&ports, BEN, &wrong(&mailed(&ports)));
    }
    says(&confirm(&ports, BEN, &mailed(&ports)), 423, "LOCKED", LOCKED);
    assert_eq!(confirm(&ports, BEN, &mailed_long(&ports)).status, 200);
}

#[test]
fn a_code_is_for_its_address_and_its_partner() {
    let ports = empty_world();
    begin(&ports, BEN);
    let (code, long) = (mailed(&ports), mailed_long(&ports));
    for code in [&code, &long] {
        says(&confirm(&ports, EMAIL, code), 400, "BAD_REQUEST", EXPIRED);
        let body = sign_up_confirmation(BEN, code).to_string();
        says(&ports.send_with(&[("partnerid", "8")], "POST", CONFIRM, body), 400, "BAD_REQUEST", EXPIRED);
    }
    assert_eq!(confirm(&ports, BEN, &code).status, 200);
}

#[test]
fn every_field_is_looked_at() {
    let ports = empty_world();
    names(&as_partner(&ports, SIGN_UP, &json!({})), &["email", "password"]);
    for password in ["short", "alllower1!", "ALLUPPER1!", "NoDigits!", "NoSymbol1", "x".repeat(33).as_str()] {
        names(&as_partner(&ports, SIGN_UP, &json!({ "email": BEN, "password": password })), &["password"]);
    }
    assert_eq!(sent(&ports), 0);
    begin(&ports, BEN);
    let code = mailed(&ports);
    for (field, values) in [
        ("termsAndConditionsConfirmed", vec![json!(false), json!(null), json!("true"), json!(1)]),
        ("termsAndConditionsVersion", vec![json!("1"), json!(1.5), json!(null)]),
        ("userType", vec![json!(""), json!(null), json!(7), json!("x".repeat(256))]),
        ("referralCode", vec![json!(7)]),
        ("password", vec![json!("weak"), json!(null)]),
        ("email", vec![json!("ben"), json!(null)]),
        ("emailConfirmCode", vec![json!(123_456), json!(null)]),
    ] {
        for value in values {
            let mut body = sign_up_confirmation(BEN, &code);
            body[field] = value;
            let answer = as_partner(&ports, CONFIRM, &body);
            assert_eq!(answer.status, 400, "{field}");
            assert!(
                answer.json()["errors"].as_array().unwrap().iter().any(|one| one["field"] == field),
                "{field}"
            );
        }
    }
    let mut body = sign_up_confirmation(BEN, &code);
    body["referralCode"] = json!("FRIEND");
    assert_eq!(as_partner(&ports, CONFIRM, &body).status, 200);
}

#[test]
fn of_two_confirmations_at_once_one_makes_the_account() {
    for at in 0.. {
        let ports = empty_world();
        begin(&ports, BEN);
        let code = mailed(&ports);
        let theirs = code.clone();
        let won = std::rc::Rc::new(core::cell::Cell::new(0));
        let counted = won.clone();
        let elsewhere = move |ports: &TestPorts| {
            counted.set(usize::from(confirm(ports, BEN, &theirs).status == 200));
        };
        *ports.before_operation.borrow_mut() = Some((at, Box::new(elsewhere)));
        let answer = confirm(&ports, BEN, &code);
        if ports.before_operation.take().is_some() {
            assert!(at > 10);
            break;
        }
        assert!(answer.status < 500, "{at}: {}", answer.text());
        assert_eq!(won.get() + usize::from(answer.status == 200), 1, "{at}");
    }
}

/// `registration`: also of somebody who has begun before it was closed.
#[test]
fn where_registration_is_closed_nobody_signs_up() {
    let ports = empty_world();
    let begin = || as_partner(&ports, "/reg/v1/signup", &json!({ "email": EMAIL, "password": PASSWORD }));
    assert_eq!(begin().status, 200);
    let code = mailed(&ports);
    set_tenants(&ports, &json!({ "registration": "closed" }));
    let confirm = || as_partner(&ports, "/reg/v1/signup/confirm", &sign_up_confirmation(EMAIL, &code));
    for answer in [begin(), confirm()] {
        says(&answer, 403, "FORBIDDEN", "Nobody can sign up here.");
    }
    assert_eq!(sent(&ports), 1);
    set_tenants(&ports, &json!({ "registration": "open" }));
    assert_eq!(confirm().status, 200);
}

/// §6: `referralCode?`, and `userType` is any text that is not empty.
#[test]
fn what_is_optional_may_be_empty_and_a_type_of_user_is_any_text() {
    for (field, value) in [
        ("referralCode", json!("")),
        ("referralCode", json!("x".repeat(500))),
        ("userType", json!(" ")),
        ("userType", json!("x".repeat(255))),
    ] {
        let ports = empty_world();
        as_partner(&ports, "/reg/v1/signup", &json!({ "email": EMAIL, "password": PASSWORD }));
        let mut body = sign_up_confirmation(EMAIL, &mailed(&ports));
        body[field] = value;
        let answer = as_partner(&ports, "/reg/v1/signup/confirm", &body);
        assert_eq!(answer.status, 200, "{field} {}", answer.text());
    }
}

/// The minute is kept where the day ends within it, also if the code of the day before was used by then.
#[test]
fn there_is_a_minute_between_two_codes_at_midnight_too() {
    for why in ["/reg/v1/signup", "/reg/v2/password/reset"] {
        for used in [false, true] {
            let ports = world();
            let midnight = ports.now.get().day().end_seconds() * 1000;
            ports.now.set(stepgate_storage::Timestamp(midnight - 20_000));
            let begin =
                || as_partner(&ports, why, &json!({ "email": "bob@example.com", "password": PASSWORD }));
            if why == "/reg/v2/password/reset" {
                sign_up(&ports, "bob@example.com");
                ports.pass(seconds(1));
            }
            assert_eq!(begin().status, 200);
            let asked = ports.now.get();
            if used {
                let code = mailed(&ports);
                let mut body = sign_up_confirmation("bob@example.com", &code);
                body["confirmCode"] = json!(code);
                assert_eq!(as_partner(&ports, &format!("{why}/confirm"), &body).status, 200);
            }
            ports.now.set(stepgate_storage::Timestamp(asked.0 + 59_000));
            let again = begin();
            says(&again, 429, "TOO_MANY_REQUESTS", TOO_SOON);
            assert_eq!(wait(&again), 1);
            ports.pass(seconds(1));
            assert_eq!(begin().status, 200, "{why} {used}");
        }
    }
}
