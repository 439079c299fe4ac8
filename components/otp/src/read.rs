//! Reading: how a challenge or an entity stands.

use crate::Core;
use crate::challenge::{Challenge, Current, Status};
use crate::entity::{self, Slot};
use crate::environment::{Clock, Random};
use crate::error::{Error, Result};
use crate::names::{ChallengeId, Entity, Scope};
use crate::record::Record;
use crate::word::Event;
use stepgate_storage::Store;

impl<S: Store, C: Clock, R: Random> Core<S, C, R> {
    /// One challenge.
    pub fn status(&self, scope: &Scope, id: ChallengeId) -> Result<Challenge> {
        let record = Record::read_in(&self.store, scope, id)?;
        self.look(id, record)
    }

    /// An entity: its newest challenge, and what was confirmed last. Makes a confirmation it sees permanent.
    pub fn current(&self, scope: &Scope, entity: &Entity) -> Result<Current> {
        let (generation, slot) = entity::newest(&self.store, entity)?.ok_or(Error::NotFound)?;
        if !scope.reaches(&slot.scope) {
            return Err(Error::NotFound);
        }
        let Some(change) = &slot.challenge else {
            return Ok(Current { challenge: None, confirmed: slot.value(false).cloned() });
        };
        let challenge = match Record::read(&self.store, change.id) {
            Ok(record) => Some(self.look(change.id, record)?),
            Err(Error::NotFound) => None,
            Err(error) => return Err(error),
        };
        let confirmed = challenge.as_ref().is_some_and(|challenge| challenge.status == Status::Confirmed);
        let value = slot.value(confirmed).cloned();
        if confirmed && !slot.confirmed {
            entity::rewrite(&self.store, entity, generation, &Slot { confirmed: true, ..slot })?;
        }
        Ok(Current { challenge, confirmed: value })
    }

    pub(crate) fn look(&self, id: ChallengeId, record: Record) -> Result<Challenge> {
        let now = self.clock.now();
        let word = record.add(&self.store, id, Event::Look)?;
        self.view(id, record, word, now)
    }
}
