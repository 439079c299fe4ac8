//! Families of refresh tokens. Each token is used once and replaced by another; one that comes again was stolen, before or after
//! its owner used it, and nobody can tell which. So it ends the whole family (RFC 9700 §4.14.2).
//!
//! ```text
//! rt_ base64url( session, 16 bytes ‖ mark, 20 random bytes ) base64url( generation, 4 bytes ‖ secret, 32 random bytes )
//! ```
//!
//! A family is one record and one counter, however long it lives. The record has hashes of the newest token and of what all
//! tokens of the family begin with. The counter counts uses, and decides everything:
//!
//! - Generation `n` is taken by whoever makes the counter `n + 1`. So it is taken once, whatever runs at the same time.
//! - Whoever uses a token again adds one too. From then on the counter is ahead of every generation there is or will be,
//!   so the family has ended in that same step, even if nobody lives to revoke the session.
//! - Whoever dies between taking a generation and writing the next one leaves a family that has ended, too: log in again.
//!
//! Nothing is added for a text that was not made here. The ids of sessions are no secret (they stand in access tokens), so an old
//! token is told from a made-up one by its mark, which stands in refresh tokens only. Without it a text is unknown and changes
//! nothing.

use crate::http::ApiError;
use crate::ids;
use crate::ports::Surroundings;
use crate::stored;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use stepgate_storage::idempotency::digest;
use stepgate_storage::{CounterKey, Day, RecordKey, Store, StoreError, Timestamp};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

/// How long a family lives at most, however often it is renewed: the most that `refresh_token_days` can be.
const FAMILY_LIFETIME: Duration = Duration::from_secs(90 * 86_400);

/// How many days after the session's beginning a family is kept.
const KEPT_DAYS: u64 = 92;

const WHAT: &str = "refresh token";

const PREFIX: &str = "rt_";
/// Where a text's family ends and its generation begins. Each half is 36 bytes, so 48 characters with nothing left over.
const FAMILY_LENGTH: usize = PREFIX.len() + 48;
const LENGTH: usize = FAMILY_LENGTH + 48;

/// A refresh token: a secret, to be sent to its owner and forgotten.
pub(crate) struct RefreshToken(String);

impl RefreshToken {
    /// As it is sent.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

/// What became of using a refresh token.
pub(crate) enum Rotation {
    /// It was good. The session goes on, if nothing else ended it, and this is its next token.
    Rotated {
        /// The session it belongs to.
        session: Uuid,
        /// Its next token.
        token: RefreshToken,
    },
    /// It is none of ours, or of a family that is no longer kept.
    Unknown,
    /// It is the newest of its family, and too old.
    Expired {
        /// When it ended.
        at: Timestamp,
    },
    /// It had been used. Its family has ended; revoke the session.
    Reused {
        /// The session it belongs to.
        session: Uuid,
    },
}

/// The newest token of a family. Only who took the generation before writes it, so no two do at once.
#[derive(Serialize, Deserialize)]
struct Newest {
    generation: u32,
    /// Of the whole token.
    hash: String,
    /// Of what all tokens of the family begin with.
    family: String,
    /// The access token was made with it.
    made: Timestamp,
    expires: Timestamp,
}

/// A text that has the form of a token.
struct Presented<'a> {
    session: Uuid,
    began: Timestamp,
    text: &'a str,
    /// What all tokens of its family begin with.
    family: &'a str,
}

/// Makes the first token of a session, whose id was made by [`ids::new`]. Once for each session.
///
/// `lifetime`: how long a token works that nobody uses.
///
/// Store operations: 1.
pub(crate) fn begin(
    ports: &(impl Store + Surroundings),
    session: Uuid,
    now: Timestamp,
    lifetime: Duration,
) -> Result<RefreshToken, ApiError> {
    let began =
        ids::made_at(session).ok_or_else(|| ApiError::Internal("the id of a session has no time".into()))?;
    let mut family = [0; 36];
    let (id, mark) = family.split_at_mut(16);
    id.copy_from_slice(session.as_bytes());
    mark.copy_from_slice(&ports.random::<20>());
    let family = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(family));
    write(ports, &family, (session, began), 0, now, lifetime)
}

