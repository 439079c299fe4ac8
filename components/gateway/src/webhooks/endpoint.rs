//! A webhook: where a partner is told what.

use super::secret::Seal;
use super::sign::Form;
use super::topic::Topic;
use crate::call::Call;
use crate::http::ApiError;
use crate::ids;
use crate::listing::{self, Entry, Places, list_of};
use crate::owner::Owner;
use crate::ports::Ports;
use crate::stored;
use serde::{Deserialize, Serialize};
use stepgate_storage::{RecordKey, Timestamp};
use uuid::Uuid;

/// What the lists of webhooks are called.
pub(super) const LISTS: &str = "webhooks";

/// How many webhooks a partner may ever register: each is looked at for each event. One that is not wanted any more can be given
/// another address.
pub(super) const MOST: u64 = 50;

const WHAT: &str = "webhook";

/// The record of a webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Endpoint {
    pub(super) id: Uuid,
    /// It is told what is theirs, and what is their sub-partners'.
    pub(super) owner: Owner,
    pub(super) url: String,
    pub(super) label: String,
    pub(super) topics: Vec<Topic>,
    pub(super) enabled: bool,
    pub(super) form: Form,
    pub(super) seal: Seal,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) places: Places,
}

impl Endpoint {
    /// Whoever's it is.
    pub(super) fn of(ports: &impl Ports, id: Uuid) -> Result<Option<Endpoint>, ApiError> {
        Ok(stored::read(ports, &key(id), WHAT)?)
    }

    /// The one with this id, if the caller may know of it.
    pub(super) fn load<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Endpoint, ApiError> {
        let id = ids::parse(id).ok_or(ApiError::NotFound)?;
        Endpoint::reachable(call, id)?.ok_or(ApiError::NotFound)
    }

    pub(super) fn write(&self, ports: &impl Ports) -> Result<(), ApiError> {
        Ok(stored::write(ports, &key(self.id), self, WHAT)?)
    }

    pub(super) fn forget(&self, ports: &impl Ports) -> Result<(), ApiError> {
        self.places.leave(ports)?;
        Ok(ports.delete(&key(self.id))?)
    }

    /// All that are to be told of this about something of that owner's.
    pub(super) fn all_for(
        ports: &impl Ports,
        owner: &Owner,
        topic: Topic,
    ) -> Result<Vec<Endpoint>, ApiError> {
        // The partner's list holds its sub-partners' as well.
        let list = list_of(LISTS, &Owner { sub_partner: None, ..*owner });
        let mut found: Vec<Endpoint> = Vec::new();
        for (_, id) in listing::newest(ports, &list, MOST)? {
            let Some(endpoint) = Endpoint::of(ports, id)? else { continue };
            let known = found.iter().any(|other| other.id == endpoint.id);
            if !known && endpoint.enabled && endpoint.topics.contains(&topic) && endpoint.owner.reaches(owner)
            {
                found.push(endpoint);
            }
        }
        Ok(found)
    }
}

impl Entry for Endpoint {
    fn places(&self) -> &Places {
        &self.places
    }

    fn reachable<P: Ports>(call: &Call<'_, P>, id: Uuid) -> Result<Option<Endpoint>, ApiError> {
        Ok(Endpoint::of(call.ports, id)?.filter(|found| call.caller.acting_as.reaches(&found.owner)))
    }
}

fn key(id: Uuid) -> RecordKey {
    RecordKey::forever(&format!("webhook/{id}"))
}
