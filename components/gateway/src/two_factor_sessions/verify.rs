//! `POST /auth/two_factor/verify`: `contracts/two-factor-sessions.md` §4 and §7.2.

use super::caller::Caller;
use super::code::Typed;
use super::deed::Deed;
use super::fields::Fields;
use super::guard::Leave;
use super::refused::Result;
use super::{answers, guard, login, shown};
use crate::accounts::account::{self, Account};
use crate::accounts::context::Context;
use crate::accounts::devices;
use crate::accounts::methods::{Kind, Method};
use crate::accounts::sessions::{self, Session};
use crate::http::{Response, user_agent};
use crate::ports::Ports;
use crate::settings::session_lifetime;
use crate::when::rfc3339;
use http::HeaderMap;
use serde_json::{Value, json};

/// What is to be verified.
pub(super) struct Body<'f> {
    code: Typed<'f>,
    action: Option<&'f str>,
    remember: bool,
}

impl Body<'_> {
    pub(super) fn read(fields: &Fields) -> Result<Body<'_>> {
        Ok(Body {
            code: Typed::required(fields)?,
            action: fields.text(&["action"])?,
            remember: fields.flag(&["remember_device", "rememberDevice"])?.unwrap_or(false),
        })
    }
}

pub(super) fn verify<P: Ports>(
    ctx: &Context<'_, P>,
    headers: &HeaderMap,
    caller: &Caller<'_>,
    fields: &Fields,
) -> Result<Response> {
    let Body { code, action, remember } = Body::read(fields)?;
    let deed = Deed::read(action, &caller.session)?;
    guard::check_offered(ctx)?;
    let leave = match deed {
        Deed::Setup => guard::check_adding(ctx, &caller.session)?,
        Deed::Login | Deed::Remove | Deed::Toggle => Leave::Session,
    };
    let account = caller.account(ctx)?;
    let method = leave.during(ctx, &caller.session, || code.check(ctx, &account, &caller.session, deed))?;
    match deed {
        Deed::Login => promote(ctx, headers, caller, &account, remember),
        Deed::Setup => {
            note_verified(ctx, &account, &method)?;
            answered(body(ctx, &account, &caller.session, "Two-factor method set up")?)
        }
        Deed::Remove | Deed::Toggle => {
            guard::note(ctx, &caller.session, deed)?;
            let data = body(ctx, &account, &caller.session, "Verification code accepted")?;
            answered(verified(data))
        }
    }
}

/// The pending session becomes an active one under the same id: §2.
fn promote<P: Ports>(
    ctx: &Context<'_, P>,
    headers: &HeaderMap,
    caller: &Caller<'_>,
    account: &Account,
    remember: bool,
) -> Result<Response> {
    let session = sessions::promote(ctx, &caller.session, caller.hash, session_lifetime(ctx.ports)?)?;
    ctx.log_of("signed_in", account.id);
    let device = match remember {
        true => Some(devices::remember_and_tell(ctx, account, session.epoch, user_agent(headers))?),
        false => None,
    };
    let mut data = verified(body(ctx, account, &session, "Signed in")?);
    if let Some(token) = &device {
        data["device_token"] = token.text().into();
    }
    let mut response = answered(data)?;
    login::keep(ctx, &mut response, caller.token, &session);
    if let Some(token) = &device {
        super::devices::keep(ctx, &mut response, token);
    }
    Ok(response)
}

/// Whoever has shown that the account's address is theirs, as a method, has shown it.
fn note_verified<P: Ports>(ctx: &Context<'_, P>, account: &Account, method: &Method) -> Result<()> {
    if method.kind == Kind::Email && method.identifier == account.email.as_str() {
        account::set_verified(ctx.ports, account.id, ctx.now)?;
    }
    Ok(())
}

/// §7.2: what is said of every right code but that of a setup.
fn verified(mut data: Value) -> Value {
    data["two_factor_verified"] = 1.into();
    data["session_activated"] = true.into();
    data
}

fn answered(data: Value) -> Result<Response> {
    answers::enveloped(data, &["message", "user"])
}

fn body<P: Ports>(
    ctx: &Context<'_, P>,
    account: &Account,
    session: &Session,
    message: &str,
) -> Result<Value> {
    Ok(json!({
        "success": true,
        "verified": true,
        "session_status": "active",
        "two_factor_verified": shown::number(session.two_factor_verified()),
        "session_activated": false,
        "expires_at": rfc3339(session.until),
        "message": message,
        "user": {
            "id": shown::user_id(account.id),
            "email": account.email.as_str(),
            "name": account.name,
            // A number here: §3.
            "two_factor": shown::number(shown::two_factor(ctx, account.id)?),
        },
    }))
}
