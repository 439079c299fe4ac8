//! Ways in that have worked elsewhere (`security.md`).

use super::*;
use core::cell::RefCell;
use std::rc::Rc;

const SWITCH: &str = "/reg/mfa/authorization/switch";

/// Codes for everything there is, all outstanding at once.
struct Outstanding {
    tokens: Value,
    login: String,
    switch: String,
    change: String,
    reset: String,
}

fn outstanding(ports: &TestPorts) -> Outstanding {
    let tokens = signed_in(ports);
    ports.pass(seconds(60));
    let login = ask_for_code(ports);
    as_user(ports, &tokens, "POST", SWITCH, "");
    let switch = mailed(ports);
    let body = json!({ "oldPassword": PASSWORD, "newPassword": NEW_PASSWORD }).to_string();
    as_user(ports, &tokens, "POST", "/reg/v1/password/change", &body);
    let change = mailed(ports);
    as_partner(ports, "/reg/v2/password/reset", &json!({ "email": EMAIL }));
    Outstanding { tokens, login, switch, change, reset: mailed(ports) }
}

type Use = fn(&TestPorts, &Outstanding, &str) -> Answer;

/// ASVS 6.6.2: a code of one action is worthless for every other.
#[test]
fn a_code_is_good_for_what_it_was_sent_for_only() {
    let uses: [Use; 4] = [
        |ports, _, code| with_code(ports, code),
        |ports, there, code| {
            let body = json!({ "code": code }).to_string();
            as_user(ports, &there.tokens, "POST", "/reg/mfa/authorization/switch/confirm", &body)
        },
        |ports, there, code| {
            let body = json!({ "oldPassword": PASSWORD, "newPassword": NEW_PASSWORD, "confirmCode": code });
            as_user(ports, &there.tokens, "POST", "/reg/v1/password/change/confirm", &body.to_string())
        },
        |ports, _, code| {
            as_partner(
                ports,
                "/reg/v2/password/reset/confirm",
                &json!({ "email": EMAIL, "confirmCode": code }),
            )
        },
    ];
    let base = world();
    let there = outstanding(&base);
    let codes = [&there.login, &there.switch, &there.change, &there.reset];
    for (place, code) in codes.iter().enumerate() {
        for (at, used) in uses.iter().enumerate() {
            let ports = base.fork();
            let answer = used(&ports, &there, code);
            let expected = if at == place { 200 } else { 400 };
            assert_eq!(answer.status, expected, "code {place} used for {at}: {}", answer.text());
            if at != place {
                assert_eq!(answer.json()["message"], invalid(4));
            }
        }
    }
}

/// MISP CVE-2026-107276: one right code, used twice at once.
#[test]
fn one_right_code_lets_one_in() {
    let base = world();
    let code = ask_for_code(&base);
    for at in 0.. {
        let ports = base.fork();
        let theirs = code.clone();
        let won = Rc::new(RefCell::new(0));
        let counted = won.clone();
        let elsewhere = move |ports: &TestPorts| {
            *counted.borrow_mut() += usize::from(with_code(ports, &theirs).status == 200);
        };
        *ports.before_operation.borrow_mut() = Some((at, Box::new(elsewhere)));
        let answer = with_code(&ports, &code);
        if ports.before_operation.take().is_some() {
            assert!(at > 10);
            break;
        }
        assert_eq!(*won.borrow() + usize::from(answer.status == 200), 1, "{at}: {}", answer.text());
    }
}

/// Better Auth CVE-2026-110861: guesses sent at once pass a limit that is read, then written.
#[test]
fn five_are_compared_whatever_meets() {
    let base = world();
    let code = ask_for_code(&base);
    for at in 0.. {
        let ports = base.fork();
        let guess = wrong(&code);
        let elsewhere = move |ports: &TestPorts| {
            for _ in 0..6 {
                with_code(ports, &guess);
            }
        };
        *ports.before_operation.borrow_mut() = Some((at, Box::new(elsewhere)));
        let answer = with_code(&ports, &wrong(&code));
        if ports.before_operation.take().is_some() {
            assert!(at > 10);
            break;
        }
        assert!(answer.status < 500, "{at}: {}", answer.text());
        let compared = ports.log.borrow().iter().filter(|line| line.contains("code_tried")).count();
        assert!(compared <= 5, "{at}: {compared}");
        says(&with_code(&ports, &code), 423, "LOCKED", LOCKED);
    }
}

