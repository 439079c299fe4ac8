//! `/api/customers`: `contracts/identifications.md` §5 and `contracts/authentication-codes.md` §5.4.

mod address;
mod create;
mod email_changes;
mod external;
mod fields;
mod list;
mod object;
mod record;
mod reset;
mod update;

pub(crate) use create::create;
pub(crate) use email_changes::email_change;
pub(crate) use list::list_page as list;
pub(crate) use object::{by_external_id, by_id};
pub(crate) use reset::forget_all;
pub(crate) use update::update;
