//! Why a call was not done.

use crate::{RandomError, Status};
use alloc::string::{String, ToString};
use core::fmt;
use core::time::Duration;
use stepgate_storage::StoreError;

/// The result of a call to the core.
pub type Result<T> = core::result::Result<T, Error>;

/// Why a call was not done. See `error` in `wit/challenges.wit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Nothing of that id in that scope, whatever the reason.
    NotFound,
    /// An argument breaks its shape; this names it.
    Invalid(&'static str),
    /// Too soon after the last send; ask again after this long.
    Throttled(Duration),
    /// The challenge to replace is over.
    Over(Status),
    /// No answer can be given. Nothing was confirmed as far as the caller may say.
    Unavailable(String),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Error {
        Error::Unavailable(error.to_string())
    }
}

impl From<RandomError> for Error {
    fn from(error: RandomError) -> Error {
        Error::Unavailable(error.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotFound => f.write_str("no such challenge"),
            Error::Invalid(field) => write!(f, "{field} is invalid"),
            Error::Throttled(wait) => write!(f, "too soon; wait {} ms", wait.as_millis()),
            Error::Over(status) => write!(f, "the challenge is over ({status:?})"),
            Error::Unavailable(why) => f.write_str(why),
        }
    }
}

impl core::error::Error for Error {}
