//! §3, "Others": registration, in its three modes, and confirming an address.

use super::*;

fn register(world: &World, headers: &[(&'static str, &str)], path: &str, body: &Value) -> Answer {
    let mut all = vec![("content-type", "application/json")];
    all.extend_from_slice(headers);
    world.ports.send_with(&all, "POST", path, body.to_string())
}

fn person(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "name": "Ann", "lastName": "Archer", "userType": "buyer" })
}

fn confirm(world: &World, email: &str, password: &str, code: &str) -> Answer {
    world.open("POST", "/auth/register/verify", json!({ "email": email, "password": password, "code": code }))
}

/// `POST /auth/register`: `{"success":true,"data":{"user","session":{"session_id","expires_at"}}}`.
#[test]
fn where_registration_is_open_an_account_begins_at_once() {
    let world = World::with(json!({ "registration": "open" }));
    let answer = register(&world, &[], "/auth/register", &person(ANN));
    let data = answer.json()["data"].clone();
    assert_eq!(answer.status, 200, "{data}");
    assert_eq!((&data["user"]["email"], &data["user"]["is_verified"]), (&json!(ANN), &json!(false)));
    assert_eq!((&data["user"]["last_name"], &data["user"]["user_type"]), (&json!("Archer"), &json!("buyer")));
    assert_eq!(data["session"]["session_id"], data["sessionId"]);
    assert_eq!(data["session"]["expires_at"], data["expiresAt"]);
    assert!(world.is_in(data["sessionId"].as_str().unwrap()));
    assert_eq!(world.login(ANN).json()["success"], true);
    let again = register(&world, &[], "/auth/register", &person("ANN@example.com"));
    assert_refused(&again, 409, "EMAIL_TAKEN", "Email already registered");
}

/// The texts of §3: `Invalid email format`, `Password must be at least 8 characters`.
#[test]
fn what_is_wrong_with_a_registration_is_said_in_the_contracts_words() {
    for mode in ["open", "verified"] {
        let world = World::with(json!({ "registration": mode }));
        for (name, value, error) in [
            ("email", json!("ann"), "Invalid email format"),
            ("email", json!("ann@"), "Invalid email format"),
            ("password", json!("1234567"), "Password must be at least 8 characters"),
            ("password", json!(""), "Password must be at least 8 characters"),
        ] {
            let mut body = person(ANN);
            body[name] = value;
            assert_refused(&register(&world, &[], "/auth/register", &body), 400, "VALIDATION_ERROR", error);
        }
        for (name, value) in
            [("phone", json!("555")), ("username", json!("a b")), ("name", json!("a\nb")), ("name", json!(7))]
        {
            let mut body = person(ANN);
            body[name] = value;
            let answer = register(&world, &[], "/auth/register", &body);
            assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("VALIDATION_ERROR")), "{name}");
        }
        assert_eq!(world.sent(), 0);
    }
}

/// `requiresVerification` and no session: for an address that has an account as for one that has none.
#[test]
fn no_answer_tells_whether_an_address_has_an_account() {
    let world = World::new();
    world.join("ben@example.com");
    world.wait(MINUTE);
    let ask = |email: &str| register(&world, &[], "/auth/register", &person(email));
    let (new, known) = (ask(ANN), ask("ben@example.com"));
    assert_eq!((new.status, known.status), (200, 200));
    assert_eq!(new.text().replace(ANN, "x"), known.text().replace("ben@example.com", "x"));
    let body = new.json();
    assert_eq!((&body["data"]["requiresVerification"], body["data"].get("sessionId")), (&json!(true), None));
    assert_eq!(new.headers.get("set-cookie"), None);
    // Both have a mail. The one who has an account is told so, and has no code.
    let sent = world.ports.sent.borrow();
    let (to_new, to_known) = (&sent[sent.len() - 2], &sent[sent.len() - 1]);
    assert_eq!((to_new.to.as_str(), to_known.to.as_str()), (ANN, "ben@example.com"));
    assert!(code_in(&to_new.text).is_some() && code_in(&to_known.text).is_none());
    drop(sent);
    // Nor does the answer to a second try, or to a wrong code.
    assert_eq!(ask(ANN).text(), ask("ben@example.com").text());
    let nobody = confirm(&world, "nobody@example.com", PASSWORD, "111111");
    let wrong = confirm(&world, "ben@example.com", "wrong horse", "111111");
    assert_eq!((nobody.status, nobody.text()), (401, wrong.text()));
}

