//! Which tenant's instance a request is for: `contracts/two-factor-sessions.md` §1.
//!
//! The host says so, and nothing else is taken from it: whoever writes it gets the accounts of that instance, which are there
//! for everybody, and no link or name is built from it.

use crate::http::single;
use crate::settings::Tenant;
use http::header::HOST;
use http::request::Parts;

/// The tenant whose host this is, else the one that has none.
pub(super) fn of<'t>(head: &Parts, tenants: &'t [Tenant]) -> Option<&'t Tenant> {
    let host = head.uri.authority().map(|authority| authority.as_str());
    let host = host.or_else(|| single(&head.headers, HOST.as_str()).ok().flatten()).unwrap_or_default();
    let host = host.to_ascii_lowercase();
    let host = host.strip_suffix(":443").or_else(|| host.strip_suffix(":80")).unwrap_or(&host);
    let named = tenants.iter().find(|tenant| tenant.hosts.iter().any(|name| name == host));
    named.or_else(|| tenants.iter().find(|tenant| tenant.hosts.is_empty()))
}
