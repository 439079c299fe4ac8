//! What one code allows is one change, whatever else goes on at the same moment: docs/accounts.md, "good for one change".

use super::strict::{give, refused, strict};
use super::*;
use std::collections::BTreeSet;
use std::rc::Rc;
use stepgate_storage::memory::Fault;

/// Method, path and body.
type Request = (&'static str, String, Value);

/// Begins to set an address up. Answers what would confirm it.
fn begin(world: &World, session: &str, email: &str) -> Request {
    let answer = world.post(session, "/auth/two_factor/email/setup", json!({ "email": email }));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = json!({ "code": world.code(), "method_id": answer.json()["method_id"], "action": "setup" });
    ("POST", "/auth/two_factor/verify".to_owned(), body)
}

/// The same with a wrong code.
fn mistyped((method, path, body): &Request) -> Request {
    let mut body = body.clone();
    body["code"] = World::other_than(body["code"].as_str().unwrap()).into();
    (method, path.clone(), body)
}

fn recovery() -> Request {
    ("POST", "/auth/two_factor/recovery/setup".to_owned(), Value::Null)
}

fn send(world: &World, session: &str, (method, path, body): &Request) -> u16 {
    world.ask(session, method, path, body.clone()).status
}

/// Makes the second request at every step of the first. `check` is given how the two were answered.
fn meet(
    world: &World,
    session: &str,
    (here, there): (&Request, &Request),
    check: impl Fn(&World, [u16; 2], u64),
) {
    for step in 0..120 {
        let world = world.fork();
        let ((method, path, body), id) = (there.clone(), session.to_owned());
        let theirs = Rc::new(core::cell::Cell::new(0));
        let answered = theirs.clone();
        *world.ports.before_operation.borrow_mut() = Some((
            step,
            Box::new(move |ports| {
                let headers = [("x-session-id", id.as_str()), ("content-type", "application/json")];
                answered.set(ports.send_with(&headers, method, &path, text(&body)).status);
            }),
        ));
        let ours = send(&world, session, here);
        if world.ports.before_operation.take().is_some() {
            return;
        }
        check(&world, [ours, theirs.get()], step);
    }
    panic!("a change takes more than 120 operations");
}

/// A code given in a strict tenant's session, and what it can be given for: two addresses, recovery codes, and the removal of one
/// of the two methods there are.
fn marked() -> (World, String, Vec<Request>) {
    let (world, session) = strict();
    give(&world, &session, "remove");
    let second = world.add_email(&session, "second@example.com");
    world.wait(MINUTE);
    give(&world, &session, "remove");
    let mut requests: Vec<Request> =
        ["one@example.com", "two@example.com"].map(|email| begin(&world, &session, email)).into();
    requests.push(recovery());
    requests.push(("DELETE", format!("/auth/two_factor/{second}"), Value::Null));
    (world, session, requests)
}

/// The methods that count.
fn active(world: &World, session: &str) -> BTreeSet<String> {
    let methods = world.methods(session).into_iter().filter(|method| method["status"] == "active");
    methods.map(|method| method["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn of_two_changes_at_once_one_is_made() {
    let (world, session, requests) = marked();
    let before = active(&world, &session);
    for here in &requests {
        for there in requests.iter().filter(|there| *there != here) {
            meet(&world, &session, (here, there), |world, mut answers, step| {
                answers.sort_unstable();
                assert_eq!(answers, [200, 403], "{here:?} {there:?} {step}");
                let after = active(world, &session);
                assert_eq!(before.symmetric_difference(&after).count(), 1, "{here:?} {there:?} {step}");
            });
        }
    }
}

/// A wrong code is no change: what was given for one is there still, for one, also if both were tried at once.
#[test]
fn a_wrong_code_uses_nothing_up_and_lets_no_second_one_in() {
    let (world, session, requests) = marked();
    let (right, other) = (&requests[0], &requests[1]);
    let wrong = mistyped(right);
    assert_eq!(send(&world, &session, &wrong), 400);
    for (here, there) in [(right, &wrong), (&wrong, right)] {
        meet(&world, &session, (here, there), |world, answers, step| {
            let was_made = answers.contains(&200);
            assert!(was_made || answers.contains(&403), "{step}: {answers:?}");
            assert_eq!(send(world, &session, other), if was_made { 403 } else { 200 }, "{step}: {answers:?}");
            refused(&world.post(&session, "/auth/two_factor/recovery/setup", Value::Null));
        });
    }
}

/// Of a change that broke off nobody knows whether it was made: what let it through was for that one.
#[test]
fn a_change_that_breaks_off_leaves_none_to_a_second_one() {
    let (world, session, requests) = marked();
    let before = active(&world, &session);
    for here in &requests {
        for fault in [Fault::Before, Fault::After] {
            for skip in 0.. {
                assert!(skip < 200);
                let world = world.fork();
                world.ports.store.fail_after(skip, fault);
                send(&world, &session, here);
                if world.ports.store.heal() {
                    break;
                }
                for next in requests.iter().filter(|next| *next != here) {
                    send(&world, &session, next);
                }
                let after = active(&world, &session);
                assert!(before.symmetric_difference(&after).count() <= 1, "{here:?} {skip} {fault:?}");
            }
        }
    }
}
