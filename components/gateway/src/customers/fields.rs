//! The fields of a customer as clients send them.

use super::record::CustomerType;
use crate::email::Email;
use crate::http::ApiError;
use crate::json;
use serde::Deserialize;
use serde_json::Value;

/// The longest name and external id, in characters.
pub(super) const LONGEST_TEXT: usize = 200;

/// The body of `POST /api/customers`.
#[derive(Debug)]
pub(super) struct NewCustomer {
    pub(super) customer_type: CustomerType,
    pub(super) email: Email,
    pub(super) name: String,
    pub(super) external_id: Option<String>,
}

/// The body of `PUT /api/customers/{id}`.
#[derive(Debug)]
pub(super) struct CustomerUpdate {
    pub(super) email: Email,
    /// None leaves it as it is.
    pub(super) external_id: Option<String>,
}

/// Both bodies, before their values are looked at. `null` counts as absent.
#[derive(Deserialize)]
struct Fields {
    customer_type: Option<Value>,
    email: Option<Value>,
    name: Option<Value>,
    external_id: Option<Value>,
}

impl NewCustomer {
    pub(super) fn parse(body: &[u8]) -> Result<NewCustomer, ApiError> {
        let fields: Fields = json::object(body)?;
        Ok(NewCustomer {
            customer_type: customer_type(fields.customer_type)?,
            email: email(fields.email)?,
            name: text(fields.name, "name", 0)?.unwrap_or_default(),
            external_id: text(fields.external_id, "external_id", 1)?,
        })
    }
}

impl CustomerUpdate {
    pub(super) fn parse(body: &[u8]) -> Result<CustomerUpdate, ApiError> {
        let fields: Fields = json::object(body)?;
        Ok(CustomerUpdate {
            email: email(fields.email)?,
            external_id: text(fields.external_id, "external_id", 1)?,
        })
    }
}

fn customer_type(value: Option<Value>) -> Result<CustomerType, ApiError> {
    value
        // serde would also read `{"Person":null}`.
        .filter(Value::is_string)
        .and_then(|value| serde_json::from_value(value).ok())
        .ok_or_else(|| ApiError::bad_request("customer_type must be Business or Person."))
}

fn email(value: Option<Value>) -> Result<Email, ApiError> {
    value
        .as_ref()
        .and_then(Value::as_str)
        .and_then(Email::parse)
        .ok_or_else(|| ApiError::bad_request("email must be an e-mail address of 254 characters at most."))
}

fn text(value: Option<Value>, field: &str, shortest: usize) -> Result<Option<String>, ApiError> {
    let Some(value) = value else { return Ok(None) };
    let good = value.as_str().map(str::trim).filter(|text| {
        (shortest..=LONGEST_TEXT).contains(&text.chars().count()) && !text.chars().any(char::is_control)
    });
    match good {
        Some(text) => Ok(Some(text.to_owned())),
        None => Err(ApiError::bad_request(format!(
            "{field} must be {shortest} to {LONGEST_TEXT} characters on one line."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(body: &str) -> String {
        match NewCustomer::parse(body.as_bytes()) {
            Err(ApiError::BadRequest(what)) => what.into_owned(),
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn a_new_customer_needs_a_type_and_an_address() {
        let new =
            NewCustomer::parse(br#"{"customer_type":"Person","email":" Ann@Example.COM ","extra":[1]}"#)
                .unwrap();
        assert_eq!(new.customer_type, CustomerType::Person);
        assert_eq!(new.email.as_str(), "Ann@example.com");
        assert_eq!((new.name.as_str(), new.external_id), ("", None));
    }

    #[test]
    fn a_refusal_names_the_field_and_repeats_no_value() {
        let long = format!(
            r#"{{"customer_type":"Person","email":"a@b.com","name":"{}"}}"#,
            "n".repeat(LONGEST_TEXT + 1)
        );
        for (body, field) in [
            (r#"{}"#, "customer_type"),
            (r#"{"customer_type":"person","email":"a@b.com"}"#, "customer_type"),
            (r#"{"customer_type":1,"email":"a@b.com"}"#, "customer_type"),
            (r#"{"customer_type":"Person"}"#, "email"),
            (r#"{"customer_type":"Person","email":null}"#, "email"),
            (r#"{"customer_type":"Person","email":["a@b.com"]}"#, "email"),
            (r#"{"customer_type":"Person","email":"sesame"}"#, "email"),
            (r#"{"customer_type":"Person","email":"a@b.com","name":7}"#, "name"),
            (r#"{"customer_type":"Person","email":"a@b.com","name":"a\nb"}"#, "name"),
            (long.as_str(), "name"),
            (r#"{"customer_type":"Person","email":"a@b.com","external_id":" "}"#, "external_id"),
            (r#"{"customer_type":"Person","email":"a@b.com","external_id":{}}"#, "external_id"),
        ] {
            let what = refusal(body);
            assert!(what.starts_with(field), "{body}: {what}");
            assert!(!what.contains("sesame") && !what.contains("nnn"), "{what}");
        }
        assert!(
            refusal(r#"{"customer_type":"Person","email":"a@b.com","email":"c@d.com"}"#).contains("once")
        );
    }
}
