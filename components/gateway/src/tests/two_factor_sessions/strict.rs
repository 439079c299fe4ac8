//! §7.5 and §7.6, strict mode: a code each time, in the request or within ten minutes before.

use super::*;

const VERIFY: &str = "/auth/two_factor/verify";

pub(super) fn strict() -> (World, String) {
    let world = World::with(json!({ "strict": true }));
    let session = world.join_with_two_factor(ANN);
    world.wait(MINUTE);
    (world, session)
}

fn start(world: &World, session: &str, action: &str) -> String {
    let first = world.methods(session)[0]["id"].clone();
    let body = json!({ "action": action, "method_id": first });
    let answer = world.post(session, "/auth/two_factor/email/start", body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    world.code()
}

pub(super) fn give(world: &World, session: &str, action: &str) {
    let body = json!({ "code": start(world, session, action), "method": "email", "action": action });
    assert_eq!(world.post(session, VERIFY, body).status, 200);
    world.wait(MINUTE);
}

fn remove(world: &World, session: &str, id: &str) -> Answer {
    world.delete(session, &format!("/auth/two_factor/{id}"), Value::Null)
}

/// Another address, with the code that it takes.
fn add(world: &World, session: &str, email: &str) -> String {
    give(world, session, "remove");
    world.add_email(session, email)
}

#[track_caller]
pub(super) fn refused(answer: &Answer) {
    assert_refused(answer, 403, "TWO_FACTOR_REQUIRED", "Confirm this with a verification code first");
}

#[test]
fn a_removal_takes_a_code_of_its_own() {
    let (world, session) = strict();
    let other = add(&world, &session, "other@example.com");
    refused(&remove(&world, &session, &other));
    let code = start(&world, &session, "remove");
    let body = json!({ "code": code, "method": "email", "action": "remove" });
    assert_eq!(world.post(&session, VERIFY, body).status, 200);
    let late = world.fork();
    late.wait(10 * MINUTE);
    refused(&remove(&late, &session, &other));
    world.wait(10 * MINUTE - MOMENT);
    assert_eq!(remove(&world, &session, &other).status, 200);
}

/// "A code each time": what one code allows is done once, also by two at once.
#[test]
fn a_code_given_before_is_good_for_one_removal() {
    let (world, session) = strict();
    let one = add(&world, &session, "one@example.com");
    world.wait(MINUTE);
    let two = add(&world, &session, "two@example.com");
    world.wait(MINUTE);
    give(&world, &session, "remove");
    let both = world.fork();
    assert_eq!(remove(&world, &session, &one).status, 200);
    refused(&remove(&world, &session, &two));
    for step in 0..80 {
        let world = both.fork();
        let (there, path) = (session.clone(), format!("/auth/two_factor/{two}"));
        *world.ports.before_operation.borrow_mut() = Some((
            step,
            Box::new(move |ports| drop(ports.send_with(&[("x-session-id", &there)], "DELETE", &path, ""))),
        ));
        remove(&world, &session, &one);
        let over = world.ports.before_operation.take().is_some();
        assert_eq!(world.methods(&session).len(), 2, "{step}");
        if over {
            return;
        }
    }
    panic!("a removal takes more than 80 operations");
}

/// §7.6: "strict mode demands `verification_code`": what was given before is not enough, whichever action it was for.
#[test]
fn switching_off_takes_the_code_in_the_request() {
    let (world, session) = strict();
    let off = |body: Value| world.post(&session, "/auth/two_factor/toggle", body);
    refused(&off(json!({ "enabled": false })));
    for action in ["remove", "toggle"] {
        give(&world, &session, action);
        refused(&off(json!({ "enabled": false })));
    }
    let code = start(&world, &session, "toggle");
    assert_eq!(off(json!({ "enabled": false, "verification_code": code })).status, 200);
}

/// Otherwise whoever has a session adds a factor, and has the code for everything else from that.
#[test]
fn adding_a_factor_takes_a_code_too_whichever_it_is() {
    for (kind, body) in [
        ("email", json!({ "email": "other@example.com" })),
        ("sms", json!({ "phone": "+15551234567" })),
        ("totp", Value::Null),
        ("recovery", Value::Null),
    ] {
        let (world, session) = strict();
        let path = format!("/auth/two_factor/{kind}/setup");
        let before = world.sent();
        refused(&world.post(&session, &path, body.clone()));
        assert_eq!((world.sent(), world.methods(&session).len()), (before, 1), "{kind}");
        give(&world, &session, "remove");
        let answer = world.post(&session, &path, body.clone());
        assert_eq!(answer.status, 200, "{kind}: {}", answer.text());
        if kind != "recovery" {
            let data = answer.json()["data"].clone();
            let code = match kind {
                "email" => world.code(),
                "sms" => {
                    let text = world.ports.sent.borrow().last().unwrap().text.clone();
                    text.rsplit('#').next().unwrap()[..6].to_owned()
                }
                _ => made::app_code(data["secret"].as_str().unwrap(), &world),
            };
            let body = json!({ "code": code, "method_id": data["method_id"], "action": "setup" });
            // Late, it takes another one.
            let late = world.fork();
            late.wait(9 * MINUTE);
            refused(&late.post(&session, VERIFY, body.clone()));
            assert_eq!(world.post(&session, VERIFY, body).status, 200, "{kind}");
        }
        assert_eq!(world.methods(&session).len(), 2, "{kind}");
        // And it was good for this one.
        refused(&world.post(&session, &path, body));
        refused(&world.post(&session, "/auth/two_factor/recovery/setup", Value::Null));
    }
}

/// Where there is no factor there is no code either: the first one can be set up, and what is left over removed.
#[test]
fn an_account_without_a_factor_is_not_trapped() {
    let world = World::with(json!({ "strict": true, "registration": "open" }));
    let joined = world.open("POST", "/auth/register", json!({ "email": ANN, "password": PASSWORD }));
    let session = joined.json()["data"]["sessionId"].as_str().unwrap().to_owned();
    let codes = world.post(&session, "/auth/two_factor/recovery/setup", Value::Null);
    assert_eq!(codes.status, 200, "{}", codes.text());
    let id = codes.json()["method_id"].as_str().unwrap().to_owned();
    assert_eq!(remove(&world, &session, &id).status, 200);
    let setup = world.post(&session, "/auth/two_factor/email/setup", json!({ "email": ANN })).json();
    assert_eq!(remove(&world, &session, setup["method_id"].as_str().unwrap()).status, 200);
    world.wait(MINUTE);
    made::add_app(&world, &session);
    refused(&world.post(&session, "/auth/two_factor/totp/setup", Value::Null));
}

/// Where the tenant has two-factor sign-in off no code can be asked for, so none is, or a method could never be removed.
#[test]
fn a_tenant_without_two_factor_asks_for_no_code() {
    let (world, session) = strict();
    world.configure(json!({ "strict": true, "two_factor": false }));
    let id = world.methods(&session)[0]["id"].as_str().unwrap().to_owned();
    let off = world.fork().post(&session, "/auth/two_factor/toggle", json!({ "enabled": false }));
    assert_eq!(off.status, 200, "{}", off.text());
    let removed = remove(&world, &session, &id);
    assert_eq!(removed.status, 200, "{}", removed.text());
}

/// A code that was given to switch off says nothing of a method.
#[test]
fn a_code_to_switch_off_adds_no_factor() {
    let (world, session) = strict();
    give(&world, &session, "toggle");
    refused(&world.post(&session, "/auth/two_factor/email/setup", json!({ "email": "other@example.com" })));
}
