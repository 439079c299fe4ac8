//! Issue and verify with the durable store, and the memory that takes.

use crate::api;
use crate::load::{self, CONNECTIONS, Outcome, Until};
use crate::program::Server;
use crate::start::{first_answer, millis};
use anyhow::Result;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::{Duration, Instant};
use stepgate_bench::{Goal, Samples, Table};

/// Customers, and so challenges that can be alive at once.
const CUSTOMERS: usize = 100_000;
const TIME: Duration = Duration::from_secs(15);
const SYNCS: usize = 200;
const PAGE: usize = 4096;

pub fn measure(table: &mut Table) -> Result<()> {
    let data = tempfile::tempdir()?;
    table.row(
        "the disk: one write of 4 KiB and its sync, p50",
        " ms",
        Goal::None,
        millis(sync(data.path())?.p50()),
    );
    // The first start compiles, and what that took is not given back.
    let server = Server::stepgate(data.path())?;
    first_answer(server.address)?;
    table.row("resident memory, idle, first start", " MiB", Goal::None, server.resident()?);
    server.stop()?;
    let server = Server::stepgate(data.path())?;
    first_answer(server.address)?;
    table.row("resident memory, idle", " MiB", Goal::AtMost(48.0), server.resident()?);

    let all = Until::Done(CUSTOMERS);
    let customers = load::run(server.address, all, api::create_customer)?.results;
    let issued =
        load::run(server.address, all, async |client, piece| api::issue(client, &customers[piece], 1).await)?;
    table.row("resident memory, 10⁵ live challenges in redb", " MiB", Goal::AtMost(96.0), server.resident()?);
    let looked_up =
        load::run(server.address, all, async |client, piece| api::look_up(client, &customers[piece]).await)?;
    let verified = load::run(server.address, all, async |client, piece| {
        api::confirm(client, &issued.results[piece]).await
    })?;
    phase(table, "issue", &issued);
    phase(table, "look a code up", &looked_up);
    phase(table, "verify", &verified);
    let cycles = CUSTOMERS as f64 / (issued.took + verified.took).as_secs_f64();
    table.row("issue + verify, one phase after the other", " cycles/s", Goal::AtLeast(5_000.0), cycles);

    let (user, system) = server.cpu()?;
    let cycles = load::run(server.address, Until::Over(TIME, CUSTOMERS), async |client, piece| {
        let code = api::issue(client, &customers[piece], 2).await?;
        api::confirm(client, &code).await
    })?;
    let (user_after, system_after) = server.cpu()?;
    let name = format!("issue + verify, {CONNECTIONS} connections");
    table.row(&name, " cycles/s", Goal::AtLeast(5_000.0), cycles.rate());
    table.row("the same in requests", "/s", Goal::None, 2.0 * cycles.rate());
    table.row("a whole cycle, p50", " ms", Goal::None, millis(cycles.latency.p50()));
    table.row("a whole cycle, p99", " ms", Goal::None, millis(cycles.latency.percentile(0.99)));
    let cores = |seconds: f64| seconds / cycles.took.as_secs_f64();
    table.row("cores the program used meanwhile: user", "", Goal::None, cores(user_after - user));
    table.row("cores the program used meanwhile: kernel", "", Goal::None, cores(system_after - system));
    table.row("resident memory after all that", " MiB", Goal::None, server.resident()?);

    server.kill()?;
    let begin = Instant::now();
    let server = Server::stepgate(data.path())?;
    first_answer(server.address)?;
    table.row("start to first answer after kill -9, same data", " ms", Goal::None, millis(begin.elapsed()));
    server.stop()
}

/// What the disk takes for the least that can be made durable: no answer that rests on a write can come sooner.
fn sync(folder: &Path) -> Result<Samples> {
    let file = File::create(folder.join("sync"))?;
    file.write_all_at(&[0; SYNCS * PAGE], 0)?;
    file.sync_all()?;
    let syncs = (0..SYNCS).map(|page| {
        let begin = Instant::now();
        file.write_all_at(&[1; PAGE], (page * PAGE) as u64)?;
        file.sync_data()?;
        Ok(begin.elapsed())
    });
    Ok(Samples::new(syncs.collect::<Result<_>>()?))
}

fn phase<T>(table: &mut Table, what: &str, outcome: &Outcome<T>) {
    table.row(format!("{what}, {CONNECTIONS} connections"), "/s", Goal::None, outcome.rate());
    table.row(format!("{what}, p50"), " ms", Goal::None, millis(outcome.latency.p50()));
    table.row(format!("{what}, p99"), " ms", Goal::None, millis(outcome.latency.percentile(0.99)));
}
