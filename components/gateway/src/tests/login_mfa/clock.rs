//! A moved clock, for every lifetime that is not a row elsewhere: codes, intervals and the lock are in `token`, payloads in
//! `reset`, devices in `devices`.

use super::*;

/// §3: `expires_in` 604800.
#[test]
fn an_access_token_works_for_a_week() {
    let ports = world();
    let tokens = signed_in(&ports);
    ports.pass(seconds(604_799));
    assert_eq!(who(&ports, &tokens).status, 200);
    ports.pass(seconds(1));
    is_over(&who(&ports, &tokens));
    // Its session goes on.
    let renewed = refresh(&ports, tokens["refresh_token"].as_str().unwrap()).json();
    assert_eq!(who(&ports, &renewed).status, 200);
}

#[test]
fn an_access_token_works_as_long_as_the_setting_says() {
    let ports = world();
    ports.set_setting("access_token_seconds", "60");
    let tokens = signed_in(&ports);
    assert_eq!(tokens["expires_in"], 60);
    ports.pass(seconds(60));
    is_over(&who(&ports, &tokens));
}

#[test]
fn a_refresh_token_works_for_thirty_days() {
    let ports = world();
    let tokens = signed_in(&ports);
    ports.pass(seconds(30 * 86_400) - Duration::from_millis(1));
    assert_eq!(refresh(&ports, tokens["refresh_token"].as_str().unwrap()).status, 200);
}

/// However often it is renewed.
#[test]
fn a_session_lasts_ninety_days() {
    let ports = world();
    let mut tokens = signed_in(&ports);
    for _ in 0..3 {
        ports.pass(seconds(29 * 86_400));
        let answer = refresh(&ports, tokens["refresh_token"].as_str().unwrap());
        assert_eq!(answer.status, 200, "{}", answer.text());
        tokens = answer.json();
    }
    ports.pass(seconds(3 * 86_400));
    let answer = refresh(&ports, tokens["refresh_token"].as_str().unwrap());
    assert_eq!(answer.status, 401);
    is_over(&who(&ports, &tokens));
}

/// What is kept of all this ends, too, where strangers can cause it.
#[test]
fn strangers_leave_nothing_behind() {
    let ports = world();
    ports.store.sweep(ports.now.get().0 / 1000);
    let day = seconds(86_400);
    let before = ports.store.keys().len();
    for path in ["/reg/v1/signup", "/reg/v2/password/reset"] {
        for n in 0..3 {
            let email = format!("stranger{n}@example.com");
            as_partner(&ports, path, &json!({ "email": email, "password": PASSWORD }));
            as_partner(
                &ports,
                &format!("{path}/confirm"),
                &json!({ "email": email, "confirmCode": "000001" }),
            );
            as_partner(&ports, &format!("{path}/confirm"), &sign_up_confirmation(&email, "000001"));
        }
    }
    ask(&ports, &json!({ "email": "stranger@example.com", "password": "wrong" }));
    refresh(&ports, "rt_x");
    for _ in 0..100 {
        ports.pass(day);
    }
    ports.store.sweep(ports.now.get().0 / 1000);
    let after = ports.store.keys();
    assert!(after.len() <= before, "{before} {after:#?}");
}

/// §2: five wrong codes of a sign-up or a reset lock those for half an hour; then there are five again.
#[test]
fn the_codes_of_an_address_are_locked_for_half_an_hour() {
    for path in ["/reg/v1/signup", "/reg/v2/password/reset"] {
        let ports = world();
        let email = if path == "/reg/v1/signup" { "bob@example.com" } else { EMAIL };
        let begin = || as_partner(&ports, path, &json!({ "email": email, "password": PASSWORD }));
        let confirm = |code: &str| {
            let mut body = sign_up_confirmation(email, code);
            body["confirmCode"] = json!(code);
            as_partner(&ports, &format!("{path}/confirm"), &body)
        };
        assert_eq!(begin().status, 200);
        let code = mailed(&ports);
        for left in (1..=4).rev() {
            says(&confirm(&wrong(&code)), 400, "BAD_REQUEST", &invalid(left));
        }
        says(&confirm(&wrong(&code)), 423, "LOCKED", LOCKED);
        ports.pass(seconds(1740));
        assert_eq!(begin().status, 200, "the long code works meanwhile");
        ports.pass(seconds(59));
        let code = mailed(&ports);
        says(&confirm(&code), 423, "LOCKED", LOCKED);
        ports.pass(seconds(1));
        says(&confirm(&wrong(&code)), 400, "BAD_REQUEST", &invalid(4));
        assert_eq!(confirm(&code).status, 200, "{path}");
    }
}

/// §2: to the last moment of 5 minutes, and a minute between two.
#[test]
fn codes_of_sign_ups_resets_and_changes_live_five_minutes() {
    const CHANGE: &str = "/reg/v1/password/change";
    for path in ["/reg/v1/signup", "/reg/v2/password/reset", CHANGE] {
        let ports = world();
        let email = if path == "/reg/v1/signup" { "bob@example.com" } else { EMAIL };
        let tokens = signed_in(&ports);
        let mut body = sign_up_confirmation(email, "");
        body["oldPassword"] = json!(PASSWORD);
        body["newPassword"] = json!(NEW_PASSWORD);
        let send = |path: &str, body: &Value| match path.starts_with(CHANGE) {
            true => as_user(&ports, &tokens, "POST", path, &body.to_string()),
            false => as_partner(&ports, path, body),
        };
        assert_eq!(send(path, &body).status, 200, "{path}");
        ports.pass(seconds(59));
        let again = send(path, &body);
        says(&again, 429, "TOO_MANY_REQUESTS", TOO_SOON);
        assert_eq!(wait(&again), 1);
        ports.pass(seconds(1));
        for alive in [false, true] {
            assert_eq!(send(path, &body).status, 200, "{path}");
            let code = mailed(&ports);
            (body["emailConfirmCode"], body["confirmCode"]) = (json!(code), json!(code));
            ports.pass(Duration::from_millis(if alive { 299_900 } else { 300_000 }));
            let answer = send(&format!("{path}/confirm"), &body);
            assert_eq!(answer.status, if alive { 200 } else { 400 }, "{path} {}", answer.text());
        }
    }
}
