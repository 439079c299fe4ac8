//! The one thread that writes the file. Many requests share each of its commits.

use super::state::{Shared, Work};
use super::tables::{self, Snapshot, TableError};
use crate::clock::Clock;
use redb::Database;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many entries one sweep removes. Requests wait behind a sweep's commit like behind any other.
const SWEPT_AT_ONCE: usize = 1_000;
/// How soon the next sweep follows when one did not finish.
const SWEEP_AGAIN: Duration = Duration::from_millis(50);
/// How long to wait before opening a file again that just failed: first, and at most.
const REOPEN_PAUSE: Duration = Duration::from_millis(100);
const REOPEN_PAUSE_MAX: Duration = Duration::from_secs(2);

/// Opens the file. Called at the start and after every failure.
pub(super) type Open = Box<dyn Fn() -> Result<Database, TableError> + Send>;

pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) sweep_every: Duration,
    pub(super) open: Open,
}

impl Writer {
    pub(super) fn run(self, mut database: Database) {
        let _guard = Guard(self.shared.clone());
        let mut sweep_at = Instant::now() + self.sweep_every;
        loop {
            let done = match self.shared.next(sweep_at) {
                Work::Close => return,
                Work::Reopen => Err(TableError::Distrusted),
                Work::Sweep => self.shared.sweep(self.clock.now().as_secs(), SWEPT_AT_ONCE).map(|more| {
                    sweep_at = Instant::now() + if more { SWEEP_AGAIN } else { self.sweep_every };
                }),
                Work::Commit(number, batch) => tables::commit(&database, &batch)
                    .and_then(|()| Snapshot::of(&database))
                    .map(|snapshot| self.shared.committed(number, snapshot)),
            };
            if let Err(error) = done {
                tracing::error!(%error, "the store failed; it refuses everything until its file opens again");
                self.shared.lost(error.to_string());
                // After a failed write redb refuses everything on this handle, by design; and the file is
                // locked until it is dropped.
                drop(database);
                match self.reopen() {
                    Some(reopened) => database = reopened,
                    None => return,
                }
            }
        }
    }

    /// Opens the file, however long that takes. None if the store is closed meanwhile.
    fn reopen(&self) -> Option<Database> {
        let mut pause = REOPEN_PAUSE;
        while !self.shared.is_closing() {
            self.shared.pause(pause);
            pause = (pause * 2).min(REOPEN_PAUSE_MAX);
            let opened = (self.open)().and_then(|database| {
                let snapshot = Snapshot::of(&database)?;
                Ok((database, snapshot))
            });
            match opened {
                Ok((database, snapshot)) => {
                    self.shared.recovered(snapshot);
                    tracing::info!("the store's file is open again");
                    return Some(database);
                }
                Err(error) => tracing::error!(%error, "the store's file does not open"),
            }
        }
        None
    }
}

/// However the writer ends, nobody waits for it afterwards.
struct Guard(Arc<Shared>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.lost("it was closed".into());
    }
}
