//! Codes of authenticator apps: TOTP (RFC 6238) with HMAC-SHA-1, 30 seconds and six digits, which is what every app takes.
//!
//! No secret is stored. It is a keyed hash of the account and a salt, under a key of the deployment's (the setting
//! `account_keys`), so whoever reads the store can make no code.
//!
//! There are two records, each written without a look at what was there: the setup that waits for its first code, and the app
//! that counts. A setup that is confirmed is copied and stays where it is, for removing it could remove a newer one that
//! has begun meanwhile. Its time is over soon, and until then there is nothing in it that the active one has not.

mod code;
mod secret;
#[cfg(test)]
mod tests;
mod uri;

pub(crate) use code::Code;

use crate::http::ApiError;
use crate::ports::Ports;
use crate::settings::AccountKeys;
use crate::stored;
use core::time::Duration;
use secret::Secret;
use serde::{Deserialize, Serialize};
use stepgate_storage::{CounterKey, RecordKey, Timestamp};
use uuid::{Builder, Uuid};

/// How long a setup can be confirmed: as long as those of the other methods, whose contract says `expires_in: 600`.
pub(crate) const SETUP_LIFETIME: Duration = Duration::from_secs(600);

const WHAT: &str = "authenticator app";

/// What the app is given, once. It has no `Debug`: whoever has it makes the codes.
pub(crate) struct Setup {
    /// The app's.
    pub(crate) id: Uuid,
    /// For typing in: 32 characters of base 32.
    pub(crate) secret_base32: String,
    /// For the QR code.
    pub(crate) otpauth_uri: String,
    /// Until when it can be confirmed.
    pub(crate) expires_at: Timestamp,
}

/// What an account has.
pub(crate) struct State {
    /// A setup that waits for its first code.
    pub(crate) pending: Option<Pending>,
    /// The app whose codes count.
    pub(crate) active: Option<Active>,
}

/// A setup that waits for its first code. It counts for nothing yet.
pub(crate) struct Pending(App);

/// A setup whose first code was right. It counts from [`Confirmed::activate`] on: between the two is room for whatever else has to
/// go well.
#[must_use = "it counts for nothing until it is activated"]
pub(crate) struct Confirmed(App);

/// The app whose codes count.
pub(crate) struct Active(App);

struct App {
    account: Uuid,
    kept: Kept,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    /// Of the key in `account_keys` that the secret is made under.
    key_id: String,
    salt: Uuid,
    created_at: Timestamp,
    /// Since when it is what its key says: pending, or active.
    since: Timestamp,
}

/// Makes an app for the account. The one that is active goes on counting until this one is confirmed; a setup that was pending
/// is void.
///
/// `issuer` and `label` are what the app shows: who we are, and whose account it is.
///
/// Store operations: 1.
pub(crate) fn start(
    ports: &impl Ports,
    account: Uuid,
    issuer: &str,
    label: &str,
    now: Timestamp,
) -> Result<Setup, ApiError> {
    let keys = AccountKeys::load(ports)?;
    let key = keys.newest()?;
    let salt = Builder::from_random_bytes(ports.random()).into_uuid();
    let secret_base32 = Secret::of(key, account, salt)?.base32();
    let kept = Kept { key_id: key.id.clone(), salt, created_at: now, since: now };
    stored::write(ports, &pending_key(account), &kept, WHAT)?;
    let otpauth_uri = uri::otpauth(&secret_base32, issuer, label);
    Ok(Setup { id: salt, secret_base32, otpauth_uri, expires_at: now + SETUP_LIFETIME })
}

/// What the account has, to show it, and to confirm the setup.
///
/// Store operations: 2.
pub(crate) fn state(ports: &impl Ports, account: Uuid, now: Timestamp) -> Result<State, ApiError> {
    let active = active(ports, account)?;
    let kept: Option<Kept> = stored::read(ports, &pending_key(account), WHAT)?;
    let pending = kept.filter(|kept| {
        let is_active = active.as_ref().is_some_and(|active| active.0.kept.salt == kept.salt);
        now < kept.created_at + SETUP_LIFETIME && !is_active
    });
    Ok(State { pending: pending.map(|kept| Pending(App { account, kept })), active })
}

