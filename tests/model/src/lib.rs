//! A model of the storage protocol (design.md §3), small enough for every interleaving to be looked at.
//!
//! Clients verify codes, issuers replace the challenge, a clock ticks, and any of them may die, or lose the
//! answer of the store, at any step. What the five properties forbid is written down in [`property`]; which
//! rules of the protocol can be left out, to see that one of them then breaks, in [`Mutant`].
//!
//! [`failures`] is a second model, of the failures per account.

pub mod failures;
mod issuer;
mod model;
mod mutant;
pub mod property;
mod reader;
mod scenario;
mod state;
mod verifier;
mod word;

pub use model::{Action, Answer, Protocol};
pub use mutant::Mutant;
pub use scenario::{Codes, Scenario, Start, Task};
pub use state::State;
