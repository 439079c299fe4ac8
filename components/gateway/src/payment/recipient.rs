//! Where money goes, as answers say it: `contracts/authentication-codes.md` §5.2, `recipient`.

use super::{Account, AccountIdentifier, Blockchain, Wallet};
use serde::{Serialize, Serializer};

/// An account as answers name it.
///
/// `B` is what is known of a bank account: the published `recipient` has all of a fiat address's `bank_details` in it.
/// It must be written as a JSON object without a field `type`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type")]
pub(crate) enum Recipient<B = BankAccount> {
    Wallet(#[serde(serialize_with = "answered")] Wallet),
    BankAccount(B),
}

/// A bank account of which only the number is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct BankAccount {
    pub(crate) account_identifier: AccountIdentifier,
}

impl From<Account> for Recipient {
    fn from(account: Account) -> Recipient {
        match account {
            Account::Crypto(wallet) => Recipient::Wallet(wallet),
            Account::Fiat { account_identifier } => {
                Recipient::BankAccount(BankAccount { account_identifier })
            }
        }
    }
}

/// Answers say `blockchain` where requests say `chain`.
fn answered<S: Serializer>(wallet: &Wallet, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Answered<'a> {
        blockchain: Blockchain,
        address: &'a str,
    }
    Answered { blockchain: wallet.blockchain(), address: wallet.address() }.serialize(serializer)
}
