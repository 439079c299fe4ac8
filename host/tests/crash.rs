//! The real program, killed in the middle of its work, twenty times: design.md §3, properties 1 and 3, and what a store
//! promises about a crash.
//!
//! What was acknowledged is written down by the clients and compared with what the program says when it is back.

#![allow(clippy::unwrap_used, reason = "whatever is not as expected fails the test, in its helpers too")]

use futures::future::join_all;
use futures::stream::{self, StreamExt as _};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use stepgate_tests::{Caller, Client, Customer, Key, Program, run};

/// Cargo builds a package's program for that package's own tests only, which is why this one is not in tests/.
const STEPGATE: &str = env!("CARGO_BIN_EXE_stepgate");

const KILLS: usize = 20;
const CLIENTS: usize = 6;
const LIMIT: u64 = 5;
const SANDBOX_KEY: Key = Key::known("sandbox-key");

/// What is known of one challenge from the answers to one client.
#[derive(Clone, Debug)]
struct Known {
    customer: Customer,
    code_id: String,
    to: String,
    /// The most that any answer said.
    attempts: u64,
    /// How many submissions were sent, answered or not.
    sent: u64,
    /// Whether the right code was among them.
    right_sent: bool,
    status: String,
}

#[derive(Default)]
struct Ledger(Mutex<HashMap<String, Known>>);

impl Ledger {
    fn write(&self, known: &Known) {
        self.0.lock().unwrap().insert(known.code_id.clone(), known.clone());
    }

    fn take(&self) -> Vec<Known> {
        self.0.lock().unwrap().drain().map(|(_, known)| known).collect()
    }
}

/// An answer of the program, or none because it was killed.
type Said<T> = Option<T>;

/// Works through customers until the program is gone.
async fn work(caller: Caller, ledger: Arc<Ledger>, name: String) {
    for n in 0.. {
        if one_change(&caller, &ledger, &format!("{name}.{n}"), n).await.is_none() {
            return;
        }
    }
}

async fn one_change(caller: &Caller, ledger: &Ledger, name: &str, n: usize) -> Said<()> {
    let customer = caller.try_customer(&format!("{name}@old.example")).await?;
    let to = format!("{name}@new.example");
    let code_id = caller.try_change_email(&customer, &to).await?;
    let mut known =
        Known { customer, code_id, to, attempts: 0, sent: 0, right_sent: false, status: "Pending".into() };
    ledger.write(&known);
    // Some are confirmed at once, some after wrong codes, some are rejected.
    let wrong = n % 6;
    let codes = (0..wrong).map(|_| 1).chain([123_456]);
    for code in codes {
        known.sent += 1;
        known.right_sent |= code == 123_456;
        ledger.write(&known);
        let answer = caller.try_submit(&known.code_id, code).await?;
        known.attempts = known.attempts.max(answer["attempts"].as_u64().unwrap());
        known.status = answer["status"].as_str().unwrap().to_owned();
        // One in a million codes is the one that is used here as a wrong one.
        known.right_sent |= known.status == "Confirmed";
        ledger.write(&known);
    }
    Some(())
}

/// Everything the program said before still holds.
async fn check(caller: &Caller, known: &Known) {
    let before = known.clone();
    let now = match caller.code_of(&known.customer.id).await {
        pending if pending.status == 200 => pending.json(),
        // Over: whatever is submitted is not compared, and the answer tells how it ended.
        _ => caller.submit(&known.code_id, 1).await.expect(200).json(),
    };
    assert_eq!(now["id"], known.code_id);
    let (status, attempts) = (now["status"].as_str().unwrap(), now["attempts"].as_u64().unwrap());
    assert!(attempts <= LIMIT, "more than the limit was compared: {now} {before:?}");
    assert!(attempts >= known.attempts, "an attempt was given back: {now} {before:?}");
    assert!(attempts <= known.sent, "more was compared than sent: {now} {before:?}");
    let email = caller.email_of(&known.customer).await;
    match known.status.as_str() {
        "Confirmed" => {
            assert_eq!(status, "Confirmed", "an acknowledged confirmation is lost: {before:?}");
            assert_eq!(email, known.to, "a confirmed change is lost: {before:?}");
        }
        "Rejected" => {
            assert_eq!(status, "Rejected", "{before:?}");
            assert_eq!(email, known.customer.email, "{before:?}");
        }
        // The last submission may have been taken or lost, but status and address must agree about it.
        _ => {
            assert_eq!(email == known.to, status == "Confirmed", "{now} {before:?}");
            assert!(status != "Confirmed" || known.right_sent, "confirmed by nobody: {before:?}");
        }
    }
}

/// Checks what was said in the life before this one, and answers how many confirmations were among it.
async fn check_all(caller: &Caller, ledger: &Ledger) -> usize {
    let all = ledger.take();
    stream::iter(&all).for_each_concurrent(16, |known| check(caller, known)).await;
    all.iter().filter(|known| known.status == "Confirmed").count()
}

#[test]
fn what_was_said_before_a_kill_holds_after_it() {
    run(async {
        let data = tempfile::TempDir::new().unwrap();
        let ledger = Arc::new(Ledger::default());
        let mut confirmed = 0;
        for kill in 0..KILLS {
            let program = Program::start(STEPGATE, data.path()).await;
            let client = Client::new(program.address());
            let caller = client.caller(SANDBOX_KEY);
            confirmed += check_all(&caller, &ledger).await;
            let working = join_all((0..CLIENTS).map(|n| {
                let work = work(caller.clone(), ledger.clone(), format!("kill{kill}.client{n}"));
                async move { tokio::spawn(work).await.unwrap() }
            }));
            let killed = async {
                // Any moment will do; these are spread over several requests of every client.
                tokio::time::sleep(Duration::from_millis(40 + (kill as u64 * 37) % 211)).await;
                program.kill().await;
            };
            tokio::join!(working, killed);
        }
        let program = Program::start(STEPGATE, data.path()).await;
        let caller = Client::new(program.address()).caller(SANDBOX_KEY);
        confirmed += check_all(&caller, &ledger).await;
        assert!(confirmed >= KILLS, "the program was killed before it did much: {confirmed} confirmations");
        program.kill().await;
    });
}
