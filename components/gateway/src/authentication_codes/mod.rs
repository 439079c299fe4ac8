//! `/api/authentication-codes`: `contracts/authentication-codes.md` §2 and §3.

mod created;
#[cfg(test)]
pub(crate) mod described;
mod object;
mod of_entity;
mod submission;
mod submit;

pub(crate) use created::created;
pub(crate) use of_entity::of_entity;
pub(crate) use submit::{log_attempt, submit};
