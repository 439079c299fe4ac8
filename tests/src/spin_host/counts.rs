//! How many operations a guest asked its store for.

use std::ops::Sub;

/// One figure per operation of `wasi:keyvalue`. Two of them can be subtracted to see what a request cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Opened buckets. Costs a round trip on Redis, nothing on SQLite.
    pub open: u64,
    /// Records read.
    pub get: u64,
    /// Records written.
    pub set: u64,
    /// Keys removed.
    pub delete: u64,
    /// Keys looked for.
    pub exists: u64,
    /// Counters added to or read.
    pub increment: u64,
    /// Scans of the whole store.
    pub list_keys: u64,
}

impl Counts {
    /// Operations on keys: what the budgets of docs/design.md count.
    pub fn on_keys(&self) -> u64 {
        self.get + self.set + self.delete + self.exists + self.increment
    }
}

impl Sub for Counts {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            open: self.open - earlier.open,
            get: self.get - earlier.get,
            set: self.set - earlier.set,
            delete: self.delete - earlier.delete,
            exists: self.exists - earlier.exists,
            increment: self.increment - earlier.increment,
            list_keys: self.list_keys - earlier.list_keys,
        }
    }
}
