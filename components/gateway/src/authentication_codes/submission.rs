//! The body of a submission.

use crate::http::ApiError;
use crate::json;
use core::fmt;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

const WRONG: &str = "code must be an integer from 0 to 999999.";

/// A code as somebody typed it in. Has no `Debug`: it may be right.
pub(super) struct Submission {
    digits: String,
}

impl Submission {
    /// Reads `{"code": 123456}`. Whatever else is sent costs no attempt.
    ///
    /// A JSON integer has no leading zeros, so the number is padded to the six digits that were sent. A number of more
    /// than six digits can be no code: it is refused like a string is.
    pub(super) fn parse(body: &[u8]) -> Result<Submission, ApiError> {
        #[derive(Deserialize)]
        struct Body {
            code: Integer,
        }
        let Body { code: Integer(code) } = json::object_or(body, WRONG)?;
        Ok(Submission { digits: format!("{code:06}") })
    }

    /// Six ASCII digits.
    pub(super) fn digits(&self) -> &str {
        &self.digits
    }
}

/// A JSON integer from 0 to 999999. A number with a point or an exponent is none, whatever its value.
struct Integer(u32);

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Integer, D::Error> {
        from.deserialize_any(Digits)
    }
}

struct Digits;

impl Visitor<'_> for Digits {
    type Value = Integer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Integer, E> {
        match u32::try_from(value) {
            Ok(value) if value <= 999_999 => Ok(Integer(value)),
            _ => Err(E::custom("more than six digits")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_is_padded_to_six_digits() {
        for (body, digits) in [
            (r#"{"code":123456}"#, "123456"),
            (r#"{"code":0}"#, "000000"),
            (r#"{"code":42}"#, "000042"),
            (r#"{"code":999999}"#, "999999"),
            (r#" {"other":{"code":"x"},"code" : 7 } "#, "000007"),
        ] {
            assert_eq!(Submission::parse(body.as_bytes()).ok().unwrap().digits(), digits, "{body}");
        }
    }

    #[test]
    fn anything_else_is_refused_in_the_same_words() {
        let long = format!(r#"{{"code":{}}}"#, "1".repeat(10_000));
        let bodies = [
            "",
            "123456",
            "[123456]",
            "null",
            "{}",
            r#"{"code":"123456"}"#,
            r#"{"code":123456.0}"#,
            r#"{"code":1e5}"#,
            r#"{"code":1E5}"#,
            r#"{"code":true}"#,
            r#"{"code":null}"#,
            r#"{"code":[123456]}"#,
            r#"{"code":{"code":123456}}"#,
            r#"{"code":-1}"#,
            r#"{"code":-0}"#,
            r#"{"code":012345}"#,
            r#"{"code":+1}"#,
            r#"{"code":0x1}"#,
            r#"{"code":1000000}"#,
            r#"{"code":2147483647}"#,
            r#"{"code":2147483648}"#,
            r#"{"code":4295090752}"#,
            r#"{"code":18446744073709551616}"#,
            r#"{"code":1,"code":2}"#,
            r#"{"Code":123456}"#,
            r#"{"code":123456"#,
            r#"{"code":123456}x"#,
            &long,
        ];
        for body in bodies {
            match Submission::parse(body.as_bytes()) {
                Err(ApiError::BadRequest(what)) => assert_eq!(what, WRONG),
                _ => panic!("{body} was taken"),
            }
        }
        assert!(Submission::parse(b"{\"code\":1,\"x\":\"\xff\"}").is_err());
    }
}
