//! §3, the decision order: each test is a row of it. And §2, what codes are.

use super::*;

#[test]
fn row_1_a_body_that_is_not_as_described() {
    let ports = world();
    for body in ["", "[]", "null", "{", r#"{"email":"ann@example.com","email":"ann@example.com"}"#] {
        let headers = [("partnerid", "7"), ("granttype", "password_email")];
        let answer = ports.send_with(&headers, "POST", TOKEN, body);
        assert_eq!((answer.status, &answer.json()["status"]), (400, &json!("BAD_REQUEST")), "{body}");
        assert_eq!(answer.json()["errors"], json!([]));
    }
    names(&ask(&ports, &json!({})), &["email", "password"]);
    names(&ask(&ports, &json!({ "email": "ann", "password": 7 })), &["email", "password"]);
    names(&sign_in(&ports, &json!({ "mfaCode": 123_456 })), &["mfaCode"]);
    names(
        &sign_in(&ports, &json!({ "mfaMethod": "pigeon", "rememberDevice": "yes" })),
        &["mfaMethod", "rememberDevice"],
    );
    names(&sign_in(&ports, &json!({ "password": "x".repeat(257) })), &["password"]);
    assert_eq!(sent(&ports), 0);
}

/// Unknown address or wrong password: one answer. `mfaCode` is not looked at.
#[test]
fn row_2_whoever_it_is() {
    let ports = world();
    for body in [
        json!({ "email": EMAIL, "password": "wrong" }),
        json!({ "email": "nobody@example.com", "password": PASSWORD }),
        json!({ "email": EMAIL, "password": "wrong", "mfaCode": "not a code" }),
        json!({ "email": "nobody@example.com", "password": PASSWORD, "mfaCode": "123456" }),
    ] {
        says(&ask(&ports, &body), 401, "UNAUTHORIZED", CREDENTIALS);
    }
    assert_eq!(sent(&ports), 0);
}

/// A right code does not help where the password is wrong, and is not used up by it.
#[test]
fn row_2_comes_before_the_code() {
    let ports = world();
    let code = ask_for_code(&ports);
    let answer = sign_in(&ports, &json!({ "password": "wrong", "mfaCode": code }));
    says(&answer, 401, "UNAUTHORIZED", CREDENTIALS);
    assert_eq!(with_code(&ports, &code).status, 200);
}

#[test]
fn row_2_failed_logins_have_a_limit_of_their_own() {
    for email in [EMAIL, "nobody@example.com"] {
        let ports = world();
        let try_it = || ask(&ports, &json!({ "email": email, "password": "wrong" }));
        for _ in 0..10 {
            says(&try_it(), 401, "UNAUTHORIZED", CREDENTIALS);
        }
        let answer = try_it();
        says(&answer, 429, "TOO_MANY_REQUESTS", "Too many wrong passwords. Wait, or set a new password.");
        assert_eq!(wait(&answer), 300);
        // The right one is not compared either.
        assert_eq!(ask(&ports, &json!({ "email": email, "password": PASSWORD })).status, 429);
        ports.pass(seconds(300));
        assert_eq!(try_it().status, 401);
    }
}

#[test]
fn row_3_an_account_that_is_locked() {
    let ports = world();
    lock(&ports);
    for fields in [json!({}), json!({ "mfaCode": "123456" }), json!({ "mfaCode": "x" })] {
        let answer = sign_in(&ports, &fields);
        says(&answer, 423, "LOCKED", LOCKED);
        assert_eq!(wait(&answer), 1800);
    }
}

/// A lock tells nothing to who does not know the password.
#[test]
fn row_3_comes_after_row_2() {
    let ports = world();
    lock(&ports);
    says(&sign_in(&ports, &json!({ "password": "wrong" })), 401, "UNAUTHORIZED", CREDENTIALS);
}

#[test]
fn row_4_without_a_second_factor() {
    let ports = world();
    set_tenants(&ports, &json!({ "two_factor": false }));
    for fields in [json!({}), json!({ "mfaCode": "x" }), json!({ "mfaCode": "123456" })] {
        assert_eq!(sign_in(&ports, &fields).status, 200);
    }
    assert_eq!(sent(&ports), 0);
}

#[test]
fn row_5_a_code_is_due_and_mailed() {
    let ports = world();
    let answer = sign_in(&ports, &json!({}));
    assert_eq!(answer.status, 424);
    assert_eq!(
        answer.text(),
        r#"{"status":"FAILED_DEPENDENCY","message":"2FA is required for this account","traceId":"TraceId unavailable","errors":[]}"#
    );
    let messages = ports.sent.borrow();
    assert_eq!((messages.len(), messages[0].to.as_str()), (1, EMAIL));
    assert!(messages[0].text.contains("your sign-in"), "{}", messages[0].text);
}

