//! Which requests need an idempotency key.

use super::error::SettingError;
use super::read::read;
use crate::ports::Settings;

/// Whether `IDEMPOTENCY-KEY` has to be given where it may be left out.
pub(crate) fn idempotency_key_required(settings: &impl Settings) -> Result<bool, SettingError> {
    const NAME: &str = "idempotency_key_required";
    match read(settings, NAME)?.as_deref().map(str::trim) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(SettingError::new(NAME, "must be true or false")),
    }
}
