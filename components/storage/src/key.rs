//! Keys: `r/<day>/<path>` for a record, `c/<day>/<path>` for a counter.
//!
//! `<day>` is the last day on which the key must be kept, or `-` for ever. It stands in the key because some stores
//! know no expiry: there, one pass over the keys is enough to sweep them. And it means that whoever looks a key up must
//! be able to work the day out, which is why challenge ids begin with their time of issue.
//!
//! A record and a counter are different types here, so that no key can ever be used as both.

use crate::Day;
use alloc::format;
use alloc::string::String;

/// The key of a record: `get`, `set` and `delete` take it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordKey(Key);

/// The key of a counter: `add` takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterKey(Key);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    text: String,
    expires: Option<u64>,
}

impl Key {
    fn new(shape: char, keep: Option<Day>, path: &str) -> Key {
        match keep {
            Some(day) => Key { text: format!("{shape}/{}/{path}", day.0), expires: Some(day.end_seconds()) },
            None => Key { text: format!("{shape}/-/{path}"), expires: None },
        }
    }
}

macro_rules! key_type {
    ($name:ident, $shape:literal) => {
        impl $name {
            /// A key that is kept until it is deleted.
            pub fn forever(path: &str) -> $name {
                $name(Key::new($shape, None, path))
            }

            /// A key that may be forgotten when `day` is over.
            pub fn until(day: Day, path: &str) -> $name {
                $name(Key::new($shape, Some(day), path))
            }

            /// The key as a store knows it.
            pub fn text(&self) -> &str {
                &self.0.text
            }

            /// From when on it may be forgotten, in seconds since 1970; none for never.
            pub fn expires(&self) -> Option<u64> {
                self.0.expires
            }
        }
    };
}

key_type!(RecordKey, 'r');
key_type!(CounterKey, 'c');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_carries_its_shape_and_its_last_day() {
        let key = RecordKey::until(Day(20_000), "challenge/x");
        assert_eq!(key.text(), "r/20000/challenge/x");
        assert_eq!(key.expires(), Some(20_001 * 86_400));
        assert_eq!(CounterKey::forever("generation/x").text(), "c/-/generation/x");
        assert_eq!(CounterKey::forever("generation/x").expires(), None);
    }
}
