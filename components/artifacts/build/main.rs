//! Builds the components for WebAssembly and composes them, so that plain `cargo build`, `cargo test` and
//! `cargo run` need nothing beside them: `nested` links modules, `shrink` makes them smaller, `component` makes components of
//! them, and `compose` joins those.

mod component;
mod compose;
mod layout;
mod nested;
mod shrink;
mod toolchain;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::layout::Layout;
use crate::nested::Nested;
use crate::shrink::Shrink;

fn main() -> Result<()> {
    let layout = Layout::find()?;
    for source in layout.sources() {
        println!("cargo::rerun-if-changed={}", source.display());
    }
    toolchain::ensure_target()?;

    let nested = Nested::new(&layout);
    let shrink = Shrink::find(&layout)?;
    say_by_what(shrink.as_ref());
    let build = |package: &str| {
        let module = nested.build(package)?;
        let module = match &shrink {
            Some(shrink) => shrink.shrink(package, &module)?,
            None => module,
        };
        component::of(package, &module)
    };
    let otp = build("stepgate-otp")?;
    let gateway = build("stepgate-gateway")?;
    let adapter = build("stepgate-adapter-spin")?;
    let sweep = build("stepgate-sweep-spin")?;
    let hello = build("stepgate-hello")?;
    let probe = build("stepgate-probe")?;

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

/// What comes out depends on the tool, so it is said: here, and to whoever measures the components.
fn say_by_what(shrink: Option<&Shrink>) {
    println!("cargo::rerun-if-env-changed=PATH");
    match shrink {
        Some(shrink) => println!("cargo::rustc-env=STEPGATE_SHRUNK_BY={}", shrink.version),
        None => println!(
            "cargo::warning=the components are a seventh larger than they could be, for wasm-opt is not here: install \
             binaryen, then cargo clean -p stepgate-artifacts"
        ),
    }
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
