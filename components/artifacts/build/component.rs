//! Makes a component of a module. The linker would do it, but then `shrink` could not come between.

use anyhow::{Context as _, Result};
use wasm_encoder::{Component, RawSection, Section as _};
use wasmparser::{Parser, Payload};
use wit_component::ComponentEncoder;

/// The module says in its custom sections what it imports and exports. The result is validated.
pub(crate) fn of(name: &str, module: &[u8]) -> Result<Vec<u8>> {
    let component = ComponentEncoder::default()
        // One WASI of each kind, though the crates that use it were written against several patch versions.
        .merge_imports_based_on_semver(true)
        .validate(true)
        .module(module)
        .and_then(|encoder| encoder.encode())
        .with_context(|| format!("making a component of {name}"))?;
    without_names(&component).with_context(|| format!("taking the names out of {name}"))
}

/// Leaves out what the encoder says of a component's insides for people who look into them, each import's name once or
/// twice more: 21 kB of the Spin app. What a panic says is said by the module and stays.
fn without_names(component: &[u8]) -> Result<Vec<u8>> {
    let mut kept = Component::HEADER.to_vec();
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload?;
        let is_names =
            matches!(&payload, Payload::CustomSection(section) if section.name() == "component-name");
        // A section that holds a module or a component is kept whole, and what is seen inside of it is passed over.
        if depth == 0
            && !is_names
            && let Some((id, range)) = payload.as_section()
        {
            let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
            let data = component.get(range).context("a section that is not there")?;
            RawSection { id, data }.append_to(&mut kept);
        }
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(kept)
}
