//! What takes a second factor once somebody is signed in, and having given it: `contracts/two-factor-sessions.md` §7.5 and §7.6.
//!
//! A session that began without one (on a remembered device, or before two-factor sign-in was switched on) must not be enough to
//! take the second factor away from its owner, nor to add one that does so afterwards. It gives one first: by a code in the
//! request itself, or by `verify` with the action (for adding one, with `remove`), which is good for one change within ten minutes in
//! that session.
//!
//! A tenant that is strict has every session give one, each time. One without two-factor sign-in has nobody give any.

#[cfg(test)]
mod tests;

use super::caller::Caller;
use super::code::Typed;
use super::deed::Deed;
use super::refused::{Refused, Result};
use super::shown;
use crate::accounts::account::Account;
use crate::accounts::context::Context;
use crate::accounts::methods;
use crate::accounts::refusal::Refusal;
use crate::accounts::sessions::Session;
use crate::ports::Ports;
use core::time::Duration;
use stepgate_storage::{CounterKey, Day, RecordKey, StoreError, Timestamp};

/// How long a `verify` is good for the action it was for.
const FRESH: Duration = Duration::from_secs(600);

/// What lets a change through.
#[must_use = "what was given lets one change through"]
pub(super) enum Leave {
    /// A second factor was given in the session, or none is asked for.
    Session,
    /// A code that was given for this, then.
    Given(Deed, Timestamp),
}

impl Leave {
    /// Makes the change that this lets through. What was given is taken before, so that of several changes at once that have the
    /// same one is made, and given back if nothing came of it. Whoever dies in between has used it up.
    ///
    /// The counter says how many have taken it and not given it back. Only who finds none goes on, and who made a change never
    /// gives back: so nobody goes on beside another, nor after a change. Whoever is refused gives back as well; until then others may
    /// be refused who would be the only ones, and can try again.
    pub(super) fn during<P: Ports, T>(
        self,
        ctx: &Context<'_, P>,
        session: &Session,
        change: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let Leave::Given(deed, at) = self else { return change() };
        let key = used_key(session, deed, at);
        let is_ours = ctx.ports.add(&key, 1)? == 1;
        let changed = if is_ours { change() } else { Err(Refused::Unconfirmed) };
        match &changed {
            // Of a failure of ours it is not known whether something came of it: it stays used.
            Ok(_) | Err(Refused::Domain(Refusal::Failed(_))) => {}
            Err(_) => {
                ctx.ports.add(&key, -1)?;
            }
        }
        changed
    }
}

/// Refuses unless the second factor was given, if there is one. A code that comes along has to be right in any case.
pub(super) fn check<P: Ports>(
    ctx: &Context<'_, P>,
    caller: &Caller<'_>,
    account: &Account,
    deed: Deed,
    code: Option<&Typed<'_>>,
) -> Result<()> {
    if let Some(code) = code {
        return check_code(ctx, caller, account, deed, code);
    }
    // §7.6: a strict tenant's switch takes the code in the request.
    let in_request = ctx.tenant.strict && deed == Deed::Toggle;
    let before = (!in_request).then_some(deed);
    // Whatever becomes of the change, this was for it.
    leave(ctx, &caller.session, before)?.during(ctx, &caller.session, || Ok(()))
}

/// A code that comes along with a change. One that is said to be of a method that is not there is as wrong as any other: §7.5.
pub(super) fn check_code<P: Ports>(
    ctx: &Context<'_, P>,
    caller: &Caller<'_>,
    account: &Account,
    deed: Deed,
    code: &Typed<'_>,
) -> Result<()> {
    match code.check(ctx, account, &caller.session, deed) {
        Ok(_) => Ok(()),
        Err(Refused::NoMethod) => Err(Refusal::NoCode.into()),
        Err(refused) => Err(refused),
    }
}

/// The same as [`check`] for adding a method, for which there is no code but its own, so it takes that of a removal: at each of its
/// steps, because two-factor sign-in may have been switched on since the first. The method comes to count
/// [during](Leave::during) it.
pub(super) fn check_adding<P: Ports>(ctx: &Context<'_, P>, session: &Session) -> Result<Leave> {
    leave(ctx, session, Some(Deed::Remove))
}

/// Refuses where the tenant has no two-factor sign-in.
pub(super) fn check_offered<P>(ctx: &Context<'_, P>) -> Result<()> {
    if ctx.tenant.two_factor {
        Ok(())
    } else {
        Err(Refused::Unavailable("Two-factor sign-in is not offered"))
    }
}

fn leave<P: Ports>(ctx: &Context<'_, P>, session: &Session, by: Option<Deed>) -> Result<Leave> {
    if !is_asked_for(ctx, session)? {
        return Ok(Leave::Session);
    }
    if let Some(deed) = by
        && let Some(at) = given(ctx, session, deed)?
    {
        return Ok(Leave::Given(deed, at));
    }
    // There is nothing to give: no method yet, or a removal of the last one died half-way. Sign-in asks for none either.
    if methods::active(ctx, session.account)?.is_empty() {
        Ok(Leave::Session)
    } else {
        Err(Refused::Unconfirmed)
    }
}

/// Whether this session has to give one. Not where the tenant has none, whatever its other switches and the owner's say: no code is
/// sent there, so nobody could.
fn is_asked_for<P: Ports>(ctx: &Context<'_, P>, session: &Session) -> Result<bool> {
    Ok(ctx.tenant.two_factor
        && (ctx.tenant.strict || !session.two_factor_verified() && shown::two_factor(ctx, session.account)?))
}

/// Notes that a code of an action was right.
pub(super) fn note<P: Ports>(ctx: &Context<'_, P>, session: &Session, deed: Deed) -> Result<()> {
    Ok(ctx.ports.set(&key(session, deed), &ctx.now.0.to_string())?)
}

/// When a code of an action was given that is good still.
fn given<P: Ports>(ctx: &Context<'_, P>, session: &Session, deed: Deed) -> Result<Option<Timestamp>> {
    let Some(text) = ctx.ports.get(&key(session, deed))? else { return Ok(None) };
    let at = text.parse().map(Timestamp).map_err(|_| StoreError::Corrupt("confirmed action"))?;
    let is_good = ctx.now < at + FRESH && ctx.ports.add(&used_key(session, deed, at), 0)? == 0;
    Ok(is_good.then_some(at))
}

fn key(session: &Session, deed: Deed) -> RecordKey {
    RecordKey::until(kept_until(session), &format!("session/{}/confirmed/{}", session.id, deed.word()))
}

/// How many have taken it and not given it back.
fn used_key(session: &Session, deed: Deed, at: Timestamp) -> CounterKey {
    let path = format!("session/{}/confirmed/{}/{}", session.id, deed.word(), at.0);
    CounterKey::until(kept_until(session), &path)
}

fn kept_until(session: &Session) -> Day {
    session.until.day().plus(1)
}
