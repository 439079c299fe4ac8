//! The `stepgate` program: the component, a durable store, and HTTP.

mod program;

use std::process::ExitCode;

fn main() -> ExitCode {
    program::main()
}
