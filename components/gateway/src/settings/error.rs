//! A setting that is wrong.

use crate::http::ApiError;

/// A setting that cannot be used, and why.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SettingError {
    pub(super) name: &'static str,
    pub(super) why: String,
}

impl SettingError {
    pub(crate) fn new(name: &'static str, why: impl Into<String>) -> SettingError {
        SettingError { name, why: why.into() }
    }
}

impl From<SettingError> for ApiError {
    fn from(error: SettingError) -> ApiError {
        ApiError::Internal(format!("setting {}: {}", error.name, error.why))
    }
}
