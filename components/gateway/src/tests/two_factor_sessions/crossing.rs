//! Attacks that take several steps, or both APIs.

use super::made::{add_app, app_code};
use super::*;

const STRANGERS: &str = "a stranger's own";

/// A stranger registers somebody's address with a password of the stranger's, and has it looked at. What comes of that must not
/// tell whether the address has an account.
#[test]
fn a_strangers_own_registration_tells_nothing() {
    let world = World::new();
    world.join("ben@example.com");
    world.wait(MINUTE);
    let asked = |email: &str| {
        let world = world.fork();
        let body = json!({ "email": email, "password": STRANGERS });
        assert_eq!(world.open("POST", "/auth/register", body.clone()).status, 200);
        let before = world.ports.store.operations();
        let login = world.open("POST", "/auth/login", body);
        let code = json!({ "email": email, "password": STRANGERS, "code": "000000" });
        let verify = world.open("POST", "/auth/register/verify", code);
        let said = [login, verify].map(|answer| (answer.status, answer.text().replace(email, "x")));
        (said, world.ports.store.operations() - before)
    };
    assert_eq!(asked(ANN), asked("ben@example.com"));
}

/// Nor is it a way to more guesses at the password of the account there is.
#[test]
fn a_strangers_own_registration_gives_no_guesses_back() {
    let world = World::new();
    world.join("ben@example.com");
    for email in [ANN, "ben@example.com"] {
        world.wait(MINUTE);
        let login = |password: &str| {
            world.open("POST", "/auth/login", json!({ "email": email, "password": password })).status
        };
        world.open("POST", "/auth/register", json!({ "email": email, "password": STRANGERS }));
        let mut guesses = 0;
        for _ in 0..20 {
            guesses += i32::from(login("a guess or two") == 401);
            login(STRANGERS);
        }
        assert!(guesses <= 10, "{email}: {guesses}");
    }
}

/// §7: a session without a second factor adds none, nor one that it began to add while there was none to give.
#[test]
fn a_setup_begun_before_the_switch_takes_the_second_factor_too() {
    for kind in ["email", "totp"] {
        let world = World::new();
        let owners = world.join(ANN);
        let thiefs = world.login(ANN).json()["session_id"].as_str().unwrap().to_owned();
        let setup = format!("/auth/two_factor/{kind}/setup");
        let begun = world.post(&thiefs, &setup, json!({ "email": "thief@example.com" })).json();
        let id = begun["data"]["method_id"].as_str().unwrap().to_owned();
        let mut code = world.code();
        assert_eq!(world.post(&owners, "/auth/two_factor/toggle", json!({ "enabled": true })).status, 200);
        if kind == "email" {
            // However late.
            world.wait(MINUTE * 20);
            let again = json!({ "action": "setup", "method_id": id });
            let started = world.post(&thiefs, "/auth/two_factor/email/start", again);
            assert_refused(
                &started,
                403,
                "TWO_FACTOR_REQUIRED",
                "Confirm this with a verification code first",
            );
        } else {
            code = app_code(begun["data"]["secret"].as_str().unwrap(), &world);
        }
        let body = json!({ "code": code, "method_id": id, "action": "setup" });
        let confirmed = world.post(&thiefs, "/auth/two_factor/verify", body);
        assert_refused(&confirmed, 403, "TWO_FACTOR_REQUIRED", "Confirm this with a verification code first");
        assert_eq!(world.login(ANN).json()["available_methods"], json!(["email"]));
    }
}

/// A setup that is given up takes nothing with it that counts.
#[test]
fn a_setup_that_is_removed_leaves_the_app_that_counts() {
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    add_app(&world, &session);
    let emails = world.methods(&session)[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.delete(&session, &format!("/auth/two_factor/{emails}"), Value::Null).status, 200);
    let setup = world.post(&session, "/auth/two_factor/totp/setup", Value::Null).json();
    let pending = setup["data"]["method_id"].as_str().unwrap().to_owned();
    let removed = world.delete(&session, &format!("/auth/two_factor/{pending}"), Value::Null);
    assert_eq!((removed.status, &removed.json()["data"]["two_factor"]), (200, &json!(true)));
    let listed = world.methods(&session);
    assert_eq!((listed.len(), &listed[0]["status"]), (1, &json!("active")));
    assert_eq!(world.login(ANN).json()["available_methods"], json!(["totp"]));
}

