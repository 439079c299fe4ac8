//! Lists that are answered page by page: logs of ids, in the order in which things were made.
//!
//! What stands in a list is a record of its own that remembers its [`Places`]; so a cursor is just the id of something on
//! the page before. Whatever is inserted meanwhile comes behind or before all pages, and nothing is repeated or left out.

mod page;
mod places;
mod query;

pub(crate) use page::{Entry, all, newest_entry, page};
pub(crate) use places::{Places, behind, list_of, lists_of, newest};
pub(crate) use query::{PageQuery, whole_number};
