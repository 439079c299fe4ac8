//! Wrong codes, against a component that does nothing, on the same harness over the same memory store.

use crate::load::{self, Until};
use crate::twin::{self, Component};
use crate::{api, program::Server};
use anyhow::Result;
use std::time::Duration;
use stepgate_bench::{Goal, Table};

/// The two take turns, so that a slow moment of the machine meets both.
const ROUNDS: usize = 3;
const TIME: Duration = Duration::from_secs(4);
/// How many codes of one challenge are compared.
const ATTEMPTS: usize = 5;
/// Enough for one round.
const CHALLENGES: usize = 40_000;
const ENDLESS: usize = usize::MAX;

pub fn measure(table: &mut Table) -> Result<()> {
    let (app, hello) = (twin::start(Component::App)?, twin::start(Component::Hello)?);
    let body = api::body();
    let customers = load::run(app.address, Until::Done(CHALLENGES), api::create_customer)?.results;
    let (mut wrong, mut greeted) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let codes = live_codes(&app, &customers, round)?;
        wrong.push(load::run(
            app.address,
            Until::Over(TIME, CHALLENGES * ATTEMPTS),
            async |client, piece| {
                // One code after the other, so that no two connections are at the same challenge.
                api::fail(client, &codes[piece % CHALLENGES]).await
            },
        )?);
        greeted.push(load::run(hello.address, Until::Over(TIME, ENDLESS), async |client, _| {
            api::hello(client, &body).await
        })?);
    }
    let mean = |rates: Vec<f64>| rates.iter().sum::<f64>() / rates.len() as f64;
    let wrong = mean(wrong.iter().map(load::Outcome::rate).collect());
    let greeted = mean(greeted.iter().map(load::Outcome::rate).collect());
    table.row("wrong codes, memory store", "/s", Goal::None, wrong);
    table.row("hello-world component, same harness", "/s", Goal::None, greeted);
    table.row("wrong codes / hello world", " %", Goal::AtLeast(70.0), 100.0 * wrong / greeted);
    Ok(())
}

fn live_codes(app: &Server, customers: &[String], round: usize) -> Result<Vec<String>> {
    let codes = load::run(app.address, Until::Done(customers.len()), async |client, piece| {
        api::issue(client, &customers[piece], round).await
    })?;
    Ok(codes.results)
}
