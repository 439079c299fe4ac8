//! How many messages people are sent, and SMS to which countries.

use super::environment::Environment;
use super::error::SettingError;
use super::read::{number, read};
use crate::accounts::phone::Phone;
use crate::ports::Settings;

/// How many messages people are sent, and SMS to which countries.
pub(crate) struct MessageLimits {
    /// To one destination, and for one account.
    pub(crate) emails_per_hour: u32,
    /// To one destination, and for one account.
    pub(crate) sms_per_day: u32,
    countries: Countries,
}

/// Where an SMS may go. None if nobody said so: each one costs, and calls to some countries pay whoever has them made.
enum Countries {
    All,
    /// What the number begins with, after its `+`.
    Of(Vec<String>),
}

impl MessageLimits {
    pub(crate) fn load(
        settings: &impl Settings,
        environment: Environment,
    ) -> Result<MessageLimits, SettingError> {
        Ok(MessageLimits {
            emails_per_hour: number(settings, "emails_per_hour", 1, 1000, 20)?,
            sms_per_day: number(settings, "sms_per_day", 1, 1000, 10)?,
            countries: countries(settings, environment)?,
        })
    }

    /// Half of what the day has, so that an hour does not use it up.
    pub(crate) fn sms_per_hour(&self) -> u32 {
        self.sms_per_day.div_ceil(2)
    }

    /// Whether any SMS is sent at all.
    pub(crate) fn sms_is_offered(&self) -> bool {
        match &self.countries {
            Countries::All => true,
            Countries::Of(codes) => !codes.is_empty(),
        }
    }

    /// Whether an SMS may go to this number.
    pub(crate) fn reaches(&self, phone: &Phone) -> bool {
        match &self.countries {
            Countries::All => true,
            Countries::Of(codes) => codes.iter().any(|code| phone.digits().starts_with(code.as_str())),
        }
    }
}

fn countries(settings: &impl Settings, environment: Environment) -> Result<Countries, SettingError> {
    const NAME: &str = "sms_countries";
    let Some(text) = read(settings, NAME)? else { return Ok(Countries::Of(Vec::new())) };
    if text.trim() == "*" {
        return if environment.is_sandbox() {
            Ok(Countries::All)
        } else {
            Err(SettingError::new(NAME, "must name the countries in production; * is for the sandbox"))
        };
    }
    // No calling code has more than three digits. More of them narrow it down to a part of a country, or to one of those that
    // share +1.
    let is_code = |code: &str| {
        (1..=7).contains(&code.len())
            && code.bytes().all(|byte| byte.is_ascii_digit())
            && !code.starts_with('0')
    };
    let codes: Vec<String> = text.split(',').map(|code| code.trim().to_owned()).collect();
    if codes.iter().all(|code| is_code(code)) {
        Ok(Countries::Of(codes))
    } else {
        Err(SettingError::new(NAME, "must be calling codes with commas between, like 1,44,49"))
    }
}
