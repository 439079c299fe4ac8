//! `GET /api/identifications/{id}/answers`, for operators: what was filled in, for whoever has to decide over it.
//!
//! It is personal data: it goes into this answer, which nobody may keep, and nowhere else.

use super::record::Identification;
use super::state::submission;
use crate::call::Call;
use crate::http::{ApiError, Response, json};
use crate::ports::Ports;
use crate::when;
use http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;
use stepgate_storage::StoreError;

#[derive(Serialize)]
struct Answers<'a> {
    submitted_at: String,
    answers: &'a RawValue,
}

/// Answers them as they were sent.
pub(crate) fn answers<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Response, ApiError> {
    let identification = Identification::load(call, id)?;
    let submitted = submission(identification.id).read::<Box<RawValue>>(call.ports)?;
    let submitted = submitted.ok_or(ApiError::Refused(
        StatusCode::NOT_FOUND,
        "answers_not_found",
        "Nothing has been submitted for this identification.",
    ))?;
    let entry = submitted.entry.ok_or(StoreError::Corrupt("submission of an identification"))?;
    let shown = Answers { submitted_at: when::rfc3339(entry.at), answers: &entry.more };
    // Like every answer in JSON it is sent with `no-store`.
    json(StatusCode::OK, &shown)
}
