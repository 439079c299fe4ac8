//! The ports of `stepgate:otp` (`wit/worlds.wit`, world `ports`) on Spin 4.1.
//!
//! | port | what carries it on Spin |
//! |---|---|
//! | `store` | `wasi:keyvalue` 0.2.0-draft2: SQLite by default, Redis by runtime configuration |
//! | `settings` | `wasi:config`, that is: Spin's variables |
//! | `delivery` | one HTTP POST per message, `wasi:http` 0.2 |
//!
//! Everything here is synchronous because the ports are (`docs/design.md`), and a synchronous export cannot wait for
//! an asynchronous import.

mod bindings;
mod delivery;
mod http_post;
mod key;
mod notice;
mod settings;
mod store;
mod target;

/// The component: one type for all three exported interfaces.
struct Adapter;

// A native linker rejects the names these exports have; natively only the unit tests are built.
#[cfg(target_family = "wasm")]
bindings::export!(Adapter with_types_in bindings);
