//! §2: lifetimes, with a moved clock.

use super::*;

const DAY: Duration = Duration::from_secs(86_400);

/// "pending: 600 s"; "pending | window over | gone (401)".
#[test]
fn a_pending_session_is_gone_after_600_seconds() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    world.wait(10 * MINUTE - MOMENT);
    assert_eq!(world.get(&session, "/auth/me").status, 200);
    world.ports.store.sweep(world.ports.now.get().0 / 1000);
    assert_eq!(world.get(&session, "/auth/me").status, 200);
    world.wait(MOMENT);
    for (method, path) in
        [("GET", "/auth/me"), ("POST", "/auth/two_factor/email/start"), ("POST", "/auth/logout")]
    {
        let answer = world.ask(&session, method, path, Value::Null);
        assert_refused(&answer, 401, "SESSION_INVALID", "Invalid or expired session");
    }
}

/// "active: 7 days default", and as long as the setting says. Both from a login and from a verification.
#[test]
fn an_active_session_lasts_for_its_days() {
    for (setting, days) in [("", 7), ("1", 1), ("90", 90)] {
        let world = World::new();
        world.join_with_two_factor(ANN);
        world.ports.set_setting("session_days", setting);
        let session = world.pending(ANN);
        world.wait(MINUTE);
        assert_eq!(world.verify(&session, &world.code()).status, 200);
        world.wait(days * DAY - MOMENT);
        world.ports.store.sweep(world.ports.now.get().0 / 1000);
        assert!(world.is_in(&session), "{days}");
        world.wait(MOMENT);
        assert_eq!(world.get(&session, "/auth/me").status, 401, "{days}");
    }
}

/// The same without a second factor, and whoever asks about it.
#[test]
fn a_session_that_ends_by_time_is_good_for_nobody_who_asks() {
    for (setting, days) in [("1", 1), ("90", 90)] {
        let world = World::new();
        world.join(ANN);
        world.ports.set_setting("session_days", setting);
        let session = world.login(ANN).json()["session_id"].as_str().unwrap().to_owned();
        let bridge = |world: &World, path: &str| {
            let headers = [("x-bridge-secret", BRIDGE), ("content-type", "application/json")];
            world.ports.send_with(&headers, "POST", path, json!({ "session_id": session }).to_string())
        };
        let late = world.fork();
        world.wait(days * DAY - MOMENT);
        late.wait(days * DAY);
        for path in ["/auth/validate-session", "/auth/validation"] {
            assert_eq!(world.get(&session, path).status, 200, "{path} {days}");
            assert_refused(&late.get(&session, path), 401, "SESSION_INVALID", "Session expired");
        }
        for path in ["/auth/bridge/validate", "/bridge/validate"] {
            assert_eq!(bridge(&world, path).status, 200, "{path} {days}");
            let answer = bridge(&late, path);
            assert_refused(&answer, 401, "SESSION_INVALID", "Invalid or expired session");
        }
        assert!(world.is_in(&session));
    }
}

/// A pending session that begins just before midnight has its code and its count after it.
#[test]
fn midnight_is_like_any_other_time() {
    for before in [MINUTE, 9 * MINUTE, Duration::from_millis(5)] {
        let world = World::new();
        let active = world.join_with_two_factor(ANN);
        let since_midnight = Duration::from_millis(world.ports.now.get().0 % 86_400_000);
        world.wait(DAY - since_midnight - before);
        let session = world.pending(ANN);
        let start = json!({ "action": "toggle" });
        assert_eq!(world.post(&active, "/auth/two_factor/email/start", start).status, 200);
        let code = world.code();
        world.wait(before + MINUTE.min(10 * MINUTE - before - MOMENT));
        world.ports.store.sweep(world.ports.now.get().0 / 1000);
        let body = json!({ "code": code, "method": "email", "action": "toggle" });
        assert_eq!(world.post(&active, "/auth/two_factor/verify", body).status, 200);
        if before < 9 * MINUTE {
            let again = world.post(&session, "/auth/two_factor/email/start", Value::Null);
            assert_eq!(again.status, 200, "{}", again.text());
            assert_eq!(world.verify(&session, &world.code()).status, 200);
        }
    }
}

/// The last minutes of an active session: a code ends with it.
#[test]
fn a_code_does_not_outlive_an_active_session() {
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    world.wait(7 * DAY - MINUTE);
    let sent = world.post(&session, "/auth/two_factor/email/start", json!({ "action": "toggle" }));
    assert_eq!(sent.json()["data"]["expires_in_seconds"], 60, "{}", sent.text());
    let body = json!({ "code": world.code(), "method": "email", "action": "toggle" });
    world.wait(MINUTE - MOMENT);
    let late = world.fork();
    assert_eq!(world.post(&session, "/auth/two_factor/verify", body.clone()).status, 200);
    late.wait(MOMENT);
    let answer = late.post(&session, "/auth/two_factor/verify", body);
    assert_refused(&answer, 401, "SESSION_INVALID", "Invalid or expired session");
    // And one whose session ends at midnight can be sent.
    let world = World::new();
    let since_midnight = Duration::from_millis(world.ports.now.get().0 % 86_400_000);
    world.wait(DAY - since_midnight);
    let session = world.join_with_two_factor(ANN);
    world.wait(7 * DAY - MINUTE);
    let sent = world.post(&session, "/auth/two_factor/email/start", json!({ "action": "toggle" }));
    assert_eq!(sent.status, 200, "{}", sent.text());
}

/// What strangers cause ends by itself: registrations nobody confirmed, sign-ins nobody finished, wrong passwords.
#[test]
fn the_store_does_not_grow_by_what_strangers_do() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    world.wait(60 * DAY);
    let now = |world: &World| world.ports.now.get().0 / 1000;
    world.ports.store.sweep(now(&world));
    let before = world.ports.store.keys();
    for number in 0..5 {
        let email = format!("nobody{number}@example.com");
        world.open("POST", "/auth/register", json!({ "email": email, "password": PASSWORD }));
        world.open(
            "POST",
            "/auth/register/verify",
            json!({ "email": email, "password": "wrong horse", "code": "111111" }),
        );
        world.wait(MINUTE);
    }
    world.wait(60 * DAY);
    world.ports.store.sweep(now(&world));
    let after: Vec<String> =
        world.ports.store.keys().into_iter().filter(|key| !before.contains(key)).collect();
    assert_eq!(after, [""; 0]);
}
