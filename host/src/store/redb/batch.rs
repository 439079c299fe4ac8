//! Changes on their way to the disk.

use super::super::entry::Entry;
use std::collections::HashMap;
use std::sync::Arc;

/// Changes that are committed together. Of several changes of one key only the last is kept.
#[derive(Default)]
pub(super) struct Batch(HashMap<Arc<str>, Option<Entry>>);

impl Batch {
    /// The outer `Option` is whether the key is in the batch; the inner one whether the key is there at all.
    pub(super) fn get(&self, key: &str) -> Option<Option<&Entry>> {
        self.0.get(key).map(Option::as_ref)
    }

    pub(super) fn put(&mut self, key: &str, change: Option<Entry>) {
        match self.0.get_mut(key) {
            Some(slot) => *slot = change,
            None => {
                self.0.insert(key.into(), change);
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// By key, because neighbours in the file are then written one after the other.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (&str, Option<&Entry>)> {
        let mut changes: Vec<_> =
            self.0.iter().map(|(key, change)| (key.as_ref(), change.as_ref())).collect();
        changes.sort_unstable_by_key(|(key, _)| *key);
        changes.into_iter()
    }
}
