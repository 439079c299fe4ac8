//! Which method is meant by a request that does not name it by its id: §4 and §7.3.

use super::made::{add_app, app_code};
use super::*;

const VERIFY: &str = "/auth/two_factor/verify";

fn setup(world: &World, session: &str, email: &str) -> String {
    let answer = world.post(session, "/auth/two_factor/email/setup", json!({ "email": email }));
    assert_eq!(answer.status, 200, "{}", answer.text());
    world.code()
}

/// A mistyped address, and then the right one: the second code is looked at, and not the first one's method.
#[test]
fn of_two_addresses_that_are_being_set_up_the_newer_is_meant() {
    for method in [json!("email"), Value::Null] {
        let world = World::new();
        let session = world.join(ANN);
        for email in ["tpyo@example.com", "right@example.com"] {
            world.wait(MOMENT);
            setup(&world, &session, email);
        }
        let body = json!({ "code": world.code(), "method": method, "action": "setup" });
        let done = world.post(&session, VERIFY, body);
        assert_eq!(done.status, 200, "{}", done.text());
        let active: Vec<Value> =
            world.methods(&session).into_iter().filter(|method| method["status"] == "active").collect();
        assert_eq!(active[1]["identifier"], "r***t@example.com");
        assert_eq!(active.len(), 2);
    }
}

/// Its code again: that of the address which was entered last, also if it was entered before.
#[test]
fn the_code_of_a_setup_is_sent_again_to_the_address_that_was_entered_last() {
    let world = World::new();
    let session = world.join(ANN);
    for email in ["one@example.com", "two@example.com", "one@example.com"] {
        world.wait(MINUTE);
        setup(&world, &session, email);
        world.wait(MINUTE);
        let again = world.post(&session, "/auth/two_factor/email/start", json!({ "action": "setup" }));
        assert_eq!(again.status, 200, "{}", again.text());
        assert_eq!(world.ports.sent.borrow().last().unwrap().to, email);
    }
}

/// An address, and then an app instead, or the other way round: the code is compared with that of the setup that was begun last.
#[test]
fn of_an_address_and_an_app_that_are_being_set_up_the_newer_is_meant() {
    for app_is_newer in [true, false] {
        let world = World::new();
        let session = world.join(ANN);
        let mut code = String::new();
        for is_app in [!app_is_newer, app_is_newer] {
            world.wait(MINUTE);
            code = if is_app {
                let begun = world.post(&session, "/auth/two_factor/totp/setup", Value::Null).json();
                app_code(begun["data"]["secret"].as_str().unwrap(), &world)
            } else {
                setup(&world, &session, "other@example.com")
            };
        }
        let done = world.post(&session, VERIFY, json!({ "code": code, "action": "setup" }));
        assert_eq!(done.status, 200, "{app_is_newer}: {}", done.text());
        let methods = world.methods(&session);
        let active = methods.iter().filter(|method| method["status"] == "active");
        let kinds: Vec<&Value> = active.map(|method| &method["method"]).collect();
        assert_eq!(kinds, ["email", if app_is_newer { "totp" } else { "email" }]);
    }
}

/// A sign-in: the code of the first method was sent by itself, then that of another was asked for.
#[test]
fn of_two_codes_of_a_sign_in_the_one_sent_last_is_meant() {
    for method in [json!("email"), Value::Null] {
        let world = World::new();
        let active = world.join_with_two_factor(ANN);
        world.wait(MINUTE);
        let other = world.add_email(&active, "other@example.com");
        let session = world.pending(ANN);
        world.wait(MOMENT);
        let start = json!({ "method_id": other, "action": "login" });
        assert_eq!(world.post(&session, "/auth/two_factor/email/start", start).status, 200);
        let body = json!({ "code": world.code(), "method": method, "action": "login" });
        assert_eq!(world.post(&session, VERIFY, body).status, 200);
    }
}

