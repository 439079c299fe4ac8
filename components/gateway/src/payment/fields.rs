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
/// ```text
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

#[cfg(test)]
mod tests {
    use super::super::{Account, Coded, Country, Currency, CurrencyCode};
    use super::*;
    use crate::email::Email;
    use crate::http::ApiError;
    use crate::json::{self, Once};

    /// How a handler reads its body.
    #[derive(Debug)]
    struct Example {
        customer_id: Uuid,
        fee_profile_id: Option<Uuid>,
        name: Option<String>,
        reference: Option<String>,
        batch_payout: bool,
        bank: String,
        is_third_party: bool,
        source_currencies: Vec<Currency>,
        recipient_account: Account,
        country: Country,
        currency: CurrencyCode,
        email: Option<Email>,
        kind: u8,
    }

    impl Example {
        fn parse(body: &[u8]) -> Result<Example, ApiError> {
            let Once(body) = json::object(body)?;
            let fields = Fields::of(&body, "")?;
            let source_currencies = fields.list("source_currencies", 1..=3)?;
            let bank_details = fields.object("bank_details")?;
            Ok(Example {
                customer_id: fields.uuid("customer_id")?,
                fee_profile_id: fields.optional_uuid("fee_profile_id")?,
                name: fields.optional_text("name", 50)?,
                reference: fields.optional_text_of("reference", 6..=18)?,
                bank: bank_details.text("provider_name", 100)?,
                is_third_party: bank_details.flag("is_third_party")?,
                batch_payout: fields.optional_flag("batch_payout")?.unwrap_or(false),
                source_currencies: source_currencies.iter().map(Field::parse).collect::<Result<_, _>>()?,
                recipient_account: fields.parse("recipient_account")?,
                country: fields.parse::<Coded<Country>>("country")?.code,
                currency: fields.coded_or_bare("currency")?,
                email: match fields.optional_object("email_address")? {
                    Some(address) => Some(address.parse("email")?),
                    None => None,
                },
                kind: fields.one_of("kind", &[("market", 1), ("quote", 2)])?,
            })
        }
    }

    fn body() -> Value {
        serde_json::json!({
            "customer_id": "3c90c3cc-0d44-4b50-8888-8dd25736052a",
            "name": " Ann & Ben ",
            "bank_details": {"provider_name": "A Bank", "is_third_party": true},
            "source_currencies": [{"type": "Fiat", "code": "EUR"}, {"type": "Crypto", "token": "USDC", "blockchain": "Base"}],
            "recipient_account": {"type": "Fiat", "account_identifier": {"type": "SEPA", "iban": "DE89370400440532013000"}},
            "country": {"code": "DE"},
            "currency": "EUR",
            "email_address": {"email": "ann@example.com"},
            "kind": "quote",
            "unknown": [{"type": 7}],
        })
    }

    fn with(name: &str, value: Value) -> String {
        let mut body = body();
        body[name] = value;
        body.to_string()
    }

