//! Makes sure the compiler can build for WebAssembly.
//!
//! rust-toolchain.toml names the target, but rustup adds it only where it installs toolchains by itself; with
//! `RUSTUP_AUTO_INSTALL=0` or a toolchain that is there already it says nothing and does nothing.

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

pub(crate) const TARGET: &str = "wasm32-wasip2";

pub(crate) fn ensure_target() -> Result<()> {
    if has_target()? {
        return Ok(());
    }
    // rustup's proxies set it: the toolchain in use, whatever chose it.
    let toolchain = env::var("RUSTUP_TOOLCHAIN").ok();
    let mut arguments = vec!["target", "add", TARGET];
    if let Some(toolchain) = &toolchain {
        arguments.extend(["--toolchain", toolchain]);
    }
    let by_hand = format!("rustup {}", arguments.join(" "));

    match Command::new("rustup").args(&arguments).status() {
        Ok(status) if status.success() && has_target()? => {
            println!("cargo::warning=added the target {TARGET} to this Rust toolchain: {by_hand}");
            Ok(())
        }
        _ => bail!(
            "\n\nThe components are built for {TARGET}, which this Rust toolchain lacks, and adding it failed.\
             \nType:\n\n    {by_hand}\n\nWithout rustup, install your system's package of Rust's {TARGET} \
             standard library.\n"
        ),
    }
}

fn has_target() -> Result<bool> {
    let rustc = env::var_os("RUSTC").context("not run by cargo")?;
    let output = Command::new(rustc)
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .context("asking rustc for its targets")?;
    ensure!(
        output.status.success(),
        "this rustc does not know {TARGET}; rust-toolchain.toml names one that does"
    );
    let directory = String::from_utf8(output.stdout).context("the path of rustc's libraries")?;
    Ok(Path::new(directory.trim()).is_dir())
}
