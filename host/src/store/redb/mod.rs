//! A durable store in one file, over redb.
//!
//! An operation changes memory only and returns at once; one thread writes what has gathered, syncs, and lets
//! every request go that waited for it. See [`Store::durable`].

mod batch;
mod state;
mod tables;
mod writer;

use super::{Key, Seen, Store, StoreError, Value, entry};
use crate::clock::Clock;
use futures::future::{BoxFuture, FutureExt};
use redb::StorageBackend;
use state::{Change, Shared};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tables::{Snapshot, TableError};
use writer::{Open, Writer};

/// How a [`RedbStore`] is opened.
#[derive(Clone, Debug)]
pub struct RedbOptions {
    /// How many bytes of the file are kept in memory by redb.
    pub cache_bytes: usize,
    /// How often expired entries are removed.
    pub sweep_every: Duration,
}

impl Default for RedbOptions {
    /// 16 MiB, and every 30 seconds.
    fn default() -> Self {
        Self { cache_bytes: 16 << 20, sweep_every: Duration::from_secs(30) }
    }
}

/// Why a store did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the file.
    #[error("{0} is in use by another process")]
    InUse(PathBuf),
    /// It could not be read, or written, or is no file of ours.
    #[error("{path} cannot be opened: {reason}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system, or redb, says.
        reason: String,
    },
}

/// Keeps everything in one file. What [`durable`](Store::durable) has answered for survives `kill -9` and loss of
/// power, as far as the disk does what `fsync` asks of it.
///
/// When the disk fails, everything that is not yet durable is given up and every request that saw any of it gets an
/// error; the store then refuses everything, and opens its file again until that works.
pub struct RedbStore {
    shared: Arc<Shared>,
    clock: Arc<dyn Clock>,
    writer: Option<JoinHandle<()>>,
}

impl RedbStore {
    /// Opens the file at `path`, or makes it. `clock` says when an entry has expired.
    ///
    /// # Errors
    /// [`OpenError`] if the file cannot be used.
    pub fn open(path: &Path, options: &RedbOptions, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let (file, cache_bytes) = (path.to_owned(), options.cache_bytes);
        let store = Self::start(Box::new(move || tables::open(&file, cache_bytes)), options, clock)
            .map_err(|error| explain(path, &error))?;
        // The file is on the disk, its name may not be yet: a new one could be gone after a loss of power.
        sync_folder(path)
            .map_err(|error| OpenError::Unusable { path: path.to_owned(), reason: error.to_string() })?;
        Ok(store)
    }

    /// The same over any storage that redb can use. `storage` is called again after each failure.
    ///
    /// # Errors
    /// [`OpenError`] if the storage cannot be used.
    pub fn open_with<B: StorageBackend>(
        storage: impl Fn() -> std::io::Result<B> + Send + 'static,
        options: &RedbOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let cache_bytes = options.cache_bytes;
        let open = move || {
            let storage = storage().map_err(redb::StorageError::Io)?;
            tables::open_backend(storage, cache_bytes)
        };
        Self::start(Box::new(open), options, clock).map_err(|error| explain(Path::new("the storage"), &error))
    }

    fn start(open: Open, options: &RedbOptions, clock: Arc<dyn Clock>) -> Result<Self, TableError> {
        let database = open()?;
        let shared = Arc::new(Shared::new(Snapshot::of(&database)?));
        let writer =
            Writer { shared: shared.clone(), clock: clock.clone(), sweep_every: options.sweep_every, open };
        let writer = std::thread::Builder::new()
            .name("stepgate-store".into())
            .spawn(move || writer.run(database))
            .map_err(redb::StorageError::Io)?;
        Ok(Self { shared, clock, writer: Some(writer) })
    }

    fn now(&self) -> u64 {
        self.clock.now().as_secs()
    }
}

/// Makes the entry of a file in its folder durable.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn explain(path: &Path, error: &TableError) -> OpenError {
    if error.is_in_use() {
        return OpenError::InUse(path.to_owned());
    }
    OpenError::Unusable { path: path.to_owned(), reason: error.to_string() }
}

impl Drop for RedbStore {
    /// Writes what is left, and closes the file.
    fn drop(&mut self) {
        self.shared.close();
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has said so, and has already told everyone who waited for it.
            drop(writer.join());
        }
    }
}

impl Store for RedbStore {
    fn get(&self, key: Key<'_>, seen: &mut Seen) -> Result<Option<String>, StoreError> {
        let now = self.now();
        self.shared.read(key.as_str(), seen, |entry| entry::read(entry, now))
    }

    fn set(
        &self,
        key: Key<'_>,
        value: Value<'_>,
        expires: Option<u64>,
        seen: &mut Seen,
    ) -> Result<(), StoreError> {
        let now = self.now();
        self.shared.update(key.as_str(), seen, |old| {
            let new = entry::write(old, now, value, expires)?;
            Ok(((), Some(Change(Some(new)))))
        })
    }

    fn delete(&self, key: Key<'_>, seen: &mut Seen) -> Result<(), StoreError> {
        self.shared.update(key.as_str(), seen, |old| Ok(((), old.map(|_| Change(None)))))
    }

    fn add(
        &self,
        key: Key<'_>,
        delta: i64,
        expires: Option<u64>,
        seen: &mut Seen,
    ) -> Result<i64, StoreError> {
        let now = self.now();
        self.shared.update(key.as_str(), seen, |old| {
            let sum = entry::add(old, now, delta, expires)?;
            Ok((sum.value, sum.write.map(|new| Change(Some(new)))))
        })
    }

    fn durable(&self, seen: Seen) -> BoxFuture<'_, Result<(), StoreError>> {
        self.shared.durable(seen).boxed()
    }
}
