//! What is untold of a thing, and telling it.
//!
//! What was told last of each thing is a record. Whoever finds more in how the thing stands writes events for it, and then the
//! record. Of any number who find the same at once, one tells it: the one who is first on the counter of that step. Should
//! that one die, the look that was noted before the change makes up for it, for it asks no counter. So everything is told at
//! least once, and more than once only after a crash.

use super::agenda::{Agenda, Taken};
use super::event::Event;
use super::thing::Kind;
use super::{outbox, secret};
use crate::call::log_line;
use crate::http::{ApiError, TraceId};
use crate::ids;
use crate::owner::Owner;
use crate::ports::Ports;
use crate::stored;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use stepgate_storage::{CounterKey, RecordKey, Timestamp};
use uuid::Uuid;

/// The looks that are noted. A look is taken when its span is closed: by then the change it was noted for is done, or never will be.
const LOOKS: Agenda = Agenda { name: "looks-20s", span: Duration::from_secs(20), at_once: false };

/// How many looks one run takes.
const MOST_LOOKS: usize = 100;

/// How much later something that cannot be looked at now is looked at again.
const LATER: Duration = Duration::from_secs(60);

const WHAT: &str = "mark of what was told";

/// What was told last of a thing.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    status: String,
    by: String,
    /// How often something was told of it.
    times: u64,
}

/// Who looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looking {
    /// Somebody who changed something, beside others perhaps.
    Now,
    /// The look that was noted.
    Later,
}

/// To be called before a thing is changed. If this fails, it must not be changed: nobody might be told.
pub(crate) fn before(ports: &impl Ports, trace: &TraceId, kind: Kind, id: Uuid) -> Result<(), ApiError> {
    if !secret::webhooks_are_on(ports)? {
        return Ok(());
    }
    // What is untold of the past cannot be seen any more once there is something newer.
    if tell(ports, trace, kind, id, Looking::Now)? {
        LOOKS.put(ports, &entry(kind, id))?;
    }
    Ok(())
}

/// The same for whoever acts as `caller`. Answers whether the thing is there and within reach; else nothing is done about it.
pub(crate) fn before_for(
    ports: &impl Ports,
    trace: &TraceId,
    kind: Kind,
    id: Uuid,
    caller: &Owner,
) -> Result<bool, ApiError> {
    if !secret::webhooks_are_on(ports)? || !kind.look(ports, id)?.is_some_and(|it| caller.reaches(&it.owner))
    {
        return Ok(false);
    }
    before(ports, trace, kind, id).map(|()| true)
}

/// Notes that a thing will, or may, change by itself at this time.
pub(crate) fn expect(ports: &impl Ports, kind: Kind, id: Uuid, at: Timestamp) -> Result<(), ApiError> {
    if !secret::webhooks_are_on(ports)? {
        return Ok(());
    }
    LOOKS.put_for(ports, at, &entry(kind, id))
}

/// To be called when a thing may have changed. That something could not be told now undoes nothing, so it is no failure of
/// whoever calls this: the look that was noted tells it.
pub(crate) fn after(ports: &impl Ports, trace: &TraceId, kind: Kind, id: Uuid) {
    let told = match secret::webhooks_are_on(ports) {
        Ok(true) => tell(ports, trace, kind, id, Looking::Now).map(drop),
        Ok(false) => Ok(()),
        Err(error) => Err(error.into()),
    };
    if let Err(error) = told {
        log_failure(ports, trace, kind, &error);
    }
}

/// Takes the looks that are due.
pub(super) fn look(ports: &impl Ports, trace: &TraceId, until: Timestamp) -> Result<Taken, ApiError> {
    LOOKS.take(ports, MOST_LOOKS, until, &mut |entry| {
        let Some((kind, id)) = read_entry(entry) else { return Ok(()) };
        let Err(error) = tell(ports, trace, kind, id, Looking::Later) else { return Ok(()) };
        log_failure(ports, trace, kind, &error);
        // One thing that cannot be read must not keep the others waiting.
        LOOKS.put_for(ports, ports.now() + LATER, entry)
    })
}

/// Forgets what was told of a thing.
pub(crate) fn forget(ports: &impl Ports, kind: Kind, id: Uuid) -> Result<(), ApiError> {
    Ok(ports.delete(&told_key(kind, id))?)
}

/// Answers whether there is such a thing.
fn tell(
    ports: &impl Ports,
    trace: &TraceId,
    kind: Kind,
    id: Uuid,
    looking: Looking,
) -> Result<bool, ApiError> {
    let Some(sight) = kind.look(ports, id)? else { return Ok(false) };
    let told: Option<Told> = stored::read(ports, &told_key(kind, id), WHAT)?;
    let told = told.unwrap_or_else(|| Told { status: sight.first.to_owned(), by: String::new(), times: 0 });
    let (mut newest, mut times): (Option<&'static str>, _) = (None, told.times);
    let untold = sight.steps.iter().rposition(|step| step.is_behind(&told.by)).map_or(0, |last| last + 1);
    for step in sight.steps.iter().skip(untold) {
        if step.status == newest.unwrap_or(told.status.as_str()) {
            continue;
        }
        if looking == Looking::Now && !is_first(ports, kind, id, times, &step.by)? {
            // Somebody else is at it, and writes down how far that came.
            return Ok(true);
        }
        newest = Some(step.status);
        times = times.saturating_add(1);
        let event = Event {
            topic: kind.topic(),
            at: ports.now(),
            customer_id: sight.customer_id,
            id,
            status: newest,
        };
        outbox::write(ports, trace, &sight.owner, &event)?;
    }
    if let Some(last) = sight.steps.last().filter(|_| times > told.times) {
        let status = newest.unwrap_or(&told.status).to_owned();
        let now = Told { status, by: last.by.clone(), times };
        stored::write(ports, &told_key(kind, id), &now, WHAT)?;
    }
    if kind == Kind::Identification {
        // What an identification comes to is what its customer comes to.
        tell(ports, trace, Kind::Customer, sight.customer_id, looking)?;
    }
    Ok(true)
}

/// Whether nobody has begun to tell this step after those told before.
fn is_first(ports: &impl Ports, kind: Kind, id: Uuid, times: u64, by: &str) -> Result<bool, ApiError> {
    let day = ports.now().day().plus(1);
    let counter = CounterKey::until(day, &format!("told/{}/{id}/{times}/{by}", kind.name()));
    Ok(ports.add(&counter, 1)? == 1)
}

fn told_key(kind: Kind, id: Uuid) -> RecordKey {
    RecordKey::forever(&format!("told/{}/{id}", kind.name()))
}

fn entry(kind: Kind, id: Uuid) -> String {
    format!("{} {id}", kind.name())
}

fn read_entry(entry: &str) -> Option<(Kind, Uuid)> {
    let (kind, id) = entry.split_once(' ')?;
    Some((Kind::of_name(kind)?, ids::parse(id)?))
}

fn log_failure(ports: &impl Ports, trace: &TraceId, kind: Kind, error: &ApiError) {
    #[derive(Serialize)]
    struct Untold<'a> {
        kind: &'static str,
        reason: &'a str,
    }
    let reason = error.internal_reason().unwrap_or("refused");
    ports.log(&log_line("webhook-untold", trace, Untold { kind: kind.name(), reason }));
}
