//! The setting `accounts`, by the component's own rules.

use super::{WrongSetting, sha256};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use uuid::Uuid;

/// The bridge secret that the sandbox comes with. The whole world knows it, so production refuses it.
pub(crate) const SANDBOX_BRIDGE_SECRET: &str = "sandbox-bridge";

/// Whether people may do without a second factor.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mfa {
    Mandatory,
    Optional,
}

/// How somebody comes to have an account through the sessions API.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Registration {
    Closed,
    Verified,
    Open,
}

/// Somebody who keeps accounts. What is none has a default in the component.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tenant {
    /// A UUID.
    partner: String,
    name: String,
    partner_id: i32,
    #[serde(default)]
    hosts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mfa: Option<Mfa>,
    #[serde(skip_serializing_if = "Option::is_none")]
    two_factor: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration: Option<Registration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bridge_secret_sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(default)]
    method_objects: bool,
    #[serde(default)]
    strict: bool,
}

impl Tenant {
    /// The one of the sandbox: whatever the host, and nobody has to have a second factor.
    pub(crate) fn sandbox(partner: Uuid, name: &str) -> Self {
        Self {
            partner: partner.to_string(),
            name: name.into(),
            partner_id: 1,
            hosts: Vec::new(),
            mfa: Some(Mfa::Optional),
            two_factor: None,
            registration: Some(Registration::Verified),
            bridge_secret_sha256: Some(sha256(SANDBOX_BRIDGE_SECRET)),
            scope: None,
            method_objects: false,
            strict: false,
        }
    }
}

pub(super) fn check(mut tenants: Vec<Tenant>, production: bool) -> Result<Vec<Tenant>, WrongSetting> {
    if tenants.is_empty() {
        return Err(WrongSetting::new("accounts", "must hold at least one entry"));
    }
    let (mut partners, mut partner_ids, mut hosts) = (HashSet::new(), HashSet::new(), HashSet::new());
    let mut any_host_is_taken = false;
    for (index, tenant) in tenants.iter_mut().enumerate() {
        let wrong =
            |field: &str, why: &str| Err(WrongSetting::new(format!("accounts[{index}].{field}"), why));
        let Ok(partner) = tenant.partner.parse::<Uuid>() else { return wrong("partner", "must be a UUID") };
        tenant.partner = partner.to_string();
        if !partners.insert(partner) {
            return wrong("partner", "is there twice");
        }
        if !partner_ids.insert(tenant.partner_id) {
            return wrong("partner_id", "is there twice");
        }
        if !super::guest::is_name(&tenant.name) {
            return wrong("name", "must be 1 to 80 characters on one line");
        }
        if !tenant.hosts.iter().all(|host| is_host(host)) {
            return wrong(
                "hosts",
                "must be host names in lower case, with their port where it is not the usual one",
            );
        }
        // In the component it is mandatory unless it is said to be optional.
        if tenant.two_factor == Some(false) && !matches!(tenant.mfa, Some(Mfa::Optional)) {
            return wrong("mfa", "must be optional where two_factor is false");
        }
        // Within an entry a host may stand twice: it leads to the same accounts.
        let own: HashSet<_> = tenant.hosts.iter().cloned().collect();
        if own.iter().any(|host| hosts.contains(host)) {
            return wrong("hosts", "holds a host of another entry");
        }
        if own.is_empty() && std::mem::replace(&mut any_host_is_taken, true) {
            return wrong("hosts", "must name a host, because another entry names none");
        }
        hosts.extend(own);
        if let Some(sha256) = &tenant.bridge_secret_sha256 {
            if !super::guest::is_sha256(sha256) {
                return wrong("bridge_secret_sha256", "must be 64 lower-case hexadecimal digits");
            }
            if production && *sha256 == super::sha256(SANDBOX_BRIDGE_SECRET) {
                return wrong("bridge_secret_sha256", "is the sandbox's secret, which everybody knows");
            }
        }
        if tenant.scope.as_ref().is_some_and(|scope| !is_scope(scope)) {
            return wrong(
                "scope",
                "must be words of printable ASCII with spaces between, 1000 bytes at most",
            );
        }
    }
    Ok(tenants)
}

fn is_host(text: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:".contains(&byte);
    // Clients leave the usual port out, and requests are looked up without it.
    let has_usual_port = text.ends_with(":443") || text.ends_with(":80");
    (1..=253).contains(&text.len()) && !has_usual_port && text.bytes().all(is_known)
}

/// RFC 6749 §3.3.
fn is_scope(text: &str) -> bool {
    let is_known = |byte: u8| matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~');
    text.len() <= 1000 && text.bytes().all(is_known)
}
