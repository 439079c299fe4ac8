//! Changes on their way to the disk.

use super::super::entry::Entry;
use std::collections::HashMap;
use std::sync::Arc;

/// More than this in one batch means that the disk has stopped keeping up.
const MAX_CHANGES: usize = 100_000;
const MAX_BYTES: usize = 64 << 20;

/// Changes that are committed together. Of several changes of one key only the last is kept.
#[derive(Default)]
pub(super) struct Batch {
    changes: HashMap<Arc<str>, Option<Entry>>,
    /// Bytes of keys and texts that were put, those that were replaced since included.
    bytes: usize,
}

impl Batch {
    /// The outer `Option` is whether the key is in the batch; the inner one whether the key is there at all.
    pub(super) fn get(&self, key: &str) -> Option<Option<&Entry>> {
        self.changes.get(key).map(Option::as_ref)
    }

    pub(super) fn put(&mut self, key: &str, change: Option<Entry>) {
        self.bytes += key.len() + change.as_ref().map_or(0, Entry::bytes);
        match self.changes.get_mut(key) {
            Some(slot) => *slot = change,
            None => {
                self.changes.insert(key.into(), change);
            }
        }
    }

    /// Whether more is in it than a disk that keeps up would let gather.
    pub(super) fn is_full(&self) -> bool {
        self.changes.len() >= MAX_CHANGES || self.bytes >= MAX_BYTES
    }

    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// By key, because neighbours in the file are then written one after the other.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (&str, Option<&Entry>)> {
        let mut changes: Vec<_> =
            self.changes.iter().map(|(key, change)| (key.as_ref(), change.as_ref())).collect();
        changes.sort_unstable_by_key(|(key, _)| *key);
        changes.into_iter()
    }
}
