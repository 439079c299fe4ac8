//! Failures per account: so many codes are compared, then the account is locked for a while, whatever runs in parallel and
//! however many sessions, codes and APIs there are.
//!
//! An account's time is cut into **periods**, numbered from 0. A period is one counter, its word, which is only ever
//! added to:
//!
//! ```text
//! bits 32..62  taken  attempts; the number you get is your rank, and ranks beyond the limit compare nothing
//! bits 16..31  wrong  attempts that failed
//! bits  0..15  right  attempts that succeeded
//! ```
//!
//! How a period ends can be read from its word by anybody and never changes. With `right`, it ended in a success, and the next
//! one begins at once. With all ranks taken and wrong, or taken so long ago that no `right` can come any more, it ended in a
//! lock, and the next begins when that is over. There is nothing to agree on, so nobody can be raced or be missed when dead.
//! The record that names the present period is a hint that saves steps: whoever finds an older one walks on from there.
//!
//! Why each step is as it is: `docs/design.md`, "Failures per account". All interleavings: `tests/model`.

use crate::idempotency::digest;
use crate::{CounterKey, Day, Log, RecordKey, Store, StoreError, Timestamp};
use alloc::format;
use alloc::string::{String, ToString};
use core::time::Duration;

/// How long after its attempt was asked for an outcome may be sent to the store.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// How long after its last attempt was taken a period without an outcome is open to a success: 5 s for it to be sent, 5 s for
/// it to arrive (docs/storage.md), and 5 s by which clocks may differ.
pub const FENCE: Duration = Duration::from_secs(15);

/// How many periods are kept. Whoever is slower than that many successes and locks finds nothing to go on from.
const KEPT: u64 = 16;

/// The most attempts in a row without a success: NIST SP 800-63B-4 §3.2.2.
const MOST_IN_A_ROW: u32 = 100;

/// Whose failures are counted. One budget, so one name in every session and API that guards the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    digest: String,
    keep: Option<Day>,
}

impl Account {
    /// By what it is called, in parts. Hashed, so the parts can be anything, and no address stands in a key.
    pub fn new(parts: &[&str]) -> Account {
        Account { digest: digest(parts), keep: None }
    }

    /// The same for somebody whom nobody knows: forgotten when `day` is over, however many there were.
    ///
    /// Another day is another account. For names that strangers type: a count without end would grow the store with each.
    #[must_use]
    pub fn until(self, day: Day) -> Account {
        Account { keep: Some(day), ..self }
    }
}

/// How many attempts there are, and what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    limit: u32,
    lock: Duration,
    longest_lock: Duration,
    in_a_row: u32,
}

impl Policy {
    /// `limit` attempts, then a `lock` that doubles with each lock since the last success, up to `longest_lock`. When no
    /// whole `limit` is left of `in_a_row` attempts without a success, the account is blocked.
    ///
    /// None unless 1 ≤ `limit` ≤ `in_a_row` ≤ 100 and 0 < `lock` ≤ `longest_lock`.
    pub fn new(limit: u8, lock: Duration, longest_lock: Duration, in_a_row: u8) -> Option<Policy> {
        let (limit, in_a_row) = (u32::from(limit), u32::from(in_a_row));
        let fits = 1 <= limit && limit <= in_a_row && in_a_row <= MOST_IN_A_ROW;
        let locks = !lock.is_zero() && lock <= longest_lock;
        (fits && locks).then_some(Policy { limit, lock, longest_lock, in_a_row })
    }

    /// How many attempts there are before a lock.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// How long the lock is that follows a period begun after `spent` attempts in a row.
    fn lock_after(&self, spent: u32) -> Duration {
        let locks = spent / self.limit;
        self.lock.saturating_mul(1 << locks.min(30)).min(self.longest_lock)
    }
}

/// 5 attempts, locks of 15 minutes to a day, 100 attempts in a row.
impl Default for Policy {
    fn default() -> Policy {
        Policy {
            limit: 5,
            lock: Duration::from_secs(15 * 60),
            longest_lock: Duration::from_secs(24 * 60 * 60),
            in_a_row: MOST_IN_A_ROW,
        }
    }
}

