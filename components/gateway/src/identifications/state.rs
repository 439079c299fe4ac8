//! What has become of an identification: `contracts/identifications.md` §4.
//!
//! The status is not stored. It follows from facts, each of which, once there, stays: it was submitted, its checks are
//! done, it was approved or declined, it or its customer was archived. So whatever races or crashes, whoever looks later sees
//! at least what others saw before, and a terminal status does not change; only archiving comes after one.

use super::record::Identification;
use crate::customers;
use crate::http::ApiError;
use crate::ports::Ports;
use crate::settled::{Question, Settled};
use crate::stored;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use stepgate_storage::{RecordKey, Timestamp};
use uuid::Uuid;

const WHAT: &str = "mark of an identification";

/// As the API spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = IdentificationStatus, description = "What has become of an identification."))]
pub(crate) enum Status {
    /// The link is open.
    Pending,
    /// Filled in; the checks are not done.
    Processed,
    /// Waits for a person to decide.
    PendingReview,
    Approved,
    Declined,
    /// Not filled in in time.
    Expired,
    Archived,
}

impl Status {
    /// As the API spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Status::Pending => "Pending",
            Status::Processed => "Processed",
            Status::PendingReview => "PendingReview",
            Status::Approved => "Approved",
            Status::Declined => "Declined",
            Status::Expired => "Expired",
            Status::Archived => "Archived",
        }
    }
}

/// A status, and what is known of how it came to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) status: Status,
    /// Since when.
    pub(crate) since: Timestamp,
    /// What the reviewer had to say.
    pub(crate) comment: Option<String>,
}

/// What a review says beside yes or no.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Review {
    pub(super) comment: Option<String>,
}

impl State {
    pub(crate) fn of(ports: &impl Ports, identification: &Identification) -> Result<State, ApiError> {
        // Before anything is read: what is read must not be older than the moment it is held against.
        let now = ports.now();
        let is = |status, since| State { status, since, comment: None };
        if let Some(at) = archived_at(ports, identification.id)? {
            return Ok(is(Status::Archived, at));
        }
        if let Some(at) = customers::archived_at(ports, identification.customer_id)? {
            return Ok(is(Status::Archived, at.max(identification.created_at)));
        }
        if let Some(Settled { yes, entry }) = outcome(identification.id).read::<Review>(ports)? {
            let status = if yes { Status::Approved } else { Status::Declined };
            return Ok(match entry {
                Some(entry) => State { comment: entry.more.comment, ..is(status, entry.at) },
                None => is(status, identification.created_at),
            });
        }
        if let Some(submitted) = submission(identification.id).read::<Box<RawValue>>(ports)? {
            let submitted_at = submitted.entry.map_or(identification.created_at, |entry| entry.at);
            return Ok(match checked_at(ports, identification.id)? {
                Some(at) => is(Status::PendingReview, at),
                None => is(Status::Processed, submitted_at),
            });
        }
        Ok(if now >= identification.expires_at {
            is(Status::Expired, identification.expires_at)
        } else {
            is(Status::Pending, identification.created_at)
        })
    }
}

/// Everything it has come to since it was made, and what brought it there; oldest first.
///
/// Of a submission that died half-way, what is left to be done is done first: nobody else may ever come by.
pub(super) fn history(
    ports: &impl Ports,
    identification: &Identification,
) -> Result<Vec<(Status, &'static str)>, ApiError> {
    let now = ports.now();
    let id = identification.id;
    let mut history = Vec::new();
    let archived = match archived_at(ports, id)? {
        Some(at) => Some(at),
        None => customers::archived_at(ports, identification.customer_id)?,
    };
    let submitted = submission(id).is_answered(ports)?;
    if submitted {
        mark_checked(ports, id, now)?;
        history.extend([(Status::Processed, "submitted"), (Status::PendingReview, "checked")]);
    }
    match outcome(id).read::<Review>(ports)? {
        Some(outcome) if outcome.yes => history.push((Status::Approved, "outcome")),
        Some(_) => history.push((Status::Declined, "outcome")),
        None if !submitted && archived.unwrap_or(now) >= identification.expires_at => {
            history.push((Status::Expired, "expiry"));
        }
        None => {}
    }
    if archived.is_some() {
        history.push((Status::Archived, "archive"));
    }
    Ok(history)
}

/// Whether it was approved.
pub(super) fn outcome(id: Uuid) -> Question {
    Question::new(format!("identification/{id}/outcome"))
}

/// Whether it was filled in; only ever yes. The answers belong to it.
pub(super) fn submission(id: Uuid) -> Question {
    Question::new(format!("identification/{id}/submission"))
}

pub(super) fn archived_at(ports: &impl Ports, id: Uuid) -> Result<Option<Timestamp>, ApiError> {
    Ok(stored::read(ports, &archived_key(id), WHAT)?)
}

pub(super) fn mark_archived(ports: &impl Ports, id: Uuid, at: Timestamp) -> Result<(), ApiError> {
    mark(ports, &archived_key(id), at)
}

fn checked_at(ports: &impl Ports, id: Uuid) -> Result<Option<Timestamp>, ApiError> {
    Ok(stored::read(ports, &checked_key(id), WHAT)?)
}

pub(super) fn mark_checked(ports: &impl Ports, id: Uuid, at: Timestamp) -> Result<(), ApiError> {
    mark(ports, &checked_key(id), at)
}

/// Forgets all that can be forgotten.
pub(super) fn forget(ports: &impl Ports, id: Uuid) -> Result<(), ApiError> {
    outcome(id).forget(ports)?;
    submission(id).forget(ports)?;
    ports.delete(&archived_key(id))?;
    Ok(ports.delete(&checked_key(id))?)
}

/// Two at the very same time may both write it, and differ in the time only.
fn mark(ports: &impl Ports, key: &RecordKey, at: Timestamp) -> Result<(), ApiError> {
    if ports.get(key)?.is_none() {
        stored::write(ports, key, &at, WHAT)?;
    }
    Ok(())
}

fn archived_key(id: Uuid) -> RecordKey {
    RecordKey::forever(&format!("identification/{id}/archived"))
}

fn checked_key(id: Uuid) -> RecordKey {
    RecordKey::forever(&format!("identification/{id}/checked"))
}
