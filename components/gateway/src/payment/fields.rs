//! Reading the fields of a JSON body by hand, with a refusal that names the field.

use super::{FieldError, Text, Why};
use crate::ids;
use core::ops::RangeInclusive;
use serde_json::{Map, Value};
use uuid::Uuid;

/// A value that can be read from JSON, with its own words for what is wrong with it.
///
/// Implemented by whatever is [`Text`], by the objects of this module, by [`Uuid`] and `bool`.
pub(crate) trait FromJson: Sized {
    fn from_json(field: &Field<'_>) -> Result<Self, FieldError>;
}

/// One JSON value, and where it stands in the body.
pub(crate) struct Field<'a> {
    value: &'a Value,
    path: String,
}

/// One JSON object, and where it stands in the body.
///
/// Unknown fields are ignored. A field that is `null` counts as absent. A field of the wrong JSON type is refused, also
/// an optional one. The tests at the end of this file read a whole body; this is how it goes:
///
/// ```ignore
/// let Once(body) = json::object(body)?;
/// let fields = Fields::of(&body, "")?;
/// let customer_id = fields.uuid("customer_id")?;
/// let recipient_account: Option<Account> = fields.optional_parse("recipient_account")?;
/// ```
pub(crate) struct Fields<'a> {
    object: &'a Map<String, Value>,
    path: String,
}

impl<'a> Field<'a> {
    /// A value that stands alone.
    pub(super) fn of(value: &'a Value) -> Field<'a> {
        Field { value, path: String::new() }
    }

    pub(crate) fn value(&self) -> &'a Value {
        self.value
    }

    /// The refusal of this field.
    pub(crate) fn refuse(&self, why: impl Into<Why>) -> FieldError {
        FieldError::new(self.path.clone(), why)
    }

    pub(crate) fn parse<T: FromJson>(&self) -> Result<T, FieldError> {
        T::from_json(self)
    }

    pub(crate) fn object(&self) -> Result<Fields<'a>, FieldError> {
        match self.value {
            Value::Object(object) => Ok(Fields { object, path: self.path.clone() }),
            _ => Err(self.refuse("must be a JSON object")),
        }
    }

    /// Text for people to read, of so many characters once the space around it is dropped.
    pub(crate) fn text(&self, length: RangeInclusive<usize>) -> Result<String, FieldError> {
        let good = self
            .value
            .as_str()
            .map(str::trim)
            .filter(|text| length.contains(&text.chars().count()) && !text.chars().any(disturbs_a_line));
        good.map(str::to_owned).ok_or_else(|| {
            let (least, most) = (length.start(), length.end());
            self.refuse(format!(
                "must be text of {least} to {most} characters on one line, without control characters"
            ))
        })
    }

    /// One of the given words.
    pub(crate) fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, FieldError> {
        let found = self.value.as_str().and_then(|text| words.iter().find(|(word, _)| *word == text));
        found.map(|(_, meaning)| *meaning).ok_or_else(|| {
            self.refuse(format!("must be {}", alternatives(words.iter().map(|(word, _)| *word))))
        })
    }
}

impl<'a> Fields<'a> {
    /// The fields of an object that stands at `path`; empty for the body itself.
    pub(crate) fn of(value: &'a Value, path: impl Into<String>) -> Result<Fields<'a>, FieldError> {
        Field { value, path: path.into() }.object()
    }

    /// A field, if it is there.
    pub(crate) fn optional(&self, name: &str) -> Option<Field<'a>> {
        let value = self.object.get(name).filter(|value| !value.is_null())?;
        Some(Field { value, path: self.path(name) })
    }