/// The right to compare one code, once. Hand it to [`Failures::success`] or [`Failures::failure`]; one that is dropped stays
/// used.
#[derive(Debug)]
#[must_use = "an attempt that is dropped stays used"]
pub struct Reservation {
    period: Period,
    /// Before it was asked for.
    at: Timestamp,
}

/// Why no code is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// All attempts are in somebody's hands this moment, or were when somebody died. Ask again, after `until` at the latest.
    Busy {
        /// When it is known what came of them.
        until: Timestamp,
    },
    /// Too many failed. What is asked meanwhile prolongs nothing.
    Locked {
        /// When there are attempts again.
        until: Timestamp,
    },
    /// Too many failed in a row, locks and all. Time does not end it; [`Failures::readmit`] does.
    Blocked,
}

/// What became of asking for an attempt.
#[derive(Debug)]
pub enum Reserving {
    /// Compare one code.
    Reserved(Reservation),
    /// Compare none.
    Refused(Refusal),
}

/// How an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There are attempts.
    Open {
        /// How many; at least 1.
        left: u32,
        /// When the last lock was over, if there was one since the last success. For whoever has to see to what follows from a
        /// lock: those who found it may all have died, or nobody came while it lasted.
        lock_over: Option<Timestamp>,
    },
    /// There are none.
    Refused(Refusal),
}

/// One account's failures, over a store and a clock.
///
/// An error from any of this refuses: an attempt may be spent, and none has been given back.
pub struct Failures<'a, S, C> {
    store: &'a S,
    clock: C,
    policy: Policy,
    path: String,
    keep: Option<Day>,
}