#[test]
fn row_5_null_is_no_code() {
    let ports = world();
    assert_eq!(sign_in(&ports, &json!({ "mfaCode": null })).status, 424);
}

/// §2: at most one new code per 60 s.
#[test]
fn row_6_too_soon() {
    let ports = world();
    let code = ask_for_code(&ports);
    let again = sign_in(&ports, &json!({}));
    says(&again, 429, "TOO_MANY_REQUESTS", TOO_SOON);
    assert_eq!(wait(&again), 60);
    ports.pass(seconds(59));
    let again = sign_in(&ports, &json!({}));
    says(&again, 429, "TOO_MANY_REQUESTS", TOO_SOON);
    assert_eq!((wait(&again), sent(&ports)), (1, 1));
    // What is outstanding stays valid.
    assert_eq!(with_code(&ports, &code).status, 200);
}

#[test]
fn row_6_is_over_after_sixty_seconds() {
    let ports = world();
    ask_for_code(&ports);
    ports.pass(seconds(60));
    ask_for_code(&ports);
    assert_eq!(sent(&ports), 2);
}

/// The 60 s run from the last send, even if that code was used meanwhile.
#[test]
fn row_6_counts_from_the_last_code_used_or_not() {
    let ports = world();
    signed_in(&ports);
    says(&sign_in(&ports, &json!({})), 429, "TOO_MANY_REQUESTS", TOO_SOON);
}

#[test]
fn row_7_what_cannot_be_a_code_takes_no_attempt() {
    let ports = world();
    let code = ask_for_code(&ports);
    for text in [
        "",
        "12345",
        "1234567",
        "12345a",
        " 12345",
        "12345\n",
        "\u{ff11}23456",
        "\u{ff11}\u{ff12}",
        "+12345",
        "-12345",
    ] {
        says(&with_code(&ports, text), 400, "BAD_REQUEST", &invalid(5));
    }
    says(&with_code(&ports, &wrong(&code)), 400, "BAD_REQUEST", &invalid(4));
    says(&with_code(&ports, "12345"), 400, "BAD_REQUEST", &invalid(4));
    assert_eq!(with_code(&ports, &code).status, 200);
}

#[test]
fn row_8_no_code_is_outstanding() {
    let ports = world();
    for _ in 0..6 {
        says(&with_code(&ports, "123456"), 400, "BAD_REQUEST", EXPIRED);
    }
    // No attempt was taken.
    let code = ask_for_code(&ports);
    says(&with_code(&ports, &wrong(&code)), 400, "BAD_REQUEST", &invalid(4));
}

/// §2: five minutes.
#[test]
fn row_8_the_code_expired() {
    let ports = world();
    let code = ask_for_code(&ports);
    ports.pass(seconds(300));
    for _ in 0..6 {
        says(&with_code(&ports, &code), 400, "BAD_REQUEST", EXPIRED);
    }
    let code = ask_for_code(&ports);
    ports.pass(seconds(300) - Duration::from_millis(1));
    assert_eq!(with_code(&ports, &code).status, 200);
}

/// §2: success consumes the code.
#[test]
fn row_8_the_code_was_used() {
    let ports = world();
    let code = ask_for_code(&ports);
    assert_eq!(with_code(&ports, &code).status, 200);
    says(&with_code(&ports, &code), 400, "BAD_REQUEST", EXPIRED);
}

#[test]
fn rows_9_and_10_wrong_codes_and_the_lock() {
    let ports = world();
    let code = ask_for_code(&ports);
    for left in (1..=4).rev() {
        says(&with_code(&ports, &wrong(&code)), 400, "BAD_REQUEST", &invalid(left));
    }
    let answer = with_code(&ports, &wrong(&code));
    says(&answer, 423, "LOCKED", LOCKED);
    assert_eq!(wait(&answer), 1800);
    // §3: no "Attempts remaining: 0" is ever shown; and the right one comes too late.
    says(&with_code(&ports, &code), 423, "LOCKED", LOCKED);
    assert_eq!(newest_subject(&ports), "Acme: your account is locked");
}

#[test]
fn row_11_the_right_code() {
    let ports = world();
    let code = ask_for_code(&ports);
    let answer = with_code(&ports, &code);
    assert_eq!(answer.status, 200);
    let body = answer.json();
    let mut fields: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["access_token", "expires_in", "refresh_token", "scope", "token_type", "user_id"]);
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(604_800)));
    assert_eq!(body["scope"], "user_mfa:read user_mfa:create");
    let id = body["user_id"].as_str().unwrap().strip_prefix("usr:").unwrap();
    assert!(crate::ids::parse(id).is_some());
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(who(&ports, &body).json()["userId"], id);
}

