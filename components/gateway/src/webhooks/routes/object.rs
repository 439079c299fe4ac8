//! The Webhook object.

use super::super::endpoint::Endpoint;
use super::super::health::Health;
use super::super::sign::Form;
use super::super::topic::Topic;
use crate::http::ApiError;
use crate::ports::Ports;
use crate::when;
use serde::Serialize;
use uuid::Uuid;

/// A webhook as the API shows it.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(in crate::webhooks) struct Webhook {
    id: Uuid,
    partner_id: Uuid,
    label: String,
    url: String,
    topics: Vec<Topic>,
    enabled: bool,
    signature: Form,
    #[cfg_attr(test, schema(format = DateTime))]
    created_at: String,
    #[cfg_attr(test, schema(format = DateTime))]
    updated_at: String,
    /// When a delivery failed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(format = DateTime, nullable = false))]
    last_failure: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    last_failure_reason: Option<String>,
    /// In the answer that made it only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    secret: Option<String>,
}

impl Webhook {
    pub(super) fn load(ports: &impl Ports, endpoint: Endpoint) -> Result<Webhook, ApiError> {
        let failure = Health::of(ports, endpoint.id)?.last_failure;
        Ok(Webhook {
            id: endpoint.id,
            partner_id: endpoint.owner.partner,
            label: endpoint.label,
            url: endpoint.url,
            topics: endpoint.topics,
            enabled: endpoint.enabled,
            signature: endpoint.form,
            created_at: when::rfc3339(endpoint.created_at),
            updated_at: when::rfc3339(endpoint.updated_at),
            last_failure: failure.as_ref().map(|failure| when::rfc3339(failure.at)),
            last_failure_reason: failure.map(|failure| failure.reason),
            secret: None,
        })
    }

    /// With its secret.
    pub(super) fn disclosed(ports: &impl Ports, endpoint: Endpoint) -> Result<Webhook, ApiError> {
        let secret = endpoint.seal.open(ports, endpoint.id)?.text();
        Ok(Webhook { secret: Some(secret), ..Webhook::load(ports, endpoint)? })
    }
}