impl<'a, S: Store, C: Fn() -> Timestamp> Failures<'a, S, C> {
    /// `clock` is the time of day. It is asked more than once in a call: what is concluded depends on whether it was read
    /// before or after the store.
    pub fn new(store: &'a S, clock: C, policy: Policy, account: &Account) -> Failures<'a, S, C> {
        let Account { digest, keep } = account;
        Failures { store, clock, policy, path: format!("failures/{digest}"), keep: *keep }
    }

    /// Takes an attempt. Ask before a code is compared, and compare none without.
    ///
    /// Store operations: 2; 3 for the last attempt; 1 while locked or blocked; 3 more for each period that ended since and whose
    /// end nobody has noted.
    pub fn reserve(&self) -> Result<Reserving, StoreError> {
        Ok(match self.walk(self.hint()?, Event::Attempt)? {
            Walked::Here { period, at, .. } => Reserving::Reserved(Reservation { period, at }),
            Walked::Refused { why, .. } => Reserving::Refused(why),
        })
    }

    /// The code was right: there are all attempts again, and no lock. Let nobody in before this has answered, nor if it
    /// answers an error.
    ///
    /// Store operations: 3.
    ///
    /// # Errors
    ///
    /// `Unavailable` also where more than [`PATIENCE`] has passed since the attempt was asked for: others may have
    /// concluded that it is dead.
    pub fn success(&self, reservation: Reservation) -> Result<(), StoreError> {
        let Reservation { period, at } = reservation;
        self.in_time(at)?;
        let word = self.add(&period, Event::Right)?;
        // Others that were right in the same period have ended it already.
        if word.right() == 1 { self.enter(&period.after_success()) } else { Ok(()) }
    }

    /// The code was wrong. Answers how the account stands after that: the last of the attempts locks it. Where all of them are taken
    /// and not all have come to their end, it is open with those that were not wrong so far.
    ///
    /// Store operations: 1; 4 for the one that locks.
    ///
    /// # Errors
    ///
    /// As [`Failures::success`], so that a late answer does not tell right from wrong. The failure counts nevertheless.
    pub fn failure(&self, reservation: Reservation) -> Result<Standing, StoreError> {
        let Reservation { period, at } = reservation;
        let in_time = self.in_time(at);
        let step = self.step(&period, Event::Wrong)?;
        in_time?;
        match step {
            Step::Here { word, .. } => Ok(self.open(&period, word)),
            Step::Busy { left, .. } => Ok(Standing::Open { left, lock_over: period.lock_over() }),
            Step::Next(next) => {
                self.enter(&next)?;
                self.look(next)
            }
        }
    }

    /// How the account stands. Takes no attempt.
    ///
    /// Store operations: 2; 1 while locked or blocked.
    pub fn standing(&self) -> Result<Standing, StoreError> {
        self.look(self.hint()?)
    }

    /// Ends a lock or a block as a success would: an operator has decided so, or the owner was identified in another way. Does
    /// nothing to an account that is open or busy. Answers how it stands after that.
    pub fn readmit(&self) -> Result<Standing, StoreError> {
        let at = (self.clock)();
        let period = match self.walk(self.hint()?, Event::Look)? {
            Walked::Here { period, word, .. } => return Ok(self.open(&period, word)),
            Walked::Refused { why: why @ Refusal::Busy { .. }, .. } => return Ok(Standing::Refused(why)),
            // The one that waits for the lock to be over: nobody has taken an attempt in it.
            Walked::Refused { period, .. } => period,
        };
        self.in_time(at)?;
        self.add(&period, Event::Right)?;
        let next = period.after_success();
        self.enter(&next)?;
        self.look(next)
    }

    fn look(&self, from: Period) -> Result<Standing, StoreError> {
        Ok(match self.walk(from, Event::Look)? {
            Walked::Here { period, word, .. } => self.open(&period, word),
            Walked::Refused { why, .. } => Standing::Refused(why),
        })
    }

    fn open(&self, period: &Period, word: Word) -> Standing {
        let left = self.policy.limit.saturating_sub(word.taken());
        Standing::Open { left, lock_over: period.lock_over() }
    }

    /// Goes to the first period that has not ended, and adds `event` there. On its way it adds it to others, which changes
    /// nothing: they are over.
    fn walk(&self, from: Period, event: Event) -> Result<Walked, StoreError> {
        let mut period = from;
        loop {
            if period.spent.saturating_add(self.policy.limit) > self.policy.in_a_row {
                return Ok(Walked::Refused { period, why: Refusal::Blocked });
            }
            if (self.clock)() < period.begins {
                let why = Refusal::Locked { until: period.begins };
                return Ok(Walked::Refused { period, why });
            }
            match self.step(&period, event)? {
                Step::Here { word, at } => return Ok(Walked::Here { period, word, at }),
                Step::Busy { until, .. } => {
                    return Ok(Walked::Refused { period, why: Refusal::Busy { until } });
                }
                Step::Next(next) => {
                    self.enter(&next)?;
                    period = next;
                }
            }
        }
    }

    /// Adds `event` to a period, and sees whether that is over.
    fn step(&self, period: &Period, event: Event) -> Result<Step, StoreError> {
        // Before the word is looked at: a success that is not in it by then, and could not come later than this, never comes.
        let at = (self.clock)();
        let word = self.add(period, event)?;
        if word.right() > 0 {
            return Ok(Step::Next(period.after_success()));
        }
        let limit = self.policy.limit;
        let ranked = event == Event::Attempt && word.taken() <= limit;
        if ranked && word.taken() == limit {
            // The one that knows when it was. If it dies before, whoever comes next writes it, with a later time.
            self.note_full(period)?;
        }
        if ranked || word.taken() < limit {
            return Ok(Step::Here { word, at });
        }
        let full = match self.full().read(self.store, period.number)? {
            Some(text) => Timestamp(number(&text)?),
            None => self.note_full(period)?,
        };
        let until = full + FENCE;
        if word.wrong() < limit && at < until {
            return Ok(Step::Busy { until, left: limit - word.wrong() });
        }
        Ok(Step::Next(Period {
            number: period.number.saturating_add(1),
            begins: full + self.policy.lock_after(period.spent),
            spent: period.spent.saturating_add(limit),
        }))
    }

    /// Notes that all attempts of a period are taken, and when. Never earlier than they were: so the clock is read here,
    /// after the word was seen. Several may write this, each with a time that is good.
    fn note_full(&self, period: &Period) -> Result<Timestamp, StoreError> {
        let at = (self.clock)();
        self.full().write(self.store, period.number, &at.0.to_string())?;
        Ok(at)
    }

    fn in_time(&self, at: Timestamp) -> Result<(), StoreError> {
        if (self.clock)().since(at) > PATIENCE {
            return Err(StoreError::Unavailable("an attempt came to its end too late".to_string()));
        }
        Ok(())
    }

    /// The period that was noted last, or one before it if somebody was slow.
    fn hint(&self) -> Result<Period, StoreError> {
        match self.store.get(&self.record_key())? {
            Some(text) => Period::parse(&text),
            None => Ok(Period { number: 0, begins: Timestamp(0), spent: 0 }),
        }
    }

    /// Notes where to begin looking, and drops what is too old to be looked at.
    fn enter(&self, period: &Period) -> Result<(), StoreError> {
        let Period { number, begins, spent } = period;
        self.store.set(&self.record_key(), &format!("{number} {} {spent}", begins.0))?;
        match number.checked_sub(KEPT) {
            Some(old) => self.store.delete_counter(&self.word_key(old)),
            None => Ok(()),
        }
    }

    fn add(&self, period: &Period, event: Event) -> Result<Word, StoreError> {
        self.store.add(&self.word_key(period.number), event.delta()).map(Word)
    }

    fn record_key(&self) -> RecordKey {
        match self.keep {
            Some(day) => RecordKey::until(day, &self.path),
            None => RecordKey::forever(&self.path),
        }
    }

    fn word_key(&self, period: u64) -> CounterKey {
        let path = format!("{}/{period}", self.path);
        match self.keep {
            Some(day) => CounterKey::until(day, &path),
            None => CounterKey::forever(&path),
        }
    }

    fn full(&self) -> Log {
        let log = Log::keeping(KEPT, &format!("{}/full", self.path));
        match self.keep {
            Some(day) => log.until(day),
            None => log,
        }
    }
}

/// One stretch of an account's time. Number by number it is the same for everybody: it follows from how the ones before it
/// ended.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Period {
    number: u64,
    /// When the lock before it is over.
    begins: Timestamp,
    /// Attempts since the last success, in the periods before it.
    spent: u32,
}