/// Where accounts begin at once, a stranger can have one under somebody's address. When its owner takes it over by way of the
/// mailbox, no second factor of the stranger's stays.
#[test]
fn who_takes_over_an_unconfirmed_account_has_no_factor_of_a_stranger() {
    let world = World::with(json!({ "registration": "open" }));
    world
        .ports
        .set_setting("token_keys", r#"[{"id":"t1","seed":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}]"#);
    let begun = world.open("POST", "/auth/register", json!({ "email": ANN, "password": STRANGERS }));
    let session = begun.json()["data"]["sessionId"].as_str().unwrap().to_owned();
    add_app(&world, &session);
    world.wait(MINUTE);
    world.add_email(&session, "thief@example.com");
    world.post(&session, "/auth/two_factor/recovery/setup", Value::Null);
    world.post(&session, "/auth/two_factor/toggle", json!({ "enabled": true }));
    world.wait(MINUTE);
    let at = |path: &str, body: Value| {
        let answer = world.ports.send_with(&[("partnerid", "1")], "POST", path, body.to_string());
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    };
    at("/reg/v2/password/reset", json!({ "email": ANN }));
    let payload = at("/reg/v2/password/reset/confirm", json!({ "email": ANN, "confirmCode": world.code() }));
    let new = "Ann's-0wn-one";
    at(
        "/reg/v2/password/reset/execute",
        json!({ "email": ANN, "newPassword": new, "payload": payload["payload"] }),
    );
    let login = world.open("POST", "/auth/login", json!({ "email": ANN, "password": new })).json();
    assert_eq!(login["available_methods"], json!(["email"]));
    assert_eq!(world.ports.sent.borrow().last().unwrap().to, ANN);
}

/// Anybody can use up the guesses at an address, also before its owner has confirmed it. Who has the long code confirms it all the
/// same, with the password that was registered and no other.
#[test]
fn nobody_is_kept_from_confirming_by_wrong_passwords_of_others() {
    for (password, status) in [(PASSWORD, 200), (STRANGERS, 400)] {
        let world = World::new();
        world.open("POST", "/auth/register", json!({ "email": ANN, "password": PASSWORD }));
        for _ in 0..10 {
            world.open("POST", "/auth/login", json!({ "email": ANN, "password": "a guess or two" }));
        }
        let confirm = |code: &str| {
            let body = json!({ "email": ANN, "password": password, "code": code });
            world.open("POST", "/auth/register/verify", body)
        };
        assert_eq!(confirm(&world.code()).status, 429);
        assert_eq!(confirm(&"a".repeat(54)).status, 400);
        let text = world.ports.sent.borrow().last().unwrap().text.clone();
        let long = text.lines().find(|line| line.len() == 54 && !line.contains(' ')).unwrap();
        let confirmed = confirm(long);
        assert_eq!(confirmed.status, status, "{}", confirmed.text());
        assert_ne!(confirm(long).status, 200);
    }
}

/// supabase/auth#605, by mail: tags of an address are no more mail for its mailbox.
#[test]
fn a_mailbox_is_not_flooded_by_its_tags() {
    let world = World::new();
    world.ports.set_setting("emails_per_hour", "3");
    for number in 0..5 {
        let email = format!("ann+{number}@example.com");
        world.open("POST", "/auth/register", json!({ "email": email, "password": PASSWORD }));
    }
    assert_eq!(world.sent(), 3);
}

/// A removal of the last method that died before the switch was off: its owner is not kept from having another.
#[test]
fn a_switch_that_is_on_with_no_method_is_no_trap() {
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    let id = world.methods(&session)[0]["id"].as_str().unwrap().to_owned();
    let mut trapped = 0;
    for skip in 0.. {
        let world = world.fork();
        world.ports.store.fail_after(skip, stepgate_storage::memory::Fault::Before);
        world.delete(&session, &format!("/auth/two_factor/{id}"), Value::Null);
        if world.ports.store.heal() {
            break;
        }
        world.wait(MINUTE);
        let login = world.login(ANN).json();
        if login["success"] == true && login["user"]["two_factor"] == true {
            trapped += 1;
            let fresh = login["session_id"].as_str().unwrap();
            add_app(&world, fresh);
            assert_eq!(world.login(ANN).json()["available_methods"], json!(["totp"]), "{skip}");
        }
    }
    assert!(trapped > 0);
}
