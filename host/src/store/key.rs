//! The shapes `wit/store.wit` gives to keys and values, checked once where they enter.

use super::StoreError;

/// The longest key, in bytes.
pub const MAX_KEY_BYTES: usize = 200;
/// The longest value, in bytes.
pub const MAX_VALUE_BYTES: usize = 64 * 1024;

/// A key: 1 to 200 bytes of printable ASCII without spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key<'a>(&'a str);

impl<'a> Key<'a> {
    /// Checks the text.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if it is no key.
    pub fn new(text: &'a str) -> Result<Self, StoreError> {
        if text.is_empty() || text.len() > MAX_KEY_BYTES {
            return Err(StoreError::Refused(format!("a key has 1 to {MAX_KEY_BYTES} bytes")));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(StoreError::Refused("a key is printable ASCII without spaces".into()));
        }
        Ok(Self(text))
    }

    /// The key's text.
    pub fn as_str(self) -> &'a str {
        self.0
    }
}

/// A record's value: at most 64 KiB of text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Value<'a>(&'a str);

impl<'a> Value<'a> {
    /// Checks the text.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if it is too long.
    pub fn new(text: &'a str) -> Result<Self, StoreError> {
        if text.len() > MAX_VALUE_BYTES {
            return Err(StoreError::Refused(format!("a value has at most {MAX_VALUE_BYTES} bytes")));
        }
        Ok(Self(text))
    }

    /// The value's text.
    pub fn as_str(self) -> &'a str {
        self.0
    }
}
