//! What Spin's stores forbid, or bear badly. See docs/spin.md.

use std::collections::HashMap;

/// A rule the guest broke. Says which, never what the value was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// `increment` of a key that `set` wrote: panics Spin's host on SQLite and poisons the store.
    IncrementedRecord(String),
    /// `set` of a key that `increment` made: the next `increment` is the one above.
    SetCounter(String),
    /// `get` of a key that `increment` made: eight bytes on SQLite, decimal text on Redis.
    ReadCounter(String),
    /// Spin documents 255 bytes.
    KeyTooLong(usize),
    /// Spin's Redis ignores the label, so a key without our prefix may be another app's.
    KeyWithoutPrefix(String),
    /// A counter left the range of 64 bits, where SQLite wraps and Redis fails.
    Overflow(String),
    /// Compare-and-swap: overwrites, or fails after having written.
    UsedCompareAndSwap,
    /// `list-keys` with a cursor, which Spin does not know.
    UsedCursor,
}

/// The shape a key has had since it was first written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Record,
    Counter,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Touch {
    Get,
    Set,
    Delete,
    Exists,
    Increment,
}

/// What becomes of an operation that the rules have looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ruling {
    Go,
    /// Spin answers an error.
    Refuse,
    /// The store is gone for good, as it is when Spin's host has panicked.
    Poisoned,
}

#[derive(Default)]
pub(super) struct Rules {
    shapes: HashMap<String, Shape>,
    violations: Vec<Violation>,
    poisoned: bool,
}

const PREFIX: &str = "stepgate:";
const MAX_KEY: usize = 255;

impl Rules {
    pub(super) fn violations(&self) -> &[Violation] {
        &self.violations
    }

    pub(super) fn note(&mut self, violation: Violation) {
        self.violations.push(violation);
    }

    pub(super) fn judge(&mut self, touch: Touch, key: &str) -> Ruling {
        if self.poisoned {
            return Ruling::Poisoned;
        }
        if key.len() > MAX_KEY {
            self.note(Violation::KeyTooLong(key.len()));
            return Ruling::Refuse;
        }
        if !key.starts_with(PREFIX) {
            self.note(Violation::KeyWithoutPrefix(key.to_owned()));
        }
        match (touch, self.shapes.get(key)) {
            (Touch::Increment, Some(Shape::Record)) => {
                self.note(Violation::IncrementedRecord(key.to_owned()));
                self.poisoned = true;
                return Ruling::Poisoned;
            }
            (Touch::Set, Some(Shape::Counter)) => self.note(Violation::SetCounter(key.to_owned())),
            (Touch::Get, Some(Shape::Counter)) => self.note(Violation::ReadCounter(key.to_owned())),
            _ => {}
        }
        match touch {
            Touch::Set => drop(self.shapes.insert(key.to_owned(), Shape::Record)),
            Touch::Increment => drop(self.shapes.insert(key.to_owned(), Shape::Counter)),
            Touch::Delete => drop(self.shapes.remove(key)),
            Touch::Get | Touch::Exists => {}
        }
        Ruling::Go
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incrementing_a_record_poisons_the_store_for_good() {
        let mut rules = Rules::default();
        assert_eq!(rules.judge(Touch::Set, "stepgate:r/-/a"), Ruling::Go);
        assert_eq!(rules.judge(Touch::Increment, "stepgate:r/-/a"), Ruling::Poisoned);
        assert_eq!(rules.judge(Touch::Get, "stepgate:r/-/b"), Ruling::Poisoned);
        assert_eq!(rules.violations(), [Violation::IncrementedRecord("stepgate:r/-/a".into())]);
    }

    #[test]
    fn a_counter_may_be_deleted_and_nothing_else() {
        let mut rules = Rules::default();
        let key = "stepgate:c/-/a";
        rules.judge(Touch::Increment, key);
        rules.judge(Touch::Delete, key);
        rules.judge(Touch::Increment, key);
        assert_eq!(rules.violations(), []);
        rules.judge(Touch::Get, key);
        rules.judge(Touch::Set, key);
        assert_eq!(
            rules.violations(),
            [Violation::ReadCounter(key.into()), Violation::SetCounter(key.into())]
        );
    }

    #[test]
    fn keys_are_ours_and_short() {
        let mut rules = Rules::default();
        assert_eq!(rules.judge(Touch::Get, &format!("stepgate:{}", "k".repeat(247))), Ruling::Refuse);
        rules.judge(Touch::Get, "k");
        assert_eq!(rules.violations(), [Violation::KeyTooLong(256), Violation::KeyWithoutPrefix("k".into())]);
    }
}
