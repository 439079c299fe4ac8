//! From an id that the API gave out to the challenge behind it.

use crate::http::ApiError;
use crate::ids;
use crate::ports::Ports;
use crate::stored;
use serde::{Deserialize, Serialize};
use stepgate_storage::RecordKey;
use uuid::Uuid;

const WHAT: &str = "reference";
/// As long as the core can be asked about a challenge (`wit/challenges.wit`, `current`).
const KEPT_DAYS: u64 = 31;

/// What an entity id stands for. Written once, when its challenge has been issued.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Reference {
    /// The core's entity.
    pub(crate) entity: String,
    /// The challenge's id.
    pub(crate) challenge: String,
}

impl Reference {
    /// What `id` stands for; none if it is unknown, forgotten, or not an id of ours at all.
    ///
    /// It says nothing about who may know: the core checks the scope when it is asked about the challenge.
    pub(crate) fn read(ports: &impl Ports, id: Uuid) -> Result<Option<Reference>, ApiError> {
        let Some(key) = key(id) else { return Ok(None) };
        Ok(stored::read(ports, &key, WHAT)?)
    }

    pub(super) fn write(&self, ports: &impl Ports, id: Uuid) -> Result<(), ApiError> {
        let key = key(id).ok_or_else(|| ApiError::Internal("an entity id carries no time".into()))?;
        Ok(stored::write(ports, &key, self, WHAT)?)
    }
}

fn key(id: Uuid) -> Option<RecordKey> {
    Some(RecordKey::until(ids::made_at(id)?.day().plus(KEPT_DAYS), &format!("held/{id}")))
}
