//! `POST /auth/login`: `contracts/two-factor-sessions.md` §3.

use super::deed::{self, Deed};
use super::fields::Fields;
use super::refused::{Refused, Result};
use super::{answers, cookies, devices, register, shown};
use crate::accounts::account::{self, Account, Name};
use crate::accounts::context::Context;
use crate::accounts::methods::Method;
use crate::accounts::password::Typed;
use crate::accounts::refusal::Refusal;
use crate::accounts::sessions::{self, Session};
use crate::accounts::sign_in::{self, Credentials, SignedIn};
use crate::accounts::token::Token;
use crate::accounts::{lock, methods};
use crate::http::{ApiError, Response};
use crate::ports::Ports;
use crate::settings::session_lifetime;
use crate::when::rfc3339;
use http::HeaderMap;
use serde_json::{Value, json};

/// The longest name that is looked at: that of an address.
const LONGEST_NAME: usize = 254;

/// Who wants to be let in.
pub(super) struct Body<'f> {
    name: &'f str,
    password: Typed,
}

impl Body<'_> {
    pub(super) fn read(fields: &Fields) -> core::result::Result<Body<'_>, ApiError> {
        let name = fields.filled(&["email", "user_name", "userName", "username"])?.unwrap_or_default();
        if name.is_empty() || name.len() > LONGEST_NAME {
            return Err(ApiError::bad_request("email or user_name must be given"));
        }
        let password = fields.text(&["password"])?.and_then(Typed::parse);
        let password =
            password.ok_or_else(|| ApiError::bad_request("password must be given, of 256 bytes at most"))?;
        Ok(Body { name, password })
    }
}

pub(super) async fn login<P: Ports>(
    ctx: &Context<'_, P>,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Response> {
    let Body { name, password } = Body::read(fields)?;
    let waiting = match Name::parse(name) {
        Some(Name::Email(email)) => register::waiting(ctx, &email)?,
        _ => None,
    };
    let device = devices::presented(headers);
    let credentials = Credentials { name, password: &password, device };
    let signed_in =
        sign_in::first_factor(ctx, &credentials, waiting.as_ref().and_then(register::Waiting::phc))?;
    let SignedIn::Owner(owner) = signed_in else { return Err(Refused::NotVerified) };
    let account = &owner.account;
    lock::check(ctx, account.id)?;
    let is_verified = account::is_verified(ctx.ports, account.id)?;
    if !is_verified && ctx.tenant.must_verify() {
        return Err(Refused::NotVerified);
    }
    let due = methods::due(ctx, account.id)?;
    let beginning = sessions::Owner { account: account.id, epoch: owner.epoch };
    match due {
        Some(methods) if !owner.device_known => pending(ctx, account, beginning, &methods).await,
        _ => {
            let (token, session) = begin(ctx, beginning, false)?;
            full(ctx, account, &token, &session)
        }
    }
}

/// Begins an active session.
pub(super) fn begin<P: Ports>(
    ctx: &Context<'_, P>,
    owner: sessions::Owner,
    two_factor: bool,
) -> Result<(Token, Session)> {
    let begun = sessions::begin_active(ctx, owner, session_lifetime(ctx.ports)?, two_factor)?;
    ctx.log_of("signed_in", owner.account);
    Ok(begun)
}

/// Has the browser keep a session for as long as it lasts.
pub(super) fn keep<P>(ctx: &Context<'_, P>, response: &mut Response, token: &str, session: &Session) {
    cookies::set(ctx, response, cookies::SESSION, token, session.until.since(ctx.now));
}

fn full<P: Ports>(
    ctx: &Context<'_, P>,
    account: &Account,
    token: &Token,
    session: &Session,
) -> Result<Response> {
    let expires_at = rfc3339(session.until);
    let mut response = answers::bare(&json!({
        "success": true,
        "user": shown::user(ctx, account, true)?,
        "session_id": token.text(),
        "sessionId": token.text(),
        "expires_at": expires_at,
        "expiresAt": expires_at,
    }))?;
    keep(ctx, &mut response, token.text(), session);
    Ok(response)
}

/// The second factor is due: its first code that can be sent, is.
async fn pending<P: Ports>(
    ctx: &Context<'_, P>,
    account: &Account,
    owner: sessions::Owner,
    methods: &[Method],
) -> Result<Response> {
    let (token, session) = sessions::begin_pending(ctx, owner)?;
    let sent = match methods.iter().find(|method| method.kind.is_sent()) {
        None => None,
        Some(method) => match deed::send(ctx, account, &session, Deed::Login, method).await {
            Ok(_) => Some(method),
            // There are other methods, or another message later.
            Err(Refused::Domain(
                Refusal::TooSoon { .. } | Refusal::TooManyMessages { .. } | Refusal::Destination,
            )) => None,
            Err(refused) => {
                // What has to be heard of is why, and not whether this works: it ends by itself in ten minutes.
                let _ = sessions::end(ctx, session.id);
                return Err(refused);
            }
        },
    };
    let objects: Vec<Value> = methods.iter().map(shown::method).collect();
    let available: Value =
        if ctx.tenant.method_objects { objects.clone().into() } else { shown::words(methods).into() };
    let mut response = answers::bare(&json!({
        "success": false,
        "requires_2fa": true,
        "session_id": token.text(),
        "sessionId": token.text(),
        "available_methods": available,
        "methods": objects,
        "user": shown::user(ctx, account, false)?,
        "expires_at": rfc3339(session.until),
        "expires_in": session.until.since(ctx.now).as_secs(),
        "verification_sent": sent.is_some(),
        "method": sent.map(|method| method.kind.word()),
    }))?;
    keep(ctx, &mut response, token.text(), &session);
    ctx.log_of("second_factor_due", account.id);
    Ok(response)
}
