//! The registration of a bank account that a customer is paid out to.

use super::Action;
use crate::messages::Described;
use crate::payment::{AccountIdentifier, CurrencyCode};
use crate::webhooks::Kind;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An account that is to be paid out to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FiatAddressRegistration {
    pub(crate) customer_id: Uuid,
    pub(crate) currency: CurrencyCode,
    pub(crate) account: AccountIdentifier,
}

impl Action for FiatAddressRegistration {
    fn purpose(&self) -> &'static str {
        "fiat-address"
    }

    fn told_as(&self) -> Option<Kind> {
        Some(Kind::FiatAddress)
    }

    fn described(&self) -> Described {
        Described {
            title: "a new bank account for payouts",
            lines: vec![("Account", self.account.masked()), ("Currency", self.currency.to_string())],
        }
    }
}
