//! `/api/addresses/fiat`: bank accounts that customers are paid out to (`contracts/authentication-codes.md` §5.3).

mod create;
#[cfg(test)]
pub(crate) mod described;
mod fields;
mod object;
mod policy;
mod read;
mod record;
mod reset;
mod sandbox;
mod status;

pub(crate) use create::create;
pub(crate) use read::{bank_details, delete, list, list_of_customer, one};
pub(crate) use record::Record;
pub(crate) use reset::forget_all;
pub(crate) use sandbox::set_status;
pub(crate) use status::is_registered;
