//! Joins components: every arrow of docs/design.md §1 is one call to `connect`.

use anyhow::{Context as _, Result, ensure};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId};

const CHALLENGES: &str = "stepgate:otp/challenges@0.1.0";
const STORE: &str = "stepgate:otp/store@0.1.0";
const DELIVERY: &str = "stepgate:otp/delivery@0.1.0";
const SETTINGS: &str = "stepgate:otp/settings@0.1.0";
const HANDLER: &str = "wasi:http/handler@0.3.0";

/// gateway + otp. A host gives the three ports.
pub(crate) fn app(gateway: &[u8], otp: &[u8]) -> Result<Vec<u8>> {
    let mut wiring = Wiring::default();
    let otp = wiring.add("stepgate:core", otp)?;
    let gateway = wiring.add("stepgate:gateway", gateway)?;
    wiring.connect(otp, CHALLENGES, gateway)?;
    wiring.finish(gateway, &[DELIVERY, SETTINGS, STORE])
}

/// gateway + otp + adapter-spin. One adapter serves both, so both see one store.
pub(crate) fn spin_app(gateway: &[u8], otp: &[u8], adapter: &[u8]) -> Result<Vec<u8>> {
    let mut wiring = Wiring::default();
    let adapter = wiring.add("stepgate:adapter-spin", adapter)?;
    let otp = wiring.add("stepgate:core", otp)?;
    let gateway = wiring.add("stepgate:gateway", gateway)?;
    wiring.connect(adapter, STORE, otp)?;
    wiring.connect(otp, CHALLENGES, gateway)?;
    for port in [STORE, DELIVERY, SETTINGS] {
        wiring.connect(adapter, port, gateway)?;
    }
    wiring.finish(gateway, &[])
}

#[derive(Default)]
struct Wiring {
    graph: CompositionGraph,
}

#[derive(Clone, Copy)]
struct Part {
    package: PackageId,
    instance: NodeId,
}

impl Wiring {
    /// Adds a component, instantiated once.
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<Part> {
        let package = Package::from_bytes(name, None, bytes, self.graph.types_mut())
            .with_context(|| format!("{name} is not a component"))?;
        let package = self.graph.register_package(package)?;
        Ok(Part { package, instance: self.graph.instantiate(package) })
    }

    /// Gives `to` what `from` exports under `name`. Fails where either does not have it.
    fn connect(&mut self, from: Part, name: &str, to: Part) -> Result<()> {
        let export = self
            .graph
            .alias_instance_export(from.instance, name)
            .with_context(|| format!("{} does not export {name}", self.name(from)))?;
        self.graph
            .set_instantiation_argument(to.instance, name, export)
            .with_context(|| format!("{} cannot be given {name}", self.name(to)))
    }

    /// Exports the HTTP handler of `front`. `left_open` is every import of ours that the result may still have: a
    /// missing connection must stop the build and not the first request.
    fn finish(mut self, front: Part, left_open: &[&str]) -> Result<Vec<u8>> {
        let handler = self
            .graph
            .alias_instance_export(front.instance, HANDLER)
            .with_context(|| format!("{} does not export {HANDLER}", self.name(front)))?;
        self.graph.export(handler, HANDLER)?;

        let mut open: Vec<&str> = self
            .graph
            .imports()
            .map(|(name, _, _)| name)
            .filter(|name| name.starts_with("stepgate:"))
            .collect();
        open.sort_unstable();
        open.dedup();
        ensure!(open == left_open, "the composed app imports {open:?} and should import {left_open:?}");

        Ok(self.graph.encode(EncodeOptions::default())?)
    }

    fn name(&self, part: Part) -> &str {
        self.graph[part.package].name()
    }
}
