//! The ruler: how the benchmarks in `benches/` measure and print. What they found is in `docs/benchmarks.md`.

mod machine;
mod samples;
mod select;
mod table;

pub use machine::Machine;
pub use samples::Samples;
pub use select::selected;
pub use table::{Goal, Table};
