//! Access tokens that are dead before their time: a log for each tenant and day.
//!
//! Whoever verifies tokens by their signature alone asks for what is new in it, twice a minute or so, and keeps the answer until the
//! tokens that it is about have expired.
//!
//! A slot that is claimed and not written yet is a hole, and so is one whose writer died. A reader must not go past a
//! hole that is still going to be filled, and must not wait for ever at one that is not. So it is told what stands behind a
//! hole at once, and its place stays before the hole; the place says besides how many slots were claimed, and when that was
//! seen. A writer claims and writes within [`FENCE`] of its beginning. What was claimed longer ago than that is as it will stay.

use super::access::subject;
use crate::http::ApiError;
use crate::ids;
use crate::ports::Surroundings;
use serde::Serialize;
use stepgate_storage::failures::{FENCE, PATIENCE};
use stepgate_storage::idempotency::digest;
use stepgate_storage::{Day, Log, Store, StoreError, Timestamp};
use uuid::Uuid;

/// How many days after its own a revocation is kept: longer than any access token works (`access_token_seconds`).
const KEPT_DAYS: u64 = 8;

/// How many slots one request reads at most.
const READ: u64 = 200;

/// How often a revocation is written anew whose writer was too slow for its readers.
const TRIES: u32 = 3;

/// What is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revoked {
    /// The tokens of one session.
    Session(Uuid),
    /// The tokens of an account that carry an earlier epoch.
    Before {
        /// Whose.
        account: Uuid,
        /// The account's epoch from now on.
        epoch: u64,
    },
}

/// A revocation as it is told.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = Revocation))]
pub(crate) struct Entry {
    /// Tokens with this `sid` are revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<Uuid>,
    /// Tokens with this `sub` and a lower `ep` than the one here are revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ep: Option<u64>,
    /// When, in seconds since 1970. Of no use once all tokens issued until then have expired.
    at: u64,
}

/// Some of what was revoked.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = Revocations))]
pub(crate) struct Page {
    /// In no order that matters. The same may come twice.
    pub(crate) revoked: Vec<Entry>,
    /// Where to go on.
    pub(crate) next: String,
    /// Whether to go on at once.
    pub(crate) more: bool,
}

/// How far a reader is. It has this as text, and gives it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    day: Day,
    /// Slots up to this one need not be read again.
    done: u64,
    seen: Option<Seen>,
}

/// At `at`, `slots` were claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    slots: u64,
    at: Timestamp,
}

/// Tells the readers of a tenant. Do it before what is revoked is marked so where this program itself looks, or whoever is out by then
/// cannot ask for it again; if it fails, fail the request, so that it is made again.
///
/// Store operations: 2.
pub(crate) fn note(ports: &(impl Store + Surroundings), scope: &str, what: Revoked) -> Result<(), ApiError> {
    for _ in 0..TRIES {
        let began = ports.now();
        let log = log(scope, began.day());
        let slot = log.claim(ports)?;
        // Readers may have gone past it by the time it is there.
        if ports.now().since(began) > PATIENCE {
            continue;
        }
        return Ok(log.write(ports, slot, &what.text(began))?);
    }
    Err(ApiError::Internal("the store is too slow to tell of a revocation".into()))
}

/// What was revoked since a reader was at `place`, in its tenant. Without a place, or with one that is too old: all that can
/// matter still.
///
/// Store operations: 1, and 1 for each revocation; 1 more for each day that is begun.
pub(crate) fn page(
    ports: &(impl Store + Surroundings),
    scope: &str,
    place: Option<Place>,
) -> Result<Page, ApiError> {
    // Before the first counter is read: a day that was over by then gets no more slots.
    let now = ports.now();
    let first = Day(now.day().0.saturating_sub(KEPT_DAYS));
    let known = |place: &Place| first <= place.day && place.day <= now.day().plus(1);
    let mut place = place.filter(known).unwrap_or_else(|| Place::at_the_beginning_of(first));
    let mut revoked = Vec::new();
    let mut left = READ;
    loop {
        let log = log(scope, place.day);
        let last = log.last(ports)?;
        let counted_at = ports.now();
        let day_is_over = now >= Timestamp(place.day.end_seconds().saturating_mul(1000)) + FENCE;
        if place.done > last {
            // The store was emptied.
            place = Place::at_the_beginning_of(place.day);
        }
        let settled = if day_is_over { last } else { place.settled(now) };
        let end = last.min(place.done.saturating_add(left));
        let mut waits = false;
        for slot in place.done + 1..=end {
            left -= 1;
            match log.read(ports, slot)? {
                Some(text) => revoked.push(Entry::read(&text).ok_or(StoreError::Corrupt("revocation"))?),
                None if slot <= settled => {}
                None => waits = true,
            }
            if !waits {
                place.done = slot;
            }
        }
        if day_is_over && place.done == last {
            place = Place::at_the_beginning_of(place.day.plus(1));
            continue;
        }
        place.see(Seen { slots: last, at: counted_at });
        return Ok(Page { revoked, next: place.text(), more: !waits && place.done < last });
    }
}

impl Revoked {
    /// As the log has it: a session and when, or an account, when, and its epoch.
    fn text(self, at: Timestamp) -> String {
        let at = at.0 / 1000;
        match self {
            Revoked::Session(session) => format!("{session} {at}"),
            Revoked::Before { account, epoch } => format!("{account} {at} {epoch}"),
        }
    }
}

impl Entry {
    fn read(text: &str) -> Option<Entry> {
        let mut parts = text.split(' ');
        let (id, at) = (ids::parse(parts.next()?)?, parts.next()?.parse().ok()?);
        Some(match parts.next() {
            None => Entry { sid: Some(id), sub: None, ep: None, at },
            Some(epoch) => Entry { sid: None, sub: Some(subject(id)), ep: Some(epoch.parse().ok()?), at },
        })
    }
}

impl Place {
    /// Reads what [`Page::next`] said.
    pub(crate) fn parse(text: &str) -> Option<Place> {
        let mut numbers = text.split('.').map(|number| {
            let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            number.parse::<u64>().ok().filter(|_| is_number)
        });
        let (day, done) = (numbers.next()??, numbers.next()??);
        let seen = match numbers.next() {
            Some(slots) => Some(Seen { slots: slots?, at: Timestamp(numbers.next()??) }),
            None => None,
        };
        numbers.next().is_none().then_some(Place { day: Day(day), done, seen })
    }

    fn text(&self) -> String {
        let (day, done) = (self.day.0, self.done);
        match self.seen {
            Some(Seen { slots, at }) => format!("{day}.{done}.{slots}.{}", at.0),
            None => format!("{day}.{done}"),
        }
    }

    fn at_the_beginning_of(day: Day) -> Place {
        Place { day, done: 0, seen: None }
    }

    /// Up to which slot everything is as it will stay.
    fn settled(&self, now: Timestamp) -> u64 {
        match self.seen {
            Some(seen) if now >= seen.at + FENCE => seen.slots,
            _ => 0,
        }
    }

    /// Remembers what was seen, unless what it remembers is still of use. To take the newer each time would have a reader that asks
    /// very often never get past a hole.
    fn see(&mut self, now: Seen) {
        if self.done >= now.slots {
            self.seen = None;
        } else if self.seen.is_none_or(|seen| self.done >= seen.slots || seen.at > now.at) {
            self.seen = Some(now);
        }
    }
}

fn log(scope: &str, day: Day) -> Log {
    Log::keeping_all(&format!("revoked/{}/{}", digest(&[scope]), day.0)).until(day.plus(KEPT_DAYS))
}
