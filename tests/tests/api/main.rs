//! The contract, attacks and bad input, through HTTP, on every host and over every store.
//!
//! `contracts/…` and `security.md` in the comments are the documents that say what is expected.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "whatever is not as expected fails the test, in its helpers too"
)]

mod accounts;
mod actions;
mod attacks;
mod bad_input;
mod codes;
mod customers;
mod failures;
mod idempotency;
mod identifications;
mod pages;
mod sandbox;
mod transport;
mod webhooks;

mod support;
