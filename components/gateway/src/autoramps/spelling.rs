//! How an autoramp that waits for a code spells its status. The contract's sources contradict each other
//! (`contracts/authentication-codes.md` §5), so it is a setting.

use crate::ports::Settings;
use crate::settings::{SettingError, read};

/// The setting `autoramp_status_spelling`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// `AuthorizationRequired` for both.
    AuthorizationRequired,
    /// `Created` and `EditPending`, as the published enumeration has it.
    Published,
}

impl Spelling {
    pub(super) fn load(settings: &impl Settings) -> Result<Spelling, SettingError> {
        const NAME: &str = "autoramp_status_spelling";
        match read(settings, NAME)?.as_deref() {
            None | Some("authorization-required") => Ok(Spelling::AuthorizationRequired),
            Some("published") => Ok(Spelling::Published),
            Some(_) => Err(SettingError::new(NAME, "must be authorization-required or published")),
        }
    }
}
