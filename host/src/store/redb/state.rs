//! What the threads of a [`RedbStore`](super::RedbStore) share: the newest state of every key, and how much of it is
//! on the disk.
//!
//! A key is looked up in three layers, newest first: the batch that is filling, the batch that is being
//! committed, and the file as of the last commit. Batches are numbered; every batch below the filling one is
//! committed, being committed, or lost.

use super::super::entry::Entry;
use super::super::{Seen, StoreError};
use super::batch::Batch;
use super::tables::{Snapshot, TableError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Changes that nobody waits for (their request died) still reach the disk this soon.
const LINGER: Duration = Duration::from_millis(500);

pub(super) struct Shared {
    state: Mutex<State>,
    /// Wakes the writer.
    work: Condvar,
    progress: watch::Sender<Progress>,
}

pub(super) struct State {
    filling: Batch,
    /// The number of the filling batch.
    number: u64,
    /// The newest batch that somebody waits for. Until somebody does, a batch goes on filling, so that all a request
    /// does fits in one sync.
    wanted: u64,
    committing: Arc<Batch>,
    file: File,
    /// A read failed because of the disk, so the writer has to open the file anew even if nothing is written.
    distrusted: bool,
    closing: bool,
}

enum File {
    Open(Arc<Snapshot>),
    /// A commit failed, or a read did; the writer is opening the file anew.
    Failed(String),
}

/// How far the writer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Progress {
    committed: u64,
    /// The newest batch that was lost; 0 if none ever was.
    lost: u64,
}

/// What the writer is to do next.
pub(super) enum Work {
    Commit(u64, Arc<Batch>),
    Sweep,
    Reopen,
    Close,
}

