//! Whether a verify over HTTP gets slower when many other challenges are alive.

use crate::api;
use crate::client::Client;
use crate::fixture::{KEY_ID, SCOPE, SECRET, SystemClock, ThreadRandom, keys, request};
use crate::native::{self, Adapter};
use crate::program::Server;
use crate::start::{first_answer, millis};
use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::seq::IndexedRandom;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use stepgate_bench::{Goal, Samples, Table};
use stepgate_host::clock;
use stepgate_host::store::{RedbOptions, RedbStore, Store};
use stepgate_otp::Core;

const FEW: u64 = 1_000;
const MANY: u64 = 1_000_000;
/// Verifies that are timed, one after the other on one connection; some more come before them.
const VERIFIES: usize = 3_000;
const WARM_UP: usize = 500;
/// How many challenges are issued between two syncs while the store is filled.
const FILL_BATCH: u64 = 5_000;
/// SHA-256 of `sandbox-key`.
const API_KEY_HASH: &str = "db6bcf6a2a36ee93dafa7dfcdc40973da39f2e2843e4c6f76e08aefc767b0caa";

pub fn measure(table: &mut Table) -> Result<()> {
    let (few, many) = (verify(FEW)?, verify(MANY)?);
    table.row("verify over HTTP, p50 with 10³ live", " ms", Goal::None, millis(few));
    table.row("verify over HTTP, p50 with 10⁶ live", " ms", Goal::None, millis(many));
    let ratio = many.as_secs_f64() / few.as_secs_f64();
    table.row("verify over HTTP, p50: 10⁶ / 10³", "×", Goal::AtMost(1.2), ratio);
    Ok(())
}

/// The median of a wrong code for a random challenge among `live` ones.
fn verify(live: u64) -> Result<Duration> {
    let data = tempfile::tempdir()?;
    let ids = fill(data.path(), live)?;
    let api_keys = json!([
        { "sha256": API_KEY_HASH, "partner": SCOPE, "name": "Bench", "role": "read-write" }
    ]);
    let mac_keys = json!([{ "id": KEY_ID, "secret": STANDARD.encode(SECRET) }]);
    let settings = [
        ("STEPGATE_ENVIRONMENT", "sandbox".to_owned()),
        ("STEPGATE_API_KEYS", api_keys.to_string()),
        ("STEPGATE_MAC_KEYS", mac_keys.to_string()),
    ];
    let server = Server::stepgate_with(data.path(), settings)?;
    first_answer(server.address)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let durations = runtime.block_on(async {
        let mut client = Client::connect(server.address).await?;
        let mut durations = Vec::new();
        for _ in 0..WARM_UP + VERIFIES {
            let Some(id) = ids.choose(&mut rand::rng()) else { continue };
            let begin = Instant::now();
            api::fail(&mut client, id).await?;
            durations.push(begin.elapsed());
        }
        anyhow::Ok(durations.split_off(WARM_UP))
    })?;
    server.stop()?;
    Ok(Samples::new(durations).p50())
}

/// Issues challenges without the program, which takes a minute instead of many. Answers their ids.
fn fill(data: &Path, live: u64) -> Result<Vec<String>> {
    let clock = Arc::new(clock::SystemClock::new());
    let store = Arc::new(RedbStore::open(&data.join("stepgate.redb"), &RedbOptions::default(), clock)?);
    let adapter = Adapter::new(store.clone());
    let (clock, keys) = (SystemClock::default(), keys()?);
    let core = Core::new(&adapter, &clock, ThreadRandom);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut ids = Vec::new();
    for number in 0..live {
        ids.push(native::issue(&core, request(number)?, &keys)?.challenge.id.to_string());
        if number % FILL_BATCH == FILL_BATCH - 1 {
            runtime.block_on(store.durable(adapter.take_seen()))?;
        }
    }
    runtime.block_on(store.durable(adapter.take_seen()))?;
    Ok(ids)
}
