//! Remembered devices: ours, beside the contract.

use super::caller::Caller;
use super::no::Result;
use super::nothing;
use crate::accounts::context::Context;
use crate::accounts::devices;
use crate::http::{ApiError, Response, json};
use crate::ids;
use crate::ports::Ports;
use crate::when;
use http::StatusCode;
use serde::Serialize;
use uuid::Uuid;

/// A device on which no code is asked for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = RememberedDevice))]
pub(super) struct Shown {
    id: Uuid,
    /// What the program called itself that signed in. Anybody can write that.
    label: String,
    #[cfg_attr(test, schema(format = DateTime))]
    created_at: String,
    #[cfg_attr(test, schema(format = DateTime))]
    expires_at: String,
}

/// All of an account's.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = RememberedDevices))]
pub(super) struct All {
    devices: Vec<Shown>,
}

pub(super) fn list<P: Ports>(ctx: &Context<'_, P>, caller: &Caller) -> Result<Response> {
    let listed = devices::list(ctx.ports, caller.account.id, caller.session.epoch, ctx.now)?;
    let shown = |device: devices::Device| Shown {
        id: device.id,
        label: device.label,
        created_at: when::rfc3339(device.created_at),
        expires_at: when::rfc3339(device.expires_at),
    };
    Ok(json(StatusCode::OK, &All { devices: listed.into_iter().map(shown).collect() })?)
}

pub(super) fn revoke<P: Ports>(ctx: &Context<'_, P>, caller: &Caller, id: &str) -> Result<Response> {
    let id = ids::parse(id).ok_or(ApiError::NotFound)?;
    devices::revoke(ctx.ports, caller.account.id, id)?;
    nothing()
}
