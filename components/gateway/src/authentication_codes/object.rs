//! The AuthenticationCode object.

use crate::guarded::Held;
use crate::http::ApiError;
use crate::ports::challenges::{Challenge, ChallengeStatus as Status};
use crate::when;
use serde::Serialize;
use stepgate_storage::Timestamp;
use uuid::Uuid;

/// A challenge as the API shows it. The code itself is not in it, and cannot be: nobody here knows it.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct AuthenticationCode {
    #[cfg_attr(test, schema(format = "uuid"))]
    id: String,
    #[cfg_attr(test, schema(value_type = super::described::CodeStatus))]
    status: &'static str,
    /// How many codes were compared, right and wrong.
    attempts: u32,
    /// What waits: an autoramp, a fiat address or a change of an e-mail address.
    entity_id: Uuid,
    #[cfg_attr(test, schema(format = DateTime))]
    expires_at: String,
}

impl AuthenticationCode {
    pub(super) fn of(challenge: Challenge) -> Result<AuthenticationCode, ApiError> {
        let entity_id = Held::entity_id(&challenge.payload)?;
        Ok(AuthenticationCode {
            id: challenge.id,
            status: status_name(challenge.status),
            attempts: challenge.attempts,
            entity_id,
            expires_at: when::rfc3339(Timestamp(challenge.expires_at)),
        })
    }
}

/// A status as the API spells it.
pub(super) fn status_name(status: Status) -> &'static str {
    match status {
        Status::Pending => "Pending",
        Status::Confirmed => "Confirmed",
        Status::Rejected => "Rejected",
        Status::Expired => "Expired",
    }
}
