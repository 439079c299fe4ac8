//! How entries lie in the redb file, and nothing about when they get there.

use super::super::entry::{Content, Entry};
use super::batch::Batch;
use redb::{
    Builder, Database, ReadOnlyTable, ReadableDatabase, ReadableTable, StorageBackend, StorageError, Table,
    TableDefinition,
};
use std::path::Path;

/// One table for both shapes, so that a key cannot be in both.
const ENTRIES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("entries");
/// What expires, soonest first, so that a sweep reads only what it removes.
const EXPIRIES: TableDefinition<'_, (u64, &str), ()> = TableDefinition::new("expiries");
/// What the file itself is.
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
const FORMAT_KEY: &str = "format";
const FORMAT: u64 = 1;

/// Something redb did not do.
#[derive(Debug, thiserror::Error)]
pub(super) enum TableError {
    #[error(transparent)]
    Redb(Box<redb::Error>),
    #[error("the file holds an entry that this version cannot read")]
    Unreadable,
    #[error("a read failed")]
    Distrusted,
    #[error("the file has format {0}, this version reads format {FORMAT}")]
    Format(u64),
}

impl<E: Into<redb::Error>> From<E> for TableError {
    fn from(error: E) -> Self {
        Self::Redb(Box::new(error.into()))
    }
}

impl TableError {
    /// Whether reading or writing failed, so that opening the file again may help.
    pub(super) fn is_of_the_disk(&self) -> bool {
        matches!(self, Self::Redb(error) if matches!(**error, redb::Error::Io(_) | redb::Error::PreviousIo))
    }

    /// Whether another process has the file.
    pub(super) fn is_in_use(&self) -> bool {
        matches!(self, Self::Redb(error) if matches!(**error, redb::Error::DatabaseAlreadyOpen))
    }
}

/// Opens the file, or makes it, and makes sure that it can be read *and* written.
pub(super) fn open(path: &Path, cache_bytes: usize) -> Result<Database, TableError> {
    prepare(Builder::new().set_cache_size(cache_bytes).create(path)?)
}

/// The same over any storage redb can use.
pub(super) fn open_backend(backend: impl StorageBackend, cache_bytes: usize) -> Result<Database, TableError> {
    prepare(Builder::new().set_cache_size(cache_bytes).create_with_backend(backend)?)
}

fn prepare(database: Database) -> Result<Database, TableError> {
    let write = database.begin_write()?;
    {
        let mut meta = write.open_table(META)?;
        let format = meta.get(FORMAT_KEY)?.map(|format| format.value());
        match format {
            Some(FORMAT) => {}
            Some(other) => return Err(TableError::Format(other)),
            None => {
                meta.insert(FORMAT_KEY, FORMAT)?;
            }
        }
        write.open_table(ENTRIES)?;
        write.open_table(EXPIRIES)?;
    }
    write.commit()?;
    Ok(database)
}

/// The file as it was after one commit.
pub(super) struct Snapshot {
    entries: ReadOnlyTable<&'static str, &'static [u8]>,
    expiries: ReadOnlyTable<(u64, &'static str), ()>,
}

impl Snapshot {
    pub(super) fn of(database: &Database) -> Result<Self, TableError> {
        let read = database.begin_read()?;
        Ok(Self { entries: read.open_table(ENTRIES)?, expiries: read.open_table(EXPIRIES)? })
    }

    pub(super) fn get(&self, key: &str) -> Result<Option<Entry>, TableError> {
        self.entries.get(key)?.map(|bytes| decode(bytes.value())).transpose()
    }