/// The same of two kinds, where the body names none.
#[test]
fn of_a_mail_and_an_sms_the_one_sent_last_is_meant() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    let sms = |world: &World| {
        let text = world.ports.sent.borrow().last().unwrap().text.clone();
        text.rsplit('#').next().unwrap()[..6].to_owned()
    };
    let phone = json!({ "phone": "+15551234567" });
    assert_eq!(world.post(&active, "/auth/two_factor/sms/setup", phone).status, 200);
    let body = json!({ "code": sms(&world), "method": "sms", "action": "setup" });
    assert_eq!(world.post(&active, VERIFY, body).status, 200);
    world.wait(MINUTE);
    let session = world.pending(ANN);
    world.wait(MOMENT);
    assert_eq!(world.post(&session, "/auth/two_factor/sms/start", json!({ "action": "login" })).status, 200);
    let body = json!({ "code": sms(&world), "action": "login" });
    assert_eq!(world.post(&session, VERIFY, body).status, 200);
}

/// A new app takes the place of the one before: its owner is told, and the old one's id is not its name.
#[test]
fn an_app_that_is_replaced_is_told_of_however_it_is_called() {
    for old_id in [false, true] {
        let world = World::new();
        let session = world.join_with_two_factor(ANN);
        let (_, old) = add_app(&world, &session);
        let told = || {
            let sent = world.ports.sent.borrow();
            sent.iter().filter(|message| message.subject.contains("factor was added")).count()
        };
        assert_eq!(told(), 1);
        world.wait(MINUTE);
        let setup = world.post(&session, "/auth/two_factor/totp/setup", Value::Null).json();
        let code = app_code(setup["data"]["secret"].as_str().unwrap(), &world);
        let mut body = json!({ "code": code, "action": "setup" });
        if old_id {
            body["method_id"] = json!(old);
            let answer = world.post(&session, VERIFY, body);
            assert_refused(&answer, 404, "METHOD_NOT_FOUND", "Method not found");
            assert_eq!((told(), &world.methods(&session)[1]["id"]), (1, &json!(old)));
        } else {
            body["method"] = json!("totp");
            assert_eq!(world.post(&session, VERIFY, body).status, 200);
            assert_eq!((told(), &world.methods(&session)[1]["id"]), (2, &setup["method_id"]));
        }
    }
}

/// Two setups of an app at once: each is answered with the id of its own secret. The one that came first is void.
#[test]
fn of_two_setups_of_an_app_at_once_each_has_its_own_id() {
    let world = World::new();
    let session = world.join(ANN);
    for step in 0..60 {
        let world = world.fork();
        let there = session.clone();
        *world.ports.before_operation.borrow_mut() = Some((
            step,
            Box::new(move |ports| {
                ports.send_with(&[("x-session-id", &there)], "POST", "/auth/two_factor/totp/setup", "");
            }),
        ));
        let answer = world.post(&session, "/auth/two_factor/totp/setup", Value::Null);
        let over = world.ports.before_operation.take().is_some();
        assert_eq!(answer.status, 200, "{step}");
        let data = answer.json()["data"].clone();
        let code = app_code(data["secret"].as_str().unwrap(), &world);
        let body = json!({ "code": code, "method_id": data["method_id"], "action": "setup" });
        let done = world.post(&session, VERIFY, body);
        assert!([200, 404].contains(&done.status), "{step}: {}", done.text());
        if over {
            return;
        }
    }
    panic!("a setup takes more than 60 operations");
}

/// §7.5: "if a body code is sent it must be right (400 else)", also where it is said to be of a method that is not there.
#[test]
fn a_code_of_no_method_is_wrong_and_an_id_without_a_code_is_nothing() {
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    let id = world.methods(&session)[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/auth/two_factor/{id}");
    for none in ["", "x", "aaaaaaaa-0d44-4b50-8888-8dd25736052a"] {
        let mut body = json!({ "verification_code": "111111", "verification_method_id": none });
        let answer = world.delete(&session, &path, body.clone());
        assert_refused(&answer, 400, "CODE_EXPIRED", "Verification code expired");
        for on in [true, false] {
            body["enabled"] = json!(on);
            let answer = world.post(&session, "/auth/two_factor/toggle", body.clone());
            assert_refused(&answer, 400, "CODE_EXPIRED", "Verification code expired");
        }
    }
    assert_eq!(world.delete(&session, &path, json!({ "verification_method_id": "" })).status, 200);
}
