//! What each component asks of its host, gives to it, and weighs.

use std::collections::BTreeSet;

use anyhow::Result;
use stepgate_artifacts::{APP, HELLO, OTP, SHRUNK_BY, SPIN_APP};
use wac_graph::types::{Package, Types};

const PORTS: [&str; 3] =
    ["stepgate:otp/delivery@0.1.0", "stepgate:otp/settings@0.1.0", "stepgate:otp/store@0.1.0"];
const HANDLER: &str = "wasi:http/handler@0.3.0";

struct Surface {
    imports: BTreeSet<String>,
    exports: BTreeSet<String>,
}

fn surface(component: &[u8]) -> Result<Surface> {
    let mut types = Types::default();
    let package = Package::from_bytes("stepgate:part", None, component, &mut types)?;
    let world = &types[package.ty()];
    Ok(Surface {
        imports: world.imports.keys().cloned().collect(),
        exports: world.exports.keys().cloned().collect(),
    })
}

fn beside_wasi(names: &BTreeSet<String>) -> Vec<&str> {
    names.iter().map(String::as_str).filter(|name| !name.starts_with("wasi:")).collect()
}

#[test]
fn the_app_asks_its_host_for_wasi_and_the_three_ports() {
    let app = surface(APP).unwrap();
    assert_eq!(beside_wasi(&app.imports), PORTS);
    assert!(app.exports.contains(HANDLER), "{:?}", app.exports);
}

#[test]
fn the_spin_app_asks_for_nothing_that_is_not_wasi() {
    let app = surface(SPIN_APP).unwrap();
    assert_eq!(beside_wasi(&app.imports), Vec::<&str>::new());
    assert!(app.exports.contains(HANDLER), "{:?}", app.exports);
    for needed in ["wasi:keyvalue/store@0.2.0-draft2", "wasi:keyvalue/atomics@0.2.0-draft2"] {
        assert!(app.imports.contains(needed), "{needed} is not in {:?}", app.imports);
    }
}

#[test]
fn the_core_knows_a_store_a_clock_and_chance() {
    let core = surface(OTP).unwrap();
    assert_eq!(beside_wasi(&core.imports), ["stepgate:otp/store@0.1.0"]);
    for import in core.imports.iter().filter(|name| name.starts_with("wasi:")) {
        assert!(!import.starts_with("wasi:http"), "{import}");
    }
    assert!(core.exports.contains("stepgate:otp/challenges@0.1.0"), "{:?}", core.exports);
}

#[test]
fn hello_needs_nothing_of_ours() {
    assert_eq!(beside_wasi(&surface(HELLO).unwrap().imports), Vec::<&str>::new());
}

/// The budgets of docs/benchmarks.md, "Targets", for whoever has wasm-opt, which CI and who ships them has; and what a machine without it
/// must not grow beyond. Bytes and no time, so it holds on every machine.
#[test]
fn the_components_stay_within_their_budgets() {
    const KIB: usize = 1024;
    let (app, spin_app) =
        if SHRUNK_BY.is_some() { (1536 * KIB, 1536 * KIB) } else { (1728 * KIB, 1824 * KIB) };
    assert!(OTP.len() <= 150 * KIB, "otp has {} bytes", OTP.len());
    assert!(APP.len() <= app, "the app has {} bytes", APP.len());
    assert!(SPIN_APP.len() <= spin_app, "the Spin app has {} bytes", SPIN_APP.len());
}
