//! What others verify access tokens with, without asking here each time: the keys, and what is revoked.

use super::no::{No, Result};
use crate::auth;
use crate::http::{ApiError, Response, json, public_briefly};
use crate::ports::Ports;
use crate::rate;
use crate::settings::{ApiSettings, tenants};
use crate::tokens::Keys;
use crate::tokens::revocations::{self, Place};
use form_urlencoded::parse;
use http::StatusCode;
use http::request::Parts;
use stepgate_storage::Timestamp;

/// The same for everybody, so it may be kept: new keys are published before they sign (`docs/tokens.md`).
pub(super) fn jwks(ports: &impl Ports) -> Result<Response> {
    let set = Keys::load(ports)?.jwks()?;
    let body = serde_json::to_vec(&set)
        .map_err(|_| ApiError::Internal("the keys could not be written as JSON".into()))?;
    Ok(public_briefly("application/json; charset=utf-8", body))
}

/// For the partner's own servers.
pub(super) fn revocations(ports: &impl Ports, head: &Parts, now: Timestamp) -> Result<Response> {
    let settings = ApiSettings::load(ports)?;
    let key = auth::key(&head.headers, &settings.api_keys)?;
    rate::admit(ports, key, now)?;
    let tenants = tenants(ports)?;
    let tenant = tenants.iter().find(|tenant| tenant.partner == key.partner);
    let tenant = tenant.ok_or(No::Forbidden("The partner of this API key keeps no accounts here."))?;
    let place = place(head.uri.query().unwrap_or_default())?;
    Ok(json(StatusCode::OK, &revocations::page(ports, &tenant.scope_of_codes(), place)?)?)
}

fn place(query: &str) -> Result<Option<Place>> {
    let mut after = None;
    for (name, value) in parse(query.as_bytes()) {
        if name == "after" {
            if after.is_some() {
                return Err(No::field("after", "must come once"));
            }
            let wrong = || No::field("after", "must be the next of an earlier answer");
            after = Some(Place::parse(&value).ok_or_else(wrong)?);
        }
    }
    Ok(after)
}
