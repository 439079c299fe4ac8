//! The core, the stores and the components by themselves: `cargo bench -p stepgate-bench --bench core`.

mod fixture;
mod native;
mod operations;
mod scale;
mod sizes;
mod versus;
mod wasm;

use stepgate_bench::{Machine, Table};

fn main() -> anyhow::Result<()> {
    println!("{}\n", Machine::here());
    let mut table = Table::default();
    operations::measure(&mut table)?;
    sizes::measure(&mut table);
    versus::measure(&mut table)?;
    scale::measure(&mut table)?;
    println!("{table}");
    println!("load at the end: {}", Machine::here().load());
    Ok(())
}
