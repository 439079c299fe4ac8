//! How a receiver knows that a delivery is ours: `contracts/identifications.md` §6.

use super::secret::Secret;
use crate::http::ApiError;
use crate::mac::mac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// The form of a signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = WebhookSignature, description = "`hex`: `v1=` and the HMAC-SHA-256 of timestamp and body in hex, under the secret as it is written. `standard-webhooks`: as www.standardwebhooks.com has it."))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Form {
    /// `v1=` and the HMAC-SHA-256 of timestamp and body in hex, under the secret as it is written.
    #[default]
    Hex,
    /// <https://www.standardwebhooks.com>: `v1,` and the HMAC-SHA-256 of `id.timestamp.body` in base64, under what the secret
    /// stands for. A message keeps its id however often it is sent.
    StandardWebhooks,
}

impl Form {
    /// The value of `webhook-signature`.
    pub(super) fn sign(
        self,
        secret: &Secret,
        id: &str,
        timestamp: &str,
        body: &str,
    ) -> Result<String, ApiError> {
        let (timestamp, body) = (timestamp.as_bytes(), body.as_bytes());
        Ok(match self {
            Form::Hex => {
                let mac = mac(secret.text().as_bytes(), &[timestamp, body])?;
                format!("v1={}", base16ct::lower::encode_string(&mac))
            }
            Form::StandardWebhooks => {
                let mac = mac(secret.bytes(), &[id.as_bytes(), b".", timestamp, b".", body])?;
                format!("v1,{}", STANDARD.encode(mac))
            }
        })
    }
}
