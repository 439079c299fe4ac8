//! What somebody has who is signed in: a session, an access token that says so, and a refresh token to go on with.

use super::no::Result;
use crate::accounts::context::Context;
use crate::accounts::session_list;
use crate::accounts::sessions::{self, Owner};
use crate::accounts::token::Token;
use crate::http::{Response, json, user_agent};
use crate::ports::Ports;
use crate::settings::TokenLifetimes;
use crate::tokens::refresh::{self, RefreshToken};
use crate::tokens::{Claims, Keys};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use uuid::Uuid;

/// The body of §3.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = TokenBody))]
pub(super) struct Body<'a> {
    /// Says whose it is by itself, and is signed. See `docs/tokens.md`.
    access_token: &'a str,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Works once: it is replaced by the one that comes of it.
    refresh_token: &'a str,
    /// Words with spaces between.
    scope: &'a str,
    /// How many seconds the access token works.
    expires_in: u64,
    /// `usr:` and a UUID.
    user_id: String,
    /// Where a device was to be remembered: send it in the header `X-Device-Token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    device_token: Option<&'a str>,
}

/// Signs somebody in.
pub(super) fn issue<P: Ports>(
    ctx: &Context<'_, P>,
    headers: &HeaderMap,
    owner: Owner,
    device: Option<&Token>,
) -> Result<Response> {
    let lifetimes = TokenLifetimes::load(ctx.ports)?;
    // For as long as it can be renewed; each of its tokens ends much sooner.
    let session = sessions::begin_signed(ctx, owner, sessions::LONGEST)?;
    session_list::enter(ctx, owner.account, session.id, user_agent(headers))?;
    let refresh = refresh::begin(ctx.ports, session.id, ctx.now, lifetimes.refresh)?;
    ctx.log_of("signed_in", owner.account);
    body(ctx, owner, session.id, &refresh, device)
}

/// The answer to who is signed in.
pub(super) fn body<P: Ports>(
    ctx: &Context<'_, P>,
    owner: Owner,
    session: Uuid,
    refresh: &RefreshToken,
    device: Option<&Token>,
) -> Result<Response> {
    let keys = Keys::load(ctx.ports)?;
    let lifetime = TokenLifetimes::load(ctx.ports)?.access;
    let Owner { account, epoch } = owner;
    let claims = Claims::new(account, session, ctx.tenant.partner_id, epoch, ctx.now, lifetime);
    let answer = Body {
        access_token: &keys.sign(&claims)?,
        token_type: "Bearer",
        refresh_token: refresh.text(),
        scope: &ctx.tenant.scope,
        expires_in: lifetime.as_secs(),
        user_id: format!("usr:{account}"),
        device_token: device.map(Token::text),
    };
    Ok(json(StatusCode::OK, &answer)?)
}
