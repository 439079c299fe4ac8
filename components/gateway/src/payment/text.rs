//! Values that are one JSON string.

use super::fields::{Field, FromJson};
use super::{FieldError, Why};
use crate::email::Email;

/// A value that is written as one string.
pub(crate) trait Text: Sized {
    /// What it is, to complete "must be …".
    const IS: &'static str;

    /// The longest spelling, in bytes. Nothing longer reaches [`check`](Text::check), so its work is bounded.
    const LONGEST: usize;

    /// Reads the value; the text is no longer than `LONGEST`.
    fn check(text: &str) -> Result<Self, Why>;

    /// Reads what a client sent.
    fn parse(text: &str) -> Result<Self, Why> {
        if text.len() > Self::LONGEST {
            return Err(format!("must be {} of {} characters at most", Self::IS, Self::LONGEST).into());
        }
        Self::check(text)
    }

    /// Reads what was accepted once. The same, unless rules change with the years: a record must stay readable.
    fn restore(text: &str) -> Result<Self, Why> {
        Self::parse(text)
    }
}

impl<T: Text> FromJson for T {
    fn from_json(field: &Field<'_>) -> Result<T, FieldError> {
        match field.value().as_str() {
            Some(text) => T::parse(text).map_err(|why| field.refuse(why)),
            None => Err(field.refuse(format!("must be {}, as a JSON string", T::IS))),
        }
    }
}

/// serde by way of `Display` and [`Text::restore`].
macro_rules! stored_as_text {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                <$type as $crate::payment::Text>::restore(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Shows that there is a value, and not which.
macro_rules! hidden_in_debug {
    ($type:ident) => {
        impl core::fmt::Debug for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($type), "(…)"))
            }
        }
    };
}

pub(super) use {hidden_in_debug, stored_as_text};

impl Text for Email {
    const IS: &'static str = "an e-mail address";
    const LONGEST: usize = 254;

    fn check(text: &str) -> Result<Email, Why> {
        Email::parse(text).ok_or("must be an e-mail address of 254 characters at most".into())
    }
}

/// Whether these are `length` ASCII digits and nothing else; look-alikes from other scripts are not.
pub(super) fn digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether these are ASCII digits and capital letters only.
pub(super) fn capitals_and_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}
