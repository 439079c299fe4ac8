use super::{Environment, WrongSetting, raw};
use stepgate_host::ipnet::IpNet;
use stepgate_host::{Outbound, WebhookRunToken};

/// How webhooks are delivered.
pub(crate) struct Webhooks {
    /// Where to, beside the public internet.
    pub(crate) outbound: Outbound,
    /// What has them delivered, for others than this program: it makes one up where there is none.
    pub(crate) run_token: Option<WebhookRunToken>,
}

/// None where there are none: in production without keys.
pub(super) fn check(
    raw: raw::Webhooks,
    has_keys: bool,
    environment: Environment,
) -> Result<Option<Webhooks>, WrongSetting> {
    if !has_keys && environment == Environment::Production {
        let useless = [
            ("webhook_allowed_networks", raw.allowed_networks.is_some()),
            ("webhook_extra_roots", raw.extra_roots.is_some()),
            ("webhook_run_token", raw.run_token.is_some()),
        ];
        return match useless.iter().find(|(_, given)| *given) {
            Some((name, _)) => Err(WrongSetting::new("webhook_keys", format!("is required with {name}"))),
            None => Ok(None),
        };
    }
    let networks = networks(raw.allowed_networks.unwrap_or_default())?;
    let mut outbound = Outbound::default().allow(networks);
    if let Some(path) = raw.extra_roots {
        let wrong = |why: String| WrongSetting::new("webhook_extra_roots", why);
        let pem = std::fs::read(path).map_err(|error| wrong(format!("the file cannot be read: {error}")))?;
        outbound = outbound.extra_roots(&pem).map_err(|error| wrong(error.to_string()))?;
    }
    let run_token = raw.run_token.map(WebhookRunToken::new).transpose();
    let run_token = run_token.map_err(|error| WrongSetting::new("webhook_run_token", error))?;
    Ok(Some(Webhooks { outbound, run_token }))
}

fn networks(texts: Vec<String>) -> Result<Vec<IpNet>, WrongSetting> {
    let read = |(index, text): (usize, String)| {
        text.trim().parse().map_err(|_| {
            let name = format!("webhook_allowed_networks[{index}]");
            WrongSetting::new(name, "must be a network, as in 10.1.0.0/16 or fd00:1::/32")
        })
    };
    texts.into_iter().enumerate().map(read).collect()
}
