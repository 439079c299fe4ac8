//! An account's records. Each fact that can change is a record of its own, written without being read before, so that no two
//! requests can undo each other's.

use super::names::{AccountEmail, UserName};
use super::password::Phc;
use super::phone::Phone;
use crate::ids;
use crate::stored;
use serde::{Deserialize, Serialize};
use stepgate_storage::idempotency::digest;
use stepgate_storage::{CounterKey, RecordKey, Store, StoreError, Timestamp};
use uuid::Uuid;

/// Who somebody is. Never changes.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: Uuid,
    /// The tenant's partner.
    pub(crate) partner: Uuid,
    pub(crate) email: AccountEmail,
    #[serde(default)]
    pub(crate) user_name: Option<UserName>,
    #[serde(default)]
    pub(crate) phone: Option<Phone>,
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) last_name: Option<String>,
    #[serde(default)]
    pub(crate) user_type: Option<String>,
    pub(crate) created_at: Timestamp,
}

/// What somebody proves to be the owner with, first.
#[derive(Serialize, Deserialize)]
pub(crate) struct Password {
    pub(crate) phc: Phc,
    pub(crate) changed_at: Timestamp,
}

/// What an account is found by.
#[derive(Clone, Debug)]
pub(crate) enum Name {
    Email(AccountEmail),
    User(UserName),
}

impl Name {
    /// As somebody types it who signs in.
    pub(crate) fn parse(text: &str) -> Option<Name> {
        if text.contains('@') {
            AccountEmail::parse(text).map(Name::Email)
        } else {
            UserName::parse(text).map(Name::User)
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Name::Email(email) => email.as_str(),
            Name::User(name) => name.as_str(),
        }
    }
}

/// The id of the account with this name.
pub(crate) fn id_of(store: &impl Store, scope: &str, name: &Name) -> Result<Option<Uuid>, StoreError> {
    let Some(text) = store.get(&index_key(scope, name))? else { return Ok(None) };
    ids::parse(&text).map(Some).ok_or(StoreError::Corrupt("account index"))
}

/// Makes an account be found by a name.
pub(super) fn enter(store: &impl Store, scope: &str, name: &Name, id: Uuid) -> Result<(), StoreError> {
    store.set(&index_key(scope, name), &id.to_string())
}

pub(crate) fn read(store: &impl Store, id: Uuid) -> Result<Option<Account>, StoreError> {
    stored::read(store, &key(id, ""), "account")
}

pub(super) fn write(store: &impl Store, account: &Account) -> Result<(), StoreError> {
    stored::write(store, &key(account.id, ""), account, "account")
}

pub(crate) fn password(store: &impl Store, id: Uuid) -> Result<Option<Password>, StoreError> {
    stored::read(store, &key(id, "/password"), "password")
}

pub(crate) fn set_password(store: &impl Store, id: Uuid, password: &Password) -> Result<(), StoreError> {
    stored::write(store, &key(id, "/password"), password, "password")
}

/// Whether the address was shown to be its owner's.
pub(crate) fn is_verified(store: &impl Store, id: Uuid) -> Result<bool, StoreError> {
    Ok(store.get(&key(id, "/verified"))?.is_some())
}

/// For good.
pub(crate) fn set_verified(store: &impl Store, id: Uuid, at: Timestamp) -> Result<(), StoreError> {
    store.set(&key(id, "/verified"), &at.0.to_string())
}

/// The owner's own two-factor switch. Each account is made with one, so where there is none something is wrong, and it is on.
pub(crate) fn two_factor(store: &impl Store, id: Uuid) -> Result<bool, StoreError> {
    Ok(store.get(&key(id, "/two-factor"))?.is_none_or(|state| state != "off"))
}

pub(crate) fn set_two_factor(store: &impl Store, id: Uuid, on: bool) -> Result<(), StoreError> {
    if on {
        // Before it is on: what hangs on an earlier time is over by then.
        store.add(&switched_on_key(id), 1)?;
    }
    store.set(&key(id, "/two-factor"), if on { "on" } else { "off" })
}

/// How often the switch was switched on.
pub(crate) fn switched_on(store: &impl Store, id: Uuid) -> Result<i64, StoreError> {
    store.add(&switched_on_key(id), 0)
}

fn switched_on_key(id: Uuid) -> CounterKey {
    CounterKey::forever(&format!("account/{id}/switched-on"))
}

/// Which terms its owner has agreed to, and when.
pub(crate) fn set_terms(store: &impl Store, id: Uuid, version: i64, at: Timestamp) -> Result<(), StoreError> {
    store.set(&key(id, "/terms"), &format!("{version} {}", at.0))
}

fn key(id: Uuid, fact: &str) -> RecordKey {
    RecordKey::forever(&format!("account/{id}{fact}"))
}

fn index_key(scope: &str, name: &Name) -> RecordKey {
    let kind = match name {
        Name::Email(_) => "email",
        Name::User(_) => "user-name",
    };
    RecordKey::forever(&format!("account-named/{}", digest(&[scope, kind, name.as_str()])))
}
