//! Reading JSON. Of bodies: one object, and never a word of it in an answer.

mod once;
mod text;

pub(crate) use once::Once;
pub(crate) use text::Unreadable;

use crate::http::ApiError;
use serde::Serialize;
use serde::de::{Deserialize, DeserializeOwned};
use serde_json::{Map, Value};
use text::Text;

const NOT_AN_OBJECT: &str = "The body must be one JSON object in UTF-8, with each field at most once.";

/// Reads a body that is one JSON object. Unknown fields are ignored, a known field that comes twice is refused.
///
/// What the parser says about a failure is dropped: it quotes the body, and the body may hold a code.
pub(crate) fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    object_or(body, NOT_AN_OBJECT)
}

/// The fields of a body, each at most once at any depth, for whoever tells apart what is wrong with each.
pub(crate) fn fields(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    match object(body)? {
        Once(Value::Object(fields)) => Ok(fields),
        // No other value begins as an object does.
        Once(_) => Err(ApiError::bad_request(NOT_AN_OBJECT)),
    }
}

/// Like [`object`], with an answer of its own for whatever is wrong.
pub(crate) fn object_or<T: DeserializeOwned>(body: &[u8], wrong: &'static str) -> Result<T, ApiError> {
    // The parser skips unknown fields without looking at their encoding, and not every type is an object.
    let text = str::from_utf8(body).ok().filter(|text| text.trim_ascii_start().starts_with('{'));
    text.and_then(|text| from_text(text).ok()).ok_or_else(|| ApiError::bad_request(wrong))
}

/// Reads JSON. A struct is an object: serde would also take an array for its fields in order.
pub(crate) fn from_text<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Unreadable> {
    T::deserialize(Text(text))
}

/// The same of bytes, which have to be UTF-8. serde's reader of bytes would be all of its reader of text once more.
pub(crate) fn from_bytes<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    from_text(str::from_utf8(bytes).ok()?).ok()
}

/// A value as JSON that can be looked into. By way of its text: serde's direct way would be a second copy of everything that
/// writes the value.
pub(crate) fn value_of(value: &impl Serialize) -> Result<Value, Unreadable> {
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
    // Its `Display` would be a second copy of everything that writes a value.
    serde_json::to_string(&value)
        .map_err(|_| ApiError::Internal("a body could not be written as JSON".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::value::RawValue;
    use std::collections::BTreeMap;

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

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Number(u32);

    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    enum Word {
        A,
        B,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Either {
        Nothing,
        One(Number),
        Pair(u8, String),
        Named { a: Option<bool>, b: i64 },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Many<'a> {
        text: &'a str,
        escaped: String,
        list: Vec<Either>,
        pair: (u8, u8),
        map: BTreeMap<String, Number>,
        numbered: BTreeMap<u64, Number>,
        named: BTreeMap<Word, u8>,
        nothing: Option<u8>,
        unit: (),
        any: Value,
        #[serde(default)]
        left_out: bool,
    }

    #[test]
    fn what_was_written_is_read_as_serde_json_reads_it() {
        let text = r#" { "text" : "plain" , "escaped":"a\u00e4\n\"", "list":["Nothing", {"One":7}, {"Pair":[1,"x"]},
            {"Named":{"a":null,"b":-5}}, {"Nothing":null}], "pair":[1,2], "map":{"k":3}, "numbered":{"10":1,"0":2},
            "named":{"B":1,"A":2}, "nothing":null, "unit":null,
            "any":{"x":[1.5,{}]}, "unknown":[{"text":1}] } "#;
        let read: Many<'_> = from_text(text).unwrap();
        assert_eq!(read, serde_json::from_str(text).unwrap());
        assert_eq!(from_text::<Many<'_>>(&serde_json::to_string(&read).unwrap()), Ok(read));
        let raw: Box<RawValue> = from_text(" [1, 2] ").unwrap();
        assert_eq!(raw.get(), "[1, 2]");
    }

    #[test]
    fn what_serde_json_refuses_is_refused() {
        for text in [
            "",
            "nul",
            "\"Nothing",
            "\"nothing\"",
            "\"Nothing\" x",
            "{}",
            "{\"Nothing\":1}",
            "{\"One\":-1}",
            "{\"One\":4294967296}",
            "{\"One\":1.5}",
            "{\"One\":\"1\"}",
            "{\"One\":1,\"One\":1}",
            "{\"One\":1}}",
            "{\"Pair\":[1]}",
            "{\"Pair\":[1,\"x\",2]}",
            "{\"Named\":{\"a\":true}}",
            "{\"Named\":{\"b\":1,\"b\":1}}",
            "{\"Named\":{\"b\":1,}}",
            "\"\\ud800\"",
            "\u{b}\"Nothing\"",
            "{\"Named\":{\"b\":1,\"c\":01}}",
            "{\"Named\":{\"b\":1,\"c\":\"\\x\"}}",
        ] {
            assert!(serde_json::from_str::<Either>(text).is_err(), "{text}");
            assert_eq!(from_text::<Either>(text), Err(Unreadable), "{text}");
            assert_eq!(
                from_text::<Vec<Either>>(&format!("[{text}]")).ok().map(|read| read.len()),
                text.is_empty().then_some(0)
            );
        }
    }

    #[test]
    fn a_key_that_is_a_number_is_digits_alone() {
        for text in [
            "{\"x\":1}",
            "{\"\":1}",
            "{\"-1\":1}",
            "{\"01\":1}",
            "{\" 1\":1}",
            "{\"1.0\":1}",
            "{\"18446744073709551616\":1}",
        ] {
            assert!(serde_json::from_str::<BTreeMap<u64, u8>>(text).is_err(), "{text}");
            assert_eq!(from_text::<BTreeMap<u64, u8>>(text), Err(Unreadable), "{text}");
        }
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