/// Until when the newest tokens of a session work, if nothing else ends it; none if it has none. `access`: how long an access token
/// works.
///
/// Store operations: 1.
pub(crate) fn usable_until(
    store: &impl Store,
    session: Uuid,
    access: Duration,
) -> Result<Option<Timestamp>, StoreError> {
    let Some(began) = ids::made_at(session) else { return Ok(None) };
    let newest = stored::read::<Newest>(store, &record(session, began), WHAT)?;
    Ok(newest.map(|newest| newest.expires.max(newest.made + access)))
}

/// The session that a text says it belongs to. Anybody can write that: only [`rotate`] proves something.
pub(crate) fn session_of(text: &str) -> Option<Uuid> {
    Presented::parse(text).map(|presented| presented.session)
}

/// Uses a token. Whether its session is still good is for the caller to say: before, so that a dead session's token changes
/// nothing, or afterwards.
///
/// Store operations: 3; 2 for a token that comes again; 1 for a text that is unknown.
///
/// # Errors
///
/// Of the store. The token may be used up then, and so be the end of its family.
pub(crate) fn rotate(
    ports: &(impl Store + Surroundings),
    text: &str,
    now: Timestamp,
    lifetime: Duration,
) -> Result<Rotation, ApiError> {
    let Some(presented) = Presented::parse(text) else { return Ok(Rotation::Unknown) };
    let Presented { session, began, family, .. } = presented;
    let Some(newest) = stored::read::<Newest>(ports, &record(session, began), WHAT)? else {
        return Ok(Rotation::Unknown);
    };
    // Before anything is changed, so that guessing changes nothing.
    let is_newest = same(&newest.hash, &digest(&[presented.text]));
    if !is_newest && !same(&newest.family, &digest(&[family])) {
        return Ok(Rotation::Unknown);
    }
    if is_newest && now >= newest.expires {
        return Ok(Rotation::Expired { at: newest.expires });
    }
    let uses = ports.add(&counter(session, began), 1)?;
    let next = newest.generation.checked_add(1).filter(|next| is_newest && uses == i64::from(*next));
    let Some(next) = next else { return Ok(Rotation::Reused { session }) };
    let token = write(ports, family, (session, began), next, now, lifetime)?;
    Ok(Rotation::Rotated { session, token })
}

impl Presented<'_> {
    fn parse(text: &str) -> Option<Presented<'_>> {
        if text.len() != LENGTH {
            return None;
        }
        let family = text.get(..FAMILY_LENGTH)?;
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        let session = Uuid::from_slice(bytes.get(..16)?).ok()?;
        Some(Presented { session, began: ids::made_at(session)?, text, family })
    }
}

/// Writes the newest token of a family, and answers it.
fn write(
    ports: &(impl Store + Surroundings),
    family: &str,
    (session, began): (Uuid, Timestamp),
    generation: u32,
    now: Timestamp,
    lifetime: Duration,
) -> Result<RefreshToken, ApiError> {
    let mut rest = [0; 36];
    let (number, secret) = rest.split_at_mut(4);
    number.copy_from_slice(&generation.to_be_bytes());
    secret.copy_from_slice(&ports.random::<32>());
    let text = format!("{family}{}", URL_SAFE_NO_PAD.encode(rest));
    let newest = Newest {
        generation,
        hash: digest(&[&text]),
        family: digest(&[family]),
        made: now,
        expires: (now + lifetime).min(began + FAMILY_LIFETIME),
    };
    stored::write(ports, &record(session, began), &newest, WHAT)?;
    Ok(RefreshToken(text))
}

fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

fn record(session: Uuid, began: Timestamp) -> RecordKey {
    RecordKey::until(kept(began), &format!("refresh/{session}"))
}

fn counter(session: Uuid, began: Timestamp) -> CounterKey {
    CounterKey::until(kept(began), &format!("refresh/{session}/uses"))
}

fn kept(began: Timestamp) -> Day {
    began.day().plus(KEPT_DAYS)
}
