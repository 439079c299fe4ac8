//! Why something about an account was not done. Each API says it in its own words.

use super::password::HashError;
use crate::http::ApiError;
use crate::ports::challenges;
use crate::settings::SettingError;
use core::time::Duration;
use http::StatusCode;
use stepgate_storage::{StoreError, Timestamp};

/// A refusal, or a failure of ours.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The name or the password is wrong; nobody is told which.
    Credentials,
    /// Too many wrong passwords for this name.
    TooManyLogins { until: Option<Timestamp> },
    /// The account is locked; none: until its owner has set a new password.
    Locked { until: Option<Timestamp> },
    /// As many codes, or passwords, as there are attempts are being compared this moment.
    Busy { until: Timestamp },
    /// The code is wrong, and so many attempts are left; at least one.
    WrongCode { left: u32 },
    /// No code is outstanding, or it is too old, or it was sent for something else.
    NoCode,
    /// Too soon after the last code. That one is as good as it was.
    TooSoon { seconds: u64 },
    /// Too many messages to this destination, or for this account.
    TooManyMessages { seconds: u64 },
    /// An SMS is not sent to this country.
    Destination,
    /// The account has had as many methods as it may have.
    TooManyMethods,
    /// The address has an account.
    EmailTaken,
    /// The user name has an account.
    UserNameTaken,
    /// The same is being done at this moment, or died while it was.
    Unsettled,
    /// Ours.
    Failed(ApiError),
}

/// A time to wait, in whole seconds and at least one: whoever waits for that long does not come too early.
pub(crate) fn seconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis().div_ceil(1000)).unwrap_or(u64::MAX).max(1)
}

pub(crate) type Result<T> = core::result::Result<T, Refusal>;

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Refusal {
        match error {
            ApiError::Throttled(seconds) => Refusal::TooSoon { seconds },
            other => Refusal::Failed(other),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        Refusal::Failed(error.into())
    }
}

impl From<SettingError> for Refusal {
    fn from(error: SettingError) -> Refusal {
        Refusal::Failed(error.into())
    }
}

impl From<challenges::Error> for Refusal {
    fn from(error: challenges::Error) -> Refusal {
        ApiError::from(error).into()
    }
}

impl From<HashError> for Refusal {
    fn from(error: HashError) -> Refusal {
        Refusal::Failed(match error {
            HashError::Unreadable => ApiError::Internal("a password's hash could not be read".into()),
            HashError::Unwritable => ApiError::Internal("a password's hash could not be made".into()),
            // As the harness says it of requests that it has no room for.
            HashError::Memory => ApiError::Refused(
                StatusCode::SERVICE_UNAVAILABLE,
                "overloaded",
                "Too many people are signing in. Try again in a moment.",
            ),
        })
    }
}
