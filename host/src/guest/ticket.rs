use crate::http::TraceId;
use crate::store::Seen;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// One request, as the instance that runs it knows it.
pub(crate) struct Ticket {
    pub(crate) trace: TraceId,
    seen: Mutex<Seen>,
    closed: AtomicBool,
}

impl Ticket {
    pub(crate) fn new(trace: TraceId) -> Self {
        Self { trace, seen: Mutex::new(Seen::NOTHING), closed: AtomicBool::new(false) }
    }

    pub(super) fn note(&self, new: Seen) {
        if let Some((first, last)) = new.span() {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.note(first);
            seen.note(last);
        }
    }

    /// The whole answer is there: nothing the guest does from now on can be in it. Returns what it rests on.
    pub(crate) fn close(&self) -> Seen {
        self.closed.store(true, Ordering::Release);
        self.seen()
    }

    pub(super) fn seen(&self) -> Seen {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}
