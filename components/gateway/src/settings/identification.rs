//! What making an identification needs.

use super::base_url::BaseUrl;
use super::environment::Environment;
use super::error::SettingError;
use super::read::number;
use crate::ports::Settings;
use core::time::Duration;

/// What making an identification needs.
pub(crate) struct IdentificationSettings {
    pub(crate) base_url: BaseUrl,
    /// How long its link works.
    pub(crate) lifetime: Duration,
}

impl IdentificationSettings {
    pub(crate) fn load(
        settings: &impl Settings,
        environment: Environment,
    ) -> Result<IdentificationSettings, SettingError> {
        let days = number(settings, "identification_lifetime_days", 1, 365, 30)?;
        Ok(IdentificationSettings {
            base_url: BaseUrl::load(settings, environment)?,
            lifetime: Duration::from_secs(u64::from(days) * 86_400),
        })
    }
}
