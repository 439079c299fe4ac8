//! Who keeps accounts here, and by which rules.

use super::environment::Environment;
use super::error::SettingError;
use super::read::{is_name, number, read, read_json};
use crate::ids;
use crate::ports::Settings;
use core::time::Duration;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use stepgate_storage::failures::Policy;
use uuid::Uuid;

const NAME: &str = "accounts";

/// The bridge secret that the sandbox comes with. In production it is refused, because the whole world knows it.
pub(super) const SANDBOX_BRIDGE_SECRET: &str = "sandbox-bridge";

/// Everything that is the same for a set of accounts: one for each partner, or instance.
pub(crate) struct Tenant {
    /// Whose the accounts are: the partner of the other APIs.
    pub(crate) partner: Uuid,
    /// As people are shown it.
    pub(crate) name: String,
    /// What `partnerId` says: `contracts/login-mfa.md` §1.
    pub(crate) partner_id: i32,
    /// The hosts under which its instance is reached: `contracts/two-factor-sessions.md` §1. None: whatever the host is.
    pub(crate) hosts: Vec<String>,
    pub(crate) mfa: Mfa,
    /// The global switch: `contracts/two-factor-sessions.md` §2.
    pub(crate) two_factor: bool,
    pub(crate) registration: Registration,
    /// SHA-256 of what comes in `X-Bridge-Secret`; none: there are no bridge routes.
    pub(crate) bridge_secret: Option<[u8; 32]>,
    /// What tokens are good for, `scope` of the token body.
    pub(crate) scope: String,
    /// Whether a login's `available_methods` holds objects, which @pubflow clients need, or words.
    pub(crate) method_objects: bool,
    /// Whether removing a method and switching off takes a code each time: `contracts/two-factor-sessions.md` §7.
    pub(crate) strict: bool,
}

/// Whether people may do without a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mfa {
    Mandatory,
    Optional,
}

/// How somebody comes to have an account through the sessions API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Registration {
    /// Only who holds the bridge secret registers people.
    Closed,
    /// An account begins when its address is confirmed. No answer tells whether an address has one.
    Verified,
    /// An account begins at once, as published; so an answer tells that an address has one already.
    Open,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TenantText {
    partner: String,
    name: String,
    partner_id: i32,
    #[serde(default)]
    hosts: Vec<String>,
    mfa: Option<Mfa>,
    two_factor: Option<bool>,
    registration: Option<Registration>,
    bridge_secret_sha256: Option<String>,
    scope: Option<String>,
    #[serde(default)]
    method_objects: bool,
    #[serde(default)]
    strict: bool,
}

/// Whether there are accounts at all.
pub(crate) fn accounts_are_on(settings: &impl Settings) -> Result<bool, SettingError> {
    Ok(read(settings, NAME)?.is_some())
}

/// Those who keep accounts here.
pub(crate) fn tenants(settings: &impl Settings) -> Result<Vec<Tenant>, SettingError> {
    let texts: Vec<TenantText> = read_json(settings, NAME)?;
    let known = match Environment::load(settings)? {
        Environment::Production => Some(Sha256::digest(SANDBOX_BRIDGE_SECRET).into()),
        Environment::Sandbox => None,
    };
    let mut tenants: Vec<Tenant> = Vec::with_capacity(texts.len());
    for (place, text) in texts.into_iter().enumerate() {
        let wrong = |what: &str| SettingError::new(NAME, format!("entry {}: {what}", place + 1));
        let tenant = tenant(text).map_err(wrong)?;
        if known.is_some() && tenant.bridge_secret == known {
            return Err(wrong("bridge_secret_sha256 is the sandbox's, in production"));
        }
        for other in &tenants {
            let same_host = tenant.hosts.iter().any(|host| other.hosts.contains(host));
            let both_any = tenant.hosts.is_empty() && other.hosts.is_empty();
            if other.partner == tenant.partner || other.partner_id == tenant.partner_id {
                return Err(wrong("the same partner or partner_id stands there twice"));
            }
            if same_host || both_any {
                return Err(wrong("another entry has the same host, or has none either"));
            }
        }
        tenants.push(tenant);
    }
    Ok(tenants)
}

fn tenant(text: TenantText) -> Result<Tenant, &'static str> {
    let partner = ids::parse(&text.partner).ok_or("partner must be a UUID")?;
    if !is_name(&text.name) {
        return Err("name must be 1 to 80 characters on one line");
    }
    let is_host = |host: &String| {
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:".contains(&byte);
        // As `two_factor_sessions::instance` looks for it: without the port that clients leave out.
        let usual_port = host.ends_with(":443") || host.ends_with(":80");
        (1..=253).contains(&host.len()) && host.bytes().all(known) && !usual_port
    };
    if !text.hosts.iter().all(is_host) {
        return Err("hosts must be host names in lower case, with their port where it is not the usual one");
    }
    let (mfa, two_factor) = (text.mfa.unwrap_or(Mfa::Mandatory), text.two_factor.unwrap_or(true));
    if mfa == Mfa::Mandatory && !two_factor {
        return Err("mfa must be optional where two_factor is false");
    }
    let bridge_secret = match text.bridge_secret_sha256 {
        None => None,
        Some(hex) => {
            let mut sha256 = [0; 32];
            let decoded = base16ct::lower::decode(&hex, &mut sha256).is_ok_and(|bytes| bytes.len() == 32);
            Some(if decoded {
                Ok(sha256)
            } else {
                Err("bridge_secret_sha256 must be 64 hexadecimal digits")
            }?)
        }
    };
    let scope = text.scope.unwrap_or_else(|| "user_mfa:read user_mfa:create".into());
    // RFC 6749 §3.3.
    let is_scope = |byte: u8| matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~');
    if scope.len() > 1000 || !scope.bytes().all(is_scope) {
        return Err("scope must be words of printable ASCII with spaces between, 1000 bytes at most");
    }
    Ok(Tenant {
        partner,
        name: text.name,
        partner_id: text.partner_id,
        hosts: text.hosts,
        mfa,
        two_factor,
        registration: text.registration.unwrap_or(Registration::Verified),
        bridge_secret,
        scope,
        method_objects: text.method_objects,
        strict: text.strict,
    })
}

impl Tenant {
    /// Whether somebody whose address is not verified is kept out. Where a second factor is mandatory, the address is the first.
    pub(crate) fn must_verify(&self) -> bool {
        self.registration != Registration::Open || self.mfa == Mfa::Mandatory
    }

    /// As the core knows it. No owner's scope, which begins with a partner: what is an account's is out of reach of its partner's
    /// keys.
    pub(crate) fn scope_of_codes(&self) -> String {
        format!("accounts/{}", self.partner)
    }
}

/// How long a session lasts once it is active: `contracts/two-factor-sessions.md` §2.
pub(crate) fn session_lifetime(settings: &impl Settings) -> Result<Duration, SettingError> {
    let days = number(settings, "session_days", 1, 90, 7)?;
    Ok(Duration::from_secs(u64::from(days) * 24 * 60 * 60))
}

/// How long five wrong codes lock an account: `contracts/login-mfa.md` §2. Longer than any code lives, so that none from before
/// the lock works after it.
pub(crate) fn lock_policy(settings: &impl Settings) -> Result<Policy, SettingError> {
    const NAME: &str = "account_lock_minutes";
    let minutes = number(settings, NAME, 15, 1440, 30)?;
    Policy::new(5, Duration::from_secs(u64::from(minutes) * 60), Duration::from_secs(24 * 60 * 60), 100)
        .ok_or_else(|| SettingError::new(NAME, "cannot be used"))
}
