//! The real core behind the port, as `components/otp/src/component.rs` exports it.

use super::TestPorts;
use crate::ports::Challenges;
use crate::ports::{Surroundings as _, challenges as wit};
use core::time::Duration;
use stepgate_otp as otp;
use stepgate_storage::Timestamp;

struct TestRandom<'a>(&'a TestPorts);

impl otp::Random for TestRandom<'_> {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), otp::RandomError> {
        for byte in bytes {
            let [random] = self.0.random();
            *byte = random;
        }
        Ok(())
    }
}

struct TestClock<'a>(&'a TestPorts);

impl otp::Clock for TestClock<'_> {
    fn now(&self) -> Timestamp {
        self.0.now.get()
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.now.get().0)
    }
}

type Core<'a> = otp::Core<&'a TestPorts, TestClock<'a>, TestRandom<'a>>;

fn core(ports: &TestPorts) -> Core<'_> {
    otp::Core::new(ports, TestClock(ports), TestRandom(ports))
}

impl Challenges for TestPorts {
    fn issue(
        &self,
        request: &wit::Request,
        keys: &[wit::Key],
        ticket: Option<wit::Ticket>,
    ) -> Result<wit::Issuing, wit::Error> {
        let elsewhere = self.before_issue.take();
        if let Some(elsewhere) = elsewhere {
            elsewhere(self);
        }
        let policy = request.policy;
        let request = otp::Request {
            scope: otp::Scope::parse(&request.scope).map_err(error)?,
            entity: otp::Entity::parse(&request.entity).map_err(error)?,
            subject: otp::Subject::parse(&request.subject).map_err(error)?,
            purpose: otp::Purpose::parse(&request.purpose).map_err(error)?,
            payload: otp::Payload::parse(&request.payload).map_err(error)?,
            policy: otp::Policy::new(
                policy.lifetime_seconds,
                policy.attempts,
                policy.cooldown_seconds,
                policy.sandbox,
            )
            .map_err(error)?,
        };
        match core(self).issue(request, &keys_of(keys)?, ticket.map(ticket_of)).map_err(error)? {
            otp::Issuing::Done(issued) => Ok(wit::Issuing::Done(wit::Issued {
                code: issued.code.digits().iter().copied().map(char::from).collect(),
                link_token: issued.link_token,
                challenge: challenge(issued.challenge),
            })),
            otp::Issuing::Wait(wait) => Ok(wit::Issuing::Wait(waiting(&wait))),
        }
    }

    fn verify(
        &self,
        scope: &str,
        id: &str,
        code: &str,
        keys: &[wit::Key],
        sandbox: bool,
    ) -> Result<wit::Verified, wit::Error> {
        let scope = otp::Scope::parse(scope).map_err(error)?;
        let code = otp::Code::parse(code).map_err(error)?;
        let id = otp::ChallengeId::parse(id).map_err(error)?;
        core(self).verify(&scope, id, None, code, &keys_of(keys)?, sandbox).map(verified).map_err(error)
    }

    fn open_link(&self, token: &str, keys: &[wit::Key]) -> Result<wit::Challenge, wit::Error> {
        core(self).open_link(token, &keys_of(keys)?).map(challenge).map_err(error)
    }

    fn confirm_link(&self, token: &str, keys: &[wit::Key]) -> Result<wit::Verified, wit::Error> {
        core(self).confirm_link(token, &keys_of(keys)?).map(verified).map_err(error)
    }

    fn status(&self, scope: &str, id: &str) -> Result<wit::Challenge, wit::Error> {
        let scope = otp::Scope::parse(scope).map_err(error)?;
        let id = otp::ChallengeId::parse(id).map_err(error)?;
        core(self).status(&scope, id).map(challenge).map_err(error)
    }

    fn current(&self, scope: &str, entity: &str) -> Result<wit::EntityState, wit::Error> {
        let scope = otp::Scope::parse(scope).map_err(error)?;
        let entity = otp::Entity::parse(entity).map_err(error)?;
        let current = core(self).current(&scope, &entity).map_err(error)?;
        Ok(wit::EntityState {
            challenge: current.challenge.map(challenge),
            confirmed: current.confirmed.map(|payload| payload.as_str().to_owned()),
        })
    }

    fn cancel(
        &self,
        scope: &str,
        entity: &str,
        ticket: Option<wit::Ticket>,
    ) -> Result<wit::Closing, wit::Error> {
        let scope = otp::Scope::parse(scope).map_err(error)?;
        let entity = otp::Entity::parse(entity).map_err(error)?;
        match core(self).cancel(&scope, &entity, ticket.map(ticket_of)).map_err(error)? {
            otp::Closing::Done => Ok(wit::Closing::Done),
            otp::Closing::Wait(wait) => Ok(wit::Closing::Wait(waiting(&wait))),
        }
    }
}

fn keys_of(keys: &[wit::Key]) -> Result<otp::Keys, wit::Error> {
    let keys: Result<Vec<_>, _> = keys.iter().map(|key| otp::Key::new(&key.id, &key.secret)).collect();
    keys.and_then(otp::Keys::new).map_err(error)
}

fn ticket_of(ticket: wit::Ticket) -> otp::Ticket {
    otp::Ticket { generation: ticket.generation, taken: ticket.taken, closed: Timestamp(ticket.closed_at) }
}

fn waiting(wait: &otp::Wait) -> wit::Waiting {
    let otp::Ticket { generation, taken, closed } = wait.ticket;
    wit::Waiting {
        ticket: wit::Ticket { generation, taken, closed_at: closed.0 },
        retry_in: u32::try_from(wait.retry_in.as_millis()).unwrap(),
    }
}

fn verified(verified: otp::Verified) -> wit::Verified {
    let verdict = match verified.verdict {
        otp::Verdict::Confirmed => wit::Verdict::Confirmed,
        otp::Verdict::ConfirmedAlready => wit::Verdict::ConfirmedAlready,
        otp::Verdict::Wrong => wit::Verdict::Wrong,
        otp::Verdict::Refused => wit::Verdict::Refused,
    };
    wit::Verified { verdict, challenge: challenge(verified.challenge) }
}

fn challenge(challenge: otp::Challenge) -> wit::Challenge {
    wit::Challenge {
        id: challenge.id.to_string(),
        scope: challenge.scope.to_string(),
        entity: challenge.entity.to_string(),
        subject: challenge.subject.to_string(),
        purpose: challenge.purpose.to_string(),
        payload: challenge.payload.as_str().to_owned(),
        status: status(challenge.status),
        attempts: challenge.attempts,
        limit: challenge.limit,
        issued_at: challenge.issued.0,
        expires_at: challenge.expires.0,
    }
}

fn status(status: otp::Status) -> wit::ChallengeStatus {
    match status {
        otp::Status::Pending => wit::ChallengeStatus::Pending,
        otp::Status::Confirmed => wit::ChallengeStatus::Confirmed,
        otp::Status::Rejected => wit::ChallengeStatus::Rejected,
        otp::Status::Expired => wit::ChallengeStatus::Expired,
    }
}

fn error(error: otp::Error) -> wit::Error {
    match error {
        otp::Error::NotFound => wit::Error::NotFound,
        otp::Error::Invalid(field) => wit::Error::Invalid(field.to_owned()),
        otp::Error::Throttled(wait) => wit::Error::Throttled(u64::try_from(wait.as_millis()).unwrap()),
        otp::Error::Over(over) => wit::Error::Over(status(over)),
        otp::Error::Unavailable(why) => wit::Error::Unavailable(why),
    }
}