/// The app whose codes count, if there is one.
///
/// Store operations: 1.
pub(crate) fn active(ports: &impl Ports, account: Uuid) -> Result<Option<Active>, ApiError> {
    let kept = stored::read(ports, &active_key(account), WHAT)?;
    Ok(kept.map(|kept| Active(App { account, kept })))
}

/// Takes the app away, and a setup that is pending. There need be neither.
///
/// Store operations: 2.
pub(crate) fn remove(ports: &impl Ports, account: Uuid) -> Result<(), ApiError> {
    // In this order: the other way round the setup could still be confirmed when the app is gone.
    ports.delete(&pending_key(account))?;
    Ok(ports.delete(&active_key(account))?)
}

/// Takes a setup away that is pending. The app that counts goes on counting.
///
/// Store operations: 1.
pub(crate) fn give_up(ports: &impl Ports, account: Uuid) -> Result<(), ApiError> {
    Ok(ports.delete(&pending_key(account))?)
}

impl Pending {
    /// The id it will keep when it is active.
    pub(crate) fn id(&self) -> Uuid {
        self.0.kept.salt
    }

    /// When it was started.
    pub(crate) fn created_at(&self) -> Timestamp {
        self.0.kept.created_at
    }

    /// Whether the code is this app's, as [`Active::check`]. A code that confirms a setup is used up for everything else as
    /// well.
    pub(crate) fn check(
        self,
        ports: &impl Ports,
        code: &Code,
        now: Timestamp,
    ) -> Result<Option<Confirmed>, ApiError> {
        let right = self.0.check(ports, code, now)?;
        Ok(right.then_some(Confirmed(self.0)))
    }
}

impl Confirmed {
    /// Makes this the app whose codes count, in place of the one that was. It is the one that was confirmed, whatever setup has
    /// begun meanwhile.
    ///
    /// Store operations: 1.
    pub(crate) fn activate(self, ports: &impl Ports, now: Timestamp) -> Result<(), ApiError> {
        let App { account, kept } = self.0;
        Ok(stored::write(ports, &active_key(account), &Kept { since: now, ..kept }, WHAT)?)
    }
}

impl Active {
    /// Another for each setup.
    pub(crate) fn id(&self) -> Uuid {
        self.0.kept.salt
    }

    /// When its setup was started.
    pub(crate) fn created_at(&self) -> Timestamp {
        self.0.kept.created_at
    }

    /// Whether the code is this app's, of the present 30 seconds or of those before, and used for the first time. Ask for the
    /// right to compare first (`stepgate_storage::failures`); all that is wrong with a code is one answer, no.
    ///
    /// Store operations: 1 for a right code, none for a wrong one.
    pub(crate) fn check(&self, ports: &impl Ports, code: &Code, now: Timestamp) -> Result<bool, ApiError> {
        self.0.check(ports, code, now)
    }
}

impl App {
    fn check(&self, ports: &impl Ports, code: &Code, now: Timestamp) -> Result<bool, ApiError> {
        let keys = AccountKeys::load(ports)?;
        let secret = Secret::of(keys.with_id(&self.kept.key_id)?, self.account, self.kept.salt)?;
        let Some(step) = secret.step_of(code, now)? else { return Ok(false) };
        // Whoever comes second has seen the code over the owner's shoulder, for all we know (RFC 6238 §5.2). The claim is kept
        // for longer than the code is taken, which is for a minute at most.
        let path = format!("account/{}/totp/{}/{}", self.account, self.kept.salt, step.number());
        Ok(ports.add(&CounterKey::until(step.day().plus(1), &path), 1)? == 1)
    }
}

fn pending_key(account: Uuid) -> RecordKey {
    RecordKey::forever(&format!("account/{account}/totp/pending"))
}

fn active_key(account: Uuid) -> RecordKey {
    RecordKey::forever(&format!("account/{account}/totp/active"))
}