/// The same work: as many operations of the store, one password hashed, one mail.
#[test]
fn a_registration_takes_the_same_work_for_a_known_address() {
    let world = World::new();
    world.join("ben@example.com");
    let cost = |email: &str| {
        let world = world.fork();
        let before = world.ports.store.operations();
        assert_eq!(register(&world, &[], "/auth/register", &person(email)).status, 200);
        (world.ports.store.operations() - before, world.sent())
    };
    // Both were asked for before, so that this is no difference.
    world.wait(MINUTE);
    register(&world, &[], "/auth/register", &person("ben@example.com"));
    register(&world, &[], "/auth/register", &person(ANN));
    world.wait(MINUTE);
    assert_eq!(cost(ANN), cost("ben@example.com"));
}

/// `POST /auth/register/verify`: ours. The code of the mail, or its long one, and the password that was registered.
#[test]
fn an_account_begins_when_its_address_is_confirmed() {
    for long in [false, true] {
        let world = World::new();
        register(&world, &[], "/auth/register", &person(ANN));
        let text = world.ports.sent.borrow().last().unwrap().text.clone();
        let long_code = text.lines().find(|line| line.len() == 54 && !line.contains(' ')).unwrap().to_owned();
        let code = if long { long_code } else { world.code() };
        let answer = confirm(&world, ANN, PASSWORD, &code);
        let data = answer.json()["data"].clone();
        assert_eq!(answer.status, 200, "{data}");
        assert_eq!(
            (&data["user"]["is_verified"], &data["user"]["two_factor"]),
            (&json!(true), &json!(false))
        );
        assert!(world.is_in(data["session"]["session_id"].as_str().unwrap()));
        assert!(answer.header("set-cookie").starts_with("session_id=ses_"));
        // The address is the first method.
        assert_eq!(world.methods(data["sessionId"].as_str().unwrap())[0]["status"], "active");
        assert_ne!(confirm(&world, ANN, PASSWORD, &code).status, 200);
    }
}

/// A stranger registers somebody's address with a password of the stranger's: its owner cannot be brought to confirm that.
#[test]
fn nobody_confirms_an_account_that_a_stranger_set_the_password_of() {
    let world = World::new();
    let mut strangers = person(ANN);
    strangers["password"] = json!("the stranger's");
    register(&world, &[], "/auth/register", &strangers);
    let code = world.code();
    assert_refused(&confirm(&world, ANN, PASSWORD, &code), 401, "INVALID_CREDENTIALS", "Invalid credentials");
    // The stranger has the password and not the code.
    let answer = confirm(&world, ANN, "the stranger's", &World::other_than(&code));
    assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("INVALID_CODE")));
    // The owner registers anew, which makes that one worthless.
    world.wait(MINUTE);
    register(&world, &[], "/auth/register", &person(ANN));
    assert_eq!(confirm(&world, ANN, "the stranger's", &code).status, 401);
    assert_eq!(confirm(&world, ANN, PASSWORD, &world.code()).status, 200);
}

