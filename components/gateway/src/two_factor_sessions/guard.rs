//! What takes a second factor once somebody is signed in, and having given it: `contracts/two-factor-sessions.md` §7.5 and §7.6.
//!
//! A session that began without one (on a remembered device, or before two-factor sign-in was switched on) must not be enough to
//! take the second factor away from its owner, nor to add one that does so afterwards. It gives one first: by a code in the
//! request itself, or by `verify` with the action, which is good for ten minutes of that session.

use super::caller::Caller;
use super::code::Typed;
use super::deed::Deed;
use super::refused::{Refused, Result};
use super::shown;
use crate::accounts::account::Account;
use crate::accounts::context::Context;
use crate::accounts::methods;
use crate::accounts::sessions::Session;
use crate::ports::Ports;
use core::time::Duration;
use stepgate_storage::{RecordKey, StoreError, Timestamp};

/// How long a `verify` is good for the action it was for.
const FRESH: Duration = Duration::from_secs(600);

/// Refuses unless the second factor was given, if there is one. A code that comes along has to be right in any case.
pub(super) fn check<P: Ports>(
    ctx: &Context<'_, P>,
    caller: &Caller<'_>,
    account: &Account,
    deed: Deed,
    code: Option<&Typed<'_>>,
) -> Result<()> {
    if let Some(code) = code {
        return code.check(ctx, account, &caller.session, deed).map(drop);
    }
    let allowed = if ctx.tenant.strict {
        is_fresh(ctx, &caller.session, deed)?
    } else {
        is_confirmed(ctx, &caller.session, &[deed])?
    };
    if allowed { Ok(()) } else { Err(Refused::Unconfirmed) }
}

/// The same for adding a method, for which there is no code but its own: at each of its steps, because two-factor sign-in may have
/// been switched on since the first.
pub(super) fn check_adding<P: Ports>(ctx: &Context<'_, P>, session: &Session) -> Result<()> {
    let allowed = is_confirmed(ctx, session, &[Deed::Remove, Deed::Toggle])?;
    if allowed { Ok(()) } else { Err(Refused::Unconfirmed) }
}

fn is_confirmed<P: Ports>(ctx: &Context<'_, P>, session: &Session, by: &[Deed]) -> Result<bool> {
    if session.two_factor_verified() || !shown::two_factor(ctx, session.account)? {
        return Ok(true);
    }
    for deed in by {
        if is_fresh(ctx, session, *deed)? {
            return Ok(true);
        }
    }
    // Switched on with nothing to give, as where a removal of the last one died half-way: sign-in asks for none either.
    Ok(methods::active(ctx, session.account)?.is_empty())
}

/// Notes that a code of an action was right.
pub(super) fn note<P: Ports>(ctx: &Context<'_, P>, session: &Session, deed: Deed) -> Result<()> {
    Ok(ctx.ports.set(&key(session, deed), &ctx.now.0.to_string())?)
}

fn is_fresh<P: Ports>(ctx: &Context<'_, P>, session: &Session, deed: Deed) -> Result<bool> {
    let Some(text) = ctx.ports.get(&key(session, deed))? else { return Ok(false) };
    let at = text.parse().map(Timestamp).map_err(|_| StoreError::Corrupt("confirmed action"))?;
    Ok(ctx.now < at + FRESH)
}

fn key(session: &Session, deed: Deed) -> RecordKey {
    let day = session.until.day().plus(1);
    RecordKey::until(day, &format!("session/{}/confirmed/{}", session.id, deed.word()))
}
