//! How often somebody may be wrong. Three budgets for each account, over `stepgate_storage::failures`.
//!
//! | budget | counts | who can use it up | used up, it closes |
//! |---|---|---|---|
//! | second factor | wrong codes, whatever the API, session, method and action | who knows the password, or has a session | every way in |
//! | sign-in | wrong passwords for a name, whether anybody has it or not | anybody | signing in by that name on a device that is not remembered |
//! | ownership | wrong codes of sign-ups, of password resets, and of an address that an account says is its own | anybody | the codes of these, not the long code in the same mail |
//!
//! What each of them does to the owner is bounded: docs/accounts.md, "What guessing can do".

use super::account::Account;
use super::context::Context;
use super::refusal::{Refusal, Result};
use crate::ids;
use crate::ports::Ports;
use core::time::Duration;
use stepgate_storage::failures::{self, Failures, Policy, Reservation, Reserving, Standing};
use stepgate_storage::idempotency::digest;
use stepgate_storage::{Day, Timestamp};
use uuid::Uuid;

/// Whose budget, and for what.
pub(crate) enum Budget<'a> {
    /// Codes of an account.
    SecondFactor(Uuid),
    /// Passwords for a name as it was normalised, which somebody has.
    SignIn(&'a str),
    /// Passwords for a name that nobody has.
    NobodysSignIn(&'a str),
    /// Passwords from a device that the account remembers. Strangers have no part in it.
    Device(Uuid),
    /// Codes that show that an address is somebody's.
    Ownership(&'a str),
}

/// The right to compare once. One that is dropped stays used.
#[must_use = "an attempt that is dropped stays used"]
pub(crate) struct Attempt(Reservation);

/// Takes an attempt. Before anything is compared, and nothing is compared without.
pub(crate) fn reserve<P: Ports>(ctx: &Context<'_, P>, budget: &Budget<'_>) -> Result<Attempt> {
    match failures(ctx, budget).reserve()? {
        Reserving::Reserved(reservation) => Ok(Attempt(reservation)),
        Reserving::Refused(why) => Err(refusal(budget, why)),
    }
}

/// It was right: there are all attempts again. Nobody is let in before this has answered.
pub(crate) fn right<P: Ports>(ctx: &Context<'_, P>, budget: &Budget<'_>, attempt: Attempt) -> Result<()> {
    Ok(failures(ctx, budget).success(attempt.0)?)
}

/// It was wrong. Answers how many are left, those included that are being compared by others; or that there are none.
pub(crate) fn wrong<P: Ports>(ctx: &Context<'_, P>, budget: &Budget<'_>, attempt: Attempt) -> Result<u32> {
    match failures(ctx, budget).failure(attempt.0)? {
        Standing::Open { left, .. } => Ok(left),
        Standing::Refused(why) => Err(refusal(budget, why)),
    }
}

/// What there is where something may be compared.
pub(crate) struct Open {
    /// How many may still be wrong; at least one.
    pub(crate) left: u32,
    /// When the last lock was over, if there was one since something was right.
    pub(crate) lock_over: Option<Timestamp>,
}

/// Refuses where nothing may be compared. Takes no attempt.
pub(crate) fn check<P: Ports>(ctx: &Context<'_, P>, budget: &Budget<'_>) -> Result<Open> {
    match failures(ctx, budget).standing()? {
        Standing::Open { left, lock_over } => Ok(Open { left, lock_over }),
        Standing::Refused(why) => Err(refusal(budget, why)),
    }
}

/// The owner has set a new password, so whoever guessed before has to begin anew. A block is ended by it; a lock is not: or whoever
/// reads the owner's mail could guess the other factors without end.
pub(crate) fn owner_returned<P: Ports>(ctx: &Context<'_, P>, account: &Account) -> Result<()> {
    failures(ctx, &Budget::SignIn(account.email.as_str())).readmit()?;
    if let Some(name) = &account.user_name {
        failures(ctx, &Budget::SignIn(name.as_str())).readmit()?;
    }
    let codes = Budget::SecondFactor(account.id);
    if failures(ctx, &codes).standing()? == Standing::Refused(failures::Refusal::Blocked) {
        failures(ctx, &codes).readmit()?;
    }
    Ok(())
}

fn refusal(budget: &Budget<'_>, why: failures::Refusal) -> Refusal {
    match (budget, why) {
        (_, failures::Refusal::Busy { until }) => Refusal::Busy { until },
        (Budget::SignIn(_) | Budget::NobodysSignIn(_) | Budget::Device(_), why) => {
            Refusal::TooManyLogins { until: until(why) }
        }
        (Budget::SecondFactor(_) | Budget::Ownership(_), why) => Refusal::Locked { until: until(why) },
    }
}

fn until(why: failures::Refusal) -> Option<Timestamp> {
    match why {
        failures::Refusal::Locked { until } | failures::Refusal::Busy { until } => Some(until),
        failures::Refusal::Blocked => None,
    }
}

fn failures<'c, P: Ports>(
    ctx: &Context<'c, P>,
    budget: &Budget<'_>,
) -> Failures<'c, P, impl Fn() -> Timestamp + use<'c, P>> {
    let scope = ctx.scope();
    let ports = ctx.ports;
    let account = |parts: &[&str]| failures::Account::new(&[&[scope.as_str()], parts].concat());
    let (policy, account) = match budget {
        Budget::SecondFactor(id) => (ctx.settings.lock, account(&["second factor", &id.to_string()])),
        Budget::SignIn(name) => (sign_in(), account(&["sign-in", name])),
        Budget::NobodysSignIn(name) => (sign_in(), account(&["sign-in", name]).until(forgotten(ctx, name))),
        Budget::Device(id) => {
            let account = account(&["device", &id.to_string()]);
            // As long as the device's own record.
            let account = match ids::made_at(*id) {
                Some(made) => account.until(made.day().plus(32)),
                None => account,
            };
            (sign_in(), account)
        }
        Budget::Ownership(email) => {
            (ctx.settings.lock, account(&["ownership", email]).until(forgotten(ctx, email)))
        }
    };
    Failures::new(ports, || ports.now(), policy, &account)
}

/// When what strangers did to a name is forgotten: at the end of 30 days, another day for each name, so that nobody sees it by the
/// calendar.
fn forgotten<P: Ports>(ctx: &Context<'_, P>, name: &str) -> Day {
    const DAYS: u64 = 30;
    let digest = digest(&[&ctx.scope(), name]);
    let phase =
        digest.bytes().fold(0, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % DAYS;
    let nth = ctx.now.day().0.saturating_add(phase) / DAYS;
    Day(nth.saturating_add(1).saturating_mul(DAYS).saturating_sub(phase))
}

/// Ten passwords, then a pause of five minutes that grows to an hour: people mistype passwords more often than codes, and whoever
/// is kept out by a stranger should not be so for long.
fn sign_in() -> Policy {
    const MINUTE: Duration = Duration::from_secs(60);
    Policy::new(10, 5 * MINUTE, 60 * MINUTE, 100).unwrap_or_default()
}
