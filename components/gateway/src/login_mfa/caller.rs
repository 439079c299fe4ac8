//! Who asks.

use super::no::{No, Result};
use crate::accounts::account::{self, Account};
use crate::accounts::context::Context;
use crate::accounts::sessions::Session;
use crate::accounts::{lock, sessions};
use crate::http::single;
use crate::ports::Ports;
use crate::settings::Tenant;
use crate::tokens::{Claims, Keys};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use stepgate_storage::Timestamp;

/// Whose accounts a request is about: §1.
pub(super) fn tenant<'t>(headers: &HeaderMap, tenants: &'t [Tenant]) -> Result<&'t Tenant> {
    const NAME: &str = "partnerId";
    let text = single(headers, "partnerid").map_err(|_| No::field(NAME, "must come once"))?;
    let text = text.ok_or_else(|| No::field(NAME, "is required"))?;
    let id: i32 = text.parse().map_err(|_| No::field(NAME, "must be a whole number of 32 bits"))?;
    let found = tenants.iter().find(|tenant| tenant.partner_id == id);
    found.ok_or_else(|| No::field(NAME, "is not known"))
}

/// What the access token says that a request comes with. Looks at its signature and its time, and not into the store.
pub(super) fn claims<'t>(
    ports: &impl Ports,
    headers: &HeaderMap,
    tenants: &'t [Tenant],
    now: Timestamp,
) -> Result<(Claims, &'t Tenant)> {
    let token = bearer(headers).ok_or(No::SessionOver)?;
    let claims = Keys::load(ports)?.verify(token, now).ok_or(No::SessionOver)?;
    let tenant = tenants.iter().find(|tenant| tenant.partner_id == claims.partner);
    Ok((claims, tenant.ok_or(No::SessionOver)?))
}

/// Somebody who is signed in.
pub(super) struct Caller {
    pub(super) account: Account,
    pub(super) session: Session,
}

impl Caller {
    /// Whoever the claims are about, if their session is alive and their account is not locked. The lock is looked at first: it has
    /// ended the session as well, and its owner has to hear of the reason.
    pub(super) fn of<P: Ports>(ctx: &Context<'_, P>, claims: Claims) -> Result<Caller> {
        let account = account::read(ctx.ports, claims.account)?;
        let account = account.filter(|account| account.partner == ctx.tenant.partner);
        let account = account.ok_or(No::SessionOver)?;
        lock::check(ctx, account.id)?;
        let session = sessions::of_signed(ctx, claims.session)?;
        let session = session.filter(|session| session.account == account.id && !session.is_pending());
        Ok(Caller { account, session: session.ok_or(No::SessionOver)? })
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = single(headers, AUTHORIZATION.as_str()).ok()??.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
