//! `POST /reg/v1/auth/token`: signing in with a password and a second factor, and going on with a refresh token. §3 of the
//! contract, whose rows are decided in their order.

use super::TIMES;
use super::fields::Fields;
use super::issued;
use super::no::{No, Result};
use super::step_up::{chosen, of_outstanding, read_code};
use crate::accounts::account::{self, Account};
use crate::accounts::codes::{Counts, Place};
use crate::accounts::context::Context;
use crate::accounts::devices;
use crate::accounts::lock;
use crate::accounts::methods::{self, Kind};
use crate::accounts::names::AccountEmail;
use crate::accounts::password::Typed;
use crate::accounts::refusal::Refusal;
use crate::accounts::second_factor::{self, Action, Binding};
use crate::accounts::sessions::{self, Owner};
use crate::accounts::sign_in::{self, Credentials, SignedIn};
use crate::http::{Response, single, user_agent};
use crate::ports::Ports;
use crate::settings::TokenLifetimes;
use crate::tokens::refresh::{self, Rotation};
use crate::tokens::revocations::{self, Revoked};
use http::HeaderMap;
use uuid::Uuid;

/// How somebody asks for tokens.
enum Grant {
    Password,
    Refresh,
}

pub(super) async fn token<P: Ports>(
    ctx: &Context<'_, P>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response> {
    let mut fields = Fields::parse(body)?;
    match grant(headers, &mut fields)? {
        Grant::Password => with_password(ctx, headers, SignIn::read(fields)?).await,
        Grant::Refresh => with_refresh_token(ctx, fields),
    }
}

/// The header says it, or the body where there is no header.
fn grant(headers: &HeaderMap, fields: &mut Fields) -> Result<Grant> {
    const NAMES: &[&str] = &["grantType", "grant_type"];
    let in_body = fields.text(NAMES);
    let header = single(headers, "granttype").map_err(|_| No::field("grantType", "must come once"))?;
    if header.is_none() {
        fields.check()?;
    }
    match header.or(in_body.as_deref()) {
        Some("password_email") => Ok(Grant::Password),
        Some("refresh_token") => Ok(Grant::Refresh),
        Some(_) => Err(No::field("grantType", "must be password_email or refresh_token")),
        None => Err(No::field("grantType", "is required")),
    }
}

/// What somebody signs in with.
pub(super) struct SignIn {
    email: AccountEmail,
    password: Typed,
    code: Option<String>,
    method: Option<Kind>,
    remember: bool,
}

impl SignIn {
    /// Row 1.
    pub(super) fn read(mut fields: Fields) -> Result<SignIn> {
        let (email, password) = (fields.email(), fields.typed("password"));
        let (code, method) = (fields.text(&["mfaCode"]), fields.method());
        let remember = fields.flag("rememberDevice").unwrap_or(false);
        fields.check()?;
        match (email, password) {
            (Some(email), Some(password)) => Ok(SignIn { email, password, code, method, remember }),
            _ => Err(fields.refuse()),
        }
    }
}

