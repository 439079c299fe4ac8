//! The core in WebAssembly against the same code native. Both work over the harness's memory store, take text and parse
//! it, and use the same generator and clocks.

use crate::fixture::{KEY_ID, SCOPE, SECRET, other_than, request, text};
use crate::native::{self, Native};
use crate::wasm::{self, Wasm};
use anyhow::{Result, ensure};
use std::sync::Arc;
use std::time::{Duration, Instant};
use stepgate_bench::{Goal, Samples, Table};
use stepgate_host::clock::SystemClock;
use stepgate_host::store::MemoryStore;
use stepgate_otp::{ChallengeId, Code, Key, Keys, Scope, Verdict};

/// Native and WebAssembly take turns, so that a slow moment of the machine meets both.
const ROUNDS: u64 = 40;
/// How many challenges are issued and used in a round.
const PER_ROUND: u64 = 500;
const WRONG_PER_CHALLENGE: u32 = 3;

/// What is measured, in this order, with the verdict it must come to.
const CALLS: [&str; 4] = ["issue", "verify, wrong code", "verify, right code", "verify, refused"];

/// A challenge with the code that is right for it and one that is not.
struct Issued {
    id: String,
    right: String,
    wrong: String,
}

impl Issued {
    fn code(&self, right: bool) -> &String {
        if right { &self.right } else { &self.wrong }
    }
}

fn failed(error: wasmtime::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:#}")
}

#[derive(PartialEq, Eq)]
enum Outcome {
    Confirmed,
    ConfirmedAlready,
    Wrong,
    Refused,
}

trait Subject {
    fn issue(&mut self, number: u64) -> Result<Issued>;
    fn verify(&mut self, one: &Issued, right: bool) -> Result<Outcome>;
}

pub fn measure(table: &mut Table) -> Result<()> {
    let store = || Arc::new(MemoryStore::new(Arc::new(SystemClock::new())));
    let mut native = native::core(store());
    let mut wasm = Wasm::new(store()).map_err(failed)?;
    let (mut of_native, mut of_wasm) = (Times::default(), Times::default());
    for round in 0..ROUNDS {
        of_native.round(&mut native, round)?;
        of_wasm.round(&mut wasm, round)?;
    }
    for (index, call) in CALLS.into_iter().enumerate() {
        let (native, wasm) = (of_native.median(index), of_wasm.median(index));
        table.row(format!("{call}: native"), " ns", Goal::None, native);
        table.row(format!("{call}: WebAssembly"), " ns", Goal::None, wasm);
        table.row(format!("{call}: WebAssembly / native"), "×", Goal::AtMost(2.0), wasm / native);
    }
    Ok(())
}

/// Time per call, one number per round, for each of [`CALLS`].
#[derive(Default)]
struct Times([Vec<Duration>; CALLS.len()]);

impl Times {
    fn round(&mut self, subject: &mut impl Subject, round: u64) -> Result<()> {
        let [issue, wrong, right, refused] = &mut self.0;
        let numbers = round * PER_ROUND..(round + 1) * PER_ROUND;
        let mut issued = Vec::with_capacity(PER_ROUND as usize);
        issue.push(per_call(1, || {
            for number in numbers {
                issued.push(subject.issue(number)?);
            }
            Ok(())
        })?);
        wrong.push(per_call(WRONG_PER_CHALLENGE, || {
            for _ in 0..WRONG_PER_CHALLENGE {
                for one in &issued {
                    ensure!(subject.verify(one, false)? == Outcome::Wrong);
                }
            }
            Ok(())
        })?);
        for (times, outcome) in [(right, Outcome::Confirmed), (refused, Outcome::ConfirmedAlready)] {
            times.push(per_call(1, || {
                for one in &issued {
                    ensure!(subject.verify(one, true)? == outcome);
                }
                Ok(())
            })?);
        }
        Ok(())
    }

    fn median(&self, index: usize) -> f64 {
        let median = self.0.get(index).cloned().map(Samples::new).unwrap_or_default().p50();
        median.as_nanos() as f64
    }
}

fn per_call(times: u32, work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed() / (PER_ROUND as u32 * times))
}

impl Subject for Native {
    fn issue(&mut self, number: u64) -> Result<Issued> {
        let issued = native::issue(self, request(number)?, &keys()?)?;
        let right = text(&issued.code);
        Ok(Issued { id: issued.challenge.id.to_string(), wrong: other_than(&right), right })
    }

    fn verify(&mut self, one: &Issued, right: bool) -> Result<Outcome> {
        let (scope, id, code) =
            (Scope::parse(SCOPE)?, ChallengeId::parse(&one.id)?, Code::parse(one.code(right))?);
        Ok(match Native::verify(self, &scope, id, None, code, &keys()?, false)?.verdict {
            Verdict::Confirmed => Outcome::Confirmed,
            Verdict::ConfirmedAlready => Outcome::ConfirmedAlready,
            Verdict::Wrong => Outcome::Wrong,
            Verdict::Refused => Outcome::Refused,
        })
    }
}

fn keys() -> Result<Keys> {
    Ok(Keys::new(vec![Key::new(KEY_ID, &SECRET)?])?)
}

impl Subject for Wasm {
    fn issue(&mut self, number: u64) -> Result<Issued> {
        let issued = Wasm::issue(self, number).map_err(failed)?;
        Ok(Issued { id: issued.challenge.id, wrong: other_than(&issued.code), right: issued.code })
    }

    fn verify(&mut self, one: &Issued, right: bool) -> Result<Outcome> {
        Ok(match Wasm::verify(self, &one.id, one.code(right)).map_err(failed)? {
            wasm::Verdict::Confirmed => Outcome::Confirmed,
            wasm::Verdict::ConfirmedAlready => Outcome::ConfirmedAlready,
            wasm::Verdict::Wrong => Outcome::Wrong,
            wasm::Verdict::Refused => Outcome::Refused,
        })
    }
}
