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
pub(super) struct AuthenticationCode {
    id: String,
    status: &'static str,
    attempts: u32,
    entity_id: Uuid,
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
