//! The `stepgate` program: the component, a durable store, and HTTP.

mod program;

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// A request allocates some hundred times, on whichever thread it happens to run and frees on another.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    program::main()
}
