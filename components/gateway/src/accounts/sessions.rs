//! Sessions of both APIs. One begins pending, where a second factor is due, or active. It keeps its id.
//!
//! Three records, each written once: what the pending session is, what the active one is, and that it is over. The last counts
//! most, so a session that was ended stays so whatever is written after it.

use super::account;
use super::context::Context;
use super::epoch;
use super::token::{Token, TokenHash};
use crate::ids;
use crate::ports::Ports;
use crate::stored;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use stepgate_storage::{Day, RecordKey, StoreError, Timestamp};
use uuid::Uuid;

/// How long a pending session lives: as long as its code is said to.
pub(crate) const PENDING: Duration = Duration::from_secs(600);

/// The longest that an active session can last.
pub(crate) const LONGEST: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// What begins a session's id: `contracts/two-factor-sessions.md` §1.
pub(crate) const PREFIX: &str = "ses_";

#[derive(Serialize, Deserialize)]
struct Pending {
    partner: Uuid,
    account: Uuid,
    epoch: u64,
    hash: TokenHash,
    until: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Active {
    partner: Uuid,
    account: Uuid,
    epoch: u64,
    /// None: its id is in signed tokens and opens nothing by itself.
    hash: Option<TokenHash>,
    since: Timestamp,
    until: Timestamp,
    two_factor: bool,
    /// The time of switching on that it counts as given for, as [`account::switched_on`] counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by_switch: Option<i64>,
}

/// A session that is alive.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) id: Uuid,
    pub(crate) account: Uuid,
    pub(crate) state: State,
    pub(crate) epoch: u64,
    /// When it ends by itself.
    pub(crate) until: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// The second factor is due.
    Pending,
    Active {
        since: Timestamp,
        /// Whether it was given.
        two_factor: bool,
    },
}

impl Session {
    pub(crate) fn is_pending(&self) -> bool {
        self.state == State::Pending
    }

    /// Whether the second factor was given in it.
    pub(crate) fn two_factor_verified(&self) -> bool {
        matches!(self.state, State::Active { two_factor: true, .. })
    }
}

/// Whose a session is to be, from when on.
#[derive(Clone, Copy)]
pub(crate) struct Owner {
    pub(crate) account: Uuid,
    /// As it was before the credentials were looked at.
    pub(crate) epoch: u64,
}

/// Begins a session that waits for the second factor.
pub(crate) fn begin_pending<P: Ports>(
    ctx: &Context<'_, P>,
    owner: Owner,
) -> Result<(Token, Session), StoreError> {
    let (token, id) = Token::new(ctx.ports, ctx.now, PREFIX);
    let until = ctx.now + PENDING;
    let Owner { account, epoch } = owner;
    let pending = Pending { partner: ctx.tenant.partner, account, epoch, hash: token.hash(), until };
    stored::write(ctx.ports, &pending_key(id)?, &pending, "pending session")?;
    Ok((token, Session { id, account, state: State::Pending, epoch, until }))
}

/// Begins an active session that is opened by a token of its own, and not by signed ones.
pub(crate) fn begin_active<P: Ports>(
    ctx: &Context<'_, P>,
    owner: Owner,
    lifetime: Duration,
    two_factor: bool,
) -> Result<(Token, Session), StoreError> {
    let (token, id) = Token::new(ctx.ports, ctx.now, PREFIX);
    let session = activate(ctx, id, owner, Some(token.hash()), lifetime, two_factor)?;
    Ok((token, session))
}

/// Begins an active session for signed tokens: its id opens nothing. Whether the second factor was given in it nobody asks: whatever takes
/// one takes a code.
pub(crate) fn begin_signed<P: Ports>(
    ctx: &Context<'_, P>,
    owner: Owner,
    lifetime: Duration,
) -> Result<Session, StoreError> {
    activate(ctx, ids::new(ctx.ports, ctx.now), owner, None, lifetime, false)
}

/// The second factor was given: the pending session is active from now on, under the same id.
pub(crate) fn promote<P: Ports>(
    ctx: &Context<'_, P>,
    session: &Session,
    presented: TokenHash,
    lifetime: Duration,
) -> Result<Session, StoreError> {
    let owner = Owner { account: session.account, epoch: session.epoch };
    activate(ctx, session.id, owner, Some(presented), lifetime, true)
}

/// The second factor counts as given in this active session, until the owner's switch is switched on anew. `time`: which time of
/// switching on this is. It ends when it would have.
pub(crate) fn set_verified<P: Ports>(
    ctx: &Context<'_, P>,
    session: &Session,
    time: i64,
) -> Result<(), StoreError> {
    let key = active_key(session.id)?;
    let Some(active) = stored::read::<Active>(ctx.ports, &key, "session")? else { return Ok(()) };
    // Written by whoever it is, this is the same but for what is set here.
    stored::write(ctx.ports, &key, &Active { by_switch: Some(time), ..active }, "session")
}

