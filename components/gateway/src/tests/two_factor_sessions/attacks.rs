//! The attacks of security.md that this API could suffer.

use super::made::{add_app, app_code};
use super::*;
use core::cell::{Cell, RefCell};
use std::rc::Rc;

fn verify_body(code: &str) -> String {
    json!({ "code": code, "method": "email", "action": "login" }).to_string()
}

fn send(ports: &TestPorts, session: &str, path: &str, body: &str) -> Answer {
    let headers = [("x-session-id", session), ("content-type", "application/json")];
    ports.send_with(&headers, "POST", path, body)
}

/// AuthQuake: sessions without number, each with a limit of its own.
#[test]
fn parallel_sessions_share_one_budget() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let sessions: Vec<(String, String)> = (0..5).map(|_| (world.pending(ANN), world.code())).collect();
    for (number, (session, code)) in sessions.iter().enumerate().take(4) {
        let answer = world.verify(session, &World::other_than(code));
        assert_eq!(answer.json()["attempts_remaining"], 4 - number);
    }
    let (session, code) = &sessions[4];
    assert_eq!(world.verify(session, &World::other_than(code)).json()["code"], "TOO_MANY_ATTEMPTS");
    for (session, code) in &sessions {
        assert_eq!(world.verify(session, code).status, 401);
    }
}

/// Better Auth's default, ory/kratos#4606: a new code refills the attempts. Nor does another login, method or action.
#[test]
fn nothing_but_a_right_code_gives_attempts_back() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    let (secret, _) = add_app(&world, &active);
    world.wait(MINUTE);
    let session = world.pending(ANN);
    let left = |answer: Answer| answer.json()["attempts_remaining"].clone();
    assert_eq!(left(world.verify(&session, &World::other_than(&world.code()))), 4);
    world.wait(Duration::from_secs(30));
    world.post(&session, "/auth/two_factor/email/start", Value::Null);
    assert_eq!(left(world.verify(&session, &World::other_than(&world.code()))), 3);
    let session = world.pending(ANN);
    assert_eq!(left(world.verify(&session, &World::other_than(&world.code()))), 2);
    let body =
        json!({ "code": World::other_than(&app_code(&secret, &world)), "method": "totp", "action": "login" });
    assert_eq!(left(world.post(&session, "/auth/two_factor/verify", body)), 1);
    world.post(&active, "/auth/two_factor/email/start", json!({ "action": "toggle" }));
    let body = json!({ "code": World::other_than(&world.code()), "method": "email", "action": "toggle" });
    let answer = world.post(&active, "/auth/two_factor/verify", body);
    assert_eq!((answer.status, &answer.json()["code"]), (429, &json!("TOO_MANY_ATTEMPTS")));
    assert_eq!(world.login(ANN).status, 423);
}

/// §5: "bound to (session, method, action)".
#[test]
fn a_code_of_one_session_action_or_method_is_worthless_for_another() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    world.wait(MINUTE);
    let other = world.add_email(&active, "other@example.com");
    let mine = world.methods(&active)[0]["id"].as_str().unwrap().to_owned();
    let (one, first) = (world.pending(ANN), world.code());
    let (two, second) = (world.pending(ANN), world.code());
    let wrong = |answer: Answer, code: &str, what: &str| {
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!(code)), "{what}: {}", answer.text());
    };
    assert_ne!(first, second);
    // Another session.
    wrong(world.verify(&two, &first), "INVALID_CODE", "session");
    // Another action, in the same session.
    let mut codes = Vec::new();
    for action in ["setup", "remove", "toggle"] {
        let start = json!({ "action": action, "method_id": mine });
        assert_eq!(world.post(&active, "/auth/two_factor/email/start", start).status, 200);
        codes.push(world.code());
        for tried in ["setup", "remove", "toggle"]
            .into_iter()
            .filter(|tried| !["setup", "remove", "toggle"][..codes.len()].contains(tried))
        {
            let body = json!({ "code": world.code(), "method_id": mine, "action": tried });
            wrong(world.post(&active, "/auth/two_factor/verify", body), "CODE_EXPIRED", action);
        }
    }
    wrong(world.verify(&one, &codes[0]), "INVALID_CODE", "setup for login");
    let body = json!({ "code": first, "method_id": mine, "action": "remove" });
    wrong(world.post(&active, "/auth/two_factor/verify", body), "INVALID_CODE", "login for remove");
    // Another method.
    let body = json!({ "code": first, "method_id": other, "action": "login" });
    wrong(world.post(&one, "/auth/two_factor/verify", body), "CODE_EXPIRED", "method");
    // And each for what it is for.
    assert_eq!(world.verify(&one, &first).status, 200);
    assert_eq!(world.verify(&two, &second).status, 200);
}

