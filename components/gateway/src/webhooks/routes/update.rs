//! `PATCH /api/webhooks/{id}`

use super::super::endpoint::Endpoint;
use super::fields::Fields;
use super::object::Webhook;
use crate::call::Call;
use crate::http::{ApiError, Response, json};
use crate::ports::Ports;
use http::StatusCode;

/// Changes what the body names. What is on its way already goes to the new address too.
pub(crate) fn update<P: Ports>(call: &Call<'_, P>, id: &str, body: &[u8]) -> Result<Response, ApiError> {
    let fields = Fields::parse(call.ports, body)?;
    let before = Endpoint::load(call, id)?;
    let endpoint = Endpoint {
        url: fields.url.unwrap_or(before.url),
        label: fields.label.unwrap_or(before.label),
        topics: fields.topics.unwrap_or(before.topics),
        enabled: fields.enabled.unwrap_or(before.enabled),
        form: fields.form.unwrap_or(before.form),
        updated_at: call.now,
        ..before
    };
    endpoint.write(call.ports)?;
    json(StatusCode::OK, &Webhook::load(call.ports, endpoint)?)
}
