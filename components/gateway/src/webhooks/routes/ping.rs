//! `POST /api/webhooks/{id}/ping`

use super::super::endpoint::Endpoint;
use super::super::event::Event;
use super::super::outbox;
use super::super::topic::Topic;
use crate::call::Call;
use crate::customers;
use crate::http::{ApiError, Response, json};
use crate::idempotency;
use crate::ids;
use crate::json::{canonical, object};
use crate::ports::Ports;
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

/// The body, before its values are looked at. `null` counts as absent.
#[derive(Deserialize)]
pub(in crate::webhooks) struct Fields {
    customer_id: Option<Value>,
}

impl Fields {
    pub(in crate::webhooks) fn customer(&self) -> Result<&str, ApiError> {
        let customer =
            self.customer_id.as_ref().and_then(Value::as_str).filter(|id| ids::parse(id).is_some());
        customer.ok_or_else(|| ApiError::bad_request("customer_id must be a UUID."))
    }
}

/// Has a ping sent, whatever topics the webhook has. Answers `true` when it is on its way.
pub(crate) async fn ping<P: Ports>(call: &Call<'_, P>, id: &str, body: &[u8]) -> Result<Response, ApiError> {
    let asked = canonical(body)?;
    let work = async |made| {
        let endpoint = Endpoint::load(call, id)?;
        let fields: Fields = object(body)?;
        let customer = customers::load(call, fields.customer()?)?;
        if !endpoint.enabled {
            return Err(ApiError::Refused(
                StatusCode::CONFLICT,
                "webhook_disabled",
                "The webhook is disabled.",
            ));
        }
        let event =
            Event { topic: Topic::Ping, at: call.now, customer_id: customer.id, id: made, status: None };
        outbox::write_to(call.ports, call.trace, &endpoint, &event)?;
        json(StatusCode::OK, &true)
    };
    idempotency::once_if_keyed(call, ("POST", call.path), &asked, work).await
}
