//! Which customers a list is to hold: `contracts/identifications.md` §5.

use super::object::Customer;
use super::record::{CustomerType, Record};
use super::standing::Status;
use crate::http::ApiError;
use crate::identifications;
use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

/// The longest search term, in characters.
pub(super) const LONGEST_TERM: usize = 256;

/// All of it has to fit. A list of values fits by any of them, and an empty one fits everything.
#[derive(Debug, Default)]
pub(super) struct Filter {
    customer_types: Vec<CustomerType>,
    statuses: Vec<Status>,
    identification_statuses: Vec<identifications::Status>,
    has_transactions: Option<bool>,
    term: Option<Term>,
}

#[derive(Debug)]
struct Term {
    /// As it was given, for ids.
    exact: String,
    /// In lower case, for texts.
    folded: String,
}

impl Filter {
    /// Takes a parameter of the query; those it does not know change nothing.
    pub(super) fn take(&mut self, name: &str, value: &str) -> Result<(), ApiError> {
        match name {
            "customer_type" | "customer_type[]" => self.customer_types.extend(one_of::<CustomerType>(
                value,
                "customer_type must be Business or Person.",
            )?),
            "status" | "status[]" => self.statuses.extend(one_of::<Status>(
                value,
                "status must be UserRequired, SigningsRequired, IdentificationRequired, Active, Suspended or Archived.",
            )?),
            "identification_status" | "identification_status[]" => {
                self.identification_statuses.extend(one_of::<identifications::Status>(
                    value,
                    "identification_status must be Pending, Processed, PendingReview, Approved, Declined, Expired or Archived.",
                )?);
            }
            "has_transactions" => {
                let flag = match value {
                    "" => None,
                    "true" => Some(true),
                    "false" => Some(false),
                    _ => return Err(ApiError::bad_request("has_transactions must be true or false.")),
                };
                if flag.is_some() && self.has_transactions.is_some() {
                    return Err(ApiError::bad_request("has_transactions can be given once."));
                }
                self.has_transactions = self.has_transactions.or(flag);
            }
            "search_term" => {
                if value.chars().count() > LONGEST_TERM {
                    return Err(ApiError::bad_request(format!(
                        "search_term must be {LONGEST_TERM} characters at most."
                    )));
                }
                let value = value.trim();
                if value.is_empty() {
                    return Ok(());
                }
                if self.term.is_some() {
                    return Err(ApiError::bad_request("search_term can be given once."));
                }
                self.term = Some(Term { exact: value.to_owned(), folded: value.to_lowercase() });
            }
            _ => {}
        }
        Ok(())
    }

    /// What can be told from the record alone, so that the rest is not looked up for nothing.
    pub(super) fn may_fit(&self, record: &Record) -> bool {
        // Nobody has any transactions.
        self.has_transactions != Some(true)
            && (self.customer_types.is_empty() || self.customer_types.contains(&record.customer_type))
    }

    pub(super) fn fits(&self, customer: &Customer) -> bool {
        let identified = customer.identification_status;
        (self.statuses.is_empty() || self.statuses.contains(&customer.status))
            && (self.identification_statuses.is_empty()
                || identified.is_some_and(|status| self.identification_statuses.contains(&status)))
            && self.term.as_ref().is_none_or(|term| term.fits(customer))
    }
}

impl Term {
    /// Names and addresses by any part of them, in either case; ids whole.
    fn fits(&self, customer: &Customer) -> bool {
        let part_of = |text: &str| text.to_lowercase().contains(&self.folded);
        part_of(&customer.name)
            || part_of(customer.email.as_str())
            || customer.id.to_string() == self.folded
            || customer.external_id.as_ref() == Some(&self.exact)
    }
}

/// The value of that name; none where none is given.
fn one_of<T: DeserializeOwned>(value: &str, wrong: &'static str) -> Result<Option<T>, ApiError> {
    if value.is_empty() {
        return Ok(None);
    }
    let name: StrDeserializer<'_, Error> = value.into_deserializer();
    T::deserialize(name).map(Some).map_err(|_| ApiError::bad_request(wrong))
}
