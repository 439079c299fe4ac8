use super::Ticket;
use crate::http::TraceId;
use crate::store::Seen;
use std::sync::Arc;

/// The requests whose answers may still rest on what an instance does: the one that runs, and now and then one before
/// it whose body is still on its way.
#[derive(Default)]
pub(super) struct InHand(Vec<Arc<Ticket>>);

impl InHand {
    pub(super) fn start(&mut self, request: Arc<Ticket>) {
        self.0.retain(|request| !request.is_closed());
        self.0.push(request);
    }

    /// Their answers will wait for that, too.
    pub(super) fn note(&self, seen: Seen) {
        for request in &self.0 {
            request.note(seen);
        }
    }

    /// Everything they have written or seen so far.
    pub(super) fn seen(&self) -> Seen {
        let mut all = Seen::NOTHING;
        for (first, last) in self.0.iter().filter_map(|request| request.seen().span()) {
            all.note(first);
            all.note(last);
        }
        all
    }

    /// That of the newest one, if it is not answered yet.
    pub(super) fn trace(&self) -> Option<TraceId> {
        self.0.iter().rfind(|request| !request.is_closed()).map(|request| request.trace)
    }
}
