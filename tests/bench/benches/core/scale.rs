//! Whether a verify gets slower when many other challenges are alive.

use crate::fixture::{SCOPE, SystemClock, ThreadRandom, keys, other_than, request, text};
use crate::native::{self, Adapter};
use anyhow::Result;
use rand::seq::IndexedRandom;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use stepgate_bench::{Goal, Samples, Table};
use stepgate_host::clock;
use stepgate_host::store::{MemoryStore, RedbOptions, RedbStore, Store};
use stepgate_otp::{ChallengeId, Code, Core, Keys, Scope};
use tokio::runtime::{Builder, Runtime};

const FEW: u64 = 1_000;
const MANY: u64 = 1_000_000;
const GOAL: Goal = Goal::AtMost(1.2);

/// Verifies that are timed. With [`FEW`] challenges that is far from the limit of attempts of each.
const VERIFIES: usize = 20_000;
/// Those that wait for the disk take longer.
const DURABLE_VERIFIES: usize = 500;
/// How many challenges are issued between two syncs while a store is filled.
const FILL_BATCH: u64 = 5_000;

pub fn measure(table: &mut Table) -> Result<()> {
    let clock = || Arc::new(clock::SystemClock::new());
    let memory = |live| Population::new(Arc::new(MemoryStore::new(clock())), live);
    let (few, many) = (memory(FEW)?.verify(VERIFIES)?, memory(MANY)?.verify(VERIFIES)?);
    compare(table, "verify, memory store", few, many);

    let folder = tempfile::tempdir()?;
    let redb = |live| {
        let store = RedbStore::open(&file(folder.path(), live), &RedbOptions::default(), clock())?;
        Population::new(Arc::new(store), live)
    };
    let (few, many) = (redb(FEW)?, redb(MANY)?);
    compare(table, "verify, redb, its sync included", few.verify_durably()?, many.verify_durably()?);
    compare(table, "verify, redb, before its sync", few.verify(VERIFIES)?, many.verify(VERIFIES)?);
    Ok(())
}

fn file(folder: &Path, live: u64) -> std::path::PathBuf {
    folder.join(format!("{live}.redb"))
}

fn compare(table: &mut Table, what: &str, few: Duration, many: Duration) {
    let micros = |time: Duration| time.as_nanos() as f64 / 1e3;
    table.row(format!("{what}: p50 with 10³ live"), " µs", Goal::None, micros(few));
    table.row(format!("{what}: p50 with 10⁶ live"), " µs", Goal::None, micros(many));
    table.row(format!("{what}: 10⁶ / 10³"), "×", GOAL, micros(many) / micros(few));
}

/// Live challenges in a store.
struct Population {
    store: Arc<dyn Store>,
    adapter: Adapter,
    clock: SystemClock,
    runtime: Runtime,
    keys: Keys,
    scope: Scope,
    live: Vec<(ChallengeId, Code)>,
}

impl Population {
    fn new(store: Arc<dyn Store>, size: u64) -> Result<Self> {
        let mut population = Self {
            adapter: Adapter::new(store.clone()),
            store,
            clock: SystemClock::default(),
            runtime: Builder::new_current_thread().build()?,
            keys: keys()?,
            scope: Scope::parse(SCOPE)?,
            live: Vec::new(),
        };
        for number in 0..size {
            let issued = native::issue(&population.core(), request(number)?, &population.keys)?;
            let wrong = Code::parse(&other_than(&text(&issued.code)))?;
            population.live.push((issued.challenge.id, wrong));
            if number % FILL_BATCH == FILL_BATCH - 1 {
                population.sync()?;
            }
        }
        population.sync()?;
        Ok(population)
    }

    fn core(&self) -> Core<&Adapter, &SystemClock, ThreadRandom> {
        Core::new(&self.adapter, &self.clock, ThreadRandom)
    }

    fn sync(&self) -> Result<()> {
        Ok(self.runtime.block_on(self.store.durable(self.adapter.take_seen()))?)
    }

    fn verify(&self, times: usize) -> Result<Duration> {
        self.timed(times, || Ok(()))
    }

    fn verify_durably(&self) -> Result<Duration> {
        self.timed(DURABLE_VERIFIES, || self.sync())
    }

    /// The median of a wrong code for a random challenge, and `then`.
    fn timed(&self, times: usize, then: impl Fn() -> Result<()>) -> Result<Duration> {
        let mut durations = Vec::with_capacity(times);
        for _ in 0..times {
            let Some((id, wrong)) = self.live.choose(&mut rand::rng()) else { continue };
            let start = Instant::now();
            self.core().verify(&self.scope, *id, None, *wrong, &self.keys, false)?;
            then()?;
            durations.push(start.elapsed());
        }
        Ok(Samples::new(durations).p50())
    }
}
