//! How long tokens work.

use super::error::SettingError;
use super::read::number;
use crate::ports::Settings;
use core::time::Duration;

/// How long tokens work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TokenLifetimes {
    /// Of an access token; `contracts/login-mfa.md` §3 says a week. Revocations are kept for that long and a day.
    pub(crate) access: Duration,
    /// Of a refresh token that nobody uses.
    pub(crate) refresh: Duration,
}

impl TokenLifetimes {
    pub(crate) fn load(settings: &impl Settings) -> Result<TokenLifetimes, SettingError> {
        let access = number(settings, "access_token_seconds", 60, 604_800, 604_800)?;
        let refresh = number(settings, "refresh_token_days", 1, 90, 30)?;
        Ok(TokenLifetimes {
            access: Duration::from_secs(access.into()),
            refresh: Duration::from_secs(u64::from(refresh) * 86_400),
        })
    }
}
