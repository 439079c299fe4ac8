//! §4.

use super::*;

const SWITCH: &str = "/reg/mfa/authorization/switch";
const CONFIRM: &str = "/reg/mfa/authorization/switch/confirm";

fn start(ports: &TestPorts, tokens: &Value) -> String {
    let answer = as_user(ports, tokens, "POST", SWITCH, "");
    assert_eq!((answer.status, answer.text()), (200, r#"{"result":"ok"}"#));
    mailed(ports)
}

fn confirm(ports: &TestPorts, tokens: &Value, code: &str) -> Answer {
    as_user(ports, tokens, "POST", CONFIRM, &json!({ "confirmationCode": code }).to_string())
}

fn is_on(ports: &TestPorts, tokens: &Value) -> bool {
    who(ports, tokens).json()["authorizationMfaActive"].as_bool().unwrap()
}

#[test]
fn a_code_flips_it_both_ways() {
    let ports = world();
    let tokens = signed_in(&ports);
    assert!(is_on(&ports, &tokens));
    let code = start(&ports, &tokens);
    assert!(is_on(&ports, &tokens));
    let answer = confirm(&ports, &tokens, &code);
    assert_eq!((answer.status, answer.text()), (200, r#"{"result":"ok"}"#));
    // The session goes on, and so do others.
    assert!(!is_on(&ports, &tokens));
    assert_eq!(newest_subject(&ports), "Acme: two-factor sign-in was switched off");
    assert_eq!(sign_in(&ports, &json!({})).status, 200);
    ports.pass(seconds(60));
    let code = start(&ports, &tokens);
    assert_eq!(confirm(&ports, &tokens, &code).status, 200);
    assert!(is_on(&ports, &tokens));
    assert_eq!(sign_in(&ports, &json!({})).status, 424);
}

#[test]
fn the_code_is_taken_under_each_name() {
    for name in ["confirmationCode", "code", "confirmCode", "mfaCode"] {
        let ports = world();
        let tokens = signed_in(&ports);
        let code = start(&ports, &tokens);
        let body = json!({ name: code }).to_string();
        assert_eq!(as_user(&ports, &tokens, "POST", CONFIRM, &body).status, 200, "{name}");
    }
    let ports = world();
    let tokens = signed_in(&ports);
    names(&as_user(&ports, &tokens, "POST", CONFIRM, "{}"), &["confirmationCode"]);
    names(&as_user(&ports, &tokens, "POST", CONFIRM, r#"{"code":123456}"#), &["confirmationCode"]);
    names(&as_user(&ports, &tokens, "POST", SWITCH, r#"{"mfaMethod":7}"#), &["mfaMethod"]);
}

#[test]
fn too_soon_after_the_last_code_for_it() {
    let ports = world();
    // Of signing in there was one just now: each purpose has its own interval.
    let tokens = signed_in(&ports);
    let code = start(&ports, &tokens);
    let again = as_user(&ports, &tokens, "POST", SWITCH, "");
    says(&again, 429, "TOO_MANY_REQUESTS", TOO_SOON);
    assert_eq!(wait(&again), 60);
    assert_eq!(confirm(&ports, &tokens, &code).status, 200);
}

#[test]
fn wrong_and_expired_codes_and_the_fifth() {
    let ports = world();
    let tokens = signed_in(&ports);
    says(&confirm(&ports, &tokens, "123456"), 400, "BAD_REQUEST", EXPIRED);
    let code = start(&ports, &tokens);
    says(&confirm(&ports, &tokens, "12345"), 400, "BAD_REQUEST", &invalid(5));
    for left in (1..=4).rev() {
        says(&confirm(&ports, &tokens, &wrong(&code)), 400, "BAD_REQUEST", &invalid(left));
    }
    says(&confirm(&ports, &tokens, &wrong(&code)), 423, "LOCKED", LOCKED);
    for path in [SWITCH, CONFIRM] {
        says(&as_user(&ports, &tokens, "POST", path, "{}"), 423, "LOCKED", LOCKED);
    }
    ports.pass(seconds(1800));
    is_over(&confirm(&ports, &tokens, &code));
}

#[test]
fn a_code_expires_after_five_minutes() {
    let ports = world();
    let tokens = signed_in(&ports);
    let code = start(&ports, &tokens);
    ports.pass(seconds(300));
    says(&confirm(&ports, &tokens, &code), 400, "BAD_REQUEST", EXPIRED);
    assert!(is_on(&ports, &tokens));
}

/// The target is fixed at step 1, so two starts do not flip twice.
#[test]
fn what_was_asked_for_is_done_and_not_undone() {
    let ports = world();
    let tokens = signed_in(&ports);
    let first = start(&ports, &tokens);
    ports.pass(seconds(60));
    let second = start(&ports, &tokens);
    says(&confirm(&ports, &tokens, &first), 400, "BAD_REQUEST", &invalid(4));
    assert_eq!(confirm(&ports, &tokens, &second).status, 200);
    says(&confirm(&ports, &tokens, &second), 400, "BAD_REQUEST", EXPIRED);
    assert!(!is_on(&ports, &tokens));
}

#[test]
fn where_it_is_mandatory_nobody_switches() {
    let ports = world();
    let tokens = signed_in(&ports);
    for (fields, why) in [
        (json!({ "mfa": "mandatory" }), "2FA is mandatory here. It cannot be switched."),
        (json!({ "two_factor": false }), "There is no 2FA here. It cannot be switched."),
    ] {
        set_tenants(&ports, &fields);
        says(&as_user(&ports, &tokens, "POST", SWITCH, ""), 403, "FORBIDDEN", why);
        says(&confirm(&ports, &tokens, "123456"), 403, "FORBIDDEN", why);
    }
    assert_eq!(sent(&ports), 1);
}

#[test]
fn a_code_belongs_to_the_session_that_asked() {
    let ports = world();
    let (one, other) = (signed_in(&ports), {
        ports.pass(seconds(60));
        signed_in(&ports)
    });
    let code = start(&ports, &one);
    says(&confirm(&ports, &other, &code), 400, "BAD_REQUEST", EXPIRED);
    // A renewed token is of the same session.
    let renewed = refresh(&ports, one["refresh_token"].as_str().unwrap()).json();
    assert_eq!(confirm(&ports, &renewed, &code).status, 200);
}

#[test]
fn the_code_of_the_sandbox_works() {
    let ports = world();
    let tokens = signed_in(&ports);
    ports.set_setting("environment", "sandbox");
    says(&confirm(&ports, &tokens, "123456"), 400, "BAD_REQUEST", EXPIRED);
    assert_eq!(as_user(&ports, &tokens, "POST", SWITCH, "").status, 200);
    assert_eq!(confirm(&ports, &tokens, "123456").status, 200);
}

/// Body: none. What a program says of a body that is not there is not looked at.
#[test]
fn without_a_body_its_type_is_nothing() {
    let ports = world();
    let tokens = signed_in(&ports);
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let form = [("authorization", &bearer[..]), ("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(ports.send_with(&form, "POST", SWITCH, "a=1").status, 415);
    assert_eq!(ports.send_with(&form, "POST", SWITCH, "").status, 200);
}

/// The same by two methods: what was asked for first has been done, and the second code says so again instead of undoing it.
#[test]
fn two_starts_by_two_methods_flip_it_once() {
    let ports = world();
    let app = methods::App::of(&ports);
    let tokens = signed_in(&ports);
    let body = json!({ "mfaMethod": "totp" }).to_string();
    assert_eq!(as_user(&ports, &tokens, "POST", SWITCH, &body).status, 200);
    let code = start(&ports, &tokens);
    assert_eq!(confirm(&ports, &tokens, &code).status, 200);
    assert!(!is_on(&ports, &tokens));
    let body = json!({ "mfaMethod": "totp", "confirmationCode": app.code(&ports) }).to_string();
    assert_eq!(as_user(&ports, &tokens, "POST", CONFIRM, &body).status, 200);
    assert!(!is_on(&ports, &tokens));
}

/// "Other sessions stay signed in after the flip", and go on.
#[test]
fn other_sessions_stay_signed_in() {
    let ports = world();
    let other = signed_in(&ports);
    ports.pass(seconds(60));
    let tokens = signed_in(&ports);
    let code = start(&ports, &tokens);
    assert_eq!(confirm(&ports, &tokens, &code).status, 200);
    assert_eq!(who(&ports, &other).status, 200);
    let renewed = refresh(&ports, other["refresh_token"].as_str().unwrap());
    assert_eq!(renewed.status, 200);
    assert_eq!(who(&ports, &renewed.json()).status, 200);
}

#[test]
fn a_token_that_is_expired_or_revoked_switches_nothing() {
    let ports = world();
    let revoked = signed_in(&ports);
    as_user(&ports, &revoked, "DELETE", "/reg/user/session/logout/current", "");
    ports.pass(seconds(60));
    let expired = signed_in(&ports);
    ports.pass(seconds(604_800));
    for tokens in [&revoked, &expired] {
        is_over(&as_user(&ports, tokens, "POST", SWITCH, ""));
        is_over(&confirm(&ports, tokens, "123456"));
    }
}

/// §2: one new code in 60 seconds, and each works for 5 minutes; to the last second of both.
#[test]
fn a_code_works_to_its_last_moment_and_the_next_comes_after_a_minute() {
    let ports = world();
    let tokens = signed_in(&ports);
    start(&ports, &tokens);
    ports.pass(seconds(59));
    let again = as_user(&ports, &tokens, "POST", SWITCH, "");
    says(&again, 429, "TOO_MANY_REQUESTS", TOO_SOON);
    assert_eq!(wait(&again), 1);
    ports.pass(seconds(1));
    let code = start(&ports, &tokens);
    ports.pass(Duration::from_millis(299_900));
    assert_eq!(confirm(&ports, &tokens, &code).status, 200);
}
