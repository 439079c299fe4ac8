//! What is to be done, and when: a list of things by time, in a store that can only get, set, delete and add.
//!
//! Time is cut into spans, and each span has a log of its own: whoever has something to be done puts it into the log of the
//! span in which it is due. One reads the logs span by span and remembers how far that came. A span is **closed** some time
//! after its end: by then whatever was put there has been written, or its writer has put it elsewhere or died. A slot of a
//! closed span that holds nothing was claimed by somebody who died.
//!
//! An entry is taken out only when whoever reads it has made sure of what it stands for. So an entry may be seen twice, and none
//! is lost.

use crate::http::ApiError;
use crate::ports::Ports;
use crate::stored;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use stepgate_storage::{CounterKey, RecordKey, Store, StoreError, Timestamp};

/// How long after its end a span is closed. Longer than writing an entry may take ([`LATEST`]), clocks that differ included.
const GRACE: Duration = Duration::from_secs(40);

/// An entry that is written later than this after the end of its span is put elsewhere once more.
pub(super) const LATEST: Duration = Duration::from_secs(10);

/// How many days after its own a span is kept. A schedule that has not run for so long has lost what was due then.
const KEPT_DAYS: u64 = 8;

/// How far back the first run of all looks.
const LOOK_BACK: Duration = Duration::from_secs(86_400);

/// How many spans are looked through in one go.
const MOST_SPANS: u64 = 2_000;

const WHAT: &str = "place in the agenda";

/// A list of things to be done.
pub(super) struct Agenda {
    /// Another for another span: what is stored counts in spans.
    pub(super) name: &'static str,
    /// How long each span is.
    pub(super) span: Duration,
    /// Whether an entry is due when its span begins. Else it is due when its span is closed.
    pub(super) at_once: bool,
}

/// How far the spans have been read.
#[derive(Debug, Serialize, Deserialize)]
struct Position {
    /// The first span that is not closed, or not read to its end.
    open: u64,
    /// The slots from there on that nothing is in any more: up to which, for each span.
    done: BTreeMap<u64, u64>,
}

/// What came of reading.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// How many entries were taken out.
    pub(super) entries: usize,
    /// Whether there is more to be taken out right now.
    pub(super) more: bool,
}

impl Agenda {
    /// Puts something that is due now.
    pub(super) fn put(&self, ports: &impl Ports, entry: &str) -> Result<(), ApiError> {
        self.put_into(ports, 0, entry)
    }

    /// Puts something that is due not before `at`.
    pub(super) fn put_for(&self, ports: &impl Ports, at: Timestamp, entry: &str) -> Result<(), ApiError> {
        let span = self.span_millis();
        self.put_into(ports, if self.at_once { at.0.div_ceil(span) } else { at.0 / span }, entry)
    }

    fn put_into(&self, ports: &impl Ports, earliest: u64, entry: &str) -> Result<(), ApiError> {
        loop {
            let span = earliest.max(ports.now().0 / self.span_millis());
            let slot = self.count(ports, span, 1)?;
            ports.set(&self.slot(span, slot), entry)?;
            if ports.now() < self.end(span) + LATEST {
                return Ok(());
            }
        }
    }

    /// Takes out what is due, oldest first, `most` entries at most, and after `until` none but the first. `each` gets an
    /// entry, and has made sure of it when it returns. If it fails, the entry stays, and so do those after it.
    pub(super) fn take(
        &self,
        ports: &impl Ports,
        most: usize,
        until: Timestamp,
        each: &mut dyn FnMut(&str) -> Result<(), ApiError>,
    ) -> Result<Taken, ApiError> {
        let now = ports.now();
        let current = now.0 / self.span_millis();
        let start = || Position { open: (now - LOOK_BACK).0 / self.span_millis(), done: BTreeMap::new() };
        let before: Option<Position> = stored::read(ports, &self.position(), WHAT)?;
        let is_first = before.is_none();
        let mut position = before.unwrap_or_else(start);
        let (opened, mut changed) = (position.open, is_first);
        let mut taken = Taken::default();
        let mut result = Ok(());
        'spans: for span in opened..=current.min(opened.saturating_add(MOST_SPANS)) {
            if span > opened && ports.now() >= until {
                taken.more = true;
                break;
            }
            let closed = now >= self.end(span) + GRACE;
            if !closed && !self.at_once {
                break;
            }
            let last = self.count(ports, span, 0)?;
            let first = position.done.get(&span).map_or(1, |done| done.saturating_add(1));
            let mut gapless = true;
            for slot in first..=last {
                if taken.entries == most || (taken.entries > 0 && ports.now() >= until) {
                    taken.more = true;
                    break 'spans;
                }
                let key = self.slot(span, slot);
                match ports.get(&key)? {
                    Some(entry) => {
                        result = each(&entry);
                        if result.is_err() {
                            break 'spans;
                        }
                        ports.delete(&key)?;
                        taken.entries += 1;
                    }
                    // It may be being written this moment.
                    None if !closed => gapless = false,
                    None => {}
                }
                if gapless {
                    position.done.insert(span, slot);
                    changed = true;
                }
            }
            if closed {
                position.done.remove(&span);
                position.open = span.saturating_add(1);
                changed = true;
            }
        }
        taken.more |= current > opened.saturating_add(MOST_SPANS);
        if changed {
            stored::write(ports, &self.position(), &position, WHAT)?;
        }
        result.map(|()| taken)
    }

    fn span_millis(&self) -> u64 {
        u64::try_from(self.span.as_millis()).unwrap_or(u64::MAX).max(1)
    }

    fn begin(&self, span: u64) -> Timestamp {
        Timestamp(span.saturating_mul(self.span_millis()))
    }

    fn end(&self, span: u64) -> Timestamp {
        self.begin(span) + self.span
    }

    /// How many slots of a span are claimed, after `claiming` more.
    fn count(&self, store: &impl Store, span: u64, claiming: i64) -> Result<u64, StoreError> {
        let day = self.begin(span).day().plus(KEPT_DAYS);
        let count = store.add(&CounterKey::until(day, &format!("agenda/{}/{span}", self.name)), claiming)?;
        u64::try_from(count).map_err(|_| StoreError::Corrupt("agenda"))
    }

    fn slot(&self, span: u64, slot: u64) -> RecordKey {
        let day = self.begin(span).day().plus(KEPT_DAYS);
        RecordKey::until(day, &format!("agenda/{}/{span}/{slot}", self.name))
    }

    fn position(&self) -> RecordKey {
        RecordKey::forever(&format!("agenda/{}", self.name))
    }
}
