//! What partners are told about, and how it is looked at.

use super::topic::Topic;
use crate::http::ApiError;
use crate::owner::Owner;
use crate::ports::Ports;
use crate::{autoramps, customers, fiat_addresses, identifications};
use uuid::Uuid;

/// A kind of thing whose status partners are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Customer,
    Identification,
    Autoramp,
    FiatAddress,
}

/// How something stands, for telling it.
#[derive(Debug)]
pub(crate) struct Sight {
    pub(crate) owner: Owner,
    pub(crate) customer_id: Uuid,
    /// The status it was made in. Whoever made it knows that from the answer.
    pub(crate) first: &'static str,
    /// Where it has come to since, as far as that can still be seen, oldest first.
    pub(crate) steps: Vec<Step>,
}

/// A status that something came to.
#[derive(Debug)]
pub(crate) struct Step {
    /// As the API spells it.
    pub(crate) status: &'static str,
    /// What brought it about: names with colons between, the later ones within the earlier. What was told of a step covers the
    /// steps before it, and that on which it stands.
    pub(crate) by: String,
}

impl Step {
    /// Whether this was told when `told` was.
    pub(super) fn is_behind(&self, told: &str) -> bool {
        told.strip_prefix(self.by.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    }
}

impl Kind {
    /// As keys and the agenda spell it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Customer => "customer",
            Kind::Identification => "identification",
            Kind::Autoramp => "autoramp",
            Kind::FiatAddress => "fiat-address",
        }
    }

    pub(super) fn of_name(name: &str) -> Option<Kind> {
        [Kind::Customer, Kind::Identification, Kind::Autoramp, Kind::FiatAddress]
            .into_iter()
            .find(|kind| kind.name() == name)
    }

    pub(super) fn topic(self) -> Topic {
        match self {
            Kind::Customer => Topic::CustomerStatus,
            Kind::Identification => Topic::IdentificationStatus,
            Kind::Autoramp => Topic::RegisterAutorampStatus,
            Kind::FiatAddress => Topic::RegisterFiatAddressStatus,
        }
    }

    /// How the one with this id stands; none if there is none.
    pub(super) fn look(self, ports: &impl Ports, id: Uuid) -> Result<Option<Sight>, ApiError> {
        match self {
            Kind::Customer => customers::sight(ports, id),
            Kind::Identification => identifications::sight(ports, id),
            Kind::Autoramp => autoramps::sight(ports, id),
            Kind::FiatAddress => fiat_addresses::sight(ports, id),
        }
    }
}
