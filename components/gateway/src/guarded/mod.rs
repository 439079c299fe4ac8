//! The one mechanism by which an action waits for its owner's confirmation.
//!
//! An action that needs a second factor is not done and not kept as pending anywhere here: it becomes a [`Held`]
//! change, the payload of a challenge, and the core keeps it together with the code that was sent for it. Whether it took effect is
//! derived: whoever reads the entity asks the core for the value confirmed last. So nothing has to be told when a code
//! is confirmed, and nothing is lost when a host dies between the two.
//!
//! Another kind of action is a file like `email_change.rs`, and its name in [`Change`].

mod ask;
mod autoramp;
mod email_change;
mod fiat_address;
mod hold;
mod lookup;
mod reference;
mod standing;
mod waiting;

pub(crate) use ask::{Decision, Subject, ask};
pub(crate) use autoramp::{AutorampCreation, AutorampEdit, Terms};
pub(crate) use email_change::EmailChange;
pub(crate) use fiat_address::FiatAddressRegistration;
pub(crate) use hold::{close, deliver, issue, withdraw, withdraw_open};
pub(crate) use lookup::newest_code;
pub(crate) use reference::Reference;
pub(crate) use standing::Standing;

use crate::http::ApiError;
use crate::http::TraceId;
use crate::json;
use crate::messages::Described;
use crate::ports::Ports;
use crate::ports::challenges::{Challenge, ChallengeStatus};
use crate::webhooks::{self, Kind};
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use stepgate_storage::Timestamp;
use uuid::Uuid;

/// A change that waits, as it is stored with its challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Held {
    /// What the API calls `entity_id`.
    pub(crate) entity_id: Uuid,
    pub(crate) requested_at: Timestamp,
    /// The partner that asks, as people are shown it.
    pub(crate) asked_by: String,
    pub(crate) change: Change,
}

/// A kind of change.
trait Action {
    /// The challenge's purpose: a code for one kind of change is worthless for another.
    fn purpose(&self) -> &'static str;

    /// What people are told they confirm.
    fn described(&self) -> Described;

    /// What partners are told of when this waits and when it is over; nothing if none.
    fn told_as(&self) -> Option<Kind> {
        None
    }

    /// Whether each change has an id of its own, as one of an address has; else its id is that of the thing it changes.
    fn has_own_id(&self) -> bool {
        false
    }
}

/// What is to be changed, and into what: whatever was confirmed last says all there is to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Change {
    EmailChange(EmailChange),
    AutorampCreation(AutorampCreation),
    AutorampEdit(AutorampEdit),
    FiatAddressRegistration(FiatAddressRegistration),
}

/// Reads the kind first and then the change, both from the text. What serde derives for a tag would read everything into
/// a form of its own, and that into the change: 23 KB more of the component.
impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Change, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "kebab-case")]
        enum Kind {
            EmailChange,
            AutorampCreation,
            AutorampEdit,
            FiatAddressRegistration,
        }

        #[derive(Deserialize)]
        struct Tagged {
            kind: Kind,
        }

        fn of<'a, T: Deserialize<'a>>(
            text: &'a str,
            change: fn(T) -> Change,
        ) -> Result<Change, json::Unreadable> {
            json::from_text(text).map(change)
        }

        let text = <&RawValue>::deserialize(deserializer)?.get();
        let change = json::from_text(text).and_then(|Tagged { kind }| match kind {
            Kind::EmailChange => of(text, Change::EmailChange),
            Kind::AutorampCreation => of(text, Change::AutorampCreation),
            Kind::AutorampEdit => of(text, Change::AutorampEdit),
            Kind::FiatAddressRegistration => of(text, Change::FiatAddressRegistration),
        });
        change.map_err(D::Error::custom)
    }
}

impl Held {
    /// Reads the payload of a challenge.
    pub(crate) fn read(payload: &str) -> Result<Held, ApiError> {
        read(payload)
    }

    /// What a challenge holds; none if it is for something else, as those of accounts and identifications are.
    pub(crate) fn of(challenge: &Challenge) -> Option<Held> {
        let held = Held::read(&challenge.payload).ok()?;
        (held.change.action().purpose() == challenge.purpose).then_some(held)
    }

    /// What the payload of a challenge is about, without reading the change itself.
    pub(crate) fn entity_id(payload: &str) -> Result<Uuid, ApiError> {
        #[derive(Deserialize)]
        struct About {
            entity_id: Uuid,
        }
        read(payload).map(|About { entity_id }| entity_id)
    }

    fn payload(&self) -> Result<String, ApiError> {
        serde_json::to_string(self).map_err(|_| ApiError::Internal("a change could not be written".into()))
    }
}

fn read<'a, T: Deserialize<'a>>(payload: &'a str) -> Result<T, ApiError> {
    json::from_text(payload)
        .map_err(|_| ApiError::Internal("a challenge holds a change that cannot be read".into()))
}

/// To be called when a code or link was given: tells partners what has come of it.
pub(crate) fn answered(ports: &impl Ports, trace: &TraceId, challenge: &Challenge) -> Result<(), ApiError> {
    if challenge.status != ChallengeStatus::Pending {
        let held = Held::read(&challenge.payload)?;
        if let Some(kind) = held.change.action().told_as() {
            webhooks::after(ports, trace, kind, held.entity_id);
        }
    }
    Ok(())
}

impl Change {
    fn action(&self) -> &dyn Action {
        match self {
            Change::EmailChange(change) => change,
            Change::AutorampCreation(change) => change,
            Change::AutorampEdit(change) => change,
            Change::FiatAddressRegistration(change) => change,
        }
    }

    /// What people are told they confirm.
    pub(crate) fn described(&self) -> Described {
        self.action().described()
    }
}
