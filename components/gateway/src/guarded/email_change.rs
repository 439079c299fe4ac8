//! The change of a customer's e-mail address. The owner of the old address confirms it.

use super::Action;
use crate::email::Email;
use crate::messages::Described;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One address for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EmailChange {
    pub(crate) customer_id: Uuid,
    pub(crate) from: Email,
    pub(crate) to: Email,
}

impl EmailChange {
    /// The core's name for what is changed: a customer has one address, and so one open change of it.
    pub(crate) fn entity(customer: Uuid) -> String {
        format!("customer/{customer}/email")
    }
}

impl Action for EmailChange {
    fn purpose(&self) -> &'static str {
        "email-change"
    }

    fn described(&self) -> Described {
        Described {
            title: "the change of your e-mail address",
            lines: vec![("From", self.from.masked()), ("To", self.to.masked())],
        }
    }

    fn has_own_id(&self) -> bool {
        true
    }
}
