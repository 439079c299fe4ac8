//! A store that fails at each of its operations: a failure of ours is said, and nobody is let in by it.

use super::*;
use stepgate_storage::memory::Fault;

/// Has the store fail at each operation of a request in turn, before and after it is done. `after` looks at what came of it: at the
/// answer, and at the store when it works again.
fn sweep(
    base: &TestPorts,
    request: &dyn Fn(&TestPorts) -> Answer,
    after: &dyn Fn(&TestPorts, &Answer, &str),
) {
    for fault in [Fault::Before, Fault::After] {
        for skip in 0.. {
            let ports = base.fork();
            ports.store.fail_after(skip, fault);
            let answer = request(&ports);
            let when = format!("{skip} {fault:?}: {}", answer.text());
            if ports.store.heal() {
                assert!(skip > 2, "{when}");
                assert!(answer.status < 500, "{when}");
                after(&ports, &answer, &when);
                break;
            }
            // Only telling an owner what was done may fail unheard.
            if answer.status == 500 {
                says(&answer, 500, "INTERNAL_SERVER_ERROR", "Internal Server Error");
            } else {
                assert!(
                    ports
                        .log
                        .borrow()
                        .iter()
                        .any(|line| line.contains("\"told\":false") || line.contains("\"owner_told\":false")),
                    "{when}"
                );
            }
            after(&ports, &answer, &when);
        }
    }
}

#[test]
fn asking_for_a_code() {
    sweep(&world(), &|ports| sign_in(ports, &json!({})), &|ports, answer, when| {
        assert!([424, 500].contains(&answer.status), "{when}");
        // At the latest when the interval of a code that nobody got is over.
        ports.pass(seconds(60));
        assert_eq!(sign_in(ports, &json!({})).status, 424, "{when}");
    });
}

#[test]
fn giving_the_right_code() {
    let base = world();
    let code = ask_for_code(&base);
    sweep(&base, &|ports| with_code(ports, &code), &|ports, answer, when| {
        if answer.status == 500 {
            // It may be used up. It is never worth more than one sign-in.
            let again = with_code(ports, &code);
            assert!([200, 400].contains(&again.status), "{when}: {}", again.text());
            assert_ne!(with_code(ports, &code).status, 200, "{when}");
        }
    });
}

/// The fifth wrong one: whatever fails, it is not one of six.
#[test]
fn giving_wrong_codes() {
    let base = world();
    let code = ask_for_code(&base);
    for _ in 0..4 {
        with_code(&base, &wrong(&code));
    }
    let tokens = json!({ "mfaCode": wrong(&code) });
    sweep(&base, &|ports| sign_in(ports, &tokens), &|ports, answer, when| {
        assert!([423, 500].contains(&answer.status), "{when}");
        if answer.status == 500 {
            // Until it is known what came of the fifth attempt, which its writer may have died with.
            for _ in 0..3 {
                ports.pass(seconds(20));
                assert!([423, 429].contains(&sign_in(ports, &tokens).status), "{when}");
            }
        }
        says(&sign_in(ports, &json!({})), 423, "LOCKED", LOCKED);
    });
}

#[test]
fn a_wrong_password_stays_wrong() {
    let base = world();
    let fields = json!({ "password": "wrong" });
    sweep(&base, &|ports| sign_in(ports, &fields), &|_, answer, when| {
        assert!([401, 500].contains(&answer.status), "{when}");
    });
}

#[test]
fn going_on_with_a_refresh_token() {
    let base = world();
    let tokens = signed_in(&base);
    let token = tokens["refresh_token"].as_str().unwrap();
    sweep(&base, &|ports| refresh(ports, token), &|ports, answer, when| {
        if answer.status == 500 {
            // It may be used up; then the family is over. It never gives two.
            let again = refresh(ports, token);
            assert!([200, 401].contains(&again.status), "{when}");
            is_over(&refresh(ports, token));
        }
    });
}

/// The reuse of a token that could not be answered is still found by who comes next.
#[test]
fn finding_a_token_that_comes_again() {
    let base = world();
    let tokens = signed_in(&base);
    let token = tokens["refresh_token"].as_str().unwrap();
    let next = refresh(&base, token).json();
    sweep(&base, &|ports| refresh(ports, token), &|ports, answer, when| {
        assert!([401, 500].contains(&answer.status), "{when}");
        if answer.status == 500 {
            is_over(&refresh(ports, token));
        }
        is_over(&refresh(ports, next["refresh_token"].as_str().unwrap()));
        is_over(&who(ports, &next));
    });
}