/// The code's rules: ten minutes, 30 seconds between, five wrong ones, and the long code after those.
#[test]
fn the_code_of_a_registration_has_its_limits() {
    let world = World::new();
    register(&world, &[], "/auth/register", &person(ANN));
    let again = register(&world, &[], "/auth/register", &person(ANN));
    assert_refused(&again, 429, "RESEND_TOO_SOON", "Please wait before requesting a new code");
    assert_eq!(again.header("retry-after"), "30");
    let text = world.ports.sent.borrow().last().unwrap().text.clone();
    let long = text.lines().find(|line| line.len() == 54 && !line.contains(' ')).unwrap().to_owned();
    let code = world.code();
    let late = world.fork();
    late.wait(10 * MINUTE - MOMENT);
    let later = late.fork();
    assert_eq!(confirm(&late, ANN, PASSWORD, &code).status, 200);
    later.wait(MOMENT);
    // By then there is no registration, so no password either.
    assert_eq!(confirm(&later, ANN, PASSWORD, &code).status, 401);
    for left in [4, 3, 2, 1] {
        let answer = confirm(&world, ANN, PASSWORD, &World::other_than(&code));
        assert_eq!(answer.json()["attempts_remaining"], left);
    }
    let answer = confirm(&world, ANN, PASSWORD, &World::other_than(&code));
    assert_refused(&answer, 429, "TOO_MANY_ATTEMPTS", "Too many attempts");
    assert_eq!(confirm(&world, ANN, PASSWORD, &code).status, 429);
    assert_eq!(confirm(&world, ANN, PASSWORD, &long).status, 200);
}

/// `POST /auth/register/public`: with `X-Bridge-Secret`, "or user with `requiresVerification` and no session".
#[test]
fn the_bridge_registers_people_who_then_confirm_their_address() {
    for (mode, path) in [
        ("closed", "/auth/register/public"),
        ("verified", "/auth/register/public"),
        ("closed", "/auth/register"),
    ] {
        let world = World::with(json!({ "registration": mode }));
        let bridge = [("x-bridge-secret", BRIDGE)];
        let answer = register(&world, &bridge, path, &person(ANN));
        let data = answer.json()["data"].clone();
        assert_eq!((answer.status, &data["requiresVerification"]), (200, &json!(true)), "{data}");
        assert!(data["user"]["id"].as_str().unwrap().starts_with("usr_"));
        assert_eq!(data.get("sessionId"), None);
        assert_eq!(world.login(ANN).json()["code"], "EMAIL_NOT_VERIFIED");
        // Its mail was lost: another one, and nothing else is changed.
        world.wait(MINUTE);
        let mut other = person(ANN);
        other["password"] = json!("another password");
        assert_eq!(register(&world, &bridge, path, &other).json()["data"]["user"]["id"], data["user"]["id"]);
        assert_eq!(confirm(&world, ANN, "another password", &world.code()).status, 401);
        let done = confirm(&world, ANN, PASSWORD, &world.code()).json();
        assert_eq!(done["data"]["user"]["id"], data["user"]["id"]);
        assert_eq!(done["data"]["user"]["is_verified"], true);
        assert_eq!(world.login(ANN).json()["success"], true);
        let again = register(&world, &bridge, path, &person(ANN));
        assert_refused(&again, 409, "EMAIL_TAKEN", "Email already registered");
    }
}

/// In an open instance `register/public` answers with a session: `{"user","sessionId","expiresAt"}`.
#[test]
fn the_bridge_of_an_open_instance_gets_a_session() {
    let world = World::with(json!({ "registration": "open" }));
    let answer = register(&world, &[("x-bridge-secret", BRIDGE)], "/auth/register/public", &person(ANN));
    let data = answer.json()["data"].clone();
    assert!(data["expiresAt"].is_string() && world.is_in(data["sessionId"].as_str().unwrap()));
}

/// Only who holds the secret, and where there is none nobody.
#[test]
fn without_the_bridge_secret_a_closed_instance_registers_nobody() {
    let world = World::with(json!({ "registration": "closed" }));
    let answer = register(&world, &[], "/auth/register", &person(ANN));
    assert_refused(&answer, 403, "REGISTRATION_CLOSED", "Registration is closed");
    for (path, wrong) in
        [("/auth/register", "x"), ("/auth/register/public", "x"), ("/auth/register/public", "")]
    {
        let answer = register(&world, &[("x-bridge-secret", wrong)], path, &person(ANN));
        assert_refused(&answer, 401, "BRIDGE_SECRET_INVALID", "Invalid bridge secret");
    }
    let twice = [("x-bridge-secret", BRIDGE), ("x-bridge-secret", BRIDGE)];
    assert_eq!(register(&world, &twice, "/auth/register", &person(ANN)).status, 401);
    assert_eq!(world.sent(), 0);
    let none = World::with(json!({ "bridge_secret_sha256": null }));
    let answer = register(&none, &[("x-bridge-secret", BRIDGE)], "/auth/register/public", &person(ANN));
    assert_eq!(answer.status, 404);
}

