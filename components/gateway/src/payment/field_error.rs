//! What is wrong with a body: which field, and why.

use crate::http::ApiError;
use core::fmt;
use std::borrow::Cow;

/// Completes "the field …": begins with `must`, ends without a full stop, and repeats nothing of what was sent.
pub(crate) type Why = Cow<'static, str>;

/// A field that was refused. Its text is `recipient_account.account_identifier.iban must be ….`; the value is not in it,
/// because it may be an account number, and errors are logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldError {
    /// Where the field is: names joined by dots, places in lists in brackets. Empty for the body itself.
    pub(crate) field: String,
    /// What it must be.
    pub(crate) why: Why,
}

impl FieldError {
    pub(crate) fn new(field: impl Into<String>, why: impl Into<Why>) -> FieldError {
        FieldError { field: field.into(), why: why.into() }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = if self.field.is_empty() { "The body" } else { &self.field };
        write!(f, "{field} {}.", self.why)
    }
}

impl From<FieldError> for ApiError {
    fn from(error: FieldError) -> ApiError {
        ApiError::bad_request(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_a_400_that_says_which_and_why() {
        let error = FieldError::new("recipient_account.chain", "must be a blockchain");
        assert_eq!(error.to_string(), "recipient_account.chain must be a blockchain.");
        match ApiError::from(error) {
            ApiError::BadRequest(what) => assert_eq!(what, "recipient_account.chain must be a blockchain."),
            other => panic!("{other:?}"),
        }
        assert_eq!(FieldError::new("", "must be an object").to_string(), "The body must be an object.");
    }
}