/// §2: a successful validation resets to 5.
#[test]
fn row_11_resets_the_attempts() {
    let ports = world();
    let code = ask_for_code(&ports);
    for left in (2..=4).rev() {
        says(&with_code(&ports, &wrong(&code)), 400, "BAD_REQUEST", &invalid(left));
    }
    assert_eq!(with_code(&ports, &code).status, 200);
    ports.pass(seconds(60));
    let code = ask_for_code(&ports);
    says(&with_code(&ports, &wrong(&code)), 400, "BAD_REQUEST", &invalid(4));
}

/// §2: requesting a new code does not reset the attempts.
#[test]
fn a_new_code_refills_nothing() {
    let ports = world();
    for left in (1..=4).rev() {
        let code = ask_for_code(&ports);
        says(&with_code(&ports, &wrong(&code)), 400, "BAD_REQUEST", &invalid(left));
        ports.pass(seconds(60));
    }
    let code = ask_for_code(&ports);
    says(&with_code(&ports, &wrong(&code)), 423, "LOCKED", LOCKED);
}

/// §2: a newer code invalidates older ones.
#[test]
fn the_latest_code_only() {
    let ports = world();
    let old = ask_for_code(&ports);
    ports.pass(seconds(60));
    let new = ask_for_code(&ports);
    assert_ne!(old, new);
    says(&with_code(&ports, &old), 400, "BAD_REQUEST", &invalid(4));
    assert_eq!(with_code(&ports, &new).status, 200);
}

/// §2: the lock is over by itself; the counter is back to 0, and old codes are void.
#[test]
fn a_lock_ends_by_itself() {
    let ports = world();
    let code = ask_for_code(&ports);
    for _ in 0..5 {
        with_code(&ports, &wrong(&code));
    }
    ports.pass(seconds(1800) - Duration::from_millis(1));
    says(&sign_in(&ports, &json!({})), 423, "LOCKED", LOCKED);
    ports.pass(Duration::from_millis(1));
    says(&with_code(&ports, &code), 400, "BAD_REQUEST", EXPIRED);
    let code = ask_for_code(&ports);
    says(&with_code(&ports, &wrong(&code)), 400, "BAD_REQUEST", &invalid(4));
    assert_eq!(with_code(&ports, &code).status, 200);
}

/// §2: how long it is, is the deployment's to say.
#[test]
fn a_lock_is_as_long_as_the_setting_says() {
    let ports = world();
    ports.set_setting("account_lock_minutes", "45");
    lock(&ports);
    assert_eq!(wait(&sign_in(&ports, &json!({}))), 2700);
}

/// §2: at the lock, all tokens of the account are revoked. What they are used for is answered with the lock while it lasts.
#[test]
fn a_lock_ends_every_session() {
    let ports = world();
    let tokens = signed_in(&ports);
    ports.pass(seconds(60));
    lock(&ports);
    says(&who(&ports, &tokens), 423, "LOCKED", LOCKED);
    ports.pass(seconds(1800));
    is_over(&who(&ports, &tokens));
    is_over(&refresh(&ports, tokens["refresh_token"].as_str().unwrap()));
}

/// §2: a wrong code never counts as a failed login, nor the other way round.
#[test]
fn codes_and_passwords_are_counted_apart() {
    let ports = world();
    let code = ask_for_code(&ports);
    for left in (2..=4).rev() {
        says(&with_code(&ports, &wrong(&code)), 400, "BAD_REQUEST", &invalid(left));
    }
    for _ in 0..10 {
        assert_eq!(sign_in(&ports, &json!({ "password": "wrong" })).status, 401);
    }
    assert_eq!(sign_in(&ports, &json!({ "password": "wrong" })).status, 429);
    ports.pass(seconds(300));
    let code = ask_for_code(&ports);
    says(&with_code(&ports, &wrong(&code)), 400, "BAD_REQUEST", &invalid(1));
}

/// §2: leading zeros are possible, and are part of the code.
#[test]
fn a_code_is_a_text() {
    let ports = world();
    // Until one comes up of which a number has fewer digits.
    for _ in 0..100 {
        let code = ask_for_code(&ports);
        if let Some(short) = code.strip_prefix('0') {
            says(&with_code(&ports, short), 400, "BAD_REQUEST", &invalid(5));
            assert_eq!(with_code(&ports, &code).status, 200);
            return;
        }
        ports.pass(seconds(3600));
    }
    panic!("no code began with a zero");
}

/// §2: `123456` in the sandbox, while a code is outstanding.
#[test]
fn the_code_of_the_sandbox() {
    let ports = world();
    ports.set_setting("environment", "sandbox");
    says(&with_code(&ports, "123456"), 400, "BAD_REQUEST", EXPIRED);
    assert_eq!(sign_in(&ports, &json!({})).status, 424);
    assert_eq!(with_code(&ports, "123456").status, 200);
    says(&with_code(&ports, "123456"), 400, "BAD_REQUEST", EXPIRED);
}