/// §2: a code of a sign-in in the wrong hands opens nothing by itself.
#[test]
fn a_code_is_of_no_use_in_somebody_elses_session() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    world.join_with_two_factor("eve@example.com");
    let eves = world.pending("eve@example.com");
    world.pending(ANN);
    let anns = world.code();
    assert_eq!(world.verify(&eves, &anns).json()["code"], "INVALID_CODE");
    // Wrong codes of hers are none of Ann's.
    for _ in 0..4 {
        world.verify(&eves, &anns);
    }
    assert_eq!(world.login("eve@example.com").status, 423);
    assert_eq!(world.login(ANN).status, 200);
}

/// MISP CVE-2026-107276, Kratos 6ce2bd86: a right code used twice at once.
#[test]
fn of_two_right_codes_at_once_one_wins_wherever_they_meet() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    let body = verify_body(&world.code());
    for step in 0..60 {
        let world = world.fork();
        let there = Rc::new(Cell::new(0));
        let (answered, id, sent) = (there.clone(), session.clone(), body.clone());
        *world.ports.before_operation.borrow_mut() = Some((
            step,
            Box::new(move |ports| answered.set(send(ports, &id, "/auth/two_factor/verify", &sent).status)),
        ));
        let here = send(&world.ports, &session, "/auth/two_factor/verify", &body).status;
        if world.ports.before_operation.take().is_some() {
            assert!(step > 10, "{step}");
            return;
        }
        let winners = [here, there.get()].into_iter().filter(|status| *status == 200).count();
        assert_eq!(winners, 1, "{step}: {here}, {}", there.get());
        assert!(world.is_in(&session));
    }
    panic!("a verification takes more than 60 operations");
}

/// Better Auth CVE-2026-110861 and the like: guesses sent at once. However they interleave, five are compared.
#[test]
fn guesses_that_meet_pass_no_limit() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let sessions: Vec<(String, String)> = (0..3).map(|_| (world.pending(ANN), world.code())).collect();
    let wrongs: Vec<String> = sessions.iter().map(|(_, code)| World::other_than(code)).collect();
    for step in 0..40 {
        let world = world.fork();
        let compared = Rc::new(RefCell::new(Vec::new()));
        let (there, theirs, guesses) = (compared.clone(), sessions.clone(), wrongs.clone());
        *world.ports.before_operation.borrow_mut() = Some((
            step,
            Box::new(move |ports| {
                for round in 0..6 {
                    let place = round % 3;
                    let answer = send(
                        ports,
                        &theirs[place].0,
                        "/auth/two_factor/verify",
                        &verify_body(&guesses[place]),
                    );
                    there.borrow_mut().push(answer.json()["code"].clone());
                }
            }),
        ));
        for round in 0..6 {
            let answer = world.verify(&sessions[round % 3].0, &wrongs[round % 3]);
            compared.borrow_mut().push(answer.json()["code"].clone());
        }
        let over = world.ports.before_operation.take().is_some();
        let log = world.ports.log.borrow();
        let lines =
            log.iter().filter(|line| line.contains("\"code_tried\"") && line.contains("\"wrong\"")).count();
        assert!(lines <= 5, "{step}: {lines}");
        drop(log);
        if !over {
            assert_eq!(world.login(ANN).status, 423, "{step}: {compared:?}");
        }
    }
}

/// better-auth#11182 and activepieces#14751: two sends at once are one, and the other says so.
#[test]
fn of_two_sends_at_once_one_sends() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    world.wait(Duration::from_secs(30));
    for step in 0..40 {
        let world = world.fork();
        let there = Rc::new(Cell::new(0));
        let (answered, id) = (there.clone(), session.clone());
        *world.ports.before_operation.borrow_mut() = Some((
            step,
            Box::new(move |ports| answered.set(send(ports, &id, "/auth/two_factor/email/start", "").status)),
        ));
        let here = send(&world.ports, &session, "/auth/two_factor/email/start", "").status;
        if world.ports.before_operation.take().is_some() {
            return;
        }
        let mut both = [here, there.get()];
        both.sort_unstable();
        assert_eq!(both, [200, 429], "{step}");
        assert_eq!(world.sent(), 1);
        assert_eq!(world.verify(&session, &world.code()).status, 200, "{step}");
    }
    panic!("a send takes more than 40 operations");
}

/// A send that is counted at once with another: never more than five in a session.
#[test]
fn sends_that_meet_pass_no_limit() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    world.wait(MINUTE);
    let other = world.add_email(&active, "other@example.com");
    let session = world.pending(ANN);
    for _ in 0..3 {
        world.wait(Duration::from_secs(30));
        assert_eq!(world.post(&session, "/auth/two_factor/email/start", Value::Null).status, 200);
    }
    world.wait(Duration::from_secs(30));
    for step in 0..40 {
        let world = world.fork();
        let (id, body) = (session.clone(), json!({ "method_id": other }).to_string());
        *world.ports.before_operation.borrow_mut() = Some((
            step,
            Box::new(move |ports| drop(send(ports, &id, "/auth/two_factor/email/start", &body))),
        ));
        send(&world.ports, &session, "/auth/two_factor/email/start", "");
        if world.ports.before_operation.take().is_some() {
            return;
        }
        assert_eq!(world.sent(), 1, "{step}");
    }
    panic!("a send takes more than 40 operations");
}

