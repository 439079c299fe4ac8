//! Request headers.

use super::ApiError;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, USER_AGENT};

/// More than one value, or one that is not visible ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unclear;

/// The value of a header that may come once. Empty counts as absent.
pub(crate) fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Unclear> {
    let mut values = headers.get_all(name).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return if headers.contains_key(name) { Err(Unclear) } else { Ok(None) };
    };
    let value = value.to_str().map_err(|_| Unclear)?.trim();
    Ok((!value.is_empty()).then_some(value))
}

/// What a program calls itself.
pub(crate) fn user_agent(headers: &HeaderMap) -> &str {
    headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A body must be JSON in UTF-8; one of unnamed type is taken for it.
pub(crate) fn check_json(headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(value) =
        single(headers, CONTENT_TYPE.as_str()).map_err(|Unclear| ApiError::UnsupportedMediaType)?
    else {
        return Ok(());
    };
    let mut parts = value.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.filter(|part| !part.is_empty()).all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        !name.trim().eq_ignore_ascii_case("charset")
            || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    if is_json && is_utf8 { Ok(()) } else { Err(ApiError::UnsupportedMediaType) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn of(values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CONTENT_TYPE, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn a_header_counts_once() {
        assert_eq!(single(&of(&[]), "content-type"), Ok(None));
        assert_eq!(single(&of(&[""]), "content-type"), Ok(None));
        assert_eq!(single(&of(&[" a "]), "content-type"), Ok(Some("a")));
        assert_eq!(single(&of(&["a", "a"]), "content-type"), Err(Unclear));
    }

    #[test]
    fn json_in_utf8_is_taken_and_nothing_else() {
        for good in [
            "application/json",
            "application/json; charset=utf-8",
            "Application/JSON;charset=\"UTF-8\"",
            "application/json; odata=verbose",
            "application/json;",
        ] {
            assert!(check_json(&of(&[good])).is_ok(), "{good}");
        }
        assert!(check_json(&of(&[])).is_ok());
        for bad in ["text/plain", "application/json; charset=latin1", "application/jsonp", ";", "*/*"] {
            assert!(check_json(&of(&[bad])).is_err(), "{bad}");
        }
    }
}
