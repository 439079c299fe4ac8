//! Approving and declining: an operator's review, and the sandbox's stand-in for one (`contracts/identifications.md` §4, §5).

use super::object::Shown;
use super::record::{Identification, not_found};
use super::state::{Review, State, Status, outcome};
use crate::call::Call;
use crate::http::{ApiError, Response, json};
use crate::idempotency;
use crate::json::{canonical, object};
use crate::ports::Ports;
use crate::settled::{Entry, Settling};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

/// The longest comment, in characters.
const LONGEST_COMMENT: usize = 500;

/// The body, before its values are looked at. `null` counts as absent.
#[derive(Deserialize)]
struct Fields {
    approved: Option<Value>,
    comment: Option<Value>,
}

impl Fields {
    fn approved(&self) -> Result<bool, ApiError> {
        let wrong = || ApiError::bad_request("approved must be true or false.");
        self.approved.as_ref().and_then(Value::as_bool).ok_or_else(wrong)
    }

    fn comment(&self) -> Result<Option<String>, ApiError> {
        let Some(value) = &self.comment else { return Ok(None) };
        let good = |text: &&str| {
            let unwanted = |c: char| c.is_control() && c != '\n' && c != '\t';
            text.chars().count() <= LONGEST_COMMENT && !text.chars().any(unwanted)
        };
        match value.as_str().map(str::trim).filter(good) {
            Some(text) => Ok((!text.is_empty()).then(|| text.to_owned())),
            None => Err(ApiError::bad_request(format!(
                "comment must be text of {LONGEST_COMMENT} characters at most."
            ))),
        }
    }
}

/// `POST /api/identifications/{id}/review`, for operators.
pub(crate) async fn review<P: Ports>(
    call: &Call<'_, P>,
    id: &str,
    body: &[u8],
) -> Result<Response, ApiError> {
    let asked = canonical(body)?;
    let work = async |by| {
        let identification = Identification::load(call, id)?;
        let fields: Fields = object(body)?;
        let review = Review { comment: fields.comment()? };
        let Some(state) = decide(call, &identification, by, fields.approved()?, review).await? else {
            return Err(ApiError::Refused(
                StatusCode::CONFLICT,
                "identification_terminal",
                "The identification is decided, expired or archived, which does not change.",
            ));
        };
        json(StatusCode::OK, &Shown::found(call, &identification, state)?)
    };
    idempotency::once_if_keyed(call, ("POST", call.path), &asked, work).await
}

/// `POST /api/sandbox/identification/{id}`. The route is for pending ones, so another is not found.
pub(crate) async fn sandbox_review<P: Ports>(
    call: &Call<'_, P>,
    id: &str,
    body: &[u8],
) -> Result<Response, ApiError> {
    let asked = canonical(body)?;
    let work = async |by| {
        let identification = Identification::load(call, id)?;
        let approved = object::<Fields>(body)?.approved()?;
        let Some(state) = decide(call, &identification, by, approved, Review { comment: None }).await? else {
            return Err(not_found());
        };
        json(StatusCode::CREATED, &Shown::found(call, &identification, state)?)
    };
    // It has two paths, and is one route.
    let path = format!("/api/sandbox/identification/{id}");
    idempotency::once_if_keyed(call, ("POST", &path), &asked, work).await
}

/// What it has come to, if that was decided by this piece of work, now or when it was begun before.
async fn decide<P: Ports>(
    call: &Call<'_, P>,
    identification: &Identification,
    by: Uuid,
    approved: bool,
    review: Review,
) -> Result<Option<State>, ApiError> {
    let until = match State::of(call.ports, identification)?.status {
        Status::Expired | Status::Archived => return Ok(None),
        // Before it is submitted it may expire, and after that it must not be decided.
        Status::Pending => Some(identification.closes_at()),
        Status::Processed | Status::PendingReview | Status::Approved | Status::Declined => None,
    };
    let entry = Entry { by, at: call.ports.now(), more: review };
    let ours = match outcome(identification.id).settle(call.ports, approved, &entry, until).await? {
        Settling::Now => true,
        Settling::Before(settled) => settled.entry.is_some_and(|entry| entry.by == by),
        Settling::TooLate => false,
    };
    // It may have been archived meanwhile, which goes over everything.
    let state = State::of(call.ports, identification)?;
    Ok((ours && matches!(state.status, Status::Approved | Status::Declined)).then_some(state))
}
