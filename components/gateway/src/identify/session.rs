//! Which browser has confirmed the address: a cookie that only it has, good for one identification and one address.

use crate::email::Email;
use crate::http::ApiError;
use crate::ports::Ports;
use crate::settings::BaseUrl;
use crate::stored;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::time::Duration;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use stepgate_storage::{Day, RecordKey, Timestamp};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

const NAME: &str = "identify";
const WHAT: &str = "session";

/// How long a browser may go on without another code.
const LIFETIME: Duration = Duration::from_secs(3600);

/// How long a token is, in bytes.
const LENGTH: usize = 24;

/// A session. It has no `Debug`: it opens a form.
pub(super) struct Session {
    /// Where the store keeps it.
    day: Day,
    token: [u8; LENGTH],
}

/// What is kept of one, under the hash of its token.
#[derive(Serialize, Deserialize)]
struct Kept {
    identification: Uuid,
    /// The address that was confirmed. Whoever reads mail there is let in for as long as it is the customer's.
    email: Email,
    expires_at: Timestamp,
}

impl Session {
    /// Begins one for the browser that has just given the code. Always a new one, so nobody can have planted it.
    pub(super) fn begin(
        ports: &impl Ports,
        identification: Uuid,
        email: &Email,
    ) -> Result<Session, ApiError> {
        let now = ports.now();
        let session = Session { day: now.day(), token: ports.random() };
        let kept = Kept { identification, email: email.clone(), expires_at: now + LIFETIME };
        stored::write(ports, &session.key(), &kept, WHAT)?;
        Ok(session)
    }

    /// The one that a request belongs to, if it is good for this identification and this address.
    pub(super) fn of(
        ports: &impl Ports,
        headers: &HeaderMap,
        identification: Uuid,
        email: &Email,
    ) -> Result<Option<Session>, ApiError> {
        let Some(session) = Session::sent(headers) else { return Ok(None) };
        let now = ports.now();
        let kept: Option<Kept> = stored::read(ports, &session.key(), WHAT)?;
        let good = kept.is_some_and(|kept| {
            kept.identification == identification && kept.email == *email && now < kept.expires_at
        });
        Ok(good.then_some(session))
    }

    /// The `Set-Cookie` that gives it to the browser.
    pub(super) fn cookie(&self, base_url: &BaseUrl) -> Result<HeaderValue, ApiError> {
        let secure = if base_url.is_https() { "; Secure" } else { "" };
        let cookie = format!(
            "{NAME}={day}.{token}; Path={path}/identify; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}",
            day = self.day.0,
            token = URL_SAFE_NO_PAD.encode(self.token),
            path = base_url.path(),
            seconds = LIFETIME.as_secs(),
        );
        HeaderValue::from_str(&cookie).map_err(|_| ApiError::Internal("a cookie could not be written".into()))
    }

    /// What a form of this session has to bring along. It does not lead back to the token.
    pub(super) fn seal(&self) -> String {
        let hash =
            Sha256::new().chain_update(b"stepgate identify form\0").chain_update(self.token).finalize();
        URL_SAFE_NO_PAD.encode(hash)
    }

    /// Whether a form brought that along.
    pub(super) fn has_sealed(&self, seal: &str) -> bool {
        self.seal().as_bytes().ct_eq(seal.as_bytes()).into()
    }

    /// The one cookie of its name. Of two, one is somebody else's, and nobody can say which.
    fn sent(headers: &HeaderMap) -> Option<Session> {
        // HTTP/2 may send the cookies as several headers.
        let mut found = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|cookie| cookie.trim().strip_prefix(NAME)?.strip_prefix('='));
        let (Some(value), None) = (found.next(), found.next()) else { return None };
        let (day, token) = value.split_once('.')?;
        let is_day = (1..=6).contains(&day.len()) && day.bytes().all(|byte| byte.is_ascii_digit());
        let day = if is_day { day.parse().ok()? } else { return None };
        let token =
            if token.len() == LENGTH * 4 / 3 { URL_SAFE_NO_PAD.decode(token).ok()? } else { return None };
        Some(Session { day: Day(day), token: token.try_into().ok()? })
    }

    /// Whoever finds a record by the hash of what was sent has compared all of it.
    fn key(&self) -> RecordKey {
        let hash = base16ct::lower::encode_string(&Sha256::digest(self.token));
        RecordKey::until(self.day.plus(1), &format!("identify-session/{hash}"))
    }
}
