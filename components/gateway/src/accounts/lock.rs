//! An account that is locked: five wrong codes, whatever they were for.
//!
//! Whoever finds it locked sees to it that its sessions have ended and that its owner was told, so that neither hangs on the one
//! request that tried the fifth code. If nobody comes while the lock lasts, whoever comes next does.

use super::budgets::{self, Attempt, Budget, Open};
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
        Ok(Open { lock_over: Some(until), .. }) => was_seen(ctx, account, until),
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
    if let (Counts::SecondFactor(account), Refusal::Locked { until }) = (counts, &refusal) {
        let lock = Lock { account: *account, until: *until };
        lock.end_sessions(ctx)?;
        lock.tell_owner(ctx)?;
    }
    Ok(refusal)
}

/// A lock that is over: refuses where nobody has ended its sessions, once. Who asks may have one of them.
fn was_seen<P: Ports>(ctx: &Context<'_, P>, account: Uuid, until: Timestamp) -> Result<()> {
    let lock = Lock { account, until: Some(until) };
    let refused = lock.end_sessions(ctx)?;
    lock.tell_owner(ctx)?;
    if refused { Err(Refusal::Locked { until: Some(until) }) } else { Ok(()) }
}

/// One lock of an account, by when it ends; none: not by itself.
struct Lock {
    account: Uuid,
    until: Option<Timestamp>,
}

impl Lock {
    fn name(&self) -> String {
        self.until.map_or_else(|| "blocked".to_owned(), |until| until.0.to_string())
    }

    /// Which lock this was done for last. A record for each thing to do, so that none is taken back by a late write of another.
    fn done_key(&self, what: &str) -> RecordKey {
        RecordKey::forever(&format!("account/{}/lock-{what}", self.account))
    }

    fn is_done<P: Ports>(&self, ctx: &Context<'_, P>, what: &str) -> Result<bool> {
        Ok(ctx.ports.get(&self.done_key(what))?.is_some_and(|done| done == self.name()))
    }

    fn done<P: Ports>(&self, ctx: &Context<'_, P>, what: &str) -> Result<()> {
        Ok(ctx.ports.set(&self.done_key(what), &self.name())?)
    }

    /// Answers whether that was still to be done.
    fn end_sessions<P: Ports>(&self, ctx: &Context<'_, P>) -> Result<bool> {
        if self.is_done(ctx, "ended")? {
            return Ok(false);
        }
        epoch::end_and_tell(ctx, self.account)?;
        self.done(ctx, "ended")?;
        Ok(true)
    }

    fn tell_owner<P: Ports>(&self, ctx: &Context<'_, P>) -> Result<()> {
        let told = self.is_done(ctx, "told")?;
        if !told && self.is_teller(ctx)? && tell(ctx, self.account, self.until) {
            self.done(ctx, "told")?;
        }
        Ok(())
    }

    /// Of several that find a lock while its owner is being told, one tells. If that one dies or its mail is refused, there is another
    /// in the next 15 seconds.
    fn is_teller<P: Ports>(&self, ctx: &Context<'_, P>) -> Result<bool> {
        let turn = ctx.now.0 / 15_000;
        let path = format!("account/{}/lock-teller/{}/{turn}", self.account, self.name());
        Ok(ctx.ports.add(&CounterKey::until(ctx.now.day().plus(2), &path), 1)? == 1)
    }
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
