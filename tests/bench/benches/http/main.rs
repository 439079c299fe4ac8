//! The `stepgate` program over HTTP: `cargo bench -p stepgate-bench --bench http`.
//!
//! The program runs as it is shipped, in a process of its own. This process is the load, on one thread, on the same machine.

mod accounts;
mod api;
mod client;
mod cycles;
#[path = "../core/fixture.rs"]
#[expect(dead_code, reason = "the other benchmark uses the rest")]
mod fixture;
mod lists;
mod live;
mod load;
#[path = "../core/native.rs"]
#[expect(dead_code, reason = "the other benchmark uses the rest")]
mod native;
mod password;
mod people;
mod program;
mod start;
mod twin;
mod wrong;

use stepgate_bench::{Machine, Table};

/// As the program has it: this executable serves, too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Measurement = fn(&mut Table) -> anyhow::Result<()>;

/// By the names that may be given as arguments: `-- cycles` runs that one only.
const MEASUREMENTS: [(&str, Measurement); 7] = [
    ("start", start::measure),
    ("wrong", wrong::measure),
    ("cycles", cycles::measure),
    ("live", live::measure),
    ("lists", lists::measure),
    ("password", password::measure),
    ("accounts", accounts::measure),
];

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(twin::ARGUMENT) {
        return twin::serve(&arguments.next().unwrap_or_default());
    }
    program::build()?;
    println!("{}\n", Machine::here());
    let mut table = Table::default();
    for measure in stepgate_bench::selected(&MEASUREMENTS) {
        measure(&mut table)?;
    }
    println!("{table}");
    println!("load at the end: {}", Machine::here().load());
    Ok(())
}