    /// Up to `limit` keys that expired at `now` or before.
    pub(super) fn expired(&self, now: u64, limit: usize) -> Result<Vec<String>, TableError> {
        let end = (now.saturating_add(1), "");
        let rows = self.expiries.range::<(u64, &str)>(..end)?.take(limit);
        let keys: Result<_, StorageError> = rows.map(|row| Ok(row?.0.value().1.to_owned())).collect();
        Ok(keys?)
    }
}

/// Writes a batch and waits until it is on the disk.
pub(super) fn commit(database: &Database, batch: &Batch) -> Result<(), TableError> {
    // redb syncs once per commit by default, and a torn commit is found by its checksums and undone at the next
    // start. Who writes here cannot choose the bytes of a page, which is what two syncs would defend against.
    let write = database.begin_write()?;
    {
        let mut entries = write.open_table(ENTRIES)?;
        let mut expiries = write.open_table(EXPIRIES)?;
        let mut buffer = Vec::new();
        for (key, change) in batch.in_order() {
            let new = match change {
                Some(entry) => {
                    encode(entry, &mut buffer);
                    let old = expiry_of(entries.insert(key, buffer.as_slice())?)?;
                    if old == Some(entry.expires) {
                        continue;
                    }
                    remove_expiry(&mut expiries, old, key)?;
                    entry.expires
                }
                None => {
                    let old = expiry_of(entries.remove(key)?)?;
                    remove_expiry(&mut expiries, old, key)?;
                    None
                }
            };
            if let Some(expires) = new {
                expiries.insert((expires, key), ())?;
            }
        }
    }
    write.commit()?;
    Ok(())
}

fn expiry_of(old: Option<redb::AccessGuard<'_, &[u8]>>) -> Result<Option<Option<u64>>, TableError> {
    old.map(|bytes| decode(bytes.value()).map(|entry| entry.expires)).transpose()
}

fn remove_expiry(
    expiries: &mut Table<'_, (u64, &'static str), ()>,
    old: Option<Option<u64>>,
    key: &str,
) -> Result<(), TableError> {
    if let Some(Some(expires)) = old {
        expiries.remove((expires, key))?;
    }
    Ok(())
}

const RECORD: u8 = b'r';
const COUNTER: u8 = b'c';
/// One byte of shape, eight of expiry; then a record's text or a counter's eight bytes, little-endian.
const HEADER_BYTES: usize = 9;
/// An expiry of 0 says that there is none: an entry cannot have expired in 1970.
const NEVER: u64 = 0;

fn encode(entry: &Entry, out: &mut Vec<u8>) {
    out.clear();
    let (tag, counter);
    let payload: &[u8] = match &entry.content {
        Content::Record(text) => {
            tag = RECORD;
            text.as_bytes()
        }
        Content::Counter(value) => {
            tag = COUNTER;
            counter = value.to_le_bytes();
            &counter
        }
    };
    out.push(tag);
    out.extend_from_slice(&entry.expires.map_or(NEVER, |expires| expires.max(1)).to_le_bytes());
    out.extend_from_slice(payload);
}

fn decode(bytes: &[u8]) -> Result<Entry, TableError> {
    let (header, payload) = bytes.split_first_chunk::<HEADER_BYTES>().ok_or(TableError::Unreadable)?;
    let [tag, expires @ ..] = *header;
    let content = match tag {
        RECORD => Content::Record(std::str::from_utf8(payload).map_err(|_| TableError::Unreadable)?.into()),
        COUNTER => {
            Content::Counter(i64::from_le_bytes(payload.try_into().map_err(|_| TableError::Unreadable)?))
        }
        _ => return Err(TableError::Unreadable),
    };
    let expires = u64::from_le_bytes(expires);
    Ok(Entry { content, expires: (expires != NEVER).then_some(expires) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_read_back_as_written() {
        let contents = ["", "é\n", "a".repeat(70_000).as_str()].map(|text| Content::Record(text.into()));
        let counters = [0, 1, -1, i64::MAX, i64::MIN].map(Content::Counter);
        let mut buffer = Vec::new();
        for content in contents.into_iter().chain(counters) {
            for expires in [None, Some(1), Some(u64::MAX)] {
                let entry = Entry { content: content.clone(), expires };
                encode(&entry, &mut buffer);
                assert_eq!(decode(&buffer).unwrap(), entry);
            }
        }
    }

    #[test]
    fn what_is_no_entry_is_an_error() {
        for bytes in [&b""[..], b"r1234567", b"x12345678", b"c123456781234567", b"r12345678\xff"] {
            assert!(matches!(decode(bytes), Err(TableError::Unreadable)), "{bytes:?}");
        }
    }
}
