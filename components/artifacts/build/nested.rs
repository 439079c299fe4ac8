//! A cargo of our own for another target and another profile than those of the cargo that runs us.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::layout::Layout;
use crate::toolchain::TARGET;

/// Says how small and how fast a component is; see the root Cargo.toml.
const PROFILE: &str = "component";

/// Addresses and indices in as many bytes as they need. The linker leaves five to each otherwise, so that it can write into
/// code that it does not move, and that is a twelfth of the gateway. It moves code only where nothing describes its
/// places for debuggers, so this is for [`PROFILE`] and not for every build. And it stops at the module: see `component`.
const LINKING: [&str; 2] = ["-Clink-arg=--compress-relocations", "-Clink-arg=--skip-wit-component"];

/// What the outer cargo, clippy or a coverage tool set for the machine's own code. In here they would ask
/// for flags that WebAssembly lacks, or run clippy instead of the compiler.
const NOT_INHERITED: [&str; 8] = [
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
    "LLVM_PROFILE_FILE",
    "CARGO_TARGET_DIR",
];

pub(crate) struct Nested {
    root: PathBuf,
    target: PathBuf,
    flags: Vec<String>,
}

impl Nested {
    pub(crate) fn new(layout: &Layout) -> Self {
        let mut flags = LINKING.map(str::to_owned).to_vec();
        flags.extend(registries().iter().map(|path| format!("--remap-path-prefix={}/=", path.display())));
        Self { root: layout.root.clone(), target: layout.nested_target.clone(), flags }
    }

    /// Builds one package and answers its module.
    ///
    /// One cargo for each: built together, they would share the union of the features they ask of a
    /// dependency, and the smallest would pay for the largest.
    pub(crate) fn build(&self, package: &str) -> Result<Vec<u8>> {
        let cargo = env::var_os("CARGO").context("not run by cargo")?;
        let mut command = Command::new(cargo);
        command
            .current_dir(&self.root)
            .args([
                "build",
                "--locked",
                "--profile",
                PROFILE,
                "--target",
                TARGET,
                "--package",
                package,
                "--lib",
            ])
            .arg("--config")
            .arg(format!("target.{TARGET}.rustflags={:?}", self.flags))
            .arg("--target-dir")
            .arg(&self.target)
            // Where a configuration splits the build directory off, both cargos would lock the same one.
            .env("CARGO_BUILD_BUILD_DIR", &self.target);
        for name in NOT_INHERITED {
            command.env_remove(name);
        }
        let status = command.status().with_context(|| format!("starting {command:?}"))?;
        ensure!(status.success(), "building {package} for {TARGET} failed; its messages are above");

        let file = format!("{}.wasm", package.replace('-', "_"));
        let path = self.target.join(TARGET).join(PROFILE).join(file);
        fs::read(&path).with_context(|| format!("reading {}", path.display()))
    }
}

/// Where cargo has the sources of other people's crates. A panic names its place, so the paths get into the components: without
/// this part they are the same on every machine, and seven kilobytes shorter.
fn registries() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let sources = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let mut paths: Vec<PathBuf> = sources.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort_unstable();
    paths
}
