//! What a caller gets to see of a challenge, and how its status follows from its word.

use crate::Core;
use crate::close::FENCE;
use crate::entity;
use crate::environment::{Clock, Random};
use crate::error::{Error, Result};
use crate::names::{ChallengeId, Entity, Purpose, Scope, Subject};
use crate::record::{Payload, Record};
use crate::word::{Event, Word};
use alloc::string::ToString;
use stepgate_storage::{Store, Timestamp};

/// Moves from `Pending` to one of the others at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It can still be confirmed.
    Pending,
    /// It was.
    Confirmed,
    /// As many wrong codes as allowed were compared.
    Rejected,
    /// Its time is over, or it was cancelled or superseded.
    Expired,
}

/// A challenge at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Its id.
    pub id: ChallengeId,
    /// The tenant it belongs to.
    pub scope: Scope,
    /// What it is about.
    pub entity: Entity,
    /// Who was asked.
    pub subject: Subject,
    /// What the code is for.
    pub purpose: Purpose,
    /// What waits for it.
    pub payload: Payload,
    /// Where it stands.
    pub status: Status,
    /// Codes compared so far.
    pub attempts: u32,
    /// How many may be compared.
    pub limit: u32,
    /// When its code was made.
    pub issued: Timestamp,
    /// From when on no code is compared.
    pub expires: Timestamp,
}

/// Where an entity stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    /// Its newest challenge, unless that was cancelled or is long over.
    pub challenge: Option<Challenge>,
    /// The payload confirmed last.
    pub confirmed: Option<Payload>,
}

impl<S: Store, C: Clock, R: Random> Core<S, C, R> {
    /// The challenge as its word shows it. `word` was read after `now` was.
    pub(crate) fn view(
        &self,
        id: ChallengeId,
        record: Record,
        word: Word,
        now: Timestamp,
    ) -> Result<Challenge> {
        let (status, word) = self.status_of(id, &record, word, now)?;
        let (limit, issued, expires) = (record.limit(), record.sent, record.expires());
        let request = record.request;
        Ok(Challenge {
            id,
            scope: request.scope,
            entity: request.entity,
            subject: request.subject,
            purpose: request.purpose,
            payload: request.payload,
            status,
            attempts: word.compared(),
            limit,
            issued,
            expires,
        })
    }

    /// Each answer but `Pending` stays true whatever is added to the word later:
    ///
    /// - right codes and wrong codes are never taken back, and `limit` wrong ones leave no rank for a right one;
    /// - a later generation writes its slot only when nothing is in flight in this one;
    /// - when the time is over, no rank is taken that will be compared. A rank taken in the last instant and not yet
    ///   compared leaves the outcome open, for a fence at most: that is the one case in which there is no answer.
    ///
    /// Also answers the word that says so.
    fn status_of(
        &self,
        id: ChallengeId,
        record: &Record,
        word: Word,
        now: Timestamp,
    ) -> Result<(Status, Word)> {
        let limit = record.limit();
        if let Some(status) = compared_out(word, limit) {
            return Ok((status, word));
        }
        if word.closes() > 0 && self.is_superseded(record)? {
            // What was in flight when the word was read has landed by now, and may have been right.
            let word = record.add(&self.store, id, Event::Look)?;
            return Ok((compared_out(word, limit).unwrap_or(Status::Expired), word));
        }
        if now < record.expires() {
            return Ok((Status::Pending, word));
        }
        if now >= record.expires() + FENCE || word.in_flight(word.taken(limit)) == 0 {
            return Ok((Status::Expired, word));
        }
        Err(Error::Unavailable(
            "a code is being compared at the very end of the challenge's time".to_string(),
        ))
    }

    fn is_superseded(&self, record: &Record) -> Result<bool> {
        let newest = entity::newest(&self.store, &record.request.entity)?;
        Ok(newest.is_some_and(|(generation, _)| generation > record.generation))
    }
}

/// What the codes compared have settled, if they have.
fn compared_out(word: Word, limit: u32) -> Option<Status> {
    if word.right() > 0 {
        Some(Status::Confirmed)
    } else if word.wrong() >= limit {
        Some(Status::Rejected)
    } else {
        None
    }
}
