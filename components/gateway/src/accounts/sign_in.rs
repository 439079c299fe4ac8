//! The first factor: a name and its password.
//!
//! Whoever has no account is answered after the same work: the same records are read, of nobody's account, and a password is
//! hashed; two, where a registration of that address waits.

use super::account::{self, Account, Name};
use super::budgets::{self, Budget};
use super::context::Context;
use super::password::{self, Phc, Typed};
use super::refusal::{Refusal, Result};
use super::{devices, epoch};
use crate::ports::Ports;
use serde::Serialize;
use uuid::Uuid;

/// What somebody signs in with.
pub(crate) struct Credentials<'a> {
    /// An address or a user name, as it was typed.
    pub(crate) name: &'a str,
    pub(crate) password: &'a Typed,
    /// Of a device that was to be remembered.
    pub(crate) device: Option<&'a str>,
}

/// Who gave the right password.
pub(crate) enum SignedIn {
    Owner(Owner),
    /// Somebody who has registered and not confirmed their address yet. Whoever registers an address is one, also where it has an
    /// account already: they would know by another answer.
    NotVerified,
}

/// The owner of an account.
pub(crate) struct Owner {
    pub(crate) account: Account,
    /// As it was before the password was looked at.
    pub(crate) epoch: u64,
    /// Whether the device is one that the account remembers: the second factor was given on it.
    pub(crate) device_known: bool,
}

/// Checks a password. `registered` is that of a registration that waits for its address to be confirmed.
///
/// # Errors
///
/// `Credentials` whatever is wrong, `TooManyLogins` whether or not there is such an account.
pub(crate) fn first_factor<P: Ports>(
    ctx: &Context<'_, P>,
    credentials: &Credentials<'_>,
    registered: Option<&Phc>,
) -> Result<SignedIn> {
    let name = Name::parse(credentials.name);
    // What can be nobody's name is looked up and counted as well, under what was typed.
    let typed = credentials.name.trim().to_lowercase();
    let counted = name.as_ref().map_or(typed.as_str(), Name::as_str);
    let found = match &name {
        Some(name) => account::id_of(ctx.ports, &ctx.scope(), name)?,
        None => None,
    };
    let id = found.unwrap_or(Uuid::nil());
    let epoch = epoch::current(ctx.ports, id)?;
    let device = match credentials.device {
        Some(token) => devices::recognise(ctx.ports, id, epoch, token, ctx.now)?,
        None => None,
    };
    let budget = match device {
        Some(device) => Budget::Device(device),
        None if found.is_some() => Budget::SignIn(counted),
        None => Budget::NobodysSignIn(counted),
    };
    budgets::check(ctx, &budget)?;
    let account = account::read(ctx.ports, id)?;
    let kept = account::password(ctx.ports, id)?;
    let stand_in = Phc::stand_in();
    let phc = kept.as_ref().map_or(&stand_in, |kept| &kept.phc);
    // Hashed before the attempt is taken, and looked at after: an attempt is good for seconds, and where many sign in at once the
    // hash waits for longer. Owners would lose attempts by the load, and in the end be locked out with the right password.
    let guess = password::guess(phc, credentials.password)?;
    let waiting = match registered {
        Some(phc) => Some(password::guess(phc, credentials.password)?),
        None => None,
    };
    let attempt = budgets::reserve(ctx, &budget)?;
    let right = guess.is_right();
    let waits = waiting.is_some_and(|guess| guess.is_right());
    ctx.log("password_tried", Line { right });
    if right && let Some(account) = account {
        budgets::right(ctx, &budget, attempt)?;
        return Ok(SignedIn::Owner(Owner { account, epoch, device_known: device.is_some() }));
    }
    match budgets::wrong(ctx, &budget, attempt) {
        // The last wrong one is answered like those before it.
        Ok(_) | Err(Refusal::TooManyLogins { .. } | Refusal::Busy { .. }) => {}
        Err(refusal) => return Err(refusal),
    }
    // It counts as wrong all the same: anybody can register an address, and must not get guesses at an account's password for it.
    if waits { Ok(SignedIn::NotVerified) } else { Err(Refusal::Credentials) }
}

#[derive(Serialize)]
struct Line {
    right: bool,
}
