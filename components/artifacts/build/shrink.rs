//! Makes a linked module smaller with binaryen's `wasm-opt`, where the machine has it.
//!
//! It finds what the compiler leaves: the components lose an eighth. Building binaryen from source as a dependency would take
//! minutes of C++ on every clean build, so it is a tool of the machine, and a machine without it gets larger
//! components that do the same.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::layout::Layout;

const TOOL: &str = "wasm-opt";

/// What the compiler may use for this target (`rustc --print cfg`). The linker strips the section that says so.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Nothing a program can see changes. In their order: the branches of a function are laid out anew, which is a hundredth;
/// everything else it knows; constants below 1024 may move into an access's offset (only an access that wraps around to an
/// address below 1024 would tell, and there lies the last KiB of the stack; it would trap); a constant that a function uses
/// often stands in it once; the functions that are called most get the short numbers.
const PASSES: [&str; 6] =
    ["--flatten", "--rereloop", "-Oz", "--low-memory-unused", "--const-hoisting", "--reorder-functions"];

/// The tool, and where its results are kept: a module takes it half a minute.
pub(crate) struct Shrink {
    pub(crate) version: String,
    kept: PathBuf,
}

impl Shrink {
    /// None where the machine lacks the tool.
    pub(crate) fn find(layout: &Layout) -> Result<Option<Self>> {
        let output = match Command::new(TOOL).arg("--version").output() {
            Ok(output) => output,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).context("starting wasm-opt"),
        };
        ensure!(output.status.success(), "wasm-opt --version failed");
        let version = String::from_utf8(output.stdout).context("the version of wasm-opt")?.trim().to_owned();
        Ok(Some(Self { version, kept: layout.nested_target.join("shrunk") }))
    }

    /// Answers `module` made smaller: from last time where neither it nor the tool has changed.
    pub(crate) fn shrink(&self, name: &str, module: &[u8]) -> Result<Vec<u8>> {
        let path = |extension: &str| self.kept.join(format!("{name}.{extension}"));
        let (before, after, made_by) = (path("before.wasm"), path("after.wasm"), path("made-by"));
        let how = format!("{} {PASSES:?} {FEATURES:?}", self.version);

        let same = |path, bytes: &[u8]| fs::read(path).is_ok_and(|old| old == bytes);
        if same(&before, module) && same(&made_by, how.as_bytes()) && after.is_file() {
            return fs::read(&after).with_context(|| format!("reading {}", after.display()));
        }

        fs::create_dir_all(&self.kept)?;
        // Gone first and written last: what lies between is never taken for a result.
        if made_by.exists() {
            fs::remove_file(&made_by)?;
        }
        fs::write(&before, module).with_context(|| format!("writing {}", before.display()))?;
        let mut command = Command::new(TOOL);
        command.args(FEATURES).args(PASSES).arg(&before).arg("--output").arg(&after);
        let status = command.status().with_context(|| format!("starting {command:?}"))?;
        ensure!(status.success(), "wasm-opt failed on {name}; its messages are above");
        let shrunk = fs::read(&after).with_context(|| format!("reading {}", after.display()))?;
        fs::write(&made_by, how)?;
        Ok(shrunk)
    }
}
