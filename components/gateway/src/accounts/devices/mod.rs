//! Browsers and apps that are let in without a second factor, for 30 days.
//!
//! Each has a token of its own, and a record under its account. An account has 20 places; a new device takes the place after that
//! of the one before it, and a device whose place names another is dead. The list is what stands in the places, so no device
//! lets anybody in that its owner does not see there, whoever was slow or died on the way. (A `Log` would not do: it shows
//! its newest 20 slots, and where the writer of a slot has died, an older one is still in that place.)
//!
//! A device is revoked by removing its record. Its place is left alone: it may belong to a newer one already.

use crate::accounts::account::Account;
use crate::accounts::agent;
use crate::accounts::context::Context;
use crate::accounts::notices::{self, News};
use crate::accounts::token::{Token, TokenHash};
use crate::http::ApiError;
use crate::ids;
use crate::ports::Ports;
use crate::stored;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use stepgate_storage::{CounterKey, RecordKey, StoreError, Timestamp};
use uuid::Uuid;

/// What the token of a device begins with.
const PREFIX: &str = "dev_";

/// How long a device is remembered.
pub(crate) const LIFETIME: Duration = Duration::from_secs(30 * 86_400);

/// How many are remembered at once. One more, and the oldest is forgotten.
const PLACES: u64 = 20;

const WHAT: &str = "device";

/// A device, for its owner.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Device {
    pub(crate) id: Uuid,
    /// What it calls itself, as [`agent`] keeps it.
    pub(crate) label: String,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    /// The account's epoch when it was remembered.
    epoch: u64,
    hash: TokenHash,
    label: String,
    /// The one that names it.
    place: u64,
}

/// Remembers a device of somebody who has just given a second factor. `epoch` is the account's, read before that.
///
/// Store operations: 3.
pub(crate) fn remember(
    ports: &impl Ports,
    account: Uuid,
    epoch: u64,
    user_agent: &str,
    now: Timestamp,
) -> Result<Token, ApiError> {
    let (token, id) = Token::new(ports, now, PREFIX);
    let place = next_place(ports, account)?;
    let kept = Kept { epoch, hash: token.hash(), label: agent::kept(user_agent), place };
    stored::write(ports, &key(account, id, now), &kept, WHAT)?;
    ports.set(&place_key(account, place), &id.to_string())?;
    Ok(token)
}

/// [`remember`], and its owner is told.
pub(crate) fn remember_and_tell<P: Ports>(
    ctx: &Context<'_, P>,
    account: &Account,
    epoch: u64,
    user_agent: &str,
) -> Result<Token, ApiError> {
    let token = remember(ctx.ports, account.id, epoch, user_agent, ctx.now)?;
    notices::tell(ctx, account, &News::DeviceRemembered { until: ctx.now + LIFETIME });
    ctx.log_of("device_remembered", account.id);
    Ok(token)
}

/// The device whose token this is, if it is one that may go without a second factor into this account, whose epoch is `epoch`.
///
/// Store operations: 2; 1 for a token that is not this account's; none for what is no token.
pub(crate) fn recognise(
    ports: &impl Ports,
    account: Uuid,
    epoch: u64,
    text: &str,
    now: Timestamp,
) -> Result<Option<Uuid>, ApiError> {
    let Some(token) = Token::parse(PREFIX, text) else { return Ok(None) };
    let Some(kept) = read(ports, account, token.id, token.made_at)? else { return Ok(None) };
    if !kept.hash.is(&token.hash) || !kept.counts(epoch, token.made_at, now) {
        return Ok(None);
    }
    Ok(named(ports, account, kept.place)?.filter(|named| *named == token.id))
}

/// The devices that [`recognise`] takes, newest first.
///
/// Store operations: 20, and 1 for each device.
pub(crate) fn list(
    ports: &impl Ports,
    account: Uuid,
    epoch: u64,
    now: Timestamp,
) -> Result<Vec<Device>, ApiError> {
    let mut devices: Vec<Device> = Vec::new();
    for place in 0..PLACES {
        let Some(id) = named(ports, account, place)? else { continue };
        let Some(created_at) = ids::made_at(id) else { continue };
        let Some(kept) = read(ports, account, id, created_at)? else { continue };
        if kept.counts(epoch, created_at, now) {
            let expires_at = created_at + LIFETIME;
            // An id begins with its time.
            let newer = devices.iter().take_while(|other| other.id > id).count();
            devices.insert(newer, Device { id, label: kept.label, created_at, expires_at });
        }
    }
    Ok(devices)
}

/// Forgets a device. Somebody else's is not found, nor is one that is forgotten.
///
/// Store operations: 2; 1 for one that is not found.
pub(crate) fn revoke(ports: &impl Ports, account: Uuid, id: Uuid) -> Result<(), ApiError> {
    let created_at = ids::made_at(id).ok_or(ApiError::NotFound)?;
    read(ports, account, id, created_at)?.ok_or(ApiError::NotFound)?;
    Ok(ports.delete(&key(account, id, created_at))?)
}

impl Kept {
    /// Whether neither time nor a change to the account has ended it.
    fn counts(&self, epoch: u64, created_at: Timestamp, now: Timestamp) -> bool {
        self.epoch == epoch && now < created_at + LIFETIME
    }
}

fn read(
    ports: &impl Ports,
    account: Uuid,
    id: Uuid,
    created_at: Timestamp,
) -> Result<Option<Kept>, ApiError> {
    Ok(stored::read(ports, &key(account, id, created_at), WHAT)?)
}

/// Under its account, so that nobody else's is found there.
fn key(account: Uuid, id: Uuid, created_at: Timestamp) -> RecordKey {
    RecordKey::until(created_at.day().plus(32), &format!("account/{account}/device/{id}"))
}

/// Which device a place names.
fn named(ports: &impl Ports, account: Uuid, place: u64) -> Result<Option<Uuid>, ApiError> {
    Ok(ports.get(&place_key(account, place))?.and_then(|text| ids::parse(&text)))
}

fn next_place(ports: &impl Ports, account: Uuid) -> Result<u64, ApiError> {
    let number = ports.add(&CounterKey::forever(&format!("account/{account}/devices/last")), 1)?;
    let number = u64::try_from(number).map_err(|_| StoreError::Corrupt("count of devices"))?;
    Ok(number % PLACES)
}

fn place_key(account: Uuid, place: u64) -> RecordKey {
    RecordKey::forever(&format!("account/{account}/devices/{place}"))
}

#[cfg(test)]
mod tests;
