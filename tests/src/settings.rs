//! Settings that a test can change while the service runs.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use stepgate_host::{Settings, SettingsError};

/// Named settings; one that is not there is not set.
#[derive(Default)]
pub struct ChangingSettings(Mutex<BTreeMap<String, String>>);

impl ChangingSettings {
    /// Sets one.
    pub fn set(&self, name: &str, value: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.into(), value.into());
    }
}

impl Settings for ChangingSettings {
    fn get(&self, name: &str) -> Result<Option<String>, SettingsError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }
}
