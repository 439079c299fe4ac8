//! The component: `stepgate:otp/challenges` as exported to any host. Nothing here decides anything; it only changes
//! types.

use crate::{
    Challenge, ChallengeId, Clock, Closing, Code, Core, Entity, Error, Issuing, Key, Keys, Payload, Policy,
    Purpose, Random, RandomError, Request, Scope, Status, Subject, Ticket, Verdict, Verified, Wait,
};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use bindings::exports::stepgate::otp::challenges as wit;
use bindings::stepgate::otp::store;
use core::time::Duration;
use stepgate_storage::{CounterKey, RecordKey, Store, StoreError, Timestamp};
use wasip2::clocks::{monotonic_clock, wall_clock};

mod bindings {
    #![allow(missing_docs, unused_qualifications, clippy::all, reason = "generated")]
    wit_bindgen::generate!({ path: "../../wit", world: "otp", generate_all });
    export!(Component with_types_in self);
    use super::Component;
}

struct Component;

struct HostStore;

struct HostClock;

struct HostRandom;

impl Store for HostStore {
    fn get(&self, key: &RecordKey) -> Result<Option<String>, StoreError> {
        Ok(store::get(key.text())?)
    }

    fn set(&self, key: &RecordKey, value: &str) -> Result<(), StoreError> {
        Ok(store::set(key.text(), value, key.expires())?)
    }

    fn delete(&self, key: &RecordKey) -> Result<(), StoreError> {
        Ok(store::delete(key.text())?)
    }

    fn delete_counter(&self, key: &CounterKey) -> Result<(), StoreError> {
        Ok(store::delete(key.text())?)
    }

    fn add(&self, key: &CounterKey, delta: i64) -> Result<i64, StoreError> {
        Ok(store::add(key.text(), delta, key.expires())?)
    }
}

impl From<store::Error> for StoreError {
    fn from(error: store::Error) -> StoreError {
        match error {
            store::Error::Unavailable(why) => StoreError::Unavailable(why),
            store::Error::Refused(why) => StoreError::Refused(why),
        }
    }
}

impl Clock for HostClock {
    fn now(&self) -> Timestamp {
        let now = wall_clock::now();
        Timestamp(now.seconds.saturating_mul(1000).saturating_add(u64::from(now.nanoseconds / 1_000_000)))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_nanos(monotonic_clock::now())
    }
}

impl Random for HostRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(bytes).map_err(|_| RandomError)
    }
}

fn core() -> Core<HostStore, HostClock, HostRandom> {
    Core::new(HostStore, HostClock, HostRandom)
}

type Result<T, E = wit::Error> = core::result::Result<T, E>;

impl wit::Guest for Component {
    fn issue(
        request: wit::Request,
        keys: Vec<wit::Key>,
        ticket: Option<wit::Ticket>,
    ) -> Result<wit::Issuing> {
        let issuing = core().issue(request.try_into()?, &parse_keys(keys)?, ticket.map(Into::into))?;
        Ok(issuing.into())
    }

    fn replace(
        scope: String,
        id: String,
        keys: Vec<wit::Key>,
        ticket: Option<wit::Ticket>,
    ) -> Result<wit::Issuing> {
        let (scope, id) = (Scope::parse(&scope)?, ChallengeId::parse(&id)?);
        Ok(core().replace(&scope, id, &parse_keys(keys)?, ticket.map(Into::into))?.into())
    }

    fn verify(
        scope: String,
        id: String,
        purpose: Option<String>,
        code: String,
        keys: Vec<wit::Key>,
        sandbox: bool,
    ) -> Result<wit::Verified> {
        let scope = Scope::parse(&scope)?;
        let purpose = purpose.as_deref().map(Purpose::parse).transpose()?;
        let code = Code::parse(&code)?;
        let id = ChallengeId::parse(&id)?;
        let keys = parse_keys(keys)?;
        Ok(core().verify(&scope, id, purpose.as_ref(), code, &keys, sandbox)?.into())
    }

    fn open_link(token: String, keys: Vec<wit::Key>) -> Result<wit::Challenge> {
        Ok(core().open_link(&token, &parse_keys(keys)?)?.into())
    }

    fn confirm_link(token: String, keys: Vec<wit::Key>) -> Result<wit::Verified> {
        Ok(core().confirm_link(&token, &parse_keys(keys)?)?.into())
    }

    fn status(scope: String, id: String) -> Result<wit::Challenge> {
        Ok(core().status(&Scope::parse(&scope)?, ChallengeId::parse(&id)?)?.into())
    }