/// Several find a lock while its owner is being told: one mail.
#[test]
fn a_lock_is_told_once_however_many_find_it() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let session = world.pending(ANN);
    let wrong = World::other_than(&world.code());
    for _ in 0..4 {
        world.verify(&session, &wrong);
    }
    for step in 0..80 {
        let world = world.fork();
        let login = json!({ "email": ANN, "password": PASSWORD }).to_string();
        *world.ports.before_operation.borrow_mut() = Some((
            step,
            Box::new(move |ports| {
                let json = [("content-type", "application/json")];
                for _ in 0..2 {
                    ports.send_with(&json, "POST", "/auth/login", &login);
                }
            }),
        ));
        world.verify(&session, &wrong);
        let over = world.ports.before_operation.take().is_some();
        assert_eq!(world.login(ANN).status, 423, "{step}");
        let sent = world.ports.sent.borrow();
        let told = sent.iter().filter(|message| message.subject.contains("locked")).count();
        assert_eq!(told, 1, "{step}");
        if over {
            return;
        }
    }
    panic!("a wrong code takes more than 80 operations");
}

/// Keycloak CVE-2026-9798: the lock is looked at on one path only.
#[test]
fn a_locked_account_is_locked_on_every_path() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    let (secret, _) = add_app(&world, &active);
    world.wait(MINUTE);
    let (waiting, code) = (world.pending(ANN), world.code());
    let session = world.pending(ANN);
    let wrong = World::other_than(&world.code());
    for _ in 0..5 {
        world.verify(&session, &wrong);
    }
    let app = json!({ "code": app_code(&secret, &world), "method": "totp", "action": "login" });
    for (session, path, body) in [
        (&waiting, "/auth/two_factor/verify", json!({ "code": code, "method": "email", "action": "login" })),
        (&waiting, "/auth/two_factor/verify", app),
        (&waiting, "/auth/two_factor/email/start", Value::Null),
        (&active, "/auth/two_factor/toggle", json!({ "enabled": false })),
        (&active, "/auth/two_factor/recovery/setup", Value::Null),
    ] {
        assert_refused(
            &world.post(session, path, body),
            401,
            "SESSION_INVALID",
            "Invalid or expired session",
        );
    }
    assert_eq!(world.get(&active, "/auth/me").status, 401);
    assert_eq!(world.login(ANN).status, 423);
}

/// A sign-in that began before a lock does not end after it: the session carries the epoch from before its password.
#[test]
fn a_lock_while_somebody_signs_in_ends_what_is_about_to_begin() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let attacked = world.pending(ANN);
    let wrong = World::other_than(&world.code());
    for _ in 0..4 {
        world.verify(&attacked, &wrong);
    }
    let login = json!({ "email": ANN, "password": PASSWORD }).to_string();
    for step in 0..80 {
        let world = world.fork();
        let (id, guess) = (attacked.clone(), verify_body(&wrong));
        *world.ports.before_operation.borrow_mut() =
            Some((step, Box::new(move |ports| drop(send(ports, &id, "/auth/two_factor/verify", &guess)))));
        let answer =
            world.ports.send_with(&[("content-type", "application/json")], "POST", "/auth/login", &login);
        if world.ports.before_operation.take().is_some() {
            return;
        }
        if answer.status == 200 {
            let session = answer.json()["session_id"].as_str().unwrap().to_owned();
            assert_eq!(world.get(&session, "/auth/me").status, 401, "{step}");
        } else {
            assert_eq!(answer.status, 423, "{step}: {}", answer.text());
        }
    }
    panic!("a sign-in takes more than 80 operations");
}

/// supabase/auth#605: SMS to a destination is capped, whoever asks.
#[test]
fn sms_are_capped_for_each_number() {
    let world = World::new();
    world.ports.set_setting("sms_per_day", "4");
    let number = json!({ "phone": "+15551234567" });
    let mut sent = 0;
    for person in 0..6 {
        let session = world.join(&format!("person{person}@example.com"));
        let answer = world.post(&session, "/auth/two_factor/sms/setup", number.clone());
        sent += i32::from(answer.status == 200);
        if answer.status != 200 {
            assert_eq!((answer.status, &answer.json()["code"]), (429, &json!("RATE_LIMITED")));
            assert!(!answer.header("retry-after").is_empty());
        }
    }
    assert_eq!(sent, 2);
}