    fn refusal(body: &str) -> String {
        match Example::parse(body.as_bytes()) {
            Err(ApiError::BadRequest(what)) => what.into_owned(),
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn a_body_is_read_field_by_field() {
        let read = Example::parse(body().to_string().as_bytes()).unwrap();
        assert_eq!(read.customer_id, Uuid::from_u128(0x3c90c3cc_0d44_4b50_8888_8dd25736052a));
        assert_eq!(read.name.as_deref(), Some("Ann & Ben"));
        assert_eq!((read.fee_profile_id, read.reference), (None, None));
        assert_eq!((read.bank.as_str(), read.is_third_party), ("A Bank", true));
        assert_eq!((read.batch_payout, read.source_currencies.len(), read.kind), (false, 2, 2));
        assert_eq!(read.recipient_account.masked(), "SEPA DE89 **** 3000");
        assert_eq!((read.country.to_string(), read.currency.to_string()), ("DE".into(), "EUR".into()));
        assert_eq!(read.email.unwrap().as_str(), "ann@example.com");
        let read = Example::parse(with("currency", serde_json::json!({"code": "USD"})).as_bytes()).unwrap();
        assert_eq!(read.currency.to_string(), "USD");
    }

    #[test]
    fn null_counts_as_absent() {
        for name in ["name", "reference", "fee_profile_id", "batch_payout", "email_address"] {
            assert!(Example::parse(with(name, Value::Null).as_bytes()).is_ok(), "{name}");
        }
        assert_eq!(refusal(&with("country", Value::Null)), "country must be given.");
        assert_eq!(
            refusal(&with("country", serde_json::json!({"code": null}))),
            "country.code must be given."
        );
    }

    #[test]
    fn a_refusal_names_the_field_by_its_path() {
        let json = |text: &str| serde_json::from_str(text).unwrap();
        for (name, value, refused) in [
            ("customer_id", json("7"), "customer_id must be a UUID."),
            ("customer_id", json("\"x\""), "customer_id must be a UUID."),
            ("fee_profile_id", json("[]"), "fee_profile_id must be a UUID."),
            (
                "reference",
                json("\"short\""),
                "reference must be text of 6 to 18 characters on one line, without control characters.",
            ),
            ("bank_details", json("7"), "bank_details must be a JSON object."),
            ("bank_details", json("{}"), "bank_details.provider_name must be given."),
            (
                "bank_details",
                json("{\"provider_name\":\"A Bank\",\"is_third_party\":\"no\"}"),
                "bank_details.is_third_party must be true or false.",
            ),
            ("batch_payout", json("\"true\""), "batch_payout must be true or false."),
            ("batch_payout", json("0"), "batch_payout must be true or false."),
            (
                "name",
                json("[]"),
                "name must be text of 1 to 50 characters on one line, without control characters.",
            ),
            ("source_currencies", json("[]"), "source_currencies must be a list of 1 to 3 entries."),
            ("source_currencies", json("{}"), "source_currencies must be a list of 1 to 3 entries."),
            ("source_currencies", json("[1]"), "source_currencies[0] must be a JSON object."),
            (
                "source_currencies",
                json(r#"[{"type":"Fiat","code":"EUR"},{"type":"Fiat","code":"EUX"}]"#),
                "source_currencies[1].code must be an ISO 4217 currency code in capitals.",
            ),
            ("recipient_account", json("[]"), "recipient_account must be a JSON object."),
            (
                "recipient_account",
                json(
                    r#"{"type":"Fiat","account_identifier":{"type":"SEPA","iban":"DE89370400440532013001"}}"#,
                ),
                "recipient_account.account_identifier.iban must be an IBAN: its check digits do not fit.",
            ),
            ("country", json("\"DE\""), "country must be a JSON object."),
            (
                "currency",
                json("{\"code\":978}"),
                "currency.code must be an ISO 4217 currency code, as a JSON string.",
            ),
            ("currency", json("978"), "currency must be a JSON object."),
            ("email_address", json("\"a@b.com\""), "email_address must be a JSON object."),
            (
                "email_address",
                json("{\"email\":\"sesame\"}"),
                "email_address.email must be an e-mail address of 254 characters at most.",
            ),
            ("kind", json("\"Quote\""), "kind must be market or quote."),
        ] {
            assert_eq!(refusal(&with(name, value)), refused);
        }
    }

    #[test]
    fn a_name_cannot_disturb_the_line_it_is_shown_on() {
        for name in [
            "",
            " ",
            "a\u{0}b",
            "a\nb",
            "a\u{202e}b",
            "a\u{2067}b",
            "a\u{200f}",
            "a\u{2028}b",
            "\u{feff}a",
            "a\u{85}b",
        ] {
            assert!(refusal(&with("name", name.into())).starts_with("name must be text"), "{name:?}");
        }
        assert!(refusal(&with("name", "n".repeat(51).into())).starts_with("name must be text"));
        for name in ["ä".repeat(50), "Ўѣ 中文 O'Neil-Smith & Co. (1)".into()] {
            assert!(Example::parse(with("name", name.as_str().into()).as_bytes()).is_ok(), "{name}");
        }
    }
}
