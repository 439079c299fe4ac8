//! Signing in, with the durable store: the password, the second factor, and what a session that waits for it takes.
//!
//! Most of a sign-in is its password's hash, which is made to take long. What it takes alone is what `password` measures; here
//! the second factor is measured apart from it.

use crate::load::{self, Outcome, Until};
use crate::people;
use crate::program::Server;
use crate::start::{first_answer, millis};
use anyhow::Result;
use std::path::Path;
use std::time::Duration;
use stepgate_bench::{Goal, Table};

/// More than there are connections, so that no two try codes of one account at once.
const PEOPLE: usize = 200;
/// Fewer for each than an address gets mails in an hour.
const SIGN_INS: usize = 8 * PEOPLE;
const TIME: Duration = Duration::from_secs(5);

pub fn measure(table: &mut Table) -> Result<()> {
    let data = tempfile::tempdir()?;
    let server = Server::stepgate(data.path())?;
    first_answer(server.address)?;
    let people = load::run(server.address, Until::Done(PEOPLE), people::register)?;
    phase(table, "sign up and confirm", &people);

    let (memory, disk) = (server.resident()?, on_disk(data.path())?);
    let pending = load::run(server.address, Until::Done(SIGN_INS), async |client, piece| {
        people::sign_in(client, piece % PEOPLE).await
    })?;
    phase(table, "sign in: password right, code sent", &pending);
    // Whatever was ended for having grown is gone by then.
    std::thread::sleep(Duration::from_millis(500));
    let each = |total: f64| total / SIGN_INS as f64;
    table.row(
        "memory for a pending session",
        " KiB",
        Goal::None,
        each(1024.0 * (server.resident()? - memory)),
    );
    table.row("disk for a pending session", " KiB", Goal::None, each(on_disk(data.path())? - disk));

    let verified = load::run(server.address, Until::Done(SIGN_INS), async |client, piece| {
        people::verify(client, &pending.results[piece]).await
    })?;
    phase(table, "second factor: code right, session active", &verified);
    let known = load::run(server.address, Until::Over(TIME, usize::MAX), async |client, piece| {
        people::who_am_i(client, &people.results[piece % PEOPLE]).await
    })?;
    phase(table, "a request with an access token", &known);
    table.row("accounts: resident memory after all that", " MiB", Goal::None, server.resident()?);
    server.stop()
}

fn phase<T>(table: &mut Table, name: &str, outcome: &Outcome<T>) {
    table.row(name, "/s", Goal::None, outcome.rate());
    table.row(format!("{name}, p50"), " ms", Goal::None, millis(outcome.latency.p50()));
    table.row(format!("{name}, p99"), " ms", Goal::None, millis(outcome.latency.percentile(0.99)));
}

/// What the store takes, in KiB.
fn on_disk(data: &Path) -> Result<f64> {
    Ok(std::fs::metadata(data.join("stepgate.redb"))?.len() as f64 / 1024.0)
}
