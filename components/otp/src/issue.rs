//! Issuing: the first code, another code for the same change, or none.

use crate::Core;
use crate::challenge::{Challenge, Status};
use crate::close::{Closed, Closing, PATIENCE, Settled, Ticket, Wait};
use crate::entity::{self, Change, Slot};
use crate::environment::{Clock, Random};
use crate::error::{Error, Result};
use crate::names::{ChallengeId, Code, Entity, Scope};
use crate::record::{Record, Request};
use crate::secret::{Keys, LinkToken, Seal};
use crate::word::Word;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use core::time::Duration;
use stepgate_storage::{CounterKey, Store, Timestamp};

/// A new challenge with its secrets, which are to be sent and forgotten. Has no `Debug`, so that they are not printed.
pub struct Issued {
    /// The challenge.
    pub challenge: Challenge,
    /// The code.
    pub code: Code,
    /// What the confirmation link carries.
    pub link_token: String,
}

/// What became of a request for a challenge.
pub enum Issuing {
    /// Here it is.
    Done(Box<Issued>),
    /// Codes of the challenge before it are being compared.
    Wait(Wait),
}

impl<S: Store, C: Clock, R: Random> Core<S, C, R> {
    /// Issues a challenge for an entity, closing the one before it.
    pub fn issue(&self, request: Request, keys: &Keys, ticket: Option<Ticket>) -> Result<Issuing> {
        let start = self.start(&request, ticket)?;
        let newest = self.newest_below(&request.entity, start.generation, ticket)?;
        let Some((written, slot)) = newest else {
            return self.finish(start, request, keys, Settled::default());
        };
        if !request.scope.reaches(&slot.scope) && !slot.scope.reaches(&request.scope) {
            // Somebody else's entity. What was claimed here is a hole, and theirs is as it was.
            return Err(Error::NotFound);
        }
        match self.close_written(&request.entity, start.generation, written, &slot, ticket)? {
            Closed::Settled(settled) => self.finish(start, request, keys, settled),
            Closed::Wait(wait) => Ok(Issuing::Wait(wait)),
        }
    }

    /// Replaces a pending challenge by one for the same change, with what is left of its attempts.
    pub fn replace(
        &self,
        scope: &Scope,
        id: ChallengeId,
        keys: &Keys,
        ticket: Option<Ticket>,
    ) -> Result<Issuing> {
        let record = Record::read_in(&self.store, scope, id)?;
        if ticket.is_none() {
            let status = self.look(id, record.clone())?.status;
            if status != Status::Pending {
                return Err(Error::Over(status));
            }
        }
        let start = self.start(&record.request, ticket)?;
        let entity = &record.request.entity;
        let newest = self.newest_below(entity, start.generation, ticket)?;
        let Some((written, slot)) = newest.filter(|(written, _)| *written == record.generation) else {
            // Another request has replaced it by now, and must not be undone by this one.
            return Err(Error::Over(self.look(id, record)?.status));
        };
        let settled = match self.close_written(entity, start.generation, written, &slot, ticket)? {
            Closed::Settled(settled) => settled,
            Closed::Wait(wait) => return Ok(Issuing::Wait(wait)),
        };
        let left = settled
            .previous
            .as_ref()
            .filter(|previous| previous.word.right() == 0)
            .and_then(|previous| record.request.policy.less(previous.taken));
        match left {
            Some(policy) => self.finish(start, Request { policy, ..record.request }, keys, settled),
            None => self.not_replaced(start, id, record, settled),
        }
    }

    /// Ends a replacement that cannot be: everything is settled, and how the challenge ended is read afresh, so that it is
    /// what everybody else reads.
    fn not_replaced(
        &self,
        start: Start,
        id: ChallengeId,
        record: Record,
        settled: Settled,
    ) -> Result<Issuing> {
        let scope = record.request.scope.clone();
        let slot = cancellation(scope, settled);
        self.in_time(start.since)?;
        entity::write(&self.store, &record.request.entity, start.generation, &slot)?;
        Err(Error::Over(self.look(id, record)?.status))
    }

