//! The component: how it is compiled, what it may reach, and how its instances are run.

mod courier;
mod engine;
mod growth;
mod in_hand;
mod log;
mod outgoing;
mod ports;
mod state;
mod ticket;
mod worker;

pub(crate) use courier::Courier;
pub(crate) use engine::{Cache, compile};
pub(crate) use ports::Ports;
pub(crate) use ticket::Ticket;
pub(crate) use worker::{Factory, Link};

pub(crate) use log::GuestLog;
pub use state::State;
