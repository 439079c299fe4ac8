//! What everything about accounts is done with.

use crate::call::log_line;
use crate::http::TraceId;
use crate::ports::Ports;
use crate::ports::challenges::Key;
use crate::settings::{
    BaseUrl, Environment, MessageLimits, SettingError, Tenant, lock_policy, mac_keys, sender_name,
};
use serde::Serialize;
use stepgate_storage::Timestamp;
use stepgate_storage::failures::Policy;
use uuid::Uuid;

/// The settings that every request about accounts needs.
pub(crate) struct AccountSettings {
    pub(crate) environment: Environment,
    pub(crate) mac_keys: Vec<Key>,
    pub(crate) base_url: BaseUrl,
    pub(crate) sender_name: String,
    pub(crate) lock: Policy,
    pub(crate) messages: MessageLimits,
}

impl AccountSettings {
    pub(crate) fn load(ports: &impl Ports) -> Result<AccountSettings, SettingError> {
        let environment = Environment::load(ports)?;
        Ok(AccountSettings {
            environment,
            mac_keys: mac_keys(ports, environment)?,
            base_url: BaseUrl::load(ports, environment)?,
            sender_name: sender_name(ports)?,
            lock: lock_policy(ports)?,
            messages: MessageLimits::load(ports, environment)?,
        })
    }
}

/// One request, as far as accounts are concerned.
pub(crate) struct Context<'a, P> {
    pub(crate) ports: &'a P,
    pub(crate) settings: &'a AccountSettings,
    pub(crate) tenant: &'a Tenant,
    pub(crate) trace: &'a TraceId,
    /// When it came.
    pub(crate) now: Timestamp,
}

impl<P: Ports> Context<'_, P> {
    /// As the core, and every key, knows the tenant.
    pub(crate) fn scope(&self) -> String {
        self.tenant.scope_of_codes()
    }

    /// One line of the log. Never a code, a token, a password or an address in it.
    pub(crate) fn log(&self, event: &str, details: impl Serialize) {
        self.ports.log(&log_line(event, self.trace, details));
    }

    /// The same, where there is nothing to say but whose account it is about.
    pub(crate) fn log_of(&self, event: &str, account: Uuid) {
        #[derive(Serialize)]
        struct Line {
            account: Uuid,
        }
        self.log(event, Line { account });
    }
}
