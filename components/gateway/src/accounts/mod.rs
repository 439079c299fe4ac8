//! Accounts: what both account APIs stand on. No HTTP here.
//!
//! | module | what it knows |
//! |---|---|
//! | `context` | what everything is done with: the tenant, the settings, the clock |
//! | `account`, `names`, `phone`, `password` | who somebody is |
//! | `register`, `ownership`, `new_password` | how somebody comes to have an account, and back to it |
//! | `sign_in`, `second_factor`, `methods`, `codes`, `devices` | the two factors |
//! | `budgets`, `lock`, `caps` | how often |
//! | `sessions`, `session_list`, `epoch`, `token` | what a sign-in opens, and what ends it |
//! | `notices` | what people are told |

pub(crate) mod account;
pub(crate) mod agent;
pub(crate) mod budgets;
pub(crate) mod caps;
pub(crate) mod codes;
pub(crate) mod context;
mod deliver;
pub(crate) mod devices;
pub(crate) mod epoch;
pub(crate) mod lock;
pub(crate) mod methods;
pub(crate) mod names;
pub(crate) mod new_password;
pub(crate) mod notices;
pub(crate) mod ownership;
pub(crate) mod password;
pub(crate) mod phone;
pub(crate) mod refusal;
pub(crate) mod register;
pub(crate) mod second_factor;
pub(crate) mod session_list;
pub(crate) mod sessions;
pub(crate) mod sign_in;
pub(crate) mod token;

#[cfg(test)]
mod tests;
