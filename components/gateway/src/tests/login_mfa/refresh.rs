//! §3, "Refresh".

use super::*;

fn token(tokens: &Value) -> &str {
    tokens["refresh_token"].as_str().unwrap()
}

#[test]
fn a_refresh_token_is_replaced_by_the_next() {
    let ports = world();
    let first = signed_in(&ports);
    let answer = refresh(&ports, token(&first));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let second = answer.json();
    assert_ne!(token(&first), token(&second));
    assert_eq!((&second["user_id"], &second["expires_in"]), (&first["user_id"], &json!(604_800)));
    // No second factor is asked for, and the session is the same.
    assert_eq!(sent(&ports), 1);
    let session =
        |tokens| as_user(&ports, tokens, "GET", "/reg/user/session/current", "").json()["id"].clone();
    assert_eq!(session(&first), session(&second));
    assert_eq!(refresh(&ports, token(&second)).status, 200);
}

#[test]
fn each_spelling_is_taken() {
    let ports = world();
    let mut tokens = signed_in(&ports);
    for (headers, body) in [
        (vec![("granttype", "refresh_token")], json!({ "refreshToken": "" })),
        (vec![("granttype", "refresh_token")], json!({ "refresh_token": "" })),
        (vec![], json!({ "grant_type": "refresh_token", "refresh_token": "" })),
        (vec![], json!({ "grantType": "refresh_token", "refreshToken": "" })),
        (
            vec![("granttype", "refresh_token")],
            json!({ "grant_type": "password_email", "refresh_token": "" }),
        ),
    ] {
        let mut headers = headers;
        headers.push(("partnerid", "7"));
        let body = body.to_string().replace("\"\"", &tokens["refresh_token"].to_string());
        let answer = ports.send_with(&headers, "POST", TOKEN, body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        tokens = answer.json();
    }
    let headers = [("partnerid", "7"), ("granttype", "refresh_token")];
    names(&ports.send_with(&headers, "POST", TOKEN, "{}"), &["refreshToken"]);
}

/// Reuse revokes the family, and the access tokens with it.
#[test]
fn a_token_that_comes_again_ends_the_session() {
    let ports = world();
    let first = signed_in(&ports);
    let second = refresh(&ports, token(&first)).json();
    is_over(&refresh(&ports, token(&first)));
    is_over(&refresh(&ports, token(&second)));
    is_over(&who(&ports, &first));
    is_over(&who(&ports, &second));
}

/// Or whoever has an old token fills the revocations, and every reader with them.
#[test]
fn a_token_that_comes_a_hundred_times_is_told_of_once() {
    let ports = world();
    let told = |ports: &TestPorts| public::revoked(ports, "")["revoked"].as_array().unwrap().len();
    let replayed = |ends: &dyn Fn(&Value)| {
        let first = signed_in(&ports);
        let second = refresh(&ports, token(&first)).json();
        ends(&second);
        is_over(&refresh(&ports, token(&first)));
        let (before, keys) = (told(&ports), ports.store.keys().len());
        for _ in 0..100 {
            is_over(&refresh(&ports, token(&first)));
        }
        assert_eq!((told(&ports), ports.store.keys().len()), (before, keys));
        ports.pass(seconds(60));
        before
    };
    assert_eq!(replayed(&|_| ()), 1);
    // The logout was told of.
    let logout = |tokens: &Value| {
        as_user(&ports, tokens, "DELETE", "/reg/user/session/logout/current", "");
    };
    assert_eq!(replayed(&logout), 2);
    // And so was the lock.
    assert_eq!(replayed(&|_| lock_later(&ports)), 3);
}

fn lock_later(ports: &TestPorts) {
    ports.pass(seconds(60));
    lock(ports);
}

#[test]
fn of_two_at_once_one_goes_on_at_most_and_the_session_ends() {
    for at in 0.. {
        let ports = world();
        let tokens = signed_in(&ports);
        let theirs = token(&tokens).to_owned();
        let won = std::rc::Rc::new(core::cell::Cell::new(0));
        let counted = won.clone();
        let elsewhere = move |ports: &TestPorts| {
            counted.set(usize::from(refresh(ports, &theirs).status == 200));
        };
        *ports.before_operation.borrow_mut() = Some((at, Box::new(elsewhere)));
        let answer = refresh(&ports, token(&tokens));
        if ports.before_operation.take().is_some() {
            assert!(at > 3);
            break;
        }
        assert!(won.get() + usize::from(answer.status == 200) <= 1, "{at}");
        is_over(&who(&ports, &tokens));
    }
}

#[test]
fn an_expired_token_says_when() {
    let ports = world();
    let tokens = signed_in(&ports);
    ports.pass(seconds(30 * 86_400));
    let message = format!("The Token has expired on {}", crate::when::rfc3339(ports.now.get()));
    says(&refresh(&ports, token(&tokens)), 401, "UNAUTHORIZED", &message);
    assert!(message.ends_with(".045Z"));
}

#[test]
fn whatever_else_it_is_the_session_is_over() {
    let ports = world();
    let tokens = signed_in(&ports);
    let good = token(&tokens);
    for text in [
        "",
        "x",
        &good[1..],
        &format!("{good}x"),
        &good.replace("rt_", "dev_"),
        tokens["access_token"].as_str().unwrap(),
    ] {
        is_over(&refresh(&ports, text));
    }
    // Another partner's header: it is none of theirs.
    let headers = [("partnerid", "8"), ("granttype", "refresh_token")];
    is_over(&ports.send_with(&headers, "POST", TOKEN, json!({ "refreshToken": good }).to_string()));
}

/// "Revoked (e.g. after a lock)": while the lock lasts, too.
#[test]
fn after_a_lock_it_is_revoked() {
    let ports = world();
    let tokens = signed_in(&ports);
    ports.pass(seconds(60));
    lock(&ports);
    is_over(&refresh(&ports, token(&tokens)));
}

#[test]
fn after_a_logout_it_is_revoked() {
    let ports = world();
    let tokens = signed_in(&ports);
    assert_eq!(as_user(&ports, &tokens, "DELETE", "/reg/user/session/logout/current", "").status, 200);
    is_over(&refresh(&ports, token(&tokens)));
}
