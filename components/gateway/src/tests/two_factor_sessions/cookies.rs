//! §1: the cookie, and what it cannot be made to do.

use super::*;

fn with(world: &World, headers: &[(&'static str, &str)], method: &str, path: &str, body: &str) -> Answer {
    world.ports.send_with(headers, method, path, body)
}

const JSON: (&str, &str) = ("content-type", "application/json");

/// "Also cookie `session_id`".
#[test]
fn the_cookie_opens_what_the_header_does() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let login = world.login(ANN);
    let cookie = login.header("set-cookie").to_owned();
    let session = login.json()["session_id"].as_str().unwrap().to_owned();
    assert_eq!(cookie, format!("session_id={session}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"));
    let sent = format!("a=b; session_id={session}; c=d");
    let body = json!({ "code": world.code(), "method": "email", "action": "login" }).to_string();
    assert_eq!(
        with(&world, &[("cookie", &sent), JSON], "POST", "/auth/two_factor/verify", &body).status,
        200
    );
    assert_eq!(with(&world, &[("cookie", &sent)], "GET", "/auth/me", "").status, 200);
    assert_eq!(with(&world, &[("cookie", &sent), JSON], "POST", "/auth/logout", "").status, 200);
    assert_eq!(with(&world, &[("cookie", &sent)], "GET", "/auth/me", "").status, 401);
}

/// "Header beats cookie", also where the header is no good.
#[test]
fn the_header_beats_the_cookie() {
    let world = World::new();
    let (ann, ben) = (world.join(ANN), world.join("ben@example.com"));
    let cookie = format!("session_id={ann}");
    let me =
        |header: &str| with(&world, &[("cookie", &cookie), ("x-session-id", header)], "GET", "/auth/me", "");
    assert_eq!(me(&ben).json()["user"]["email"], "ben@example.com");
    assert_eq!(me("ses_x").status, 401);
    let twice = [("cookie", cookie.as_str()), ("x-session-id", ann.as_str()), ("x-session-id", ben.as_str())];
    assert_eq!(with(&world, &twice, "GET", "/auth/me", "").status, 401);
}

/// A cookie that a neighbouring host has set beside ours makes no session.
#[test]
fn two_different_session_cookies_are_none() {
    let world = World::new();
    let (ann, eve) = (world.join(ANN), world.join("eve@example.com"));
    for cookie in
        [format!("session_id={ann}; session_id={eve}"), format!("session_id={eve}; session_id={ann}")]
    {
        assert_eq!(with(&world, &[("cookie", &cookie)], "GET", "/auth/me", "").status, 401);
    }
    let same = format!("session_id={ann}; session_id={ann}");
    assert_eq!(with(&world, &[("cookie", &same)], "GET", "/auth/me", "").status, 200);
}

/// With the cookie alone, a page elsewhere cannot have anything done: it can send no JSON without being asked for.
#[test]
fn with_the_cookie_alone_a_change_must_be_json_and_say_so() {
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    let cookie = format!("session_id={session}");
    let body = json!({ "enabled": false }).to_string();
    for kind in [
        None,
        Some(""),
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data"),
    ] {
        let mut headers = vec![("cookie", cookie.as_str())];
        headers.extend(kind.map(|kind| ("content-type", kind)));
        for path in ["/auth/two_factor/toggle", "/auth/logout"] {
            let answer = with(&world, &headers, "POST", path, &body);
            assert_eq!(
                (answer.status, &answer.json()["code"]),
                (415, &json!("UNSUPPORTED_MEDIA_TYPE")),
                "{kind:?}"
            );
        }
    }
    assert_eq!(world.get(&session, "/auth/me").json()["user"]["two_factor"], true);
    // By the header, which no page elsewhere can send, the type may be left out.
    let answer = with(&world, &[("x-session-id", &session)], "POST", "/auth/two_factor/toggle", &body);
    assert_eq!(answer.status, 200);
}

/// Session fixation: ids are made here, and none that comes along is taken over or ended.
#[test]
fn an_id_that_comes_with_a_login_is_not_taken_over() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let eves = world.join("eve@example.com");
    let made_up = format!("{}{}", &eves[..eves.len() - 4], "AAAA");
    for planted in [eves.as_str(), made_up.as_str()] {
        let headers = [("x-session-id", planted), ("cookie", &format!("session_id={planted}")), JSON];
        let body = json!({ "email": ANN, "password": PASSWORD, "session_id": planted }).to_string();
        let login = with(&world, &headers, "POST", "/auth/login", &body);
        let session = login.json()["session_id"].as_str().unwrap().to_owned();
        assert_ne!(session, planted);
        world.verify(&session, &world.code());
        let me = world.get(planted, "/auth/me");
        assert!(me.status == 401 || me.json()["user"]["email"] == "eve@example.com");
    }
    assert!(world.is_in(&eves));
}

/// Without TLS, which the sandbox alone may be, the cookie would be dropped if it were Secure.
#[test]
fn the_cookie_is_secure_wherever_there_is_tls() {
    let world = World::new();
    world.join(ANN);
    assert!(world.login(ANN).header("set-cookie").ends_with("; Secure"));
    world.ports.set_setting("environment", "sandbox");
    world.ports.set_setting("base_url", "http://localhost:3000");
    assert!(world.login(ANN).header("set-cookie").ends_with("; SameSite=Lax"));
}
