//! How a setting is read, whatever it is for.

use super::error::SettingError;
use crate::ports::{SettingUnavailable, Settings};
use serde::de::DeserializeOwned;

/// A setting; one that is empty is not set.
pub(crate) fn read(settings: &impl Settings, name: &'static str) -> Result<Option<String>, SettingError> {
    match settings.setting(name) {
        Ok(value) => Ok(value.filter(|text| !text.trim().is_empty())),
        Err(SettingUnavailable) => Err(SettingError::new(name, "could not be read")),
    }
}

pub(super) fn read_json<T: DeserializeOwned>(
    settings: &impl Settings,
    name: &'static str,
) -> Result<Vec<T>, SettingError> {
    let Some(text) = read(settings, name)? else { return Err(SettingError::new(name, "is not set")) };
    // The parser's own message may quote a secret; where it stopped does not.
    serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        SettingError::new(name, format!("is not the JSON it must be (line {line}, column {column})"))
    })
}

pub(super) fn number(
    settings: &impl Settings,
    name: &'static str,
    least: u32,
    most: u32,
    default: u32,
) -> Result<u32, SettingError> {
    let Some(text) = read(settings, name)? else { return Ok(default) };
    let value = text.trim().parse().ok().filter(|value| (least..=most).contains(value));
    value.ok_or_else(|| SettingError::new(name, format!("must be a whole number from {least} to {most}")))
}

/// A name that is put into mails and subject lines.
pub(super) fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= 80 && !text.chars().any(char::is_control)
}
