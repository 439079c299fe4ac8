//! Builds the components for WebAssembly and composes them, so that plain `cargo build`, `cargo test` and
//! `cargo run` need nothing beside them. See `nested` for how, and `compose` for what.

mod compose;
mod layout;
mod nested;
mod toolchain;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::layout::Layout;
use crate::nested::Nested;

fn main() -> Result<()> {
    let layout = Layout::find()?;
    for source in layout.sources() {
        println!("cargo::rerun-if-changed={}", source.display());
    }
    toolchain::ensure_target()?;

    let nested = Nested::new(&layout);
    let otp = nested.build("stepgate-otp")?;
    let gateway = nested.build("stepgate-gateway")?;
    let adapter = nested.build("stepgate-adapter-spin")?;
    let sweep = nested.build("stepgate-sweep-spin")?;
    let hello = nested.build("stepgate-hello")?;
    let probe = nested.build("stepgate-probe")?;

    let app = compose::app(&gateway, &otp).context("composing gateway + otp")?;
    let spin_app =
        compose::spin_app(&gateway, &otp, &adapter).context("composing gateway + otp + adapter-spin")?;

    for (name, bytes) in [
        ("stepgate.wasm", &app),
        ("stepgate-spin.wasm", &spin_app),
        ("otp.wasm", &otp),
        ("hello.wasm", &hello),
        ("probe.wasm", &probe),
        ("sweep-spin.wasm", &sweep),
    ] {
        write_if_new(&layout.out.join(name), bytes)?;
        write_if_new(&layout.published.join(name), bytes)?;
    }
    Ok(())
}

/// Leaves a file alone that is right already, so that whoever watches it is not woken.
fn write_if_new(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    // Another build may be reading the file: it sees the old one or the new one, never half.
    let partial = path.with_extension(format!("partial-{}", std::process::id()));
    fs::write(&partial, bytes)
        .and_then(|()| fs::rename(&partial, path))
        .with_context(|| format!("writing {}", path.display()))
}
