//! Whether a page of a list, or a new entry in it, costs more when the list is long.

use crate::api;
use crate::client::Client;
use crate::native::Adapter;
use crate::program::Server;
use crate::start::{first_answer, millis};
use anyhow::{Context as _, Result};
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use stepgate_bench::{Goal, Samples, Table};
use stepgate_host::clock::SystemClock;
use stepgate_host::store::{RedbOptions, RedbStore, Store as _};
use stepgate_storage::{CounterKey, RecordKey, Store as _};
use uuid::Uuid;

const SHORT: u64 = 1_000;
const LONG: u64 = 1_000_000;
/// Requests that are timed, one after the other on one connection; some more come before them.
const REQUESTS: usize = 300;
const WARM_UP: usize = 30;
/// How many records are written between two syncs while the list is filled.
const FILL_BATCH: u64 = 10_000;
/// The sandbox's partner.
const PARTNER: &str = "00000000-0000-4000-8000-000000000001";

pub fn measure(table: &mut Table) -> Result<()> {
    let (short, long) = (with(SHORT)?, with(LONG)?);
    for (what, short, long) in [
        ("a page of 100 customers", short.page, long.page),
        ("the 100 behind it", short.next_page, long.next_page),
        ("a new customer", short.create, long.create),
    ] {
        table.row(format!("{what}, p50 with 10³"), " ms", Goal::None, millis(short));
        table.row(format!("{what}, p50 with 10⁶"), " ms", Goal::None, millis(long));
        let ratio = long.as_secs_f64() / short.as_secs_f64();
        table.row(format!("{what}: 10⁶ / 10³"), "×", Goal::AtMost(1.5), ratio);
    }
    Ok(())
}

/// Medians.
struct Costs {
    page: Duration,
    next_page: Duration,
    create: Duration,
}

fn with(customers: u64) -> Result<Costs> {
    let data = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // One that the program made itself shows how its records are written.
    let server = Server::stepgate(data.path())?;
    first_answer(server.address)?;
    let model = runtime.block_on(async {
        let mut client = Client::connect(server.address).await?;
        api::create_customer(&mut client, 0).await
    })?;
    server.stop()?;
    fill(data.path(), &model, customers)?;

    let server = Server::stepgate(data.path())?;
    first_answer(server.address)?;
    let costs = runtime.block_on(async {
        let mut client = Client::connect(server.address).await?;
        let behind = api::page(&mut client, "").await?.context("there is a page behind it")?;
        let behind = format!("&cursor={behind}");
        let mut page = Vec::new();
        let mut next_page = Vec::new();
        for _ in 0..WARM_UP + REQUESTS {
            page.push(timed(api::page(&mut client, "")).await?);
            next_page.push(timed(api::page(&mut client, &behind)).await?);
        }
        let mut create = Vec::new();
        for number in 0..WARM_UP + REQUESTS {
            create.push(timed(api::create_customer(&mut client, number + 1)).await?);
        }
        let median = |mut all: Vec<Duration>| Samples::new(all.split_off(WARM_UP)).p50();
        anyhow::Ok(Costs { page: median(page), next_page: median(next_page), create: median(create) })
    })?;
    server.stop()?;
    Ok(costs)
}

async fn timed<T>(request: impl Future<Output = Result<T>>) -> Result<Duration> {
    let begin = Instant::now();
    request.await?;
    Ok(begin.elapsed())
}

/// Writes customers like `model` without the program, which takes a minute instead of many.
fn fill(data: &Path, model: &str, customers: u64) -> Result<()> {
    let clock = Arc::new(SystemClock::new());
    let store = Arc::new(RedbStore::open(&data.join("stepgate.redb"), &RedbOptions::default(), clock)?);
    let adapter = Adapter::new(store.clone());
    let list = format!("customers/{PARTNER}");
    let record =
        adapter.get(&RecordKey::forever(&format!("customer/{model}")))?.context("the model's record")?;
    let place = format!("\"{list}\":1");
    anyhow::ensure!(record.contains(&place), "a customer remembers its place otherwise: {record}");
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    for slot in 2..=customers {
        let id = Uuid::now_v7().to_string();
        let record = record.replace(model, &id).replace(&place, &format!("\"{list}\":{slot}"));
        adapter.set(&RecordKey::forever(&format!("customer/{id}")), &record)?;
        adapter.set(&RecordKey::forever(&format!("{list}/{slot}")), &format!("{slot} {id}"))?;
        if slot % FILL_BATCH == 0 {
            runtime.block_on(store.durable(adapter.take_seen()))?;
        }
    }
    let more = i64::try_from(customers)? - 1;
    adapter.add(&CounterKey::forever(&format!("{list}/last")), more)?;
    runtime.block_on(store.durable(adapter.take_seen()))?;
    Ok(())
}
