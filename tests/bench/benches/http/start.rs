//! From the start of the process to the component's first answer.

use crate::api;
use crate::client::Client;
use crate::program::Server;
use anyhow::Result;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use stepgate_bench::{Goal, Samples, Table};

const STARTS: usize = 21;

pub fn measure(table: &mut Table) -> Result<()> {
    let data = tempfile::tempdir()?;
    table.row("first start to first answer, compiling", " ms", Goal::None, millis(start(data.path())?));
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(start(data.path())?);
    }
    let starts = Samples::new(starts);
    table.row(
        "start to first answer, compiled before (p50)",
        " ms",
        Goal::AtMost(150.0),
        millis(starts.p50()),
    );
    table.row("the slowest of those starts", " ms", Goal::AtMost(150.0), millis(starts.percentile(1.0)));
    Ok(())
}

fn start(data: &Path) -> Result<Duration> {
    let begin = Instant::now();
    let server = Server::stepgate(data)?;
    first_answer(server.address)?;
    let took = begin.elapsed();
    server.stop()?;
    Ok(took)
}

pub fn first_answer(address: SocketAddr) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async { api::look(&mut Client::connect(address).await?).await })
}

pub fn millis(time: Duration) -> f64 {
    time.as_micros() as f64 / 1e3
}