/// AuthQuake: parallel sessions, each with its own limit. Here there is one, for signing in and for what is done inside.
#[test]
fn every_action_takes_from_the_same_attempts() {
    let ports = world();
    let there = outstanding(&ports);
    says(&with_code(&ports, &wrong(&there.login)), 400, "BAD_REQUEST", &invalid(4));
    let body = json!({ "code": wrong(&there.switch) }).to_string();
    let answer = as_user(&ports, &there.tokens, "POST", "/reg/mfa/authorization/switch/confirm", &body);
    says(&answer, 400, "BAD_REQUEST", &invalid(3));
    let body = json!({
        "oldPassword": PASSWORD, "newPassword": NEW_PASSWORD, "confirmCode": wrong(&there.change),
    });
    let answer = as_user(&ports, &there.tokens, "POST", "/reg/v1/password/change/confirm", &body.to_string());
    says(&answer, 400, "BAD_REQUEST", &invalid(2));
}

/// Keycloak CVE-2026-9798: the lock is checked on one path only.
#[test]
fn a_lock_is_looked_at_on_every_path() {
    let ports = world();
    let there = outstanding(&ports);
    for _ in 0..5 {
        with_code(&ports, &wrong(&there.login));
    }
    says(&with_code(&ports, &there.login), 423, "LOCKED", LOCKED);
    for (method, path) in transport::SIGNED_IN {
        says(&as_user(&ports, &there.tokens, method, path, "{}"), 423, "LOCKED", LOCKED);
    }
    is_over(&refresh(&ports, there.tokens["refresh_token"].as_str().unwrap()));
}

/// ASVS 6.3.8: an answer that tells who has an account, by its words or by its work.
#[test]
fn the_same_work_is_done_for_everybody() {
    let base = world();
    // What the sign-up left in the core is over.
    base.pass(seconds(3 * 86_400));
    let nobody = "zoe@example.com";
    for (path, fields) in [
        (TOKEN, json!({ "password": "wrong" })),
        ("/reg/v1/signup", json!({ "password": PASSWORD })),
        ("/reg/v2/password/reset", json!({})),
    ] {
        let ask = |email: &str| {
            let ports = base.fork();
            let mut body = fields.clone();
            body["email"] = json!(email);
            let headers = [("partnerid", "7"), ("granttype", "password_email")];
            let (answer, count) =
                operations(&ports, || ports.send_with(&headers, "POST", path, body.to_string()));
            (answer.status, answer.text().replace(answer.header("x-trace-id"), ""), count, sent(&ports))
        };
        assert_eq!(ask(EMAIL), ask(nobody), "{path}");
    }
    for path in ["/reg/v1/signup", "/reg/v2/password/reset"] {
        let ask = |email: &str| {
            let ports = base.fork();
            as_partner(&ports, path, &json!({ "email": email, "password": PASSWORD }));
            let mut body = sign_up_confirmation(email, "000001");
            body["confirmCode"] = json!("000001");
            let (answer, count) =
                operations(&ports, || as_partner(&ports, &format!("{path}/confirm"), &body));
            (answer.status, answer.json()["message"].clone(), count)
        };
        assert_eq!(ask(EMAIL), ask(nobody), "{path}");
    }
}

/// ASVS 16.2.5: no code, password or token is in the log, and no address.
#[test]
fn the_log_has_no_secrets() {
    let ports = world();
    let there = outstanding(&ports);
    with_code(&ports, &wrong(&there.login));
    with_code(&ports, &there.login);
    sign_in(&ports, &json!({ "password": "My-secret-1" }));
    let log = ports.log.borrow().join("\n");
    for secret in [
        EMAIL,
        PASSWORD,
        NEW_PASSWORD,
        "My-secret-1",
        &there.switch,
        &there.change,
        &there.reset,
        there.tokens["access_token"].as_str().unwrap(),
        there.tokens["refresh_token"].as_str().unwrap(),
    ] {
        assert!(!log.contains(secret), "{secret}");
    }
}

/// A code that could not be sent was sent to nobody, and lets nobody in.
#[test]
fn a_code_that_nobody_was_sent_cannot_be_used() {
    let ports = world();
    ports.delivery_fails.set(true);
    says(&sign_in(&ports, &json!({})), 500, "INTERNAL_SERVER_ERROR", "Internal Server Error");
    says(&with_code(&ports, "123456"), 400, "BAD_REQUEST", EXPIRED);
}