    fn current(scope: String, entity: String) -> Result<wit::EntityState> {
        let current = core().current(&Scope::parse(&scope)?, &Entity::parse(&entity)?)?;
        Ok(wit::EntityState {
            challenge: current.challenge.map(Into::into),
            confirmed: current.confirmed.map(|payload| payload.as_str().to_string()),
        })
    }

    fn cancel(scope: String, entity: String, ticket: Option<wit::Ticket>) -> Result<wit::Closing> {
        let (scope, entity) = (Scope::parse(&scope)?, Entity::parse(&entity)?);
        Ok(match core().cancel(&scope, &entity, ticket.map(Into::into))? {
            Closing::Done => wit::Closing::Done,
            Closing::Wait(wait) => wit::Closing::Wait(wait.into()),
        })
    }
}

fn parse_keys(keys: Vec<wit::Key>) -> Result<Keys> {
    let keys: crate::Result<Vec<Key>> = keys.iter().map(|key| Key::new(&key.id, &key.secret)).collect();
    Ok(Keys::new(keys?)?)
}

impl TryFrom<wit::Request> for Request {
    type Error = Error;

    fn try_from(request: wit::Request) -> crate::Result<Request> {
        let policy = request.policy;
        Ok(Request {
            scope: Scope::parse(&request.scope)?,
            entity: Entity::parse(&request.entity)?,
            subject: Subject::parse(&request.subject)?,
            purpose: Purpose::parse(&request.purpose)?,
            payload: Payload::parse(&request.payload)?,
            policy: Policy::new(
                policy.lifetime_seconds,
                policy.attempts,
                policy.cooldown_seconds,
                policy.sandbox,
            )?,
        })
    }
}

impl From<Error> for wit::Error {
    fn from(error: Error) -> wit::Error {
        match error {
            Error::NotFound => wit::Error::NotFound,
            Error::Invalid(field) => wit::Error::Invalid(field.to_string()),
            Error::Throttled(wait) => wit::Error::Throttled(millis(wait)),
            Error::Over(status) => wit::Error::Over(status.into()),
            Error::Unavailable(why) => wit::Error::Unavailable(why),
        }
    }
}

impl From<Status> for wit::ChallengeStatus {
    fn from(status: Status) -> wit::ChallengeStatus {
        match status {
            Status::Pending => wit::ChallengeStatus::Pending,
            Status::Confirmed => wit::ChallengeStatus::Confirmed,
            Status::Rejected => wit::ChallengeStatus::Rejected,
            Status::Expired => wit::ChallengeStatus::Expired,
        }
    }
}

impl From<Challenge> for wit::Challenge {
    fn from(challenge: Challenge) -> wit::Challenge {
        wit::Challenge {
            id: challenge.id.to_string(),
            scope: challenge.scope.to_string(),
            entity: challenge.entity.to_string(),
            subject: challenge.subject.to_string(),
            purpose: challenge.purpose.to_string(),
            payload: challenge.payload.as_str().to_string(),
            status: challenge.status.into(),
            attempts: challenge.attempts,
            limit: challenge.limit,
            issued_at: challenge.issued.0,
            expires_at: challenge.expires.0,
        }
    }
}

impl From<Verified> for wit::Verified {
    fn from(verified: Verified) -> wit::Verified {
        let verdict = match verified.verdict {
            Verdict::Confirmed => wit::Verdict::Confirmed,
            Verdict::ConfirmedAlready => wit::Verdict::ConfirmedAlready,
            Verdict::Wrong => wit::Verdict::Wrong,
            Verdict::Refused => wit::Verdict::Refused,
        };
        wit::Verified { verdict, challenge: verified.challenge.into() }
    }
}

impl From<Issuing> for wit::Issuing {
    fn from(issuing: Issuing) -> wit::Issuing {
        match issuing {
            Issuing::Done(issued) => wit::Issuing::Done(wit::Issued {
                code: issued.code.digits().iter().copied().map(char::from).collect(),
                link_token: issued.link_token,
                challenge: issued.challenge.into(),
            }),
            Issuing::Wait(wait) => wit::Issuing::Wait(wait.into()),
        }
    }
}

impl From<Wait> for wit::Waiting {
    fn from(wait: Wait) -> wit::Waiting {
        let Ticket { generation, taken, closed } = wait.ticket;
        wit::Waiting {
            ticket: wit::Ticket { generation, taken, closed_at: closed.0 },
            retry_in: u32::try_from(wait.retry_in.as_millis()).unwrap_or(u32::MAX),
        }
    }
}

impl From<wit::Ticket> for Ticket {
    fn from(ticket: wit::Ticket) -> Ticket {
        Ticket { generation: ticket.generation, taken: ticket.taken, closed: Timestamp(ticket.closed_at) }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
