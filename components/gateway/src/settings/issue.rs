//! What issuing a code needs.

use super::base_url::BaseUrl;
use super::environment::Environment;
use super::error::SettingError;
use super::read::{is_name, number, read};
use crate::ports::Settings;
use crate::ports::challenges::Policy;

/// How many seconds lie between two messages about one thing, where nothing is set. A new code has new attempts, so this also
/// bounds how fast codes can be guessed by whoever may ask for new ones.
fn default_cooldown(environment: Environment) -> u32 {
    if environment.is_sandbox() { 0 } else { 30 }
}

/// What issuing a code needs beyond that.
pub(crate) struct IssueSettings {
    pub(crate) base_url: BaseUrl,
    pub(crate) policy: Policy,
    pub(crate) sender_name: String,
}

impl IssueSettings {
    pub(crate) fn load(
        settings: &impl Settings,
        environment: Environment,
    ) -> Result<IssueSettings, SettingError> {
        let attempts = number(settings, "code_attempts", 1, 10, 5)?;
        Ok(IssueSettings {
            base_url: BaseUrl::load(settings, environment)?,
            policy: Policy {
                lifetime_seconds: number(settings, "code_lifetime_seconds", 1, 3600, 600)?,
                attempts: u8::try_from(attempts).unwrap_or(u8::MAX),
                cooldown_seconds: number(
                    settings,
                    "resend_cooldown_seconds",
                    0,
                    86_400,
                    default_cooldown(environment),
                )?,
                sandbox: environment.is_sandbox(),
            },
            sender_name: sender_name(settings)?,
        })
    }
}

/// Who signs the messages.
pub(crate) fn sender_name(settings: &impl Settings) -> Result<String, SettingError> {
    const NAME: &str = "sender_name";
    let name = read(settings, NAME)?.unwrap_or_else(|| "Stepgate".into());
    if is_name(&name) {
        Ok(name)
    } else {
        Err(SettingError::new(NAME, "must be 1 to 80 characters on one line"))
    }
}
