//! How this API says no: `contracts/two-factor-sessions.md` §6.

use super::envelope::said;
use crate::accounts::refusal::{self, Refusal};
use crate::http::{ApiError, Response};
use crate::settings::SettingError;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use stepgate_storage::{StoreError, Timestamp};

/// What is said to wait where time alone changes nothing: the account waits for a new password.
const A_DAY: u64 = 24 * 60 * 60;

/// Why a request was not done.
pub(super) enum Refused {
    /// The domain said so.
    Domain(Refusal),
    /// The account is locked, found while a code was tried.
    Spent {
        until: Option<Timestamp>,
    },
    /// All codes of a pending session were sent.
    Sends {
        seconds: u64,
    },
    /// No session, or none that is alive.
    NoSession,
    /// The session waits for its second factor.
    Pending,
    /// The action takes a code first.
    Unconfirmed,
    /// What is wrong with the body.
    Invalid(&'static str),
    /// The account has no such method.
    NoMethod,
    NoDevice,
    /// Two-factor sign-in, or this kind of it, is not offered; the text says which.
    Unavailable(&'static str),
    /// Nobody does without a second factor here.
    Mandatory,
    NoActiveMethod,
    NotVerified,
    RegistrationClosed,
    BridgeSecret,
    /// What @pubflow clients take for a session that is over.
    Validation(&'static str),
}

pub(super) type Result<T> = core::result::Result<T, Refused>;

impl Refused {
    /// The answer; an error where the failure is ours.
    pub(super) fn response(self, now: Timestamp) -> core::result::Result<Response, ApiError> {
        let wait =
            |until: Option<Timestamp>| Some(until.map_or(A_DAY, |until| refusal::seconds(until.since(now))));
        let (status, code, text, attempts, wait) = match self {
            Refused::Domain(refusal) => match refusal {
                Refusal::Failed(error) => return Err(error),
                Refusal::Credentials => (401, "INVALID_CREDENTIALS", "Invalid credentials", None, None),
                Refusal::TooManyLogins { until } => (
                    429,
                    "RATE_LIMITED",
                    "Too many wrong passwords. Wait, or set a new one",
                    None,
                    wait(until),
                ),
                Refusal::Locked { until } => (
                    423,
                    "ACCOUNT_LOCKED",
                    "The account is locked after too many wrong codes",
                    None,
                    wait(until),
                ),
                Refusal::Busy { until } => (
                    429,
                    "RATE_LIMITED",
                    "Too many attempts are being checked at once",
                    None,
                    wait(Some(until)),
                ),
                Refusal::WrongCode { left } => {
                    (400, "INVALID_CODE", "Invalid verification code", Some(left), None)
                }
                Refusal::NoCode => (400, "CODE_EXPIRED", "Verification code expired", None, None),
                Refusal::TooSoon { seconds } => {
                    (429, "RESEND_TOO_SOON", "Please wait before requesting a new code", None, Some(seconds))
                }
                Refusal::TooManyMessages { seconds } => {
                    (429, "RATE_LIMITED", "Too many messages were sent", None, Some(seconds))
                }
                Refusal::Destination => {
                    (403, "TWO_FACTOR_UNAVAILABLE", "No SMS is sent to this number", None, None)
                }
                Refusal::TooManyMethods => (
                    409,
                    "TOO_MANY_METHODS",
                    "The account has had as many methods as it may have",
                    None,
                    None,
                ),
                Refusal::EmailTaken => (409, "EMAIL_TAKEN", "Email already registered", None, None),
                Refusal::UserNameTaken => {
                    (409, "USER_NAME_TAKEN", "User name already registered", None, None)
                }
                Refusal::Unsettled => (409, "CONFLICT", "This is being done already. Try again", None, None),
            },
            Refused::Spent { until } => (429, "TOO_MANY_ATTEMPTS", "Too many attempts", Some(0), wait(until)),
            Refused::Sends { seconds } => {
                (429, "RATE_LIMITED", "No more codes are sent for this sign-in", None, Some(seconds))
            }
            Refused::NoSession => (401, "SESSION_INVALID", "Invalid or expired session", None, None),
            Refused::Validation(text) => (401, "SESSION_INVALID", text, None, None),
            Refused::Pending => (403, "TWO_FACTOR_REQUIRED", "Two-factor verification required", None, None),
            Refused::Unconfirmed => {
                (403, "TWO_FACTOR_REQUIRED", "Confirm this with a verification code first", None, None)
            }
            Refused::Invalid(text) => (400, "VALIDATION_ERROR", text, None, None),
            Refused::NoMethod => (404, "METHOD_NOT_FOUND", "Method not found", None, None),
            Refused::NoDevice => (404, "DEVICE_NOT_FOUND", "Device not found", None, None),
            Refused::Unavailable(text) => (403, "TWO_FACTOR_UNAVAILABLE", text, None, None),
            Refused::Mandatory => {
                (403, "TWO_FACTOR_MANDATORY", "Two-factor sign-in cannot be switched off here", None, None)
            }
            Refused::NoActiveMethod => {
                (400, "NO_ACTIVE_METHOD", "Set up a two-factor method first", None, None)
            }
            Refused::NotVerified => {
                (403, "EMAIL_NOT_VERIFIED", "Confirm your email address first", None, None)
            }
            Refused::RegistrationClosed => (403, "REGISTRATION_CLOSED", "Registration is closed", None, None),
            Refused::BridgeSecret => (401, "BRIDGE_SECRET_INVALID", "Invalid bridge secret", None, None),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = said(status, text, code, attempts);
        if let Some(seconds) = wait {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        Ok(response)
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        Refused::Domain(refusal)
    }
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Refused {
        Refused::Domain(Refusal::Failed(error))
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Refused {
        Refused::Domain(error.into())
    }
}

impl From<SettingError> for Refused {
    fn from(error: SettingError) -> Refused {
        Refused::Domain(error.into())
    }
}