    /// A field that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<Field<'a>, FieldError> {
        self.optional(name).ok_or_else(|| self.refuse(name, "must be given"))
    }

    /// The refusal of a field of this object, for rules that need more than the field itself.
    pub(crate) fn refuse(&self, name: &str, why: impl Into<Why>) -> FieldError {
        FieldError::new(self.path(name), why)
    }

    pub(crate) fn parse<T: FromJson>(&self, name: &str) -> Result<T, FieldError> {
        self.required(name)?.parse()
    }

    pub(crate) fn optional_parse<T: FromJson>(&self, name: &str) -> Result<Option<T>, FieldError> {
        self.optional(name).map(|field| field.parse()).transpose()
    }

    /// Text for people to read: 1 to `most` characters, see [`Field::text`].
    pub(crate) fn text(&self, name: &str, most: usize) -> Result<String, FieldError> {
        self.required(name)?.text(1..=most)
    }

    pub(crate) fn optional_text(&self, name: &str, most: usize) -> Result<Option<String>, FieldError> {
        self.optional_text_of(name, 1..=most)
    }

    pub(crate) fn optional_text_of(
        &self,
        name: &str,
        length: RangeInclusive<usize>,
    ) -> Result<Option<String>, FieldError> {
        self.optional(name).map(|field| field.text(length)).transpose()
    }

    pub(crate) fn uuid(&self, name: &str) -> Result<Uuid, FieldError> {
        self.parse(name)
    }

    pub(crate) fn optional_uuid(&self, name: &str) -> Result<Option<Uuid>, FieldError> {
        self.optional_parse(name)
    }

    pub(crate) fn flag(&self, name: &str) -> Result<bool, FieldError> {
        self.parse(name)
    }

    pub(crate) fn optional_flag(&self, name: &str) -> Result<Option<bool>, FieldError> {
        self.optional_parse(name)
    }

    pub(crate) fn one_of<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<T, FieldError> {
        self.required(name)?.one_of(words)
    }

    pub(crate) fn object(&self, name: &str) -> Result<Fields<'a>, FieldError> {
        self.required(name)?.object()
    }

    pub(crate) fn optional_object(&self, name: &str) -> Result<Option<Fields<'a>>, FieldError> {
        self.optional(name).map(|field| field.object()).transpose()
    }

    /// The entries of a list, of which there must be so many.
    pub(crate) fn list(
        &self,
        name: &str,
        length: RangeInclusive<usize>,
    ) -> Result<Vec<Field<'a>>, FieldError> {
        let field = self.required(name)?;
        match field.value.as_array().filter(|entries| length.contains(&entries.len())) {
            Some(entries) => Ok(entries
                .iter()
                .enumerate()
                .map(|(place, value)| Field { value, path: format!("{}[{place}]", field.path) })
                .collect()),
            None => {
                Err(field.refuse(format!("must be a list of {} to {} entries", length.start(), length.end())))
            }
        }
    }

    /// `{"code":"EUR"}`, or the bare `"EUR"` of the older guides.
    pub(crate) fn coded_or_bare<T: Text>(&self, name: &str) -> Result<T, FieldError> {
        let field = self.required(name)?;
        if field.value.is_string() { field.parse() } else { field.object()?.parse("code") }
    }

    fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

impl FromJson for Uuid {
    fn from_json(field: &Field<'_>) -> Result<Uuid, FieldError> {
        field.value.as_str().and_then(ids::parse).ok_or_else(|| field.refuse("must be a UUID"))
    }
}

impl FromJson for bool {
    fn from_json(field: &Field<'_>) -> Result<bool, FieldError> {
        field.value.as_bool().ok_or_else(|| field.refuse("must be true or false"))
    }
}

/// Reads what is stored with the reader of what is sent, so that there is one set of rules. serde's own reading of a field
/// `type` would also add 48 KiB to the component.
macro_rules! restored_by_fields {
    ($type:ty) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?;
                $crate::payment::Field::of(&value).parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(super) use restored_by_fields;

/// `A, B or C`.
pub(super) fn alternatives<'w>(words: impl DoubleEndedIterator<Item = &'w str>) -> String {
    let mut words: Vec<&str> = words.collect();
    match words.pop() {
        Some(last) if words.is_empty() => last.to_owned(),
        Some(last) => format!("{} or {last}", words.join(", ")),
        None => String::new(),
    }
}

/// Control characters, ends of lines and marks of direction. A name with one of them can make the rest of a mail read
/// as something that it does not say.
fn disturbs_a_line(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
