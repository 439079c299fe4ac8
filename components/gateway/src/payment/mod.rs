//! Payment data: where money is to go, in which currency, over which rail. `contracts/authentication-codes.md` §5.1-§5.3.
//!
//! A value of one of these types is valid, because there is no other way to make one. A client's body is read with
//! [`Fields`], which names what it refuses; a record of the store is read with serde, which checks again.
//!
//! `Display` and serde write a value as the API does. `Debug` shows no account and no address: they are not for logs.
//! `masked` is for messages to customers.
//!
//! | module | what it knows |
//! |---|---|
//! | `fields`, `text`, `coded`, `field_error` | reading a JSON body, and saying what is wrong with it |
//! | `once` | a body that says nothing twice |
//! | `iban` … `wallet` | one identifier each |
//! | `account_identifier`, `account`, `currency`, `recipient` | the objects that the contract makes of them |

mod account;
mod account_identifier;
mod account_number;
mod bic;
mod blockchain;
mod coded;
mod country;
mod currency;
mod currency_code;
#[cfg(test)]
pub(crate) mod described;
mod field_error;
mod fields;
mod iban;
mod mask;
mod recipient;
mod routing_number;
mod sort_code;
mod swift_account_number;
#[cfg(test)]
mod tests;
mod text;
mod token;
mod uk_account_number;
mod wallet;

pub(crate) use account::Account;
pub(crate) use account_identifier::AccountIdentifier;
pub(crate) use account_number::AccountNumber;
pub(crate) use bic::Bic;
pub(crate) use blockchain::Blockchain;
pub(crate) use coded::Coded;
pub(crate) use country::Country;
pub(crate) use currency::Currency;
pub(crate) use currency_code::CurrencyCode;
pub(crate) use field_error::{FieldError, Why};
pub(crate) use fields::{Field, Fields};
pub(crate) use iban::Iban;
pub(crate) use recipient::Recipient;
pub(crate) use routing_number::RoutingNumber;
pub(crate) use sort_code::SortCode;
pub(crate) use swift_account_number::SwiftAccountNumber;
pub(crate) use text::Text;
pub(crate) use token::Token;
pub(crate) use uk_account_number::UkAccountNumber;
pub(crate) use wallet::Wallet;
