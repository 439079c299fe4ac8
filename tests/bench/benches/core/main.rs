//! The core, the stores and the components by themselves: `cargo bench -p stepgate-bench --bench core`.

mod fixture;
mod native;
mod operations;
mod scale;
mod sizes;
mod versus;
mod wasm;

use stepgate_bench::{Machine, Table};

type Measurement = fn(&mut Table) -> anyhow::Result<()>;

/// By the names that may be given as arguments: `-- versus` runs that one only.
const MEASUREMENTS: [(&str, Measurement); 4] = [
    ("operations", operations::measure),
    ("sizes", sizes::measure),
    ("versus", versus::measure),
    ("scale", scale::measure),
];

fn main() -> anyhow::Result<()> {
    println!("{}\n", Machine::here());
    let mut table = Table::default();
    for measure in stepgate_bench::selected(&MEASUREMENTS) {
        measure(&mut table)?;
    }
    println!("{table}");
    println!("load at the end: {}", Machine::here().load());
    Ok(())
}
