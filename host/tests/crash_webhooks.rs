//! The real program, killed while it delivers webhooks: whatever has changed is told in the end, whether or not whoever changed it got
//! an answer, and whether or not what was sent had been answered.

#![allow(clippy::unwrap_used, reason = "whatever is not as expected fails the test, in its helpers too")]

use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use stepgate_tests::{Caller, Client, Key, Program, Receiver, run};

/// Cargo builds a package's program for that package's own tests only, which is why this one is not in tests/.
const STEPGATE: &str = env!("CARGO_BIN_EXE_stepgate");

const KILLS: usize = 8;
const CLIENTS: usize = 4;
const SANDBOX_KEY: Key = Key::known("sandbox-key");

/// How long the last life may take to tell everything: a look that was noted is taken a minute later, and what was on its way when
/// the program died is sent again after half a minute.
const PATIENCE: Duration = Duration::from_secs(150);

/// The receiver takes its time, so that every kill meets deliveries that are under way.
const TAKES: Duration = Duration::from_millis(10);

/// Identifications that were made, by customer.
type Made = Arc<Mutex<Vec<(String, String)>>>;

async fn start(data: &std::path::Path) -> Program {
    Program::start_with(STEPGATE, data, &[("STEPGATE_WEBHOOK_ALLOWED_NETWORKS", r#"["127.0.0.0/8"]"#)]).await
}

/// Has identifications approved until the program is gone.
async fn work(caller: Caller, made: Made, name: String) {
    for n in 0.. {
        if one_review(&caller, &made, &format!("{name}.{n}@pay.example")).await.is_none() {
            return;
        }
        // Not faster than the receiver takes what comes of it.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn one_review(caller: &Caller, made: &Made, email: &str) -> Option<()> {
    let customer = caller.try_customer(email).await?;
    let path = format!("/api/customers/{}/identifications/v2", customer.id);
    let new = caller.try_json(Method::POST, &path, json!({ "type": "Link" })).await?.expect(201).json();
    let id = new["id"].as_str().unwrap().to_owned();
    made.lock().unwrap().push((customer.id, id.clone()));
    let path = format!("/api/sandbox/identification/{id}");
    caller.try_json(Method::POST, &path, json!({ "approved": true })).await?.expect(201);
    Some(())
}

/// How often each was told to have come to its status.
fn told(receiver: &Receiver) -> HashMap<(String, String), usize> {
    let mut told = HashMap::new();
    for received in receiver.received() {
        let (_, id, status) = received.told();
        *told.entry((id, status)).or_default() += 1;
    }
    told
}

#[test]
fn what_has_changed_is_told_after_any_number_of_kills() {
    run(async {
        let data = tempfile::TempDir::new().unwrap();
        let receiver = Receiver::open().await;
        receiver.take_so_long(TAKES);
        let made = Made::default();
        for kill in 0..KILLS {
            let program = start(data.path()).await;
            let caller = Client::new(program.address()).caller(SANDBOX_KEY);
            if kill == 0 {
                let topics = ["IdentificationStatus", "CustomerStatus"];
                let body = json!({ "url": receiver.url(), "topics": topics });
                caller.post("/api/webhooks", body).await.expect(201);
            }
            let working = join_all((0..CLIENTS).map(|n| {
                let work = work(caller.clone(), made.clone(), format!("kill{kill}.client{n}"));
                async move { tokio::spawn(work).await.unwrap() }
            }));
            let killed = async {
                if kill % 2 == 0 {
                    // In the middle of sending. After a kill there, nobody sends for a while.
                    let before = receiver.received().len();
                    while receiver.received().len() < before + 3 {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                } else {
                    // In the middle of changing something.
                    tokio::time::sleep(Duration::from_millis(200 + (kill as u64 * 137) % 300)).await;
                }
                program.kill().await;
            };
            tokio::join!(working, killed);
        }
        let program = start(data.path()).await;
        let caller = Client::new(program.address()).caller(SANDBOX_KEY);
        let mut expected = Vec::new();
        let made = made.lock().unwrap().clone();
        for (customer, id) in made {
            let now: Value = caller.get(&format!("/api/identifications/{id}")).await.expect(200).json();
            if now["status"] == "Approved" {
                expected.extend([(id, "Approved".to_owned()), (customer, "Active".to_owned())]);
            }
        }
        assert!(expected.len() > 5 * KILLS, "{}", expected.len());
        let all = tokio::time::timeout(PATIENCE, async {
            loop {
                let told = told(&receiver);
                if expected.iter().all(|one| told.contains_key(one)) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        });
        let complete = all.await.is_ok();
        let told = told(&receiver);
        let missing: Vec<_> = expected.iter().filter(|one| !told.contains_key(*one)).collect();
        assert!(complete, "{} of {} never told: {missing:?}", missing.len(), expected.len());
        // Nothing was told that is not so, and what came more than once was under way at a kill.
        assert_eq!(told.len(), expected.len());
        let again: usize = told.values().map(|times| times - 1).sum();
        assert!(again < expected.len(), "{again} of {} came again", expected.len());
        program.kill().await;
    });
}
