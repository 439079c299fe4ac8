//! The WebAssembly components of Stepgate as bytes. `build/` makes them; the same files are in `<target>/components`.
//!
//! ```
//! println!("the core has {} bytes", stepgate_artifacts::OTP.len());
//! ```

/// The tool that made the components smaller, with its version; none where the machine that built them lacks it.
pub const SHRUNK_BY: Option<&str> = option_env!("STEPGATE_SHRUNK_BY");

/// gateway + otp: exports `wasi:http/handler@0.3.0`, imports the store, delivery and settings of `stepgate:otp`.
/// In `<target>/components/stepgate.wasm`.
pub const APP: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/stepgate.wasm"));

/// gateway + otp + adapter-spin: exports `wasi:http/handler@0.3.0`, imports what Spin 4.1 has.
/// In `<target>/components/stepgate-spin.wasm`.
pub const SPIN_APP: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/stepgate-spin.wasm"));

/// The core alone: exports `stepgate:otp/challenges`, imports the store. In `<target>/components/otp.wasm`.
pub const OTP: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/otp.wasm"));

/// Removes expired keys on Spin, beside `SPIN_APP` in the same app. In `<target>/components/sweep-spin.wasm`.
pub const SWEEP_SPIN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/sweep-spin.wasm"));

/// Says hello to every HTTP request: what everything else is measured against. In `<target>/components/hello.wasm`.
pub const HELLO: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/hello.wasm"));

/// Misbehaves on request: what the harness's bounds are tested with. In `<target>/components/probe.wasm`.
pub const PROBE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/probe.wasm"));
