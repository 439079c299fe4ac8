//! Reading JSON. Of bodies: one object, and never a word of it in an answer.

use crate::http::ApiError;
use serde::Serialize;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;
use serde_json::de::StrRead;

const NOT_AN_OBJECT: &str = "The body must be one JSON object in UTF-8, with each field at most once.";

/// Reads a body that is one JSON object. Unknown fields are ignored, a known field that comes twice is refused.
///
/// What the parser says about a failure is dropped: it quotes the body, and the body may hold a code.
pub(crate) fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    object_or(body, NOT_AN_OBJECT)
}

/// Like [`object`], with an answer of its own for whatever is wrong.
pub(crate) fn object_or<T: DeserializeOwned>(body: &[u8], wrong: &'static str) -> Result<T, ApiError> {
    let refuse = || ApiError::bad_request(wrong);
    // The parser skips unknown fields without looking at their encoding, and reads an array as a struct.
    let text = str::from_utf8(body).map_err(|_| refuse())?;
    if !text.trim_ascii_start().starts_with('{') {
        return Err(refuse());
    }
    from_text(text).map_err(|_| refuse())
}

/// Reads JSON. A struct is an object: serde would also take an array for its fields in order, and the code for that is a
/// third of what it derives. Structs within others are left to it.
pub(crate) fn from_text<'a, T: Deserialize<'a>>(text: &'a str) -> serde_json::Result<T> {
    let mut parser = serde_json::Deserializer::from_str(text);
    let read = T::deserialize(StructIsObject(&mut parser))?;
    parser.end()?;
    Ok(read)
}

/// The same of bytes, which have to be UTF-8. serde's reader of bytes would be all of its reader of text once more.
pub(crate) fn from_bytes<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    from_text(str::from_utf8(bytes).ok()?).ok()
}

struct StructIsObject<'p, 'de>(&'p mut serde_json::Deserializer<StrRead<'de>>);

impl<'de> Deserializer<'de> for StructIsObject<'_, 'de> {
    type Error = serde_json::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> serde_json::Result<V::Value> {
        self.0.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> serde_json::Result<V::Value> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> serde_json::Result<V::Value> {
        self.0.deserialize_newtype_struct(name, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> serde_json::Result<V::Value> {
        self.0.deserialize_option(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> serde_json::Result<V::Value> {
        self.0.deserialize_any(visitor)
    }

    // What JSON says for itself.
    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

/// A value as JSON that can be looked into. By way of its text: serde's direct way would be a second copy of everything that
/// writes the value.
pub(crate) fn value_of(value: &impl Serialize) -> serde_json::Result<Value> {
    from_text(&serde_json::to_string(value)?)
}

/// Reads a body that is one JSON string: a word that `T` has.
pub(crate) fn word<T: DeserializeOwned>(body: &[u8], wrong: &'static str) -> Result<T, ApiError> {
    // serde would also read `{"word":null}`.
    let word = if body.trim_ascii_start().starts_with(b"\"") { from_bytes(body) } else { None };
    word.ok_or_else(|| ApiError::bad_request(wrong))
}

/// One spelling for all bodies that mean the same: fields in order, no white space.
pub(crate) fn canonical(body: &[u8]) -> Result<String, ApiError> {
    let mut value: Value = object(body)?;
    value.sort_all_objects();
    Ok(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct One {
        #[serde(rename = "a")]
        _a: u8,
    }

    #[test]
    fn an_object_is_read_and_unknown_fields_are_ignored() {
        assert!(object::<One>(b" \n{\"a\":1,\"b\":{\"c\":[null]}}").is_ok());
    }

    #[test]
    fn an_array_is_no_struct() {
        assert!(serde_json::from_str::<One>("[1]").is_ok());
        assert!(from_text::<One>("[1]").is_err());
        assert!(from_text::<One>("{\"a\":1} ").is_ok());
        assert!(from_text::<One>("{\"a\":1}{}").is_err());
    }

    #[test]
    fn nothing_but_one_object_in_utf8_is_read() {
        let bodies: [&[u8]; 12] = [
            b"",
            b"null",
            b"[1]",
            b"{\"a\":1}{}",
            b"{\"a\":1,\"a\":1}",
            b"{\"a\":1",
            b"{\"a\":256}",
            b"{\"a\":\"1\"}",
            b"{}",
            b"{\"a\":1,\"b\":\"\xff\"}",
            b"\xef\xbb\xbf{\"a\":1}",
            b"{\"a\":1,}",
        ];
        for body in bodies {
            assert!(object::<One>(body).is_err(), "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn a_deep_body_exhausts_nothing() {
        let deep = format!("{{\"a\":1,\"b\":{}1{}}}", "[".repeat(30_000), "]".repeat(30_000));
        assert!(object::<One>(deep.as_bytes()).is_ok());
        assert!(canonical(deep.as_bytes()).is_err());
    }

    #[test]
    fn two_spellings_of_one_body_are_one() {
        let one = canonical(b"{\"b\":[1,{\"y\":1,\"x\":2}],\"a\":\"\\u0061\"}").unwrap();
        let two = canonical(b" { \"a\" : \"a\", \"b\":[1, {\"x\":2,\"y\":1}] } ").unwrap();
        assert_eq!(one, two);
        assert_ne!(one, canonical(b"{\"a\":\"a\",\"b\":[1]}").unwrap());
    }
}
