//! `/api/autoramps`: standing orders from one currency into another (`contracts/authentication-codes.md` §5.1, §5.2).

mod cancel;
mod create;
mod decide;
#[cfg(test)]
pub(crate) mod described;
mod edit;
mod fields;
mod list;
mod object;
mod record;
mod reset;
mod retry;
mod reuse;
mod sandbox;
mod sight;
mod spelling;
mod status;

pub(crate) use cancel::cancel;
pub(crate) use create::create;
pub(crate) use decide::decide;
pub(crate) use edit::edit;
pub(crate) use list::{list, list_of_its};
pub(crate) use object::{by_external_id, by_id};
pub(crate) use record::Record;
pub(crate) use reset::forget_all;
pub(crate) use retry::retry;
pub(crate) use sandbox::set_status;
pub(crate) use sight::sight;
