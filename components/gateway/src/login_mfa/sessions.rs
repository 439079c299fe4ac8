//! Where an account is signed in, and signing out: §6.

use super::caller::Caller;
use super::no::Result;
use super::nothing;
use crate::accounts::context::Context;
use crate::accounts::session_list::{self, Listed};
use crate::accounts::{epoch, sessions};
use crate::http::{Response, json};
use crate::ids;
use crate::ports::Ports;
use crate::tokens::revocations::{self, Revoked};
use crate::when;
use http::StatusCode;
use serde::Serialize;
use uuid::Uuid;

/// A session, as its owner sees it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = SignedInSession))]
pub(super) struct Shown {
    id: Uuid,
    #[cfg_attr(test, schema(format = DateTime))]
    created_at: String,
    /// Whether it is the one that asks.
    current: bool,
    /// What the program called itself that signed in. Anybody can write that.
    user_agent: String,
}

/// Those that have a token which works still, of the newest 50.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = SignedInSessions))]
pub(super) struct All {
    sessions: Vec<Shown>,
}

pub(super) fn end<P: Ports>(ctx: &Context<'_, P>, caller: &Caller) -> Result<Response> {
    // Told first: once it is over, nobody can ask for it again.
    revocations::note(ctx.ports, &ctx.scope(), Revoked::Session(caller.session.id))?;
    sessions::end(ctx, caller.session.id)?;
    ctx.log_of("signed_out", caller.account.id);
    nothing()
}

pub(super) fn end_all<P: Ports>(ctx: &Context<'_, P>, caller: &Caller) -> Result<Response> {
    epoch::end_and_tell(ctx, caller.account.id)?;
    ctx.log_of("signed_out", caller.account.id);
    nothing()
}

pub(super) fn list<P: Ports>(ctx: &Context<'_, P>, caller: &Caller) -> Result<Response> {
    let alive = session_list::alive(ctx, caller.account.id)?;
    let sessions = alive.into_iter().map(|listed| shown(listed, caller)).collect();
    Ok(json(StatusCode::OK, &All { sessions })?)
}

pub(super) fn current<P: Ports>(ctx: &Context<'_, P>, caller: &Caller) -> Result<Response> {
    let id = caller.session.id;
    let listed = session_list::one(ctx, caller.account.id, id)?;
    let listed = listed.unwrap_or_else(|| Listed { id, user_agent: String::new() });
    Ok(json(StatusCode::OK, &shown(listed, caller))?)
}

fn shown(listed: Listed, caller: &Caller) -> Shown {
    let Listed { id, user_agent } = listed;
    let created_at = ids::made_at(id).map(when::rfc3339).unwrap_or_default();
    Shown { id, created_at, current: id == caller.session.id, user_agent }
}
