//! HTTP: what comes in, what goes out, and what is said about it.

pub(crate) mod answer;
mod envelope;
pub(crate) mod log;
pub(crate) mod server;
mod trace;

pub use trace::TraceId;
