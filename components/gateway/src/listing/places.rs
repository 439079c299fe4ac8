//! Where a record stands in the lists.

use crate::ids;
use crate::owner::Owner;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use stepgate_storage::{Log, Store, StoreError};
use uuid::Uuid;

/// The lists a record stands in, and its slot in each. Part of the record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Places(BTreeMap<String, u64>);

impl Places {
    /// Claims a slot in each list. The record has to be written with them before [`Places::enter`].
    pub(crate) fn claim(
        store: &impl Store,
        lists: impl IntoIterator<Item = String>,
    ) -> Result<Places, StoreError> {
        let claim = |list: String| log(&list).claim(store).map(|slot| (list, slot));
        lists.into_iter().map(claim).collect::<Result<_, _>>().map(Places)
    }

    /// Shows the record in its lists. Comes last, so that whatever a list names is complete.
    pub(crate) fn enter(&self, store: &impl Store, id: Uuid) -> Result<(), StoreError> {
        let id = id.to_string();
        self.0.iter().try_for_each(|(list, slot)| log(list).write(store, *slot, &id))
    }

    /// Takes the record out of its lists.
    pub(crate) fn leave(&self, store: &impl Store) -> Result<(), StoreError> {
        self.0.iter().try_for_each(|(list, slot)| log(list).forget(store, *slot))
    }

    /// The record's slot in a list; none if it is not in it.
    pub(crate) fn slot_in(&self, list: &str) -> Option<u64> {
        self.0.get(list).copied()
    }
}

/// The lists that an owner's things of one kind stand in: its partner's and, for a sub-partner's things, that one's too.
pub(crate) fn lists_of(kind: &str, owner: &Owner) -> Vec<String> {
    let partner = Owner { sub_partner: None, ..*owner };
    let sub_partner = owner.sub_partner.map(|_| list_of(kind, owner));
    [list_of(kind, &partner)].into_iter().chain(sub_partner).collect()
}

/// The list of all things of one kind that somebody who acts as `owner` reaches.
pub(crate) fn list_of(kind: &str, owner: &Owner) -> String {
    format!("{kind}/{}", owner.scope())
}

/// The newest ids that stand in a list, with their slots: `most` at most, and of no more slots than twice that are looked at.
pub(crate) fn newest(store: &impl Store, list: &str, most: u64) -> Result<Vec<(u64, Uuid)>, StoreError> {
    let log = log(list);
    let last = log.last(store)?;
    let mut found = Vec::new();
    for slot in (last.saturating_sub(2 * most) + 1..=last).rev() {
        if found.len() as u64 == most {
            break;
        }
        if let Some(id) = log.read(store, slot)? {
            found.push((slot, ids::parse(&id).ok_or(StoreError::Corrupt("list"))?));
        }
    }
    Ok(found)
}

/// The ids in a list behind slot `after`, oldest first: those in `most` slots. And the last of these slots, if others come
/// behind it.
pub(crate) fn behind(
    store: &impl Store,
    list: &str,
    after: u64,
    most: u64,
) -> Result<(Vec<Uuid>, Option<u64>), StoreError> {
    let log = log(list);
    let last = log.last(store)?;
    let until = last.min(after.saturating_add(most));
    let mut found = Vec::new();
    for slot in after.saturating_add(1)..=until {
        if let Some(id) = log.read(store, slot)? {
            found.push(ids::parse(&id).ok_or(StoreError::Corrupt("list"))?);
        }
    }
    Ok((found, (until < last).then_some(until)))
}

pub(super) fn log(list: &str) -> Log {
    Log::keeping_all(list)
}
