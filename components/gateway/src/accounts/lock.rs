//! An account that is locked: five wrong codes, whatever they were for.
//!
//! Whoever finds it locked sees to it that its sessions have ended and that its owner was told, so that neither hangs on the one
//! request that tried the fifth code.

use super::budgets::{self, Attempt, Budget};
use super::codes::Counts;
use super::context::Context;
use super::refusal::{Refusal, Result};
use super::{account, epoch, notices};
use crate::ports::Ports;
use serde::Serialize;
use stepgate_storage::{CounterKey, RecordKey, Timestamp};
use uuid::Uuid;

/// Refuses where an account is locked: for every path that lets somebody in, or changes what that takes.
pub(crate) fn check<P: Ports>(ctx: &Context<'_, P>, account: Uuid) -> Result<()> {
    match budgets::check(ctx, &Budget::SecondFactor(account)) {
        // Somebody is trying codes. Whoever has one finds that out when they try it.
        Ok(_) | Err(Refusal::Busy { .. }) => Ok(()),
        Err(refusal) => Err(found(ctx, &Counts::SecondFactor(account), refusal)?),
    }
}

/// Takes an attempt, and sees to what follows where there are none left.
pub(crate) fn reserve<P: Ports>(ctx: &Context<'_, P>, counts: &Counts) -> Result<Attempt> {
    match budgets::reserve(ctx, &counts.budget()) {
        Err(refusal) => Err(found(ctx, counts, refusal)?),
        reserved => reserved,
    }
}

/// Counts a wrong code. Answers what to refuse with.
pub(crate) fn wrong<P: Ports>(ctx: &Context<'_, P>, counts: &Counts, attempt: Attempt) -> Result<Refusal> {
    match budgets::wrong(ctx, &counts.budget(), attempt) {
        Ok(left) => Ok(Refusal::WrongCode { left }),
        Err(refusal) => found(ctx, counts, refusal),
    }
}

/// Sees to what follows from a lock, once for each. Answers the refusal.
pub(crate) fn found<P: Ports>(ctx: &Context<'_, P>, counts: &Counts, refusal: Refusal) -> Result<Refusal> {
    let (Counts::SecondFactor(account), Refusal::Locked { until }) = (counts, &refusal) else {
        return Ok(refusal);
    };
    let key = RecordKey::forever(&format!("account/{account}/lock-seen"));
    let lock = until.map_or_else(|| "blocked".to_owned(), |until| until.0.to_string());
    let (ended, told) = (format!("{lock} ended"), format!("{lock} told"));
    let seen = ctx.ports.get(&key)?.unwrap_or_default();
    if seen != ended && seen != told {
        epoch::end_and_tell(ctx, *account)?;
        ctx.ports.set(&key, &ended)?;
    }
    if seen != told && is_teller(ctx, *account, &lock)? && tell(ctx, *account, *until) {
        ctx.ports.set(&key, &told)?;
    }
    Ok(refusal)
}

/// Of several that find a lock while its owner is being told, one tells. If that one dies or its mail is refused, there is another in the
/// next 15 seconds.
fn is_teller<P: Ports>(ctx: &Context<'_, P>, account: Uuid, lock: &str) -> Result<bool> {
    let turn = ctx.now.0 / 15_000;
    let path = format!("account/{account}/lock-told/{lock}/{turn}");
    Ok(ctx.ports.add(&CounterKey::until(ctx.now.day().plus(2), &path), 1)? == 1)
}

/// Answers whether the mail was sent. If not, the account is no less locked, the log says so, and whoever finds it locked later
/// tries again.
fn tell<P: Ports>(ctx: &Context<'_, P>, id: Uuid, until: Option<Timestamp>) -> bool {
    let told = account::read(ctx.ports, id).map_err(Refusal::from).and_then(|account| match account {
        Some(account) => notices::locked(ctx, &account, until),
        None => Ok(()),
    });
    ctx.log("account_locked", Line { account: id, owner_told: told.is_ok() });
    told.is_ok()
}

#[derive(Serialize)]
struct Line {
    account: Uuid,
    owner_told: bool,
}
