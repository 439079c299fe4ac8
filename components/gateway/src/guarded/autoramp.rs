//! Where an autoramp pays out to, and at what fees: when it is made, and when it is edited.

use super::Action;
use crate::messages::Described;
use crate::payment::{Account, Currency};
use crate::webhooks::Kind;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What of an autoramp its customer has to confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Terms {
    pub(crate) account: Account,
    pub(crate) destination_currency: Currency,
    pub(crate) fee_profile_id: Option<Uuid>,
}

/// An autoramp that takes over the deposit account of one that was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AutorampCreation {
    pub(crate) terms: Terms,
}

/// Other terms for an autoramp that exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AutorampEdit {
    pub(crate) before: Terms,
    pub(crate) terms: Terms,
}

impl Terms {
    /// Whether the account can receive the currency: a bank account takes money, a wallet takes tokens of its chain.
    pub(crate) fn fit(&self) -> bool {
        match (&self.destination_currency, &self.account) {
            (Currency::Fiat { .. }, Account::Fiat { .. }) => true,
            (Currency::Crypto { blockchain, .. }, Account::Crypto(wallet)) => {
                *blockchain == wallet.blockchain()
            }
            _ => false,
        }
    }
}

impl Action for AutorampCreation {
    fn purpose(&self) -> &'static str {
        "autoramp"
    }

    fn told_as(&self) -> Option<Kind> {
        Some(Kind::Autoramp)
    }

    fn described(&self) -> Described {
        let Terms { account, destination_currency, .. } = &self.terms;
        Described {
            title: "a payout route that uses your deposit account again",
            lines: vec![("Pays out to", account.masked()), ("In", destination_currency.to_string())],
        }
    }
}

impl Action for AutorampEdit {
    fn purpose(&self) -> &'static str {
        "autoramp-edit"
    }

    fn told_as(&self) -> Option<Kind> {
        Some(Kind::Autoramp)
    }

    /// What changes, old and new; what stays is not worth a line.
    fn described(&self) -> Described {
        let (before, after) = (&self.before, &self.terms);
        let mut lines = Vec::new();
        if before.account != after.account {
            lines.push(("Paid out to until now", before.account.masked()));
            lines.push(("Pays out to", after.account.masked()));
        }
        if before.destination_currency != after.destination_currency {
            lines.push(("Currency until now", before.destination_currency.to_string()));
            lines.push(("Currency", after.destination_currency.to_string()));
        }
        if before.fee_profile_id != after.fee_profile_id {
            lines.push(("Fees until now", fees(before.fee_profile_id)));
            lines.push(("Fees", fees(after.fee_profile_id)));
        }
        Described { title: "the change of a payout route", lines }
    }
}

fn fees(profile: Option<Uuid>) -> String {
    profile.map_or_else(|| "as agreed".to_owned(), |id| format!("profile {id}"))
}
