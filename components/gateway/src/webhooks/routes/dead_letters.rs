//! `GET /api/webhooks/{id}/dead-letters` and `POST /api/webhooks/{id}/dead-letters/{number}/retry`

use super::super::dead;
use super::super::endpoint::Endpoint;
use super::super::topic::Topic;
use crate::call::Call;
use crate::http::{ApiError, Response, json};
use crate::json::from_text;
use crate::listing::whole_number;
use crate::ports::Ports;
use crate::when;
use http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

/// A dead letter as the API shows it.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = DeadLetter))]
pub(in crate::webhooks) struct Shown {
    /// What it is sent again under; the newest has the highest.
    number: u64,
    message_id: Uuid,
    topic: Topic,
    /// What was not taken, as it was sent.
    #[cfg_attr(test, schema(value_type = crate::webhooks::described::WebhookEvent))]
    body: Box<RawValue>,
    #[cfg_attr(test, schema(format = DateTime))]
    created_at: String,
    #[cfg_attr(test, schema(format = DateTime))]
    given_up_at: String,
    attempts: u32,
    reason: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = DeadLetterPage))]
pub(in crate::webhooks) struct Page {
    items: Vec<Shown>,
    /// Ask with this for older ones; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    cursor: Option<String>,
}

/// What nobody took, the newest first. `cursor` and `page_size` as in other lists, but that the cursor is a number.
pub(crate) fn dead_letters<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Response, ApiError> {
    let endpoint = Endpoint::load(call, id)?;
    let (mut before, mut size) = (None, 10);
    for (name, value) in form_urlencoded::parse(call.query.as_bytes()) {
        match &*name {
            "cursor" if !value.is_empty() => {
                let cursor = whole_number(&value);
                before = Some(cursor.ok_or_else(|| ApiError::bad_request("cursor must be from an answer."))?);
            }
            "page_size" => {
                let number = whole_number(&value).filter(|number| (1..=100).contains(number));
                size = number.ok_or_else(|| {
                    ApiError::bad_request("page_size must be a whole number from 1 to 100.")
                })?;
            }
            _ => {}
        }
    }
    let (letters, more) = dead::newest(call.ports, &endpoint, before, size)?;
    let cursor = letters.last().filter(|_| more).map(|(number, _)| number.to_string());
    let show = |(number, letter): (u64, dead::Letter)| {
        Ok(Shown {
            number,
            message_id: letter.message,
            topic: letter.topic,
            body: from_text(&letter.body)
                .map_err(|_| ApiError::Internal("a dead letter cannot be read".into()))?,
            created_at: when::rfc3339(letter.written_at),
            given_up_at: when::rfc3339(letter.given_up_at),
            attempts: letter.attempts,
            reason: letter.reason,
        })
    };
    let items = letters.into_iter().map(show).collect::<Result<_, ApiError>>()?;
    json(StatusCode::OK, &Page { items, cursor })
}

/// Has a dead letter sent once more, as a new message, and answers `true`.
pub(crate) fn retry<P: Ports>(call: &Call<'_, P>, id: &str, number: &str) -> Result<Response, ApiError> {
    let endpoint = Endpoint::load(call, id)?;
    let number = whole_number(number).ok_or(ApiError::NotFound)?;
    dead::send_again(call.ports, &endpoint, number)?;
    json(StatusCode::OK, &true)
}
