//! How messages leave: mail by SMTP or HTTP, SMS by HTTP.

use super::{Environment, WrongSetting, raw, smtp};
use std::sync::Arc;
use stepgate_host::delivery::{ByChannel, Delivery, HttpDelivery, HttpDeliveryError};

/// None where nothing is set up, which only the sandbox may have.
pub(super) fn check(
    raw: raw::Delivery,
    environment: Environment,
) -> Result<Option<Arc<dyn Delivery>>, WrongSetting> {
    let http = match (raw.url, raw.token) {
        (None, Some(_)) => return Err(WrongSetting::new("delivery_url", "is required with delivery_token")),
        (None, None) => None,
        (Some(url), token) => Some(http(&url, token.as_deref())?),
    };
    let smtp: Option<Arc<dyn Delivery>> = match raw.smtp {
        Some(smtp) => Some(Arc::new(smtp::check(smtp)?)),
        None => None,
    };
    if environment == Environment::Production {
        if smtp.is_none() && http.is_none() {
            let why = "is required in production, or delivery_url: codes have to be sent somehow";
            return Err(WrongSetting::new("smtp", why));
        }
        if raw.has_sms && http.is_none() {
            let why = "is required with sms_countries: a mail server carries no SMS";
            return Err(WrongSetting::new("delivery_url", why));
        }
    }
    Ok(match (smtp, http) {
        (Some(smtp), Some(http)) => Some(Arc::new(ByChannel { email: smtp, sms: http })),
        (smtp, http) => smtp.or(http),
    })
}

fn http(url: &str, token: Option<&str>) -> Result<Arc<dyn Delivery>, WrongSetting> {
    match HttpDelivery::new(url, token) {
        Ok(http) => Ok(Arc::new(http)),
        Err(error) => {
            let name = match error {
                HttpDeliveryError::Token => "delivery_token",
                HttpDeliveryError::Url | HttpDeliveryError::InTheClear => "delivery_url",
            };
            Err(WrongSetting::new(name, error))
        }
    }
}
