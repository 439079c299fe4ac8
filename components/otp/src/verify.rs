//! Verifying: an attempt is taken before anything is compared.

use crate::Core;
use crate::challenge::Challenge;
use crate::close::PATIENCE;
use crate::environment::{Clock, Random};
use crate::error::{Error, Result};
use crate::names::{ChallengeId, Code, Purpose, Scope};
use crate::record::Record;
use crate::secret::{Key, Keys, LinkToken};
use crate::word::{Event, Word};
use alloc::string::ToString;
use stepgate_storage::{Store, Timestamp};
use subtle::Choice;

/// What a code turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Right, and this call is the one that confirmed. No two calls are told so of one challenge.
    Confirmed,
    /// Right, or not compared, and the challenge had been confirmed before.
    ConfirmedAlready,
    /// Compared, and wrong.
    Wrong,
    /// Not compared: it was too late or one too many.
    Refused,
}

/// A verdict, and the challenge after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What the code turned out to be.
    pub verdict: Verdict,
    /// The challenge after it.
    pub challenge: Challenge,
}

impl<S: Store, C: Clock, R: Random> Core<S, C, R> {
    /// Compares a code, at the cost of an attempt.
    ///
    /// `sandbox`: whether the static code is taken, if the challenge was issued for a sandbox as well.
    pub fn verify(
        &self,
        scope: &Scope,
        id: ChallengeId,
        purpose: Option<&Purpose>,
        code: Code,
        keys: &Keys,
        sandbox: bool,
    ) -> Result<Verified> {
        let record = Record::read_in(&self.store, scope, id)?;
        if purpose.is_some_and(|purpose| *purpose != record.request.purpose) {
            return Err(Error::NotFound);
        }
        let key = record.code.key(keys)?;
        self.attempt(id, record, |record| matches(record, id, key, code, sandbox))
    }

    /// Confirms by link token.
    pub fn confirm_link(&self, token: &str, keys: &Keys) -> Result<Verified> {
        let (id, record) = self.unlock(token, keys)?;
        self.attempt(id, record, |_| Choice::from(1))
    }

    /// What a link stands for. Reads only.
    pub fn open_link(&self, token: &str, keys: &Keys) -> Result<Challenge> {
        let (id, record) = self.unlock(token, keys)?;
        let now = self.clock.now();
        let word = record.add(&self.store, id, Event::Look)?;
        self.view(id, record, word, now)
    }

    /// The record a link token opens. A token is compared without an attempt: 192 bits need no limit, and a limit would let
    /// anyone who has seen a challenge's id use it up.
    fn unlock(&self, token: &str, keys: &Keys) -> Result<(ChallengeId, Record)> {
        let token = LinkToken::parse(token)?;
        let record = Record::read(&self.store, token.id)?;
        let key = record.link.key(keys)?;
        if record.link.opens_link(key, &record.request, &token).into() {
            Ok((token.id, record))
        } else {
            Err(Error::NotFound)
        }
    }

    fn attempt(
        &self,
        id: ChallengeId,
        record: Record,
        compare: impl FnOnce(&Record) -> Choice,
    ) -> Result<Verified> {
        let began = self.clock.elapsed();
        let now = self.clock.now();
        if now >= record.expires() {
            let word = record.add(&self.store, id, Event::Look)?;
            return self.verified(not_compared(word), id, record, word, now);
        }
        let word = record.add(&self.store, id, Event::Attempt)?;
        if word.right() > 0 || word.rank() > record.limit() {
            return self.verified(not_compared(word), id, record, word, now);
        }
        // The add may have taken its time. Whoever says "expired" relies on it that no rank taken after the end is compared.
        let now = self.clock.now();
        if now >= record.expires() {
            let word = record.add(&self.store, id, Event::Void)?;
            return self.verified(not_compared(word), id, record, word, now);
        }
        let right = bool::from(compare(&record));
        if self.clock.elapsed().saturating_sub(began) > PATIENCE {
            // Whoever closes this challenge may have stopped waiting for this rank, and have said how it ended.
            record.add(&self.store, id, Event::Void)?;
            return Err(Error::Unavailable("the comparison came too late".to_string()));
        }
        if !right {
            let word = record.add(&self.store, id, Event::Wrong)?;
            return self.verified(Verdict::Wrong, id, record, word, now);
        }
        let word = record.add(&self.store, id, Event::Right)?;
        let verdict = if word.right() == 1 { Verdict::Confirmed } else { Verdict::ConfirmedAlready };
        self.verified(verdict, id, record, word, now)
    }

    fn verified(
        &self,
        verdict: Verdict,
        id: ChallengeId,
        record: Record,
        word: Word,
        now: Timestamp,
    ) -> Result<Verified> {
        let challenge = self.view(id, record, word, now)?;
        Ok(Verified { verdict, challenge })
    }
}

fn not_compared(word: Word) -> Verdict {
    if word.right() > 0 { Verdict::ConfirmedAlready } else { Verdict::Refused }
}

fn matches(record: &Record, id: ChallengeId, key: &Key, code: Code, sandbox: bool) -> Choice {
    use subtle::ConstantTimeEq as _;
    let sent = record.code.opens_code(key, id, &record.request, code);
    let rehearsed = code.digits().as_slice().ct_eq(Code::SANDBOX.digits());
    let allowed = Choice::from(u8::from(sandbox && record.request.policy.sandbox()));
    sent | (rehearsed & allowed)
}
