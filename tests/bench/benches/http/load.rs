//! 32 connections that are never idle.

use crate::client::Client;
use anyhow::{Result, ensure};
use std::cell::Cell;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use stepgate_bench::Samples;

pub const CONNECTIONS: usize = 32;

/// What came of a load.
pub struct Outcome<T> {
    /// What each piece of work came to, in no order.
    pub results: Vec<T>,
    pub took: Duration,
    pub latency: Samples,
}

impl<T> Outcome<T> {
    /// Pieces of work per second.
    pub fn rate(&self) -> f64 {
        self.results.len() as f64 / self.took.as_secs_f64()
    }
}

/// How long a load goes on.
#[derive(Clone, Copy)]
pub enum Until {
    /// Until this many pieces are done.
    Done(usize),
    /// For this long; it fails if this many pieces are done before.
    Over(Duration, usize),
}

/// Does the pieces of work 0, 1, 2, … on all connections at once.
pub fn run<T>(
    address: SocketAddr,
    until: Until,
    work: impl AsyncFn(&mut Client, usize) -> Result<T>,
) -> Result<Outcome<T>> {
    let (pieces, time) = match until {
        Until::Done(pieces) => (pieces, Duration::MAX),
        Until::Over(time, pieces) => (pieces, time),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut clients = Vec::new();
        for _ in 0..CONNECTIONS {
            clients.push(Client::connect(address).await?);
        }
        let next = Cell::new(0);
        let start = Instant::now();
        let (next, work) = (&next, &work);
        let connections = clients.into_iter().map(|mut client| async move {
            let (mut results, mut durations) = (Vec::new(), Vec::new());
            while next.get() < pieces && start.elapsed() < time {
                let piece = next.replace(next.get() + 1);
                let begin = Instant::now();
                results.push(work(&mut client, piece).await?);
                durations.push(begin.elapsed());
            }
            anyhow::Ok((results, durations))
        });
        let done = futures::future::try_join_all(connections).await?;
        let took = start.elapsed();
        ensure!(time == Duration::MAX || took >= time, "there was too little work for {time:?}");
        let (results, durations): (Vec<_>, Vec<_>) = done.into_iter().unzip();
        Ok(Outcome {
            results: results.into_iter().flatten().collect(),
            took,
            latency: Samples::new(durations.into_iter().flatten().collect()),
        })
    })
}