#[test]
fn the_code_of_the_sandbox_is_like_any_other_in_production() {
    let ports = world();
    assert_ne!(ask_for_code(&ports), "123456", "one in a million: change the seed");
    says(&with_code(&ports, "123456"), 400, "BAD_REQUEST", &invalid(4));
}

/// §2, default: whoever signs up has it on; and mandatory is mandatory.
#[test]
fn everybody_has_a_second_factor_at_first() {
    for mfa in ["mandatory", "optional"] {
        let ports = world();
        set_tenants(&ports, &json!({ "mfa": mfa }));
        assert_eq!(sign_in(&ports, &json!({})).status, 424, "{mfa}");
    }
}

#[test]
fn what_tokens_are_good_for_is_the_tenants_to_say() {
    let ports = world();
    set_tenants(&ports, &json!({ "scope": "exchange:show payin:show" }));
    assert_eq!(signed_in(&ports)["scope"], "exchange:show payin:show");
}

/// Row 6, whatever else there is to say: the code that was sent a moment ago is as good as it was.
#[test]
fn within_the_minute_of_the_last_mail_of_the_hour_it_is_too_soon() {
    let ports = world();
    ports.set_setting("emails_per_hour", "2");
    ports.now.set(stepgate_storage::Timestamp(ports.now.get().0 / 3_600_000 * 3_600_000));
    ask_for_code(&ports);
    ports.pass(seconds(60));
    let code = ask_for_code(&ports);
    ports.pass(seconds(1));
    let again = sign_in(&ports, &json!({}));
    says(&again, 429, "TOO_MANY_REQUESTS", TOO_SOON);
    assert_eq!(wait(&again), 59);
    ports.pass(seconds(59));
    let message = "Too many codes were sent. Nothing was sent. Try again later.";
    says(&sign_in(&ports, &json!({})), 429, "TOO_MANY_REQUESTS", message);
    assert_eq!(with_code(&ports, &code).status, 200);
}

/// Row 1: the header wins, and what is no text is none of the names.
#[test]
fn a_type_of_grant_in_the_body_is_a_text_in_both_grants() {
    let ports = world();
    let tokens = signed_in(&ports);
    for (grant, mut body) in [
        ("password_email", json!({ "email": EMAIL, "password": PASSWORD })),
        ("refresh_token", json!({ "refreshToken": tokens["refresh_token"] })),
    ] {
        body["grantType"] = json!(7);
        let headers = [("partnerid", "7"), ("granttype", grant)];
        names(&ports.send_with(&headers, "POST", TOKEN, body.to_string()), &["grantType"]);
    }
    assert_eq!(refresh(&ports, tokens["refresh_token"].as_str().unwrap()).status, 200);
}

/// Row 4 by the account's own switch, whatever stands in `mfaCode`.
#[test]
fn row_4_who_has_switched_it_off_needs_no_code() {
    let ports = world();
    in_context(&ports, |_, account| account::set_two_factor(&ports, account.id, false).unwrap());
    for code in [json!("000000"), json!("x"), json!("")] {
        let answer = sign_in(&ports, &json!({ "mfaCode": code }));
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    assert_eq!(sent(&ports), 0);
}

/// §1: what `errors` holds is open, and is these two fields.
#[test]
fn an_error_has_a_field_and_a_message() {
    let ports = world();
    let body = ask(&ports, &json!({ "email": 7 })).json();
    let errors = body["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 2);
    for error in errors {
        let keys: Vec<&String> = error.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["field", "message"]);
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()));
    }
}

/// "One interval per purpose": signing in after a switch was asked for, too.
#[test]
fn the_minute_of_a_switch_is_not_that_of_signing_in() {
    let ports = world();
    let tokens = signed_in(&ports);
    ports.pass(seconds(60));
    assert_eq!(as_user(&ports, &tokens, "POST", "/reg/mfa/authorization/switch", "").status, 200);
    ask_for_code(&ports);
}

/// §2: 30 minutes, configurable; the shortest is longer than any code lives, so that none from before the lock works after it.
#[test]
fn a_lock_lasts_as_long_as_is_set_and_no_code_outlives_it() {
    let ports = world();
    ports.set_setting("account_lock_minutes", "14");
    assert_eq!(sign_in(&ports, &json!({})).status, 500);
    ports.set_setting("account_lock_minutes", "45");
    lock(&ports);
    ports.pass(seconds(2699));
    says(&sign_in(&ports, &json!({})), 423, "LOCKED", LOCKED);
    ports.pass(seconds(1));
    ask_for_code(&ports);
}
