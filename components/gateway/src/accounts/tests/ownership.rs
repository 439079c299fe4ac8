//! Codes to addresses that may have no account.

use super::*;
use crate::accounts::codes::{Payload, Times};
use crate::accounts::notices;
use crate::accounts::ownership::{self, Why};
use crate::accounts::refusal::{Refusal, Result};
use crate::testing::ready;
use core::time::Duration;
use stepgate_storage::{Day, Timestamp};

const TIMES: Times = Times { lifetime: Duration::from_secs(300), between: Duration::from_secs(60) };

/// Not quite a minute before midnight.
const LATE: Timestamp = Timestamp(20_500 * 86_400_000 - 59_500);

fn send(ports: &TestPorts) -> Result<Timestamp> {
    let to = email("ann@example.com");
    now(ports, |ctx| {
        ready(ownership::send(ctx, Why::SignUp, &to, TIMES, Payload::of(&"payload")?, &|written| {
            notices::ownership(ctx, Why::SignUp, &to, written)
        }))
    })
}

fn code(ports: &TestPorts) -> String {
    format!("{:06}", ports.newest_message_code())
}

fn check(ports: &TestPorts, code: &str) -> Result<String> {
    now(ports, |ctx| ownership::check(ctx, Why::SignUp, &email("ann@example.com"), code))
}

#[test]
fn a_code_works_once_over_midnight_and_not_when_a_newer_one_was_sent() {
    let ports = world();
    ports.now.set(LATE);
    send(&ports).unwrap();
    let first = code(&ports);
    assert!(matches!(send(&ports), Err(Refusal::TooSoon { .. })));
    ports.pass(Duration::from_secs(59));
    assert!(matches!(send(&ports), Err(Refusal::TooSoon { seconds: 1 })));
    ports.pass(Duration::from_secs(1));
    assert_eq!(ports.now.get().day(), Day(20_500));
    send(&ports).unwrap();
    let second = code(&ports);
    if first != second {
        assert!(matches!(check(&ports, &first), Err(Refusal::WrongCode { left: 4 })));
    }
    assert_eq!(check(&ports, &second).unwrap(), "payload");
    assert!(matches!(check(&ports, &second), Err(Refusal::NoCode)));

    let ports = world();
    ports.now.set(LATE);
    send(&ports).unwrap();
    ports.pass(Duration::from_secs(120));
    assert_eq!(check(&ports, &code(&ports)).unwrap(), "payload", "the day before's");
}

#[test]
fn the_long_code_works_where_the_attempts_are_used_up() {
    let ports = world();
    send(&ports).unwrap();
    let wrong = format!("{:06}", (ports.newest_message_code() + 1) % 1_000_000);
    for _ in 0..4 {
        assert!(matches!(check(&ports, &wrong), Err(Refusal::WrongCode { .. })));
    }
    assert!(matches!(check(&ports, &wrong), Err(Refusal::Locked { .. })));
    ports.pass(Duration::from_secs(60));
    send(&ports).unwrap();
    assert!(matches!(check(&ports, &code(&ports)), Err(Refusal::Locked { .. })));
    let text = ports.send_with(&[], "GET", "/inbox.json", "").json()["items"][0]["text"]
        .as_str()
        .unwrap()
        .to_owned();
    let long = text.split_whitespace().find(|word| ownership::is_long(word)).unwrap();
    let changed = format!("{}{}", &long[..53], if long.ends_with('A') { "B" } else { "A" });
    assert!(matches!(check(&ports, &changed), Err(Refusal::NoCode)));
    assert_eq!(check(&ports, long).unwrap(), "payload");
    assert!(matches!(check(&ports, long), Err(Refusal::NoCode)));
}

#[test]
fn what_strangers_ask_for_does_not_stay_in_the_store() {
    let ports = world();
    send(&ports).unwrap();
    let wrong = format!("{:06}", (ports.newest_message_code() + 1) % 1_000_000);
    for _ in 0..6 {
        let _ = check(&ports, &wrong);
    }
    ports.pass(Duration::from_secs(40 * 24 * 60 * 60));
    ports.store.sweep(ports.now.get().0 / 1000);
    let left: Vec<_> = ports.store.keys().into_iter().filter(|key| !key.contains("/inbox/")).collect();
    assert_eq!(left, [""; 0]);
}
