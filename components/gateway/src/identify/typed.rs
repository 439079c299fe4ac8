//! What was typed into a form.

use crate::http::{ApiError, single};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// The fields of a form as they were sent. It has no `Debug`: they are personal data, or a code.
#[derive(Default)]
pub(super) struct Typed(BTreeMap<String, String>);

impl Typed {
    /// Reads a body of the type that forms have. A name that comes twice is refused; one that nobody asks for is ignored.
    pub(super) fn parse(body: &[u8]) -> Result<Typed, ApiError> {
        let mut fields = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(body) {
            match fields.entry(name.into_owned()) {
                Entry::Vacant(place) => place.insert(value.into_owned()),
                Entry::Occupied(_) => return Err(ApiError::bad_request("A field came twice.")),
            };
        }
        Ok(Typed(fields))
    }

    /// What stands in a field; nothing where there is no such field.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

/// A form has to say that it is one.
pub(super) fn check_form(headers: &HeaderMap) -> Result<(), ApiError> {
    let kind = single(headers, CONTENT_TYPE.as_str()).map_err(|_| ApiError::UnsupportedMediaType)?;
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        Ok(())
    } else {
        Err(ApiError::UnsupportedMediaType)
    }
}