/// Where a second factor is mandatory the address must be confirmed, even if registration is open: it is the first one.
#[test]
fn an_open_instance_with_a_mandatory_second_factor_has_addresses_confirmed() {
    let world = World::with(json!({ "registration": "open", "mfa": "mandatory" }));
    let answer = register(&world, &[], "/auth/register", &person(ANN));
    assert_eq!(answer.json()["data"]["requiresVerification"], true);
    assert_eq!(world.login(ANN).json()["code"], "EMAIL_NOT_VERIFIED");
    assert_eq!(confirm(&world, ANN, PASSWORD, &world.code()).status, 200);
    assert_eq!(world.login(ANN).json()["requires_2fa"], true);
}

/// The same: a mail that is lost, or a stranger who was first, keeps nobody from registering.
#[test]
fn an_open_instance_with_a_mandatory_second_factor_lets_people_try_again() {
    let world = World::with(json!({ "registration": "open", "mfa": "mandatory" }));
    world.ports.delivery_fails.set(true);
    assert_eq!(register(&world, &[], "/auth/register", &person(ANN)).status, 500);
    world.ports.delivery_fails.set(false);
    world.wait(MINUTE);
    let mut strangers = person(ANN);
    strangers["password"] = json!("the stranger's");
    assert_eq!(register(&world, &[], "/auth/register", &strangers).status, 200);
    world.wait(MINUTE);
    let answer = register(&world, &[], "/auth/register", &person(ANN));
    assert_eq!((answer.status, &answer.json()["data"]["requiresVerification"]), (200, &json!(true)));
    assert_eq!(confirm(&world, ANN, PASSWORD, &world.code()).status, 200);
}

/// User names are public, and there is one account for each.
#[test]
fn a_user_name_is_given_once() {
    let world = World::new();
    let with_name = |email: &str, name: &str| {
        let mut body = person(email);
        body["username"] = json!(name);
        register(&world, &[], "/auth/register", &body)
    };
    assert_eq!(with_name(ANN, "archer").status, 200);
    let code = world.code();
    assert_eq!(with_name("ben@example.com", "Archer").status, 200);
    let bens = world.code();
    assert_eq!(confirm(&world, ANN, PASSWORD, &code).status, 200);
    assert_refused(
        &confirm(&world, "ben@example.com", PASSWORD, &bens),
        409,
        "USER_NAME_TAKEN",
        "User name already registered",
    );
    assert_refused(
        &with_name("cat@example.com", "ARCHER"),
        409,
        "USER_NAME_TAKEN",
        "User name already registered",
    );
}

/// Two confirm at once: one account, one session.
#[test]
fn of_two_confirmations_at_once_one_makes_the_account() {
    let world = World::new();
    register(&world, &[], "/auth/register", &person(ANN));
    let body = json!({ "email": ANN, "password": PASSWORD, "code": world.code() }).to_string();
    for step in 0..60 {
        let world = world.fork();
        let (sent, there) = (body.clone(), std::rc::Rc::new(core::cell::Cell::new(0)));
        let answered = there.clone();
        *world.ports.before_operation.borrow_mut() = Some((
            step,
            Box::new(move |ports| {
                answered.set(
                    ports
                        .send_with(
                            &[("content-type", "application/json")],
                            "POST",
                            "/auth/register/verify",
                            &sent,
                        )
                        .status,
                );
            }),
        ));
        let here = world
            .ports
            .send_with(&[("content-type", "application/json")], "POST", "/auth/register/verify", &body)
            .status;
        if world.ports.before_operation.take().is_some() {
            return;
        }
        let winners = [here, there.get()].into_iter().filter(|status| *status == 200).count();
        assert_eq!(winners, 1, "{step}: {here} {}", there.get());
        assert_eq!(world.login(ANN).status, 200);
    }
    panic!("a confirmation takes more than 60 operations");
}
