//! Webhooks: partners are told what has changed (`contracts/identifications.md` §6, `docs/webhooks.md`).
//!
//! Nothing here is told by the way. Before something changes, a look at it is noted in the store ([`before`]); after it has
//! changed, whoever changed it writes what is to be told into the outbox ([`after`]). If it dies in between, the look that
//! was noted finds what is untold. What has been written is sent, and sent again, by runs ([`run`]) that somebody has to
//! start: the harness does each second, on Spin a schedule.
//!
//! | module | what it knows |
//! |---|---|
//! | `thing` | what can change, and how it is looked at |
//! | `tell` | what of it is untold |
//! | `event`, `topic` | what is said |
//! | `endpoint`, `secret`, `sign` | who is told, and how they know it is us |
//! | `agenda` | what is to be done when |
//! | `outbox`, `queue`, `schedule` | messages, and when they are tried |
//! | `run`, `bell`, `deliver`, `health` | one run |
//! | `dead` | what nobody took |
//! | `routes` | the API |

mod agenda;
mod bell;
mod dead;
mod deliver;
#[cfg(test)]
pub(crate) mod described;
mod endpoint;
mod event;
mod health;
mod outbox;
mod queue;
mod routes;
mod run;
mod schedule;
mod secret;
mod sign;
mod tell;
mod thing;
mod topic;

pub(crate) use routes::{dead_letters, forget_all, list, ping, register, renew_secret, retry, update};
pub(crate) use run::run;
pub(crate) use tell::{after, before, before_for, expect, forget};
pub(crate) use thing::{Kind, Sight, Step};
