//! The core of Stepgate: issues one-time codes, verifies them, and knows what became of them.
//!
//! Plain Rust over three traits: a store with four operations ([`stepgate_storage::Store`]), a [`Clock`] and
//! [`Random`]. The component that exports it to other hosts is a thin layer in `component.rs`. The protocol is
//! described in `docs/design.md`; what every function promises is in `wit/challenges.wit`.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod challenge;
mod close;
mod codec;
#[cfg(target_arch = "wasm32")]
mod component;
mod entity;
mod environment;
mod error;
mod issue;
mod names;
mod read;
mod record;
#[cfg(target_arch = "wasm32")]
mod runtime;
mod secret;
mod verify;
mod word;

pub use challenge::{Challenge, Current, Status};
pub use close::{Closing, FENCE, Ticket, Wait};
pub use environment::{Clock, Random, RandomError};
pub use error::{Error, Result};
pub use issue::{Issued, Issuing};
pub use names::{ChallengeId, Code, Entity, Purpose, Scope, Subject};
pub use record::{Payload, Policy, Request};
pub use secret::{Key, Keys};
pub use verify::{Verdict, Verified};

use stepgate_storage::Store;

/// The core, over a store, a clock and a source of randomness.
///
/// It keeps nothing itself: any number of them may work over one store, in any number of processes.
pub struct Core<S, C, R> {
    store: S,
    clock: C,
    random: R,
}

impl<S: Store, C: Clock, R: Random> Core<S, C, R> {
    /// A core over these three.
    pub fn new(store: S, clock: C, random: R) -> Self {
        Core { store, clock, random }
    }
}
