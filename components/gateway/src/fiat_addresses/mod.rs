//! `/api/addresses/fiat`: bank accounts that customers are paid out to (`contracts/authentication-codes.md` §5.3).

mod create;
mod decide;
#[cfg(test)]
pub(crate) mod described;
mod fields;
mod object;
mod policy;
mod read;
mod record;
mod reset;
mod sandbox;
mod sight;
mod status;

pub(crate) use create::create;
pub(crate) use decide::decide;
pub(crate) use read::{bank_details, delete, list, list_of_customer, list_of_its, one};
pub(crate) use record::Record;
pub(crate) use reset::forget_all;
pub(crate) use sandbox::set_status;
pub(crate) use sight::sight;
pub(crate) use status::is_registered;