async fn with_password<P: Ports>(
    ctx: &Context<'_, P>,
    headers: &HeaderMap,
    sign_in: SignIn,
) -> Result<Response> {
    const DEVICE: &str = "X-Device-Token";
    let device = single(headers, "x-device-token").map_err(|_| No::field(DEVICE, "must come once"))?;
    let credentials = Credentials { name: sign_in.email.as_str(), password: &sign_in.password, device };
    // Row 2.
    let SignedIn::Owner(signed_in) = sign_in::first_factor(ctx, &credentials, None)? else {
        return Err(Refusal::Credentials.into());
    };
    let account = &signed_in.account;
    let owner = Owner { account: account.id, epoch: signed_in.epoch };
    // Row 3.
    lock::check(ctx, account.id)?;
    check_confirmed(ctx, account)?;
    // Row 4; and a device on which the second factor was given.
    let methods = match methods::due(ctx, account.id)? {
        Some(methods) if !signed_in.device_known => methods,
        _ => return issued::issue(ctx, headers, owner, None),
    };
    let place = place(account.id);
    let Some(code) = &sign_in.code else {
        // Rows 5 and 6.
        let method = chosen(&methods, sign_in.method)?;
        let binding = Binding { method: method.id, session: None, target: None, new_password: None };
        second_factor::start(ctx, account, &place, TIMES, (Action::Login, method), &binding).await?;
        return Err(No::SecondFactorDue);
    };
    let method = match sign_in.method {
        None => of_outstanding(ctx, &place, &methods)?,
        Some(_) => None,
    };
    let method = match method {
        Some(method) => method,
        None => chosen(&methods, sign_in.method)?,
    };
    // Row 7.
    read_code(ctx, account.id, method.kind, code)?;
    // Rows 8 to 10.
    second_factor::verify(ctx, account.id, &place, method, code, &|_| true)?;
    // Row 11.
    let device = match sign_in.remember {
        true => Some(devices::remember_and_tell(ctx, account, owner.epoch, user_agent(headers))?),
        false => None,
    };
    issued::issue(ctx, headers, owner, device.as_ref())
}

/// Refuses where nobody has shown that the address is theirs, and that counts. Said to who knows the password only.
fn check_confirmed<P: Ports>(ctx: &Context<'_, P>, account: &Account) -> Result<()> {
    if !account::is_verified(ctx.ports, account.id)? && ctx.tenant.must_verify() {
        return Err(No::Forbidden("The e-mail address of this account was not confirmed yet."));
    }
    Ok(())
}

/// Where the codes of signing in are.
fn place(account: Uuid) -> Place {
    Place {
        entity: format!("account/{account}/login"),
        purpose: "login-mfa",
        counts: Counts::SecondFactor(account),
    }
}

fn with_refresh_token<P: Ports>(ctx: &Context<'_, P>, mut fields: Fields) -> Result<Response> {
    let text = refresh_token(&mut fields);
    fields.check()?;
    let Some(text) = text else { return Err(fields.refuse()) };
    // Nothing is done to it in the name of another partner, whose readers would be told of its end instead of its own.
    let is_here = match refresh::session_of(&text) {
        Some(session) => sessions::is_here(ctx, session)?,
        None => false,
    };
    if !is_here {
        return Err(No::SessionOver);
    }
    let lifetime = TokenLifetimes::load(ctx.ports)?.refresh;
    let (session, token) = match refresh::rotate(ctx.ports, &text, ctx.now, lifetime)? {
        Rotation::Rotated { session, token } => (session, token),
        Rotation::Expired { at } => return Err(No::TokenExpired { at }),
        Rotation::Unknown => return Err(No::SessionOver),
        Rotation::Reused { session } => {
            // Readers were told of a session that is over already; its old tokens can come for as long as they are kept.
            if !sessions::was_ended(ctx, session)? {
                revocations::note(ctx.ports, &ctx.scope(), Revoked::Session(session))?;
                sessions::end(ctx, session)?;
            }
            ctx.log("refresh_token_reused", Reused { session });
            return Err(No::SessionOver);
        }
    };
    let session = sessions::of_signed(ctx, session)?.ok_or(No::SessionOver)?;
    match lock::check(ctx, session.account) {
        // §3: a token that a lock has ended is said to have ended.
        Err(Refusal::Locked { .. }) => return Err(No::SessionOver),
        checked => checked?,
    }
    let owner = Owner { account: session.account, epoch: session.epoch };
    issued::body(ctx, owner, session.id, &token, None)
}

pub(super) fn refresh_token(fields: &mut Fields) -> Option<String> {
    fields.needed(&["refreshToken", "refresh_token"])
}

#[derive(serde::Serialize)]
struct Reused {
    session: Uuid,
}
