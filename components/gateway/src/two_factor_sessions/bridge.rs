//! The secret that the partner's own servers have: `contracts/two-factor-sessions.md` §1.

use super::refused::{Refused, Result};
use crate::accounts::context::Context;
use crate::http::{ApiError, single};
use http::HeaderMap;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

const HEADER: &str = "x-bridge-secret";

/// Whether it came. A wrong one is refused, and not taken for none.
pub(super) fn is_there<P>(ctx: &Context<'_, P>, headers: &HeaderMap) -> Result<bool> {
    let presented = match single(headers, HEADER) {
        Ok(None) => return Ok(false),
        Ok(Some(presented)) => presented,
        Err(_) => return Err(Refused::BridgeSecret),
    };
    let hash: [u8; 32] = Sha256::digest(presented.as_bytes()).into();
    let right = ctx.tenant.bridge_secret.is_some_and(|secret| bool::from(secret.ct_eq(&hash)));
    if right { Ok(true) } else { Err(Refused::BridgeSecret) }
}

/// For routes that are there for those servers only.
pub(super) fn require<P>(ctx: &Context<'_, P>, headers: &HeaderMap) -> Result<()> {
    if ctx.tenant.bridge_secret.is_none() {
        return Err(ApiError::NotFound.into());
    }
    if is_there(ctx, headers)? { Ok(()) } else { Err(Refused::BridgeSecret) }
}
