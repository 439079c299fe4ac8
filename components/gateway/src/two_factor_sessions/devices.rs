//! Devices that are remembered: ours, docs/accounts.md.

use super::caller::Caller;
use super::cookies;
use super::refused::{Refused, Result};
use super::{answers, login};
use crate::accounts::account::Account;
use crate::accounts::context::Context;
use crate::accounts::devices::{self, LIFETIME};
use crate::accounts::notices::{self, News};
use crate::accounts::sessions::Session;
use crate::accounts::token::Token;
use crate::http::{ApiError, Response, single};
use crate::ids;
use crate::ports::Ports;
use crate::when::rfc3339;
use http::HeaderMap;
use http::header::USER_AGENT;
use serde_json::{Value, json};

const HEADER: &str = "x-device-token";

/// The token of a device that somebody signs in on.
pub(super) fn presented(headers: &HeaderMap) -> Option<&str> {
    match single(headers, HEADER) {
        Ok(Some(token)) => Some(token),
        Ok(None) => cookies::read(headers, cookies::DEVICE),
        Err(_) => None,
    }
}

/// Remembers the device that a second factor was just given on, under the epoch of its session.
pub(super) fn remember<P: Ports>(
    ctx: &Context<'_, P>,
    headers: &HeaderMap,
    account: &Account,
    session: &Session,
) -> Result<Token> {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = devices::remember(ctx.ports, account.id, session.epoch, agent, ctx.now)?;
    notices::tell(ctx, account, &News::DeviceRemembered { until: ctx.now + LIFETIME });
    login::log(ctx, "device_remembered", account.id);
    Ok(token)
}

/// Has the browser keep it.
pub(super) fn keep<P>(ctx: &Context<'_, P>, response: &mut Response, token: &Token) {
    cookies::set(ctx, response, cookies::DEVICE, token.text(), LIFETIME);
}

pub(super) fn list<P: Ports>(ctx: &Context<'_, P>, caller: &Caller<'_>) -> Result<Response> {
    let session = &caller.session;
    let devices = devices::list(ctx.ports, session.account, session.epoch, ctx.now)?;
    let devices: Vec<Value> = devices
        .into_iter()
        .map(|device| {
            json!({
                "id": device.id,
                "label": device.label,
                "created_at": rfc3339(device.created_at),
                "expires_at": rfc3339(device.expires_at),
            })
        })
        .collect();
    answers::enveloped(json!({ "devices": devices }), &[])
}

pub(super) fn forget<P: Ports>(ctx: &Context<'_, P>, caller: &Caller<'_>, id: &str) -> Result<Response> {
    let device = ids::parse(id).ok_or(Refused::NoDevice)?;
    match devices::revoke(ctx.ports, caller.session.account, device) {
        Ok(()) => answers::enveloped(json!({ "removed": true, "id": device }), &[]),
        Err(ApiError::NotFound) => Err(Refused::NoDevice),
        Err(error) => Err(error.into()),
    }
}
