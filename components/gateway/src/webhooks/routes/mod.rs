//! `/api/webhooks`: `contracts/identifications.md` §6. Registering, new secrets and dead letters are ours: the contract's
//! sources have a dashboard for the first, and nothing for the others.

mod dead_letters;
mod fields;
mod list;
mod object;
mod ping;
mod register;
mod update;

pub(crate) use dead_letters::{dead_letters, retry};
pub(crate) use list::{forget_all, list};
pub(crate) use ping::ping;
pub(crate) use register::{register, renew_secret};
pub(crate) use update::update;
