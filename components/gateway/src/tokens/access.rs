//! Access tokens: what one says, and when it is believed.

use super::jws::Kind;
use super::keys::Keys;
use crate::http::ApiError;
use crate::ids;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use stepgate_storage::Timestamp;
use uuid::Uuid;

/// What stands before an account's UUID where a token names it.
pub(super) const ACCOUNT: &str = "usr:";

/// What an access token says of its bearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) account: Uuid,
    pub(crate) session: Uuid,
    /// As the header `partnerId` has it.
    pub(crate) partner: i32,
    /// The account's, which the session began under.
    pub(crate) epoch: u64,
    /// In seconds since 1970.
    pub(crate) issued_at: u64,
    /// In seconds since 1970; from then on it is refused.
    pub(crate) expires_at: u64,
}

impl Claims {
    /// `epoch`: as it was before the credentials were looked at. A token has whole seconds: it expires `lifetime` after the
    /// second it was issued in began.
    pub(crate) fn new(
        account: Uuid,
        session: Uuid,
        partner: i32,
        epoch: u64,
        now: Timestamp,
        lifetime: Duration,
    ) -> Claims {
        let issued_at = now.0 / 1000;
        let expires_at = issued_at.saturating_add(lifetime.as_secs());
        Claims { account, session, partner, epoch, issued_at, expires_at }
    }
}

/// The claims as they are written. A claim that is not known here refuses the token: it might say what it is not good for.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    iss: String,
    sub: String,
    sid: Uuid,
    pid: i32,
    ep: u64,
    iat: u64,
    exp: u64,
}

impl Keys {
    /// A token that says so, under the newest key.
    pub(crate) fn sign(&self, claims: &Claims) -> Result<String, ApiError> {
        let written = Written {
            iss: self.issuer.clone(),
            sub: subject(claims.account),
            sid: claims.session,
            pid: claims.partner,
            ep: claims.epoch,
            iat: claims.issued_at,
            exp: claims.expires_at,
        };
        self.seal(Kind::Access, &written)
    }

    /// What a token says, if it is ours and has not expired.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Option<Claims> {
        let Written { iss, sub, sid, pid, ep, iat, exp } = self.open(Kind::Access, token)?;
        let account = ids::parse(sub.strip_prefix(ACCOUNT)?)?;
        let in_time = now < Timestamp(exp.saturating_mul(1000));
        (iss == self.issuer && in_time).then_some(Claims {
            account,
            session: sid,
            partner: pid,
            epoch: ep,
            issued_at: iat,
            expires_at: exp,
        })
    }
}

/// How tokens, and what is said about them, name an account.
pub(super) fn subject(account: Uuid) -> String {
    format!("{ACCOUNT}{account}")
}
