//! Devices that are remembered: ours, docs/accounts.md.

use super::answers;
use super::caller::Caller;
use super::cookies;
use super::refused::{Refused, Result};
use crate::accounts::context::Context;
use crate::accounts::devices::{self, LIFETIME};
use crate::accounts::token::Token;
use crate::http::{ApiError, Response, single};
use crate::ids;
use crate::ports::Ports;
use crate::when::rfc3339;
use http::HeaderMap;
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
