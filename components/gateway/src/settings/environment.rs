//! Sandbox or production.

use super::error::SettingError;
use super::read::read;
use crate::ports::Settings;

/// What this deployment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Environment {
    /// For trying things out: a static code, an inbox in place of mail.
    Sandbox,
    /// For real; also where nothing is set.
    Production,
}

impl Environment {
    pub(crate) fn load(settings: &impl Settings) -> Result<Environment, SettingError> {
        match read(settings, "environment")?.as_deref() {
            Some("sandbox") => Ok(Environment::Sandbox),
            None | Some("production") => Ok(Environment::Production),
            Some(_) => Err(SettingError::new("environment", "must be sandbox or production")),
        }
    }

    pub(crate) fn is_sandbox(self) -> bool {
        self == Environment::Sandbox
    }
}
