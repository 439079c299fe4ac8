//! Who is calling: the session that comes with a request.
//!
//! The header beats the cookie. Ids are made here only, and none is ever taken over from a request.

use super::cookies;
use super::refused::{Refused, Result};
use super::routes::Needs;
use crate::accounts::account::{self, Account};
use crate::accounts::context::Context;
use crate::accounts::lock;
use crate::accounts::refusal::Refusal;
use crate::accounts::sessions::{self, Session};
use crate::accounts::token::TokenHash;
use crate::http::{ApiError, Verb, single};
use crate::ports::Ports;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use stepgate_storage::StoreError;

const HEADER: &str = "x-session-id";

/// A session that is alive, and what opened it.
pub(super) struct Caller<'h> {
    pub(super) session: Session,
    pub(super) hash: TokenHash,
    /// As it was sent.
    pub(super) token: &'h str,
}

/// The session of a request to a route that needs one.
pub(super) fn find<'h, P: Ports>(
    ctx: &Context<'_, P>,
    headers: &'h HeaderMap,
    needs: Needs,
) -> Result<Option<Caller<'h>>> {
    if needs == Needs::Nothing {
        return Ok(None);
    }
    let token = presented(headers).ok_or(Refused::NoSession)?;
    let caller = alive(ctx, token)?.ok_or(Refused::NoSession)?;
    if needs == Needs::Active && caller.session.is_pending() {
        return Err(Refused::Pending);
    }
    Ok(Some(caller))
}

/// The session that a token opens, for whatever is said or done about it.
pub(super) fn alive<'h, P: Ports>(ctx: &Context<'_, P>, token: &'h str) -> Result<Option<Caller<'h>>> {
    let Some((session, hash)) = sessions::open(ctx, token)? else { return Ok(None) };
    // A lock ends the sessions of its account. If whoever set it died before that, it is done here.
    match lock::check(ctx, session.account) {
        Ok(()) => Ok(Some(Caller { session, hash, token })),
        Err(Refusal::Locked { .. }) => Ok(None),
        Err(refusal) => Err(refusal.into()),
    }
}

/// The session id that was sent.
pub(super) fn presented(headers: &HeaderMap) -> Option<&str> {
    match single(headers, HEADER) {
        Ok(Some(token)) => Some(token),
        Ok(None) => cookies::read(headers, cookies::SESSION),
        Err(_) => None,
    }
}

/// A page of another host of the same site can have a browser send the cookie with a body of any simple type, or of none. With
/// the cookie alone, the body has to be of a type for which browsers ask first, and are told no. For DELETE they
/// always ask.
pub(super) fn check_origin(headers: &HeaderMap, verb: Verb) -> core::result::Result<(), ApiError> {
    let by_cookie = !headers.contains_key(HEADER) && cookies::read(headers, cookies::SESSION).is_some();
    let is_typed = matches!(single(headers, CONTENT_TYPE.as_str()), Ok(Some(_)));
    if verb == Verb::Post && by_cookie && !is_typed {
        return Err(ApiError::UnsupportedMediaType);
    }
    Ok(())
}

impl Caller<'_> {
    /// Whose session it is.
    pub(super) fn account<P: Ports>(&self, ctx: &Context<'_, P>) -> Result<Account> {
        let account = account::read(ctx.ports, self.session.account)?;
        Ok(account.ok_or(StoreError::Corrupt("account of a session"))?)
    }
}