impl Period {
    fn after_success(&self) -> Period {
        Period { number: self.number.saturating_add(1), begins: Timestamp(0), spent: 0 }
    }

    /// When the last lock since the last success was over.
    fn lock_over(&self) -> Option<Timestamp> {
        (self.spent > 0).then_some(self.begins)
    }

    fn parse(text: &str) -> Result<Period, StoreError> {
        let mut parts = text.split(' ');
        let mut next = || number(parts.next().unwrap_or_default());
        let (number, begins, spent) = (next()?, Timestamp(next()?), next()?);
        Ok(Period { number, begins, spent: u32::try_from(spent).map_err(|_| CORRUPT)? })
    }
}

const CORRUPT: StoreError = StoreError::Corrupt("count of failures");

fn number(text: &str) -> Result<u64, StoreError> {
    text.parse().map_err(|_| CORRUPT)
}

enum Walked {
    /// The event was added to this period, which is open.
    Here { period: Period, word: Word, at: Timestamp },
    /// It was not, beyond finding that this period is the present one.
    Refused { period: Period, why: Refusal },
}

enum Step {
    /// The period is open, or the rank just taken is within the limit.
    Here { word: Word, at: Timestamp },
    /// It is full, and not known yet how it ends.
    Busy {
        until: Timestamp,
        /// How many were not wrong so far; at least 1.
        left: u32,
    },
    /// It is over.
    Next(Period),
}

/// What can be added to a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Event {
    Look,
    Attempt,
    Wrong,
    Right,
}

impl Event {
    fn delta(self) -> i64 {
        match self {
            Event::Look => 0,
            Event::Attempt => 1 << 32,
            Event::Wrong => 1 << 16,
            Event::Right => 1,
        }
    }
}

/// A word as an add answered it. Attempts sit on top, so that a flood of them carries into nothing; the others are bounded by
/// how many attempts are within the limit.
#[derive(Clone, Copy)]
struct Word(i64);

impl Word {
    fn taken(self) -> u32 {
        // Never negative: 2^31 attempts do not fit between two looks at the hint.
        u32::try_from(self.0 >> 32).unwrap_or(u32::MAX)
    }

    fn wrong(self) -> u32 {
        (self.0 >> 16 & 0xffff) as u32
    }

    fn right(self) -> u32 {
        (self.0 & 0xffff) as u32
    }
}

#[cfg(test)]
#[path = "failures_tests.rs"]
mod tests;
