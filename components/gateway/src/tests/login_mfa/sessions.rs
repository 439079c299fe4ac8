//! §6: where somebody is signed in, and signing out.

use super::*;

const LIST: &str = "/reg/user/session";
const CURRENT: &str = "/reg/user/session/current";
const END: &str = "/reg/user/session/logout/current";
const END_ALL: &str = "/reg/user/session/logout";

/// Two sessions, a minute apart.
fn two(ports: &TestPorts) -> (Value, Value) {
    let one = signed_in(ports);
    ports.pass(seconds(60));
    (one, signed_in(ports))
}

fn listed(ports: &TestPorts, tokens: &Value) -> Vec<Value> {
    as_user(ports, tokens, "GET", LIST, "").json()["sessions"].as_array().unwrap().clone()
}

#[test]
fn the_list_and_the_current_one() {
    let ports = world();
    let (one, other) = two(&ports);
    let sessions = listed(&ports, &one);
    // That of the sign-up, too.
    assert_eq!(sessions.len(), 3);
    assert_eq!(
        sessions.iter().map(|one| one["current"].as_bool().unwrap()).collect::<Vec<_>>(),
        [false, true, false]
    );
    assert_eq!(as_user(&ports, &one, "GET", CURRENT, "").json(), sessions[1]);
    assert_eq!(as_user(&ports, &other, "GET", CURRENT, "").json()["id"], sessions[0]["id"]);
    assert_eq!(sessions[2]["createdAt"], "2026-01-15T10:15:09.045Z");
}

#[test]
fn it_shows_what_the_program_called_itself() {
    let ports = world();
    let code = ask_for_code(&ports);
    let agent = format!("Browser/1.0 {}", "x".repeat(100));
    let headers = [("partnerid", "7"), ("granttype", "password_email"), ("user-agent", agent.as_str())];
    let body = json!({ "email": EMAIL, "password": PASSWORD, "mfaCode": code }).to_string();
    let tokens = ports.send_with(&headers, "POST", TOKEN, body).json();
    assert_eq!(as_user(&ports, &tokens, "GET", CURRENT, "").json()["userAgent"], agent[..80]);
}

#[test]
fn the_list_is_bounded_and_the_current_session_is_shown_anyway() {
    let ports = world();
    set_tenants(&ports, &json!({ "two_factor": false }));
    let first = sign_in(&ports, &json!({})).json();
    for _ in 0..50 {
        ports.pass(seconds(1));
        assert_eq!(sign_in(&ports, &json!({})).status, 200);
    }
    assert_eq!(listed(&ports, &first).len(), 50);
    assert_eq!(as_user(&ports, &first, "GET", CURRENT, "").json()["current"], true);
}

#[test]
fn signing_out_ends_this_session() {
    let ports = world();
    let (one, other) = two(&ports);
    let answer = as_user(&ports, &one, "DELETE", END, "");
    assert_eq!((answer.status, answer.text()), (200, "{}"));
    is_over(&who(&ports, &one));
    is_over(&refresh(&ports, one["refresh_token"].as_str().unwrap()));
    assert_eq!(who(&ports, &other).status, 200);
    assert_eq!(listed(&ports, &other).len(), 2);
}

#[test]
fn signing_out_everywhere_ends_them_all() {
    let ports = world();
    let (one, other) = two(&ports);
    let answer = as_user(&ports, &one, "PUT", END_ALL, "");
    assert_eq!((answer.status, answer.text()), (200, "{}"));
    for tokens in [&one, &other] {
        is_over(&who(&ports, tokens));
        is_over(&refresh(&ports, tokens["refresh_token"].as_str().unwrap()));
    }
    ports.pass(seconds(60));
    assert_eq!(listed(&ports, &signed_in(&ports)).len(), 1);
}

/// Whoever is signed in at one partner is nobody at another; and whose token it is, it says itself.
#[test]
fn a_session_is_of_its_account_only() {
    let ports = world();
    let ann = signed_in(&ports);
    let ben = sign_up(&ports, "ben@example.com");
    assert_eq!(listed(&ports, &ben).len(), 1);
    assert_eq!(as_user(&ports, &ben, "PUT", END_ALL, "").status, 200);
    assert_eq!(who(&ports, &ann).status, 200);
    is_over(&who(&ports, &ben));
}

/// What can be used no more is not where somebody is signed in, though the session would last.
#[test]
fn a_session_whose_tokens_have_run_out_is_not_listed() {
    // By its access token, where that lasts longer; that of the sign-up has a refresh token.
    let ports = world();
    ports.set_setting("refresh_token_days", "1");
    signed_in(&ports);
    ports.pass(seconds(604_799));
    let newer = signed_in(&ports);
    assert_eq!(listed(&ports, &newer).len(), 3);
    ports.pass(seconds(1));
    assert_eq!(listed(&ports, &newer).len(), 2);
    // By its refresh token, which has been renewed meanwhile.
    let ports = world();
    let older = signed_in(&ports);
    ports.pass(seconds(29 * 86_400));
    assert_eq!(refresh(&ports, older["refresh_token"].as_str().unwrap()).status, 200);
    ports.pass(seconds(30 * 86_400 - 1));
    let newer = signed_in(&ports);
    assert_eq!(listed(&ports, &newer).len(), 2);
    ports.pass(seconds(1));
    assert_eq!(listed(&ports, &newer).len(), 1);
}

/// As the other API writes it.
#[test]
fn who_signs_in_and_out_is_in_the_log() {
    let ports = world();
    let lines = |event: &str| {
        let event = format!("\"event\":\"{event}\"");
        ports
            .log
            .borrow()
            .iter()
            .filter(|line| line.contains(&event) && line.contains("\"account\":"))
            .count()
    };
    let (before, tokens) = (lines("signed_in"), signed_in(&ports));
    assert_eq!((lines("signed_in") - before, lines("signed_out")), (1, 0));
    as_user(&ports, &tokens, "DELETE", END, "");
    assert_eq!(lines("signed_out"), 1);
    ports.pass(seconds(60));
    as_user(&ports, &signed_in(&ports), "PUT", END_ALL, "");
    assert_eq!(lines("signed_out"), 2);
}
