//! The deployment's settings, typed. `docs/settings.md` says what each is for.
//!
//! Nothing is kept between requests: a route reads what it needs, when it needs it. A setting that is wrong fails the
//! request with its name in the log; its value is in no message, because it may be a secret in the wrong place.

mod account_keys;
mod accounts;
mod api;
mod api_keys;
mod base_url;
mod environment;
mod error;
mod idempotency;
mod identification;
mod issue;
mod mac_keys;
mod messages;
mod read;
mod signings;
#[cfg(test)]
mod tests;
mod token_keys;
mod tokens;

pub(crate) use account_keys::AccountKeys;
pub(crate) use accounts::{
    Mfa, Registration, Tenant, accounts_are_on, lock_policy, session_lifetime, tenants,
};
pub(crate) use api::ApiSettings;
pub(crate) use api_keys::{ApiKey, Role};
pub(crate) use base_url::BaseUrl;
pub(crate) use environment::Environment;
pub(crate) use error::SettingError;
pub(crate) use idempotency::idempotency_key_required;
pub(crate) use identification::IdentificationSettings;
pub(crate) use issue::{IssueSettings, sender_name};
pub(crate) use mac_keys::{mac_keys, webhook_keys};
pub(crate) use messages::MessageLimits;
pub(crate) use read::read;
pub(crate) use signings::{Document, required_signings};
pub(crate) use token_keys::{TokenKey, token_keys};
pub(crate) use {token_keys::token_keys_are_set, tokens::TokenLifetimes};