    /// Closes the entity's challenge, with none to follow it.
    pub fn cancel(&self, scope: &Scope, entity: &Entity, ticket: Option<Ticket>) -> Result<Closing> {
        let Some((_, newest)) = entity::newest(&self.store, entity)? else { return Ok(Closing::Done) };
        if !scope.reaches(&newest.scope) {
            return Err(Error::NotFound);
        }
        if newest.challenge.is_none() {
            return Ok(Closing::Done);
        }
        let since = self.clock.elapsed();
        let generation = match ticket {
            Some(ticket) => ticket.generation,
            None => entity::claim(&self.store, entity)?,
        };
        let settled = match self.close_below(entity, generation, ticket)? {
            Closed::Settled(settled) => settled,
            Closed::Wait(wait) => return Ok(Closing::Wait(wait)),
        };
        self.in_time(since)?;
        let slot = cancellation(newest.scope, settled);
        entity::write(&self.store, entity, generation, &slot)?;
        Ok(Closing::Done)
    }

    /// Takes its place in the entity's order, if it may send now. The instant of issue is settled before the claim, so
    /// that a later generation knows which day's word to close (`close_unwritten`).
    fn start(&self, request: &Request, ticket: Option<Ticket>) -> Result<Start> {
        let since = self.clock.elapsed();
        let now = self.clock.now();
        entity::outlives(&request.entity, now, request.policy.lifetime())?;
        if let Some(ticket) = ticket {
            // The word of a call that waited over midnight is still the one a later generation would close.
            return Ok(Start { generation: ticket.generation, issued: ticket.closed.min(now), now, since });
        }
        if !request.policy.cooldown().is_zero() {
            self.may_send(request, now)?;
        }
        let generation = entity::claim(&self.store, &request.entity)?;
        Ok(Start { generation, issued: now, now, since })
    }

    /// One sender for each cool-down since the last send; one that dies blocks that cool-down only.
    fn may_send(&self, request: &Request, now: Timestamp) -> Result<()> {
        let cooldown = request.policy.cooldown();
        let newest = entity::newest(&self.store, &request.entity)?;
        let sent = newest.and_then(|(_, slot)| slot.sent).unwrap_or(Timestamp(0));
        let whole = now.since(sent).as_millis() / cooldown.as_millis();
        let nth = u64::try_from(whole).unwrap_or(u64::MAX);
        let begins = |nth: u64| sent + Duration::from_millis(nth.saturating_mul(cooldown.as_secs() * 1000));
        let throttled = Error::Throttled(begins(nth.saturating_add(1)).since(now));
        if nth == 0 {
            return Err(throttled);
        }
        let day = begins(nth).day().plus(2);
        let key = CounterKey::until(day, &format!("otp/send/{}/{}/{nth}", request.entity, sent.0));
        if self.store.add(&key, 1)? == 1 { Ok(()) } else { Err(throttled) }
    }

    fn finish(&self, start: Start, request: Request, keys: &Keys, settled: Settled) -> Result<Issuing> {
        let id = ChallengeId::new(start.issued, &self.random)?;
        let code = Code::random(&self.random)?;
        let token = LinkToken::new(id, &self.random)?;
        let record = Record {
            code: Seal::of_code(keys, id, &request, code)?,
            link: Seal::of_link(keys, &request, &token)?,
            generation: start.generation,
            sent: start.now,
            request,
        };
        record.write(&self.store, id)?;
        let slot = Slot {
            scope: record.request.scope.clone(),
            challenge: Some(Change { id, limit: record.limit(), payload: record.request.payload.clone() }),
            sent: Some(start.now),
            base: settled.value,
            confirmed: false,
        };
        self.in_time(start.since)?;
        entity::write(&self.store, &record.request.entity, start.generation, &slot)?;
        let challenge = self.view(id, record, Word::new(0), start.now)?;
        let issued = Issued { challenge, code, link_token: token.text() };
        Ok(Issuing::Done(Box::new(issued)))
    }

    /// A call that was held up for long may have been overtaken by so many others that its slot would come back from
    /// the dead. It stops instead.
    fn in_time(&self, since: Duration) -> Result<()> {
        if self.clock.elapsed().saturating_sub(since) > PATIENCE {
            return Err(Error::Unavailable("issuing took too long".to_string()));
        }
        Ok(())
    }
}

fn cancellation(scope: Scope, settled: Settled) -> Slot {
    Slot { scope, challenge: None, sent: settled.sent, base: settled.value, confirmed: false }
}

struct Start {
    generation: u64,
    /// The instant in the id.
    issued: Timestamp,
    now: Timestamp,
    since: Duration,
}
