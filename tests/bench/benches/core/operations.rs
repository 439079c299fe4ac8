//! Store operations, counted. On a store like Spin's each is a round trip or a synced write.

use crate::fixture::{SystemClock, ThreadRandom, keys, other_than, request, text};
use crate::native;
use anyhow::{Result, ensure};
use stepgate_bench::{Goal, Table};
use stepgate_otp::{Code, Core, Issued, Scope, Verdict};
use stepgate_storage::memory::MemoryStore;

pub fn measure(table: &mut Table) -> Result<()> {
    let store = MemoryStore::default();
    let core = Core::new(&store, SystemClock::default(), ThreadRandom);
    let keys = keys()?;
    let verify = |issued: &Issued, code: &str| -> Result<Verdict> {
        let scope = Scope::parse(crate::fixture::SCOPE)?;
        let code = Code::parse(code)?;
        Ok(core.verify(&scope, issued.challenge.id, None, code, &keys, false)?.verdict)
    };
    let mut counted = 0;
    let mut operations = || {
        let now = store.operations();
        let new = now - counted;
        counted = now;
        new as f64
    };

    let first = native::issue(&core, request(1)?, &keys)?;
    table.row("store operations: issue, first of its entity", "", Goal::AtMost(5.0), operations());
    let second = native::issue(&core, request(1)?, &keys)?;
    table.row("store operations: issue, superseding another", "", Goal::AtMost(5.0), operations());

    let right = text(&second.code);
    ensure!(verify(&second, &other_than(&right))? == Verdict::Wrong);
    table.row("store operations: wrong code", "", Goal::AtMost(3.0), operations());
    ensure!(verify(&second, &right)? == Verdict::Confirmed);
    table.row("store operations: right code", "", Goal::AtMost(3.0), operations());
    ensure!(verify(&second, &right)? == Verdict::ConfirmedAlready);
    table.row("store operations: refused, confirmed before", "", Goal::AtMost(2.0), operations());

    let third = native::issue(&core, request(2)?, &keys)?;
    let wrong = other_than(&text(&third.code));
    for _ in 0..third.challenge.limit {
        ensure!(verify(&third, &wrong)? == Verdict::Wrong);
    }
    operations();
    ensure!(verify(&third, &text(&third.code))? == Verdict::Refused);
    table.row("store operations: refused, attempts used up", "", Goal::AtMost(2.0), operations());
    ensure!(verify(&first, &text(&first.code))? == Verdict::Refused);
    table.row("store operations: refused, superseded", "", Goal::AtMost(2.0), operations());
    Ok(())
}