/// supabase/auth#605: how many mails there are is bounded, whoever asks.
#[test]
fn a_mailbox_is_not_flooded() {
    let ports = world();
    let mut asked = 0;
    let answer = loop {
        let answer = as_partner(&ports, "/reg/v2/password/reset", &json!({ "email": EMAIL }));
        if answer.status != 200 {
            break answer;
        }
        asked += 1;
        ports.pass(seconds(60));
    };
    says(&answer, 429, "TOO_MANY_REQUESTS", "Too many codes were sent. Nothing was sent. Try again later.");
    assert!(asked <= 40 && wait(&answer) <= 3600, "{asked}");
    // Its owner still gets a code to sign in with.
    assert_eq!(sign_in(&ports, &json!({})).status, 424);
}

/// The long code of an account's mail is no link: where links are opened it is unknown, and both codes of the mail stay good.
#[test]
fn the_long_code_of_a_mail_is_no_link_and_no_code_of_a_partner() {
    let ports = empty_world();
    as_partner(&ports, "/reg/v1/signup", &json!({ "email": EMAIL, "password": PASSWORD }));
    let (code, long) = (mailed(&ports), mailed_long(&ports));
    let line = ports.log.borrow().iter().rev().find(|line| line.contains("code_sent")).unwrap().clone();
    let challenge = serde_json::from_str::<Value>(&line).unwrap()["challenge"].as_str().unwrap().to_owned();
    for method in ["GET", "POST"] {
        let page = ports.send_with(&[], method, &format!("/confirm/{long}"), "");
        assert_eq!(page.status, 404, "{method} {}", page.text());
        assert!(page.text().contains("This link does not work"));
    }
    let theirs = format!("/api/authentication-codes/{challenge}");
    // More often than one challenge has attempts.
    for digits in [code.parse::<u32>().unwrap()].into_iter().chain(0..12) {
        let answer = ports.call("acme", "PUT", &theirs, &json!({ "code": digits }).to_string());
        assert_eq!(answer.status, 404, "{}", answer.text());
    }
    let entity = format!("/api/authentication-codes/entity/{challenge}");
    assert_eq!(ports.call("acme", "GET", &entity, "").status, 404);
    let by_long = as_partner(&ports, "/reg/v1/signup/confirm", &sign_up_confirmation(EMAIL, &long));
    assert_eq!(by_long.status, 200, "{}", by_long.text());

    // The six digits likewise, of somebody else.
    as_partner(&ports, "/reg/v1/signup", &json!({ "email": "bob@example.com", "password": PASSWORD }));
    let (code, long) = (mailed(&ports), mailed_long(&ports));
    ports.send_with(&[], "POST", &format!("/confirm/{long}"), "");
    let by_code = sign_up_confirmation("bob@example.com", &code);
    assert_eq!(as_partner(&ports, "/reg/v1/signup/confirm", &by_code).status, 200);
}

/// Rows 9 and 10 where the last attempt is answered before the one before it: what was compared and is wrong is answered as wrong.
#[test]
fn of_five_at_once_each_is_answered_with_what_is_left_or_the_lock() {
    for at in 0..40 {
        let ports = world();
        let code = ask_for_code(&ports);
        for _ in 0..3 {
            with_code(&ports, &wrong(&code));
        }
        let theirs = wrong(&code);
        let inner = Rc::new(RefCell::new(None));
        let seen = inner.clone();
        let elsewhere = move |ports: &TestPorts| {
            *seen.borrow_mut() = Some(with_code(ports, &theirs));
        };
        *ports.before_operation.borrow_mut() = Some((at, Box::new(elsewhere)));
        let outer = with_code(&ports, &wrong(&code));
        if ports.before_operation.take().is_some() {
            assert!(at > 8, "{at}");
            return;
        }
        let inner = inner.take().unwrap();
        let mut answers = [&inner, &outer].map(|answer| (answer.status, answer.json()["message"].clone()));
        answers.sort_by_key(|(status, _)| *status);
        assert_eq!(answers[0], (400, json!(invalid(1))), "{at}");
        // Which of them it was that found it locked depends on which was first.
        assert_eq!(answers[1].0, 423, "{at} {answers:?}");
    }
    panic!("it never ends");
}
