//! Where an account is signed in: a log of its newest sessions, for its owner to look at. What it shows decides nothing.

use super::agent;
use super::context::Context;
use super::refusal::Result;
use super::sessions::{self, Session};
use crate::json;
use crate::ports::Ports;
use crate::settings::TokenLifetimes;
use crate::tokens::refresh;
use serde::{Deserialize, Serialize};
use stepgate_storage::{Log, StoreError, Timestamp};
use uuid::Uuid;

/// How many are kept. Whoever signs in more often than that sees the newest; [`super::epoch`] ends the others as well.
const KEPT: u64 = 50;

const WHAT: &str = "list of sessions";

/// A session as its owner sees it. When it began stands in its id.
#[derive(Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) id: Uuid,
    /// As [`agent`] keeps it.
    pub(crate) user_agent: String,
}

/// Enters a session.
///
/// Store operations: 2.
pub(crate) fn enter<P: Ports>(
    ctx: &Context<'_, P>,
    account: Uuid,
    session: Uuid,
    user_agent: &str,
) -> Result<()> {
    let user_agent = agent::kept(user_agent);
    let text =
        serde_json::to_string(&Listed { id: session, user_agent }).map_err(|_| StoreError::Corrupt(WHAT))?;
    log(account).append(ctx.ports, &text)?;
    Ok(())
}

/// Those that are alive and have a signed token that works still, newest first.
///
/// Store operations: 1, and up to 6 for each.
pub(crate) fn alive<P: Ports>(ctx: &Context<'_, P>, account: Uuid) -> Result<Vec<Listed>> {
    let mut alive = Vec::new();
    let access = TokenLifetimes::load(ctx.ports)?.access;
    for listed in all(ctx, account)? {
        let is_theirs = |session: Session| session.account == account;
        let can_be_used = |until: Timestamp| ctx.now < until;
        if sessions::of_signed(ctx, listed.id)?.is_some_and(is_theirs)
            && refresh::usable_until(ctx.ports, listed.id, access)?.is_some_and(can_be_used)
        {
            alive.push(listed);
        }
    }
    Ok(alive)
}

/// One of those that are listed.
///
/// Store operations: 1, and 1 for each that is listed.
pub(crate) fn one<P: Ports>(ctx: &Context<'_, P>, account: Uuid, session: Uuid) -> Result<Option<Listed>> {
    Ok(all(ctx, account)?.into_iter().find(|listed| listed.id == session))
}

fn all<P: Ports>(ctx: &Context<'_, P>, account: Uuid) -> Result<Vec<Listed>> {
    let log = log(account);
    let last = log.last(ctx.ports)?;
    let mut all = Vec::new();
    for slot in (log.first_kept(last)..=last).rev() {
        if let Some(text) = log.read(ctx.ports, slot)? {
            all.push(json::from_text(&text).map_err(|_| StoreError::Corrupt(WHAT))?);
        }
    }
    Ok(all)
}

fn log(account: Uuid) -> Log {
    Log::keeping(KEPT, &format!("account/{account}/sessions"))
}
