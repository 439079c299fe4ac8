//! `POST /auth/two_factor/verify`: `contracts/two-factor-sessions.md` §4 and §7.2.

use super::caller::Caller;
use super::code::Typed;
use super::deed::Deed;
use super::fields::Fields;
use super::refused::Result;
use super::{answers, devices, guard, login, shown};
use crate::accounts::account::{self, Account};
use crate::accounts::context::Context;
use crate::accounts::methods::{Kind, Method};
use crate::accounts::sessions::{self, Session};
use crate::http::Response;
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
    if deed == Deed::Setup {
        guard::check_adding(ctx, &caller.session)?;
    }
    let account = caller.account(ctx)?;
    let method = code.check(ctx, &account, &caller.session, deed)?;
    match deed {
        Deed::Login => promote(ctx, headers, caller, &account, remember),
        Deed::Setup => {
            note_verified(ctx, &account, &method)?;
            done(ctx, &account, &caller.session, "Two-factor method set up")
        }
        Deed::Remove | Deed::Toggle => {
            guard::note(ctx, &caller.session, deed)?;
            done(ctx, &account, &caller.session, "Verification code accepted")
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
    login::log(ctx, "signed_in", account.id);
    let device = match remember {
        true => Some(devices::remember(ctx, headers, account, &session)?),
        false => None,
    };
    let mut data = body(ctx, account, &session, "Signed in")?;
    data["session_activated"] = true.into();
    if let Some(token) = &device {
        data["device_token"] = token.text().into();
    }
    let mut response = answers::enveloped(data, &["message", "user"])?;
    login::keep(ctx, &mut response, caller.token, &session);
    if let Some(token) = &device {
        devices::keep(ctx, &mut response, token);
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

fn done<P: Ports>(
    ctx: &Context<'_, P>,
    account: &Account,
    session: &Session,
    message: &str,
) -> Result<Response> {
    answers::enveloped(body(ctx, account, session, message)?, &["message", "user"])
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
