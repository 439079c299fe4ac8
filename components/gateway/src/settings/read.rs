//! How a setting is read, whatever it is for.

use super::error::SettingError;
use crate::json;
use crate::ports::{SettingUnavailable, Settings};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// A setting; one that is empty is not set.
pub(crate) fn read(settings: &impl Settings, name: &'static str) -> Result<Option<String>, SettingError> {
    match settings.setting(name) {
        Ok(value) => Ok(value.filter(|text| !text.trim().is_empty())),
        Err(SettingUnavailable) => Err(SettingError::new(name, "could not be read")),
    }
}

/// A list of objects. Each is read by itself, so that a mistake can be placed without the parser's own message: that may quote
/// a secret.
pub(super) fn read_json<T: DeserializeOwned>(
    settings: &impl Settings,
    name: &'static str,
) -> Result<Vec<T>, SettingError> {
    let Some(text) = read(settings, name)? else { return Err(SettingError::new(name, "is not set")) };
    let entries: Vec<&RawValue> =
        serde_json::from_str(&text).map_err(|error| not_json(name, error.line(), error.column()))?;
    let entry = |entry: &RawValue| {
        json::from_text(entry.get()).map_err(|_| {
            let (line, column) = place(&text, entry.get());
            not_json(name, line, column)
        })
    };
    entries.into_iter().map(entry).collect()
}

/// Where an entry of a text begins: line and column, both from 1.
fn place(text: &str, entry: &str) -> (usize, usize) {
    let offset = (entry.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let before = text.get(..offset).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.len() + 1)
}

fn not_json(name: &'static str, line: usize, column: usize) -> SettingError {
    SettingError::new(name, format!("is not the JSON it must be (line {line}, column {column})"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestPorts;

    #[test]
    fn a_mistake_is_placed_and_not_quoted() {
        for (text, place) in [
            ("[1,\n 2, \"secret\", 3]", "(line 2, column 5)"),
            ("[\"secret\"]", "(line 1, column 2)"),
            ("[1,\n \"secret]", "(line 2, column 9)"),
            ("{\"secret\":1}", "(line 1, column 0)"),
        ] {
            let ports = TestPorts::default();
            ports.set_setting("mac_keys", text);
            let said = read_json::<u8>(&ports, "mac_keys").unwrap_err().why;
            assert_eq!(said, format!("is not the JSON it must be {place}"));
        }
    }
}
