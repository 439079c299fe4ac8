//! The `stepgate` program over HTTP: `cargo bench -p stepgate-bench --bench http`.
//!
//! The program runs as it is shipped, in a process of its own. This process is the load, on one thread, on the same machine.

mod api;
mod client;
mod cycles;
mod load;
mod program;
mod start;
mod twin;
mod wrong;

use stepgate_bench::{Machine, Table};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(twin::ARGUMENT) {
        return twin::serve(&arguments.next().unwrap_or_default());
    }
    println!("{}\n", Machine::here());
    let stepgate = program::build()?;
    let mut table = Table::default();
    start::measure(&stepgate, &mut table)?;
    wrong::measure(&mut table)?;
    cycles::measure(&stepgate, &mut table)?;
    println!("{table}");
    println!("load at the end: {}", Machine::here().load());
    Ok(())
}
