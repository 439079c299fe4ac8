//! `/api/webhooks`: `contracts/identifications.md` §6. Registering, new secrets and dead letters are ours: the contract's
//! sources have a dashboard for the first, and nothing for the others.

mod dead_letters;
mod fields;
mod list;
mod object;
mod ping;
mod register;
mod update;

#[cfg(test)]
pub(super) use dead_letters::Page as DeadLetterPage;
pub(crate) use dead_letters::{dead_letters, retry};
#[cfg(test)]
pub(super) use fields::Fields;
pub(crate) use list::{forget_all, list};
#[cfg(test)]
pub(super) use object::Webhook;
#[cfg(test)]
pub(super) use ping::Fields as PingFields;
pub(crate) use ping::ping;
pub(crate) use register::{register, renew_secret};
pub(crate) use update::update;
