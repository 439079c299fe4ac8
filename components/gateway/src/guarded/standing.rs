//! How a guarded thing stands.

use super::Held;
use crate::http::ApiError;
use crate::ports::Ports;
use crate::ports::challenges::{ChallengeStatus as Status, Error};

/// What the core says of an entity. Nothing else says it, and nothing is kept of it here.
#[derive(Debug)]
pub(crate) struct Standing {
    /// The change that was confirmed last.
    pub(crate) applied: Option<Held>,
    /// The change that was asked for last, and what became of it; none if it was withdrawn or is long over.
    pub(crate) newest: Option<(Status, Held)>,
}

impl Standing {
    /// Of an entity that nothing was ever asked for, all of it is none.
    pub(crate) fn of(ports: &impl Ports, scope: &str, entity: &str) -> Result<Standing, ApiError> {
        let current = match ports.current(scope, entity) {
            Ok(current) => current,
            Err(Error::NotFound) => return Ok(Standing { applied: None, newest: None }),
            Err(error) => return Err(error.into()),
        };
        let newest = match current.challenge {
            Some(challenge) => Some((challenge.status, Held::read(&challenge.payload)?)),
            None => None,
        };
        Ok(Standing { applied: current.confirmed.as_deref().map(Held::read).transpose()?, newest })
    }

    /// The change that waits for its confirmation.
    pub(crate) fn open(&self) -> Option<&Held> {
        self.newest.as_ref().filter(|(status, _)| *status == Status::Pending).map(|(_, held)| held)
    }
}