#[test]
fn showing_an_access_token() {
    let base = world();
    let tokens = signed_in(&base);
    sweep(&base, &|ports| who(ports, &tokens), &|_, _, _| {});
    as_user(&base, &tokens, "DELETE", "/reg/user/session/logout/current", "");
    sweep(&base, &|ports| who(ports, &tokens), &|_, answer, when| {
        assert!([401, 500].contains(&answer.status), "{when}");
    });
}

#[test]
fn signing_out() {
    for (method, path) in
        [("DELETE", "/reg/user/session/logout/current"), ("PUT", "/reg/user/session/logout")]
    {
        let base = world();
        let tokens = signed_in(&base);
        sweep(&base, &|ports| as_user(ports, &tokens, method, path, ""), &|ports, answer, when| {
            if answer.status == 500 {
                let again = as_user(ports, &tokens, method, path, "");
                assert!([200, 401].contains(&again.status), "{when}");
            }
            is_over(&who(ports, &tokens));
        });
    }
}

#[test]
fn switching() {
    let base = world();
    let tokens = signed_in(&base);
    as_user(&base, &tokens, "POST", "/reg/mfa/authorization/switch", "");
    let body = json!({ "code": mailed(&base) }).to_string();
    let confirm =
        |ports: &TestPorts| as_user(ports, &tokens, "POST", "/reg/mfa/authorization/switch/confirm", &body);
    sweep(&base, &confirm, &|ports, answer, when| {
        let is_on = who(ports, &tokens).json()["authorizationMfaActive"].as_bool().unwrap();
        assert!(answer.status == 500 || !is_on, "{when}");
        // The code is worth no more than one switch to off.
        assert!([200, 400].contains(&confirm(ports).status), "{when}");
        assert_eq!(confirm(ports).status, 400, "{when}");
    });
}

#[test]
fn signing_up() {
    let base = empty_world();
    as_partner(&base, "/reg/v1/signup", &json!({ "email": EMAIL, "password": PASSWORD }));
    let body = sign_up_confirmation(EMAIL, &mailed(&base));
    let confirm = |ports: &TestPorts| as_partner(ports, "/reg/v1/signup/confirm", &body);
    sweep(&base, &confirm, &|ports, answer, when| {
        if answer.status == 200 {
            return;
        }
        // Whatever was made of it, trying once more ends with an account: this one, or one that a new code makes.
        ports.pass(seconds(120));
        let there = sign_in(ports, &json!({}));
        if there.status == 424 {
            return;
        }
        says(&there, 401, "UNAUTHORIZED", CREDENTIALS);
        sign_up(ports, EMAIL);
        ports.pass(seconds(60));
        assert_eq!(sign_in(ports, &json!({})).status, 424, "{when}");
    });
}

/// Or the password is the old one still, and the answer a 500.
fn with_the_new_password_nobody_is_in_who_was_before(
    ports: &TestPorts,
    tokens: &Value,
    answer: &Answer,
    when: &str,
) {
    ports.pass(seconds(60));
    let new = sign_in(ports, &json!({ "password": NEW_PASSWORD })).status;
    assert!(answer.status == 500 || new == 424, "{when}");
    if new == 424 {
        is_over(&who(ports, tokens));
        assert_eq!(sign_in(ports, &json!({})).status, 401, "{when}");
    }
}

#[test]
fn changing_a_password() {
    let base = world();
    let tokens = signed_in(&base);
    let mut body = json!({ "oldPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    let path = "/reg/v1/password/change";
    assert_eq!(as_user(&base, &tokens, "POST", path, &body.to_string()).status, 200);
    body["confirmCode"] = json!(mailed(&base));
    let confirm =
        |ports: &TestPorts| as_user(ports, &tokens, "POST", &format!("{path}/confirm"), &body.to_string());
    sweep(&base, &confirm, &|ports, answer, when| {
        with_the_new_password_nobody_is_in_who_was_before(ports, &tokens, answer, when);
    });
}

#[test]
fn setting_a_new_password() {
    let base = world();
    let tokens = signed_in(&base);
    as_partner(&base, "/reg/v2/password/reset", &json!({ "email": EMAIL }));
    let confirmation = json!({ "email": EMAIL, "confirmCode": mailed(&base) });
    let payload =
        as_partner(&base, "/reg/v2/password/reset/confirm", &confirmation).json()["payload"].clone();
    let body = json!({ "email": EMAIL, "newPassword": NEW_PASSWORD, "payload": payload });
    let execute = |ports: &TestPorts| as_partner(ports, "/reg/v2/password/reset/execute", &body);
    sweep(&base, &execute, &|ports, answer, when| {
        with_the_new_password_nobody_is_in_who_was_before(ports, &tokens, answer, when);
    });
}