impl Shared {
    pub(super) fn new(snapshot: Snapshot) -> Self {
        Self {
            state: Mutex::new(State {
                filling: Batch::default(),
                number: 1,
                wanted: 0,
                committing: Arc::default(),
                file: File::Open(Arc::new(snapshot)),
                distrusted: false,
                closing: false,
            }),
            work: Condvar::new(),
            progress: watch::Sender::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic between two changes of the state is turned into a lost batch by the writer's guard, and no
        // operation leaves the layers out of step, so what a poisoned lock guards can be used.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks a key up. The newest layer is asked under the lock, the file outside of it.
    pub(super) fn read<T>(
        &self,
        key: &str,
        seen: &mut Seen,
        look: impl FnOnce(Option<&Entry>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let snapshot = {
            let state = self.lock();
            if let Some((entry, batch)) = state.unsaved(key) {
                seen.note(batch);
                return look(entry);
            }
            state.snapshot()?
        };
        // If a commit ends meanwhile, this is still what was newest when the lock was held.
        let entry = snapshot.get(key).map_err(|error| self.lock().read_failed(&error, &self.work))?;
        look(entry.as_ref())
    }

    /// Looks a key up and, in the same atomic step, puts what `change` makes of it. Writing nothing is a read.
    pub(super) fn update<T>(
        &self,
        key: &str,
        seen: &mut Seen,
        change: impl FnOnce(Option<&Entry>) -> Result<(T, Option<Change>), StoreError>,
    ) -> Result<T, StoreError> {
        let mut state = self.lock();
        let (answer, change) = match state.unsaved(key) {
            Some((entry, batch)) => {
                seen.note(batch);
                change(entry)?
            }
            None => {
                let entry = state.snapshot()?.get(key);
                change(entry.map_err(|error| state.read_failed(&error, &self.work))?.as_ref())?
            }
        };
        if let Some(Change(new)) = change {
            seen.note(state.put(key, new)?);
        }
        Ok(answer)
    }

    /// Resolves when everything in `seen` is committed.
    pub(super) async fn durable(&self, seen: Seen) -> Result<(), StoreError> {
        let Some((first, last)) = seen.span() else { return Ok(()) };
        let mut progress = self.progress.subscribe();
        {
            let mut state = self.lock();
            if state.wanted < last {
                state.wanted = last;
                self.work.notify_one();
            }
        }
        let progress = *progress
            .wait_for(|progress| progress.committed >= last || progress.lost >= first)
            .await
            .map_err(|_| StoreError::Unavailable("it was closed".into()))?;
        // A batch committed before a later one was lost is refused too. That is more than has to be, for those
        // requests only that were in flight while the disk failed, and it needs no history of failures.
        if progress.lost >= first {
            return Err(StoreError::Unavailable("the disk did not take a write".into()));
        }
        Ok(())
    }

    /// The writer: waits for something to do.
    pub(super) fn next(&self, sweep_at: Instant) -> Work {
        let mut state = self.lock();
        let mut lingered = false;
        loop {
            if state.distrusted {
                return Work::Reopen;
            }
            if state.filling.is_empty() {
                if state.closing {
                    return Work::Close;
                }
            } else if lingered || state.closing || state.wanted >= state.number {
                let (number, batch) = state.start_commit();
                return Work::Commit(number, batch);
            }
            let left = sweep_at.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Work::Sweep;
            }
            let (woken, timeout) =
                self.work.wait_timeout(state, left.min(LINGER)).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            lingered = timeout.timed_out();
        }
    }

    /// The writer: this batch is on the disk.
    pub(super) fn committed(&self, number: u64, snapshot: Snapshot) {
        let mut state = self.lock();
        state.file = File::Open(Arc::new(snapshot));
        state.committing = Arc::default();
        self.progress.send_modify(|progress| progress.committed = number);
    }

    /// The writer: a commit failed. Whatever is not on the disk is given up, and whoever saw any of it is told.
    pub(super) fn lost(&self, reason: String) {
        let mut state = self.lock();
        state.file = File::Failed(reason);
        state.committing = Arc::default();
        state.filling = Batch::default();
        let lost = state.number;
        state.number += 1;
        self.progress.send_modify(|progress| progress.lost = lost);
    }

    /// The writer: the file is open again.
    pub(super) fn recovered(&self, snapshot: Snapshot) {
        let mut state = self.lock();
        state.file = File::Open(Arc::new(snapshot));
        state.distrusted = false;
    }

    /// The writer: turns what has expired into deletions, and says whether there may be more of it.
    pub(super) fn sweep(&self, now: u64, limit: usize) -> Result<bool, TableError> {
        let Ok(snapshot) = self.lock().snapshot() else { return Ok(false) };
        let keys = snapshot.expired(now, limit)?;
        let mut state = self.lock();
        for key in &keys {
            // A key that was touched since the snapshot is left for the next sweep. No commit can have ended in
            // between: the writer is here.
            if state.unsaved(key).is_none() && state.put(key, None).is_err() {
                return Ok(false);
            }
        }
        Ok(keys.len() == limit)
    }

    pub(super) fn is_closing(&self) -> bool {
        self.lock().closing
    }

    pub(super) fn close(&self) {
        self.lock().closing = true;
        self.work.notify_one();
    }

    /// The writer: waits a little, unless the store is being closed. For tries that follow a failure.
    pub(super) fn pause(&self, duration: Duration) {
        let state = self.lock();
        drop(self.work.wait_timeout_while(state, duration, |state| !state.closing));
    }
}

/// A key's new entry; none removes it.
pub(super) struct Change(pub(super) Option<Entry>);

impl State {
    /// The key as it is in a batch that is not yet on the disk, and the number of that batch.
    fn unsaved(&self, key: &str) -> Option<(Option<&Entry>, u64)> {
        let filling = self.filling.get(key).map(|entry| (entry, self.number));
        filling.or_else(|| self.committing.get(key).map(|entry| (entry, self.number - 1)))
    }

    fn snapshot(&self) -> Result<Arc<Snapshot>, StoreError> {
        match &self.file {
            File::Open(snapshot) => Ok(snapshot.clone()),
            File::Failed(reason) => Err(StoreError::Unavailable(reason.clone())),
        }
    }

    fn put(&mut self, key: &str, new: Option<Entry>) -> Result<u64, StoreError> {
        if let File::Failed(reason) = &self.file {
            return Err(StoreError::Unavailable(reason.clone()));
        }
        if self.filling.is_full() {
            return Err(StoreError::Unavailable("the disk does not keep up".into()));
        }
        self.filling.put(key, new);
        Ok(self.number)
    }

    fn read_failed(&mut self, error: &TableError, work: &Condvar) -> StoreError {
        if error.is_of_the_disk() {
            self.distrusted = true;
            work.notify_one();
        }
        StoreError::Unavailable(error.to_string())
    }

    fn start_commit(&mut self) -> (u64, Arc<Batch>) {
        let number = self.number;
        self.number += 1;
        self.committing = Arc::new(std::mem::take(&mut self.filling));
        (number, self.committing.clone())
    }
}
