//! Attacks that take several steps, or both APIs.

use super::made::app_code;
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
