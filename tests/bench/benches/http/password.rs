//! What hashing a password costs in WebAssembly, and what it costs everybody else: Argon2id in a guest, on the harness, at
//! each of the costs that OWASP's Password Storage Cheat Sheet holds for equal.

use crate::client::Client;
use crate::program::Server;
use crate::start::millis;
use crate::twin::{self, Component};
use anyhow::{Result, ensure};
use futures::future::{join, try_join_all};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use stepgate_bench::{Goal, Samples, Table};

/// KiB of memory and passes over it. The dearest in memory, 47104 and 1, is more than an instance may have.
const COSTS: [(u32, u32); 4] = [(19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];
/// People who sign in at once.
const SIGN_INS: usize = 32;
/// Connections that ask for something small meanwhile.
const OTHERS: usize = 4;
const TIME: Duration = Duration::from_secs(4);

pub fn measure(table: &mut Table) -> Result<()> {
    for cost in COSTS {
        of(cost, table)?;
    }
    Ok(())
}

fn of((kibibytes, passes): (u32, u32), table: &mut Table) -> Result<()> {
    // A process for each, because what one took the next would find.
    let server = twin::start(Component::Probe)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let work = Work {
        address: server.address,
        headers: format!("x-kibibytes: {kibibytes}\r\nx-passes: {passes}\r\n"),
    };
    let mut row = |what: &str, unit, value| {
        table.row(format!("Argon2id, {kibibytes} KiB, {passes} passes: {what}"), unit, Goal::None, value);
    };
    let alone = runtime.block_on(work.others())?;
    let before = server.resident()?;
    let idle = processor(&server)?;
    let one = runtime.block_on(work.hashes(1))?;
    let busy = processor(&server)? - idle;
    row("one at a time, p50", " ms", millis(one.latency.p50()));
    // Of the whole program, so that it says the same on a machine that has other things to do.
    row("processor for each", " ms", 1e3 * busy / one.latency.len() as f64);
    row("memory for one at a time", " MiB", server.most_resident()? - before);
    let (many, others) = runtime.block_on(join(work.hashes(SIGN_INS), work.others()));
    let (many, others) = (many?, others?);
    row("32 at once", "/s", many.latency.len() as f64 / TIME.as_secs_f64());
    row("32 at once, p50", " ms", millis(many.latency.p50()));
    row("32 at once, p99", " ms", millis(many.latency.percentile(0.99)));
    row("32 at once, refused", " %", many.refused_share());
    row("memory for 32 at once", " MiB", server.most_resident()? - before);
    row("what of it is kept", " MiB", settled(&server)? - before);
    row("something small, alone, p99", " ms", millis(alone.latency.percentile(0.99)));
    row("something small, beside 32, p50", " ms", millis(others.latency.p50()));
    row("something small, beside 32, p99", " ms", millis(others.latency.percentile(0.99)));
    Ok(())
}

fn processor(server: &Server) -> Result<f64> {
    let (user, kernel) = server.cpu()?;
    Ok(user + kernel)
}

/// What is resident once whatever was ended is gone.
fn settled(server: &Server) -> Result<f64> {
    std::thread::sleep(Duration::from_millis(500));
    server.resident()
}

struct Work {
    address: SocketAddr,
    headers: String,
}

struct Outcome {
    latency: Samples,
    refused: usize,
}

impl Outcome {
    fn refused_share(&self) -> f64 {
        100.0 * self.refused as f64 / (self.refused + self.latency.len()).max(1) as f64
    }
}

impl Work {
    async fn hashes(&self, connections: usize) -> Result<Outcome> {
        self.run("/hash", connections).await
    }

    async fn others(&self) -> Result<Outcome> {
        self.run("/", OTHERS).await
    }

    async fn run(&self, path: &str, connections: usize) -> Result<Outcome> {
        let start = Instant::now();
        let done = try_join_all((0..connections).map(|_| async {
            let mut client = Client::connect(self.address).await?;
            let (mut durations, mut refused) = (Vec::new(), 0);
            while start.elapsed() < TIME {
                let begin = Instant::now();
                match client.send("GET", path, &self.headers, "").await?.status {
                    200 => durations.push(begin.elapsed()),
                    503 => refused += 1,
                    status => anyhow::bail!("status {status}"),
                }
            }
            anyhow::Ok((durations, refused))
        }))
        .await?;
        let (durations, refused): (Vec<_>, Vec<usize>) = done.into_iter().unzip();
        let latency = Samples::new(durations.into_iter().flatten().collect());
        ensure!(!latency.is_empty(), "nothing was answered");
        Ok(Outcome { latency, refused: refused.iter().sum() })
    }
}
