//! A second component of the Spin app: `POST /internal/sweep` removes keys whose time is over.
//!
//! Spin's stores know no expiry, so Stepgate's keys carry theirs in their text (docs/storage.md) and somebody has to
//! come by. It is no part of the gateway, because every other host's store forgets by itself.

mod caller;
mod expiry;

#[cfg(target_arch = "wasm32")]
mod component;
