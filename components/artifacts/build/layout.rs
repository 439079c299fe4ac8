//! Where things are read from and written to.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

pub(crate) struct Layout {
    /// The root of the workspace.
    pub(crate) root: PathBuf,
    /// Ours alone: what `src/lib.rs` includes.
    pub(crate) out: PathBuf,
    /// `<target>/components`, for people and for spin.toml.
    pub(crate) published: PathBuf,
    /// The target directory of the nested cargo. Not the outer one's: that one is locked while we run.
    pub(crate) nested_target: PathBuf,
}

impl Layout {
    pub(crate) fn find() -> Result<Self> {
        let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("not run by cargo")?);
        let root =
            manifest.ancestors().nth(2).context("components/artifacts lies in a workspace")?.to_path_buf();
        let out = PathBuf::from(env::var_os("OUT_DIR").context("not run by cargo")?);
        let target = target_dir(&out);
        Ok(Self {
            published: target.join("components"),
            nested_target: target.join("components-build"),
            root,
            out,
        })
    }

    /// Whatever can change a component. Cargo looks into directories by itself.
    pub(crate) fn sources(&self) -> impl Iterator<Item = PathBuf> {
        [
            "Cargo.lock",
            "Cargo.toml",
            "components/adapter-spin",
            "components/artifacts/build",
            "components/gateway",
            "components/otp",
            "components/storage",
            "components/sweep-spin",
            "docs/openapi.json",
            "rust-toolchain.toml",
            "tests/guests/hello",
            "tests/guests/probe",
            "wit",
        ]
        .into_iter()
        .map(|path| self.root.join(path))
    }
}

/// Cargo does not tell a build script its target directory, but marks it with a file, wherever `--target-dir`, the
/// environment or a configuration put it. Sharing it lets the debug and the release build share one nested build.
fn target_dir(out: &Path) -> &Path {
    out.ancestors().find(|ancestor| ancestor.join("CACHEDIR.TAG").is_file()).unwrap_or(out)
}
