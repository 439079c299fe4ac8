//! Named settings for the guest: the host's side of `wit/settings.wit`.

use std::collections::BTreeMap;

/// Where the guest's settings come from. It asks whenever it needs one, so a changed value takes effect at once.
pub trait Settings: Send + Sync + 'static {
    /// The value of a setting, none where it is not set.
    ///
    /// # Errors
    /// [`SettingsError`] if the place they are kept in does not answer.
    fn get(&self, name: &str) -> Result<Option<String>, SettingsError>;
}

/// The place the settings are kept in did not answer; the text says which and why, and holds no value.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the settings are unavailable: {0}")]
pub struct SettingsError(pub String);

/// Settings that do not change. Has no `Debug`, because there are secrets among them.
#[derive(Clone, Default)]
pub struct FixedSettings(BTreeMap<String, String>);

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for FixedSettings {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl Settings for FixedSettings {
    fn get(&self, name: &str) -> Result<Option<String>, SettingsError> {
        Ok(self.0.get(name).cloned())
    }
}
