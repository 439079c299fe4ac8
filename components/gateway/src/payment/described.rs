//! Schemas of payment data that cannot be derived.

use super::{
    AccountIdentifier, AccountNumber, Bic, Blockchain, Coded, Country, CurrencyCode, Iban, RoutingNumber,
    SortCode, SwiftAccountNumber, Text, Token, UkAccountNumber,
};
use crate::email::Email;
use crate::fiat_addresses::described::{AccountHolder, Address, EmailAddress};
use crate::openapi::text;
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

/// A value that is one string is described by its reader's own words.
fn one_string<T: Text>() -> RefOr<Schema> {
    let mut is = T::IS.to_owned();
    if let Some(first) = is.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text(&format!("{is}."), T::LONGEST)
}

macro_rules! described {
    ($($type:ty),+ $(,)?) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                one_string::<$type>()
            }
        }

        impl ToSchema for $type {}
    )+};
}

described!(
    AccountNumber,
    Bic,
    Country,
    CurrencyCode,
    Email,
    Iban,
    RoutingNumber,
    SortCode,
    SwiftAccountNumber,
    Token,
    UkAccountNumber,
);

// The type `Recipient` beside this, with what is known of a bank account.
/// Where money goes, as answers say it: `blockchain` is what requests call `chain`.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type")]
#[allow(dead_code, reason = "only its shape is used; every answer in the tests is held against it")]
pub(crate) enum Recipient {
    Wallet { blockchain: Blockchain, address: String },
    BankAccount(Box<KnownAccount>),
}

/// A bank account as it was registered; only its identifier if it was deleted since.
#[derive(Serialize, ToSchema)]
pub(crate) struct KnownAccount {
    account_identifier: AccountIdentifier,
    #[schema(nullable = false)]
    recipient: Option<AccountHolder>,
    #[schema(nullable = false)]
    provider_name: Option<String>,
    #[schema(inline, nullable = false)]
    provider_country: Option<Coded<Country>>,
    #[schema(nullable = false)]
    address: Option<Address>,
    #[schema(nullable = false)]
    is_third_party: Option<bool>,
    #[schema(nullable = false)]
    email_address: Option<EmailAddress>,
    #[schema(nullable = false)]
    phone_number: Option<String>,
    #[schema(nullable = false)]
    bank_address: Option<Address>,
}
