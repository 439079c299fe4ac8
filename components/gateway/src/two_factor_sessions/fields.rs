//! What a body says. Each field has several names, since each kind of client has its own: `contracts/two-factor-sessions.md` §7.3.

use crate::http::ApiError;
use crate::json;
use serde_json::{Map, Value};

/// The longest text that is looked at, in bytes: a password, with room.
const LONGEST: usize = 1024;

/// A body's fields. Unknown ones are ignored, `null` is as good as nothing.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Nothing at all is as good as `{}`: a logout says no more, nor does a removal.
    pub(super) fn read(body: &[u8]) -> Result<Fields, ApiError> {
        if body.trim_ascii().is_empty() {
            return Ok(Fields(Map::new()));
        }
        json::fields(body).map(Fields)
    }

    /// A text under the first of these names that is there. None of them may hold anything else.
    pub(super) fn text(&self, names: &[&str]) -> Result<Option<&str>, ApiError> {
        self.first(names, |value| value.as_str().filter(|text| text.len() <= LONGEST), "must be text")
    }

    /// Likewise a text that says something, without the spaces around it: a form may send all of its fields.
    pub(super) fn filled(&self, names: &[&str]) -> Result<Option<&str>, ApiError> {
        self.text(names)?;
        let texts = names.iter().filter_map(|name| self.0.get(*name)?.as_str());
        Ok(texts.map(str::trim).find(|text| !text.is_empty()))
    }

    /// Likewise a flag.
    pub(super) fn flag(&self, names: &[&str]) -> Result<Option<bool>, ApiError> {
        self.first(names, Value::as_bool, "must be true or false")
    }

    fn first<'f, T>(
        &'f self,
        names: &[&str],
        read: impl Fn(&'f Value) -> Option<T>,
        what: &str,
    ) -> Result<Option<T>, ApiError> {
        let mut found = None;
        for name in names {
            let Some(value) = self.0.get(*name).filter(|value| !value.is_null()) else { continue };
            let value = read(value).ok_or_else(|| ApiError::bad_request(format!("{name} {what}")))?;
            found = found.or(Some(value));
        }
        Ok(found)
    }
}
