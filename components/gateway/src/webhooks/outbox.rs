//! Messages on their way: each is one event for one webhook.

use super::bell::Bell;
use super::endpoint::Endpoint;
use super::event::Event;
use super::queue::Queue;
use super::topic::Topic;
use crate::call::log_line;
use crate::http::{ApiError, TraceId};
use crate::ids;
use crate::owner::Owner;
use crate::ports::Ports;
use crate::stored;
use serde::{Deserialize, Serialize};
use stepgate_storage::{CounterKey, RecordKey, Timestamp};
use uuid::Uuid;

/// How many days a message is kept that nobody has taken: longer than the agenda keeps what is to become of it.
const KEPT_DAYS: u64 = 9;

const WHAT: &str = "message";

/// An event for one webhook, until it is taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Message {
    pub(super) webhook: Uuid,
    pub(super) topic: Topic,
    pub(super) body: String,
    pub(super) written_at: Timestamp,
}

/// One attempt at a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attempt {
    pub(super) message: Uuid,
    /// The first is 1.
    pub(super) number: u32,
}

/// Writes an event for everybody who is to be told of it.
pub(super) fn write(
    ports: &impl Ports,
    trace: &TraceId,
    owner: &Owner,
    event: &Event,
) -> Result<(), ApiError> {
    for endpoint in Endpoint::all_for(ports, owner, event.topic)? {
        write_to(ports, trace, &endpoint, event)?;
    }
    Ok(())
}

/// Writes an event for one webhook.
pub(super) fn write_to(
    ports: &impl Ports,
    trace: &TraceId,
    endpoint: &Endpoint,
    event: &Event,
) -> Result<(), ApiError> {
    #[derive(Serialize)]
    struct Written<'a> {
        webhook: Uuid,
        message: Uuid,
        r#type: &'a str,
        about: Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<&'a str>,
    }
    let id = ids::new(ports, event.at);
    send(ports, id, endpoint.id, event.topic, event.body()?, event.at)?;
    let details = Written {
        webhook: endpoint.id,
        message: id,
        r#type: event.topic.event_type(),
        about: event.id,
        status: event.status,
    };
    ports.log(&log_line("webhook", trace, details));
    Ok(())
}

/// Has a message sent.
pub(super) fn send(
    ports: &impl Ports,
    id: Uuid,
    webhook: Uuid,
    topic: Topic,
    body: String,
    now: Timestamp,
) -> Result<(), ApiError> {
    let message = Message { webhook, topic, body, written_at: now };
    stored::write(ports, &key(id)?, &message, WHAT)?;
    Queue::of(webhook).append(ports, Attempt { message: id, number: 1 })?;
    Bell::of(webhook).ring(ports)
}

impl Message {
    /// The message with this id; none if it was taken.
    pub(super) fn of(ports: &impl Ports, id: Uuid) -> Result<Option<Message>, ApiError> {
        Ok(stored::read(ports, &key(id)?, WHAT)?)
    }

    /// It was taken, or is kept elsewhere.
    pub(super) fn forget(ports: &impl Ports, id: Uuid) -> Result<(), ApiError> {
        Ok(ports.delete(&key(id)?)?)
    }
}

impl Attempt {
    /// As queues have it.
    pub(super) fn entry(self) -> String {
        format!("{} {}", self.message, self.number)
    }

    pub(super) fn read(entry: &str) -> Option<Attempt> {
        let (message, number) = entry.split_once(' ')?;
        Some(Attempt { message: ids::parse(message)?, number: number.parse().ok()? })
    }

    /// The one after it.
    fn next(self) -> Attempt {
        Attempt { number: self.number.saturating_add(1), ..self }
    }

    /// Whether nobody had made it. Whoever is told so has to make it.
    pub(super) fn claim(self, ports: &impl Ports) -> Result<bool, ApiError> {
        let day = made_on(self.message)?.plus(KEPT_DAYS);
        let counter = CounterKey::until(day, &format!("attempt/{}/{}", self.message, self.number));
        Ok(ports.add(&counter, 1)? == 1)
    }

    /// Puts the one after it on the agenda, unless that was done. Runs that hear the same bell at once put the same attempt into
    /// the queue, each of them: if each of these had another one follow, they would double from attempt to attempt.
    pub(super) fn follow(self, ports: &impl Ports, bell: &Bell, at: Timestamp) -> Result<(), ApiError> {
        let day = made_on(self.message)?.plus(KEPT_DAYS);
        let mark = RecordKey::until(day, &format!("attempt/{}/{}/followed", self.message, self.number));
        if ports.get(&mark)?.is_none() {
            bell.ring_for(ports, at, self.next())?;
            // After it, so that whoever dies in between has it done once more.
            ports.set(&mark, "1")?;
        }
        Ok(())
    }
}

fn key(id: Uuid) -> Result<RecordKey, ApiError> {
    Ok(RecordKey::until(made_on(id)?.plus(KEPT_DAYS), &format!("message/{id}")))
}

fn made_on(id: Uuid) -> Result<stepgate_storage::Day, ApiError> {
    let at = ids::made_at(id).ok_or_else(|| ApiError::Internal("a message's id has no time".into()))?;
    Ok(at.day())
}
