//! Reading bodies: one JSON object, and never a word of it in an answer.

use crate::http::ApiError;
use serde::de::DeserializeOwned;
use serde_json::Value;

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
    serde_json::from_str(text).map_err(|_| refuse())
}

/// Reads a body that is one JSON string: a word that `T` has.
pub(crate) fn word<T: DeserializeOwned>(body: &[u8], wrong: &'static str) -> Result<T, ApiError> {
    // serde would also read `{"word":null}`.
    let word =
        if body.trim_ascii_start().starts_with(b"\"") { serde_json::from_slice(body).ok() } else { None };
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
