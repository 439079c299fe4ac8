//! What the form asks, and whether an answer can be taken.

use super::typed::Typed;
use crate::customers::CustomerType;
use crate::payment::{Country, Text as _};
use crate::when;
use serde_json::{Map, Value};
use stepgate_storage::Timestamp;
use time::{Date, Month};

/// The most beneficial owners that can be named.
const MOST_NAMES: usize = 20;
/// The longest name of one, in characters.
const LONGEST_NAME: usize = 100;

/// How a field is filled in and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One line.
    Line,
    /// A date in the past, as `1990-12-31`.
    Past,
    /// ISO 3166-1 alpha-2.
    Country,
    /// Several lines of prose.
    Prose,
    /// Names, each on a line of its own.
    Names,
}

/// A question of the form.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) kind: Kind,
    /// What browsers fill in by themselves.
    pub(super) autocomplete: &'static str,
    /// In characters.
    pub(super) longest: usize,
    pub(super) optional: bool,
}

const fn line(name: &'static str, label: &'static str, autocomplete: &'static str, longest: usize) -> Field {
    Field { name, label, hint: "", kind: Kind::Line, autocomplete, longest, optional: false }
}

const fn country(name: &'static str, label: &'static str, autocomplete: &'static str) -> Field {
    Field {
        hint: "The two letters of its code, for example DE for Germany.",
        kind: Kind::Country,
        ..line(name, label, autocomplete, 2)
    }
}

/// So short that everything together, in the longest encoding of a form, still fits into a body.
const fn prose(name: &'static str, label: &'static str, hint: &'static str) -> Field {
    Field { hint, kind: Kind::Prose, ..line(name, label, "off", 1200) }
}

const PERSON: [Field; 9] = [
    line("given_name", "Given name", "given-name", 100),
    line("family_name", "Family name", "family-name", 100),
    Field {
        hint: "Year, month and day, for example 1990-12-31.",
        kind: Kind::Past,
        ..line("date_of_birth", "Date of birth", "bday", 10)
    },
    country("nationality", "Nationality", "off"),
    line("street", "Street and number", "street-address", 200),
    Field { optional: true, ..line("postal_code", "Postal code, if there is one", "postal-code", 20) },
    line("city", "Town or city", "address-level2", 100),
    country("country", "Country you live in", "country"),
    line("occupation", "Occupation", "organization-title", 100),
];

const BUSINESS: [Field; 8] = [
    line("legal_name", "Legal name of the business", "organization", 200),
    line("registration_number", "Registration number", "off", 50),
    country("country", "Country of registration", "off"),
    line("street", "Street and number", "street-address", 200),
    Field { optional: true, ..line("postal_code", "Postal code, if there is one", "postal-code", 20) },
    line("city", "Town or city", "address-level2", 100),
    country("address_country", "Country of the address", "country"),
    Field {
        hint: "Given and family name of everybody who owns or controls the business, each on a line of its own.",
        kind: Kind::Names,
        ..line("beneficial_owners", "Beneficial owners", "off", MOST_NAMES * LONGEST_NAME)
    },
];

const DUE_DILIGENCE: [Field; 2] = [
    prose("source_of_funds", "Source of funds", "Where the money comes from that you will use."),
    prose("account_purpose", "Purpose of the account", "What you will use the account for."),
];

/// What is asked of whom.
pub(super) fn asked(customer: CustomerType, with_edd: bool) -> impl Iterator<Item = &'static Field> {
    let basis: &'static [Field] = match customer {
        CustomerType::Person => &PERSON,
        CustomerType::Business => &BUSINESS,
    };
    basis.iter().chain(DUE_DILIGENCE.iter().filter(move |_| with_edd))
}

/// A field that cannot be taken as it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) field: &'static str,
    /// A sentence that names the field and says what to do.
    pub(super) what: String,
}

/// The answers as the JSON object that is kept; or everything that is wrong with them, in the order of the form.
pub(super) fn read(
    customer: CustomerType,
    with_edd: bool,
    typed: &Typed,
    now: Timestamp,
) -> Result<String, Vec<Wrong>> {
    let spelled = match customer {
        CustomerType::Business => "Business",
        CustomerType::Person => "Person",
    };
    let mut answers = Map::new();
    let mut wrong = Vec::new();
    answers.insert("customer_type".into(), spelled.into());
    for field in asked(customer, with_edd) {
        match field.read(typed.get(field.name), now) {
            Ok(Value::Null) => {}
            Ok(value) => {
                answers.insert(field.name.into(), value);
            }
            Err(what) => wrong.push(Wrong { field: field.name, what: format!("{}: {what}", field.label) }),
        }
    }
    if wrong.is_empty() { Ok(Value::Object(answers).to_string()) } else { Err(wrong) }
}

impl Field {
    /// The value; `null` for one that was left out and may be.
    fn read(&self, typed: &str, now: Timestamp) -> Result<Value, String> {
        let text = typed.replace("\r\n", "\n").replace('\t', " ");
        let text = text.trim();
        if text.is_empty() {
            return if self.optional { Ok(Value::Null) } else { Err("please fill this in.".into()) };
        }
        if text.chars().count() > self.longest {
            return Err(format!("please use {} characters at most.", self.longest));
        }
        let lines = matches!(self.kind, Kind::Prose | Kind::Names);
        if !text.chars().all(|c| is_plain(c) || lines && c == '\n') {
            return Err("please leave out characters that cannot be seen or read.".into());
        }
        if !text.chars().any(char::is_alphanumeric) {
            return Err("please use letters or digits.".into());
        }
        match self.kind {
            Kind::Line | Kind::Prose => Ok(text.into()),
            Kind::Past => is_past_date(text, now)
                .then(|| text.into())
                .ok_or_else(|| "please enter year, month and day, for example 1990-12-31.".into()),
            Kind::Country => match Country::parse(&text.to_ascii_uppercase()) {
                Ok(country) => Ok(country.to_string().into()),
                Err(_) => Err("please enter the two letters of a country, for example DE.".into()),
            },
            Kind::Names => names(text),
        }
    }
}

/// Nothing that a reviewer could not see, or that turns round what they see.
fn is_plain(c: char) -> bool {
    let unseen =
        matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    // The last stands for bytes that were no text.
    !c.is_control() && !unseen && c != '\u{feff}' && c != '\u{fffd}'
}

/// `1900-01-01` to today (UTC).
fn is_past_date(text: &str, now: Timestamp) -> bool {
    let bytes = text.as_bytes();
    let shape = bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
    if !shape {
        return false;
    }
    let number = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u16>().ok());
    let (Some(year), Some(month), Some(day)) = (number(0, 4), number(5, 7), number(8, 10)) else {
        return false;
    };
    let month = u8::try_from(month).ok().and_then(|month| Month::try_from(month).ok());
    let (Some(month), Ok(day)) = (month, u8::try_from(day)) else { return false };
    // Dates of this form are in the order of their texts.
    let in_time = "1900-01-01" <= text && text <= when::rfc3339(now).get(..10).unwrap_or_default();
    in_time && Date::from_calendar_date(year.into(), month, day).is_ok()
}

fn names(text: &str) -> Result<Value, String> {
    let names: Vec<&str> = text.lines().map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.len() > MOST_NAMES {
        return Err(format!("please name {MOST_NAMES} at most."));
    }
    if names.iter().any(|name| name.chars().count() > LONGEST_NAME || !name.chars().any(char::is_alphabetic))
    {
        return Err(format!("please enter one name on each line, of {LONGEST_NAME} characters at most."));
    }
    Ok(names.into())
}