fn activate<P: Ports>(
    ctx: &Context<'_, P>,
    id: Uuid,
    owner: Owner,
    hash: Option<TokenHash>,
    lifetime: Duration,
    two_factor: bool,
) -> Result<Session, StoreError> {
    let until = ctx.now + lifetime.min(LONGEST);
    let Owner { account, epoch } = owner;
    let active = Active {
        partner: ctx.tenant.partner,
        account,
        epoch,
        hash,
        since: ctx.now,
        until,
        two_factor,
        by_switch: None,
    };
    stored::write(ctx.ports, &active_key(id)?, &active, "session")?;
    let state = State::Active { since: ctx.now, two_factor };
    Ok(Session { id, account, state, epoch, until })
}

/// The session that a token opens, if it is alive.
pub(crate) fn open<P: Ports>(
    ctx: &Context<'_, P>,
    text: &str,
) -> Result<Option<(Session, TokenHash)>, StoreError> {
    let Some(token) = Token::parse(PREFIX, text) else { return Ok(None) };
    let Some((session, hash)) = look(ctx, token.id)? else { return Ok(None) };
    if !hash.is_some_and(|hash| hash.is(&token.hash)) {
        return Ok(None);
    }
    Ok(live(ctx, session)?.map(|session| (session, token.hash)))
}

/// The session of a signed token, if it is alive.
pub(crate) fn of_signed<P: Ports>(ctx: &Context<'_, P>, id: Uuid) -> Result<Option<Session>, StoreError> {
    match look(ctx, id)? {
        Some((session, None)) => live(ctx, session),
        _ => Ok(None),
    }
}

/// Whether there is such a session in this tenant, alive or not.
///
/// Store operations: 1; 2 for one that is not.
pub(crate) fn is_here<P: Ports>(ctx: &Context<'_, P>, id: Uuid) -> Result<bool, StoreError> {
    Ok(look(ctx, id)?.is_some())
}

/// Whether somebody has ended a session. Of one of signed tokens its readers were told before (`revocations::note`); of one that
/// only its time has ended they were not.
///
/// Store operations: 2 to 4.
pub(crate) fn was_ended<P: Ports>(ctx: &Context<'_, P>, id: Uuid) -> Result<bool, StoreError> {
    if ctx.ports.get(&over_key(id)?)?.is_some() {
        return Ok(true);
    }
    match look(ctx, id)? {
        Some((session, _)) => Ok(epoch::current(ctx.ports, session.account)? != session.epoch),
        None => Ok(false),
    }
}

/// Ends a session for good.
pub(crate) fn end<P: Ports>(ctx: &Context<'_, P>, id: Uuid) -> Result<(), StoreError> {
    ctx.ports.set(&over_key(id)?, &ctx.now.0.to_string())
}

fn look<P: Ports>(
    ctx: &Context<'_, P>,
    id: Uuid,
) -> Result<Option<(Session, Option<TokenHash>)>, StoreError> {
    let (Ok(active), Ok(pending)) = (active_key(id), pending_key(id)) else { return Ok(None) };
    if let Some(found) = stored::read::<Active>(ctx.ports, &active, "session")? {
        let by_switch = match found.by_switch {
            Some(time) => account::switched_on(ctx.ports, found.account)? == time,
            None => false,
        };
        let state = State::Active { since: found.since, two_factor: found.two_factor || by_switch };
        let Active { partner, account, epoch, hash, until, .. } = found;
        let session = Session { id, account, state, epoch, until };
        return Ok((partner == ctx.tenant.partner).then_some((session, hash)));
    }
    let Some(found) = stored::read::<Pending>(ctx.ports, &pending, "pending session")? else {
        return Ok(None);
    };
    let Pending { partner, account, epoch, hash, until } = found;
    let session = Session { id, account, state: State::Pending, epoch, until };
    Ok((partner == ctx.tenant.partner).then_some((session, Some(hash))))
}

fn live<P: Ports>(ctx: &Context<'_, P>, session: Session) -> Result<Option<Session>, StoreError> {
    let in_time = ctx.now < session.until;
    let over = !in_time || ctx.ports.get(&over_key(session.id)?)?.is_some();
    let alive = !over && epoch::current(ctx.ports, session.account)? == session.epoch;
    Ok(alive.then_some(session))
}

fn pending_key(id: Uuid) -> Result<RecordKey, StoreError> {
    Ok(RecordKey::until(day_of(id)?.plus(1), &format!("session/{id}/pending")))
}

fn active_key(id: Uuid) -> Result<RecordKey, StoreError> {
    Ok(RecordKey::until(day_of(id)?.plus(92), &format!("session/{id}/active")))
}

fn over_key(id: Uuid) -> Result<RecordKey, StoreError> {
    Ok(RecordKey::until(day_of(id)?.plus(92), &format!("session/{id}/over")))
}

/// The day an id was made on: what hangs on it is kept under it.
fn day_of(id: Uuid) -> Result<Day, StoreError> {
    ids::made_at(id).map(Timestamp::day).ok_or(StoreError::Corrupt("session id"))
}
