//! Why something is not done, and the one place where that becomes an answer.

use super::envelope::{self, FieldError};
use crate::accounts::refusal::{self, Refusal};
use crate::http::{ApiError, Response, TraceId};
use crate::settings::SettingError;
use crate::when;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use std::borrow::Cow;
use stepgate_storage::{StoreError, Timestamp};

pub(super) type Result<T> = core::result::Result<T, No>;

const LOCKED: &str = "Your account is temporarily locked due to security concerns.";
const CREDENTIALS: &str = "Invalid email or password.";
const CODE_EXPIRED: &str = "This confirmation code has expired. Please request a new one.";
const TOO_SOON: &str = "You are requesting codes too frequently. Wait a moment and try again.";
const SESSION_OVER: &str = "Your session has expired or is no longer valid. Please log in again.";

/// What a client is told to wait where only a new password ends what it waits for: no time is right, and this keeps it from asking
/// all the time.
const AN_HOUR: u64 = 3600;

/// Why something is not done.
#[derive(Debug)]
pub(super) enum No {
    /// What all of accounts has in common.
    Refused(Refusal),
    /// Headers or fields are not as described.
    Fields(Vec<FieldError>),
    /// Row 5 of §3: the password was right, and a code is due.
    SecondFactorDue,
    /// Row 7 of §3: this cannot be a code. No attempt was taken.
    CannotBeACode { left: u32 },
    /// The access or refresh token is nothing that lets anybody in.
    SessionOver,
    /// The refresh token is too old.
    TokenExpired { at: Timestamp },
    /// The account may not do this, or nobody may here.
    Forbidden(&'static str),
}

impl No {
    pub(super) fn field(field: &'static str, message: &'static str) -> No {
        No::Fields(vec![FieldError { field, message }])
    }

    /// The answer; a failure of ours is passed on, because it has to be in the log.
    pub(super) fn response(
        self,
        trace: &TraceId,
        now: Timestamp,
    ) -> core::result::Result<Response, ApiError> {
        let seconds_to = |until: Timestamp| refusal::seconds(until.since(now));
        let (status, message, wait): (StatusCode, Cow<'_, str>, Option<u64>) = match self {
            No::Fields(fields) => {
                let text = "The request is not as described. See errors.";
                return Ok(envelope::refusal(StatusCode::BAD_REQUEST, text, &fields, trace.as_str()));
            }
            No::SecondFactorDue => {
                // To the letter: the contract prints this body whole.
                let text = "2FA is required for this account";
                return Ok(envelope::refusal(
                    StatusCode::FAILED_DEPENDENCY,
                    text,
                    &[],
                    "TraceId unavailable",
                ));
            }
            No::CannotBeACode { left } => (StatusCode::BAD_REQUEST, code_invalid(left).into(), None),
            No::SessionOver => (StatusCode::UNAUTHORIZED, SESSION_OVER.into(), None),
            No::TokenExpired { at } => {
                let text = format!("The Token has expired on {}", when::rfc3339(at));
                (StatusCode::UNAUTHORIZED, text.into(), None)
            }
            No::Forbidden(what) => (StatusCode::FORBIDDEN, what.into(), None),
            No::Refused(refused) => match refused {
                Refusal::Failed(error) => return Err(error),
                Refusal::Credentials => (StatusCode::UNAUTHORIZED, CREDENTIALS.into(), None),
                Refusal::TooManyLogins { until } => (
                    StatusCode::TOO_MANY_REQUESTS,
                    "Too many wrong passwords. Wait, or set a new password.".into(),
                    Some(until.map_or(AN_HOUR, seconds_to)),
                ),
                Refusal::Locked { until } => {
                    (StatusCode::LOCKED, LOCKED.into(), Some(until.map_or(AN_HOUR, seconds_to)))
                }
                Refusal::Busy { until } => (
                    StatusCode::TOO_MANY_REQUESTS,
                    "As many attempts as there are left are being checked at this moment. Try again.".into(),
                    Some(seconds_to(until)),
                ),
                Refusal::WrongCode { left } => (StatusCode::BAD_REQUEST, code_invalid(left).into(), None),
                Refusal::NoCode => (StatusCode::BAD_REQUEST, CODE_EXPIRED.into(), None),
                Refusal::TooSoon { seconds } => {
                    (StatusCode::TOO_MANY_REQUESTS, TOO_SOON.into(), Some(seconds))
                }
                Refusal::TooManyMessages { seconds } => (
                    StatusCode::TOO_MANY_REQUESTS,
                    "Too many codes were sent. Nothing was sent. Try again later.".into(),
                    Some(seconds),
                ),
                Refusal::Destination => (
                    StatusCode::BAD_REQUEST,
                    "No SMS is sent to this country. Use another method.".into(),
                    None,
                ),
                // The routes here make no methods and take no user names; said all the same, so that nothing is left to chance.
                Refusal::TooManyMethods | Refusal::EmailTaken | Refusal::UserNameTaken => {
                    (StatusCode::CONFLICT, "This cannot be done to this account.".into(), None)
                }
                Refusal::Unsettled => {
                    (StatusCode::CONFLICT, "The same is being done at this moment. Try again.".into(), None)
                }
            },
        };
        let mut response = envelope::refusal(status, &message, &[], trace.as_str());
        if let Some(seconds) = wait {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        Ok(response)
    }
}

/// The apostrophe is U+2019.
fn code_invalid(left: u32) -> String {
    format!(
        "This confirmation code is invalid. Ensure you\u{2019}re using the latest code sent. Attempts remaining: {left}."
    )
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> No {
        No::Refused(refusal)
    }
}

impl From<ApiError> for No {
    fn from(error: ApiError) -> No {
        // As it is: how long to wait for a message is a refusal of its own already where messages are sent.
        No::Refused(Refusal::Failed(error))
    }
}

impl From<StoreError> for No {
    fn from(error: StoreError) -> No {
        No::Refused(error.into())
    }
}

impl From<SettingError> for No {
    fn from(error: SettingError) -> No {
        No::Refused(error.into())
    }
}
