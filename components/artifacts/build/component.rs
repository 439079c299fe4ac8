//! Makes a component of a module. The linker would do it, but then `shrink` could not come between.

use anyhow::{Context as _, Result};
use wit_component::ComponentEncoder;

/// The module says in its custom sections what it imports and exports. The result is validated.
pub(crate) fn of(name: &str, module: &[u8]) -> Result<Vec<u8>> {
    ComponentEncoder::default()
        // One WASI of each kind, though the crates that use it were written against several patch versions.
        .merge_imports_based_on_semver(true)
        .validate(true)
        .module(module)
        .and_then(|encoder| encoder.encode())
        .with_context(|| format!("making a component of {name}"))
}
