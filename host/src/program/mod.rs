mod args;
mod config;
mod folder;
mod logging;
mod run;
mod sandbox;
mod welcome;

use args::Args;
use clap::Parser;
use config::Config;
use run::Failed;
use std::process::ExitCode;

/// What the shell is told when a setting is wrong. Clap tells it the same for a wrong option.
const WRONG_SETTING: u8 = 2;

pub(crate) fn main() -> ExitCode {
    folder::make_files_private();
    let args = Args::parse();
    let result = Config::load(&args, std::env::vars_os()).map_err(Failed::Setting).and_then(run::run);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed::Setting(wrong)) => {
            eprintln!("stepgate: {wrong}");
            ExitCode::from(WRONG_SETTING)
        }
        Err(Failed::Running(reason)) => {
            eprintln!("stepgate: {reason}");
            ExitCode::FAILURE
        }
    }
}
