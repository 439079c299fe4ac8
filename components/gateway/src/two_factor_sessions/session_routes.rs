//! The routes about a session itself: `contracts/two-factor-sessions.md` §3.

use super::caller::{self, Caller};
use super::fields::Fields;
use super::refused::{Refused, Result};
use super::{answers, bridge, cookies, shown};
use crate::accounts::context::Context;
use crate::accounts::sessions::{self, PREFIX};
use crate::accounts::token::Token;
use crate::http::Response;
use crate::ports::Ports;
use crate::when::rfc3339;
use core::time::Duration;
use http::HeaderMap;
use serde_json::{Value, json};

/// `POST /auth/logout`.
pub(super) fn logout<P: Ports>(ctx: &Context<'_, P>, caller: &Caller<'_>) -> Result<Response> {
    sessions::end(ctx, caller.session.id)?;
    ctx.log_of("signed_out", caller.session.account);
    let mut response = answers::bare(&json!({ "success": true, "message": "Logged out successfully" }))?;
    cookies::set(ctx, &mut response, cookies::SESSION, "", Duration::ZERO);
    Ok(response)
}

/// `GET /auth/me`. A pending session is told who it waits for, and that it waits.
pub(super) fn me<P: Ports>(ctx: &Context<'_, P>, caller: &Caller<'_>) -> Result<Response> {
    answers::enveloped(whole(ctx, caller)?, &["user"])
}

/// `GET /auth/validate-session` or `/auth/validation`, of @pubflow clients: §6. They drop their session at these texts and at no
/// others, so one that waits for its second factor must not get them.
pub(super) fn validate<P: Ports>(ctx: &Context<'_, P>, headers: &HeaderMap) -> Result<Response> {
    let token = caller::presented(headers).unwrap_or_default();
    if Token::parse(PREFIX, token).is_none() {
        return Err(Refused::Validation("Invalid session"));
    }
    let caller = caller::alive(ctx, token)?.ok_or(Refused::Validation("Session expired"))?;
    if caller.session.is_pending() {
        return Err(Refused::Pending);
    }
    let mut data = whole(ctx, &caller)?;
    data["isValid"] = true.into();
    data["expiresAt"] = data["expires_at"].clone();
    answers::enveloped(data, &["user", "isValid", "expires_at", "expiresAt"])
}

/// `POST /auth/bridge/validate`: another server of the partner's asks about the session of somebody who has come to it.
pub(super) fn validate_for_bridge<P: Ports>(
    ctx: &Context<'_, P>,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Response> {
    bridge::require(ctx, headers)?;
    let in_body = fields.text(&["session_id", "sessionId"])?;
    let token = in_body.or_else(|| caller::presented(headers)).ok_or(Refused::NoSession)?;
    let caller = caller::alive(ctx, token)?.ok_or(Refused::NoSession)?;
    let session = &caller.session;
    if session.is_pending() {
        return Err(Refused::NoSession);
    }
    let mut data = whole(ctx, &caller)?;
    data["session"] = json!({
        "session_id": token,
        "user_id": shown::user_id(session.account),
        "status": shown::session_status(session),
        "two_factor_verified": shown::number(session.two_factor_verified()),
        "expires_at": data["expires_at"],
    });
    answers::enveloped(data, &["user", "session", "expires_at"])
}

fn whole<P: Ports>(ctx: &Context<'_, P>, caller: &Caller<'_>) -> Result<Value> {
    let session = &caller.session;
    let account = caller.account(ctx)?;
    Ok(json!({
        "user": shown::user(ctx, &account, !session.is_pending())?,
        "session_status": shown::session_status(session),
        "two_factor_verified": shown::number(session.two_factor_verified()),
        "expires_at": rfc3339(session.until),
    }))
}
