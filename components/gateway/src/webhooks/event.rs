//! What is told: `contracts/identifications.md` §6.

use super::topic::Topic;
use crate::http::ApiError;
use crate::when;
use serde::Serialize;
use stepgate_storage::Timestamp;
use uuid::Uuid;

/// One event.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) topic: Topic,
    pub(super) at: Timestamp,
    pub(super) customer_id: Uuid,
    /// What it is about.
    pub(super) id: Uuid,
    /// What that has come to; a ping has none.
    pub(super) status: Option<&'static str>,
}

impl Event {
    /// The body, byte for byte as it is signed and sent.
    pub(super) fn body(&self) -> Result<String, ApiError> {
        #[derive(Serialize)]
        struct Body<'a> {
            r#type: &'a str,
            timestamp: String,
            data: Data<'a>,
        }
        #[derive(Serialize)]
        struct Data<'a> {
            customer_id: Uuid,
            message: Message<'a>,
        }
        #[derive(Serialize)]
        struct Message<'a> {
            id: Uuid,
            #[serde(skip_serializing_if = "Option::is_none")]
            status: Option<&'a str>,
        }
        let body = Body {
            r#type: self.topic.event_type(),
            timestamp: when::with_offset(self.at),
            data: Data {
                customer_id: self.customer_id,
                message: Message { id: self.id, status: self.status },
            },
        };
        serde_json::to_string(&body).map_err(|_| ApiError::Internal("an event could not be written".into()))
    }
}
