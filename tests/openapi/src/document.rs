//! The description: which operation an exchange belongs to, and what may come back.

use crate::schemas::{Fields, Schemas};
use crate::{Drift, Exchange};
use http::header::{HeaderName, LOCATION, RETRY_AFTER};
use http::{Method, StatusCode};
use matchit::Router;
use serde_json::{Map, Value, json};

/// What may come back from a place that is not described, or to a method that is not described there. The key is looked at
/// before the path is.
const ANYWHERE: [u16; 5] = [400, 401, 429, 500, 503];

/// The shapes of refusals. A description need not have those of every API.
const REFUSALS: [&str; 5] = ["Message", "Refusal", "Failure", "LoginMfaRefusal", "SessionsRefusal"];

/// A description in OpenAPI 3.1.
pub struct Document {
    root: Value,
    /// From a path to how it is written in the description.
    places: Router<String>,
    schemas: Schemas,
}

impl Document {
    /// Reads a description.
    ///
    /// # Errors
    /// [`Drift::Unreadable`] if it is none, or has a path that cannot be told from another.
    pub fn parse(text: &str) -> Result<Document, Drift> {
        let unreadable = |why: String| Drift::Unreadable(why);
        let root: Value = serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        let object = |pointer: &str| {
            root.pointer(pointer).and_then(Value::as_object).cloned().ok_or(pointer.to_owned())
        };
        let named = object("/components/schemas").map_err(unreadable)?;
        let mut places = Router::new();
        for path in object("/paths").map_err(unreadable)?.keys() {
            places.insert(path, path.clone()).map_err(|error| unreadable(error.to_string()))?;
        }
        Ok(Document { schemas: Schemas::new(&named), places, root })
    }

    /// Checks an exchange. One that is not about the API is none of its business.
    ///
    /// # Errors
    /// Says in what the exchange differs from the description.
    pub fn check(&self, exchange: &Exchange<'_>) -> Result<(), Drift> {
        if !exchange.is_api() {
            return Ok(());
        }
        let place =
            self.places.at(exchange.place()).ok().and_then(|found| self.root["paths"].get(found.value));
        let Some(operation) = place.and_then(|place| place.get(verb(exchange.method))) else {
            return self.check_refusal(exchange, place.is_some());
        };
        let status = exchange.status.as_str();
        let response = operation["responses"].get(status).map(|response| self.resolved(response));
        let response = response.ok_or_else(|| Drift::Status(exchange.shown()))?;
        check_headers(exchange, response)?;
        self.check_answer(exchange, &response["content"])?;
        if exchange.status.is_success() {
            self.check_request(exchange, operation)?;
        }
        Ok(())
    }

    /// Checks the examples that are in the description. Answers how many there are.
    ///
    /// # Errors
    /// [`Drift::Example`] for the first that is not as its own schema says.
    pub fn check_examples(&self) -> Result<usize, Drift> {
        let mut seen = 0;
        let mut check = |name: &str, schema: &Value, fields: Fields, example: &Value| {
            seen += 1;
            let wrong = |why: String| Drift::Example(name.to_owned(), why);
            self.schemas.check(schema, fields, example).map_err(wrong)
        };
        for (name, schema) in self.root["components"]["schemas"].as_object().into_iter().flatten() {
            if let Some(example) = schema.get("example") {
                check(name, schema, Fields::Described, example)?;
            }
        }
        let places = self.root["paths"].as_object().into_iter().flatten();
        for operation in places.filter_map(|(_, place)| place.as_object()).flat_map(Map::values) {
            let media = &operation["requestBody"]["content"]["application/json"];
            let several = media["examples"].as_object().into_iter().flatten();
            let several = several.filter_map(|(_, example)| example.get("value"));
            for example in media.get("example").into_iter().chain(several) {
                check(&operation["operationId"].to_string(), &media["schema"], Fields::Described, example)?;
            }
        }
        Ok(seen)
    }

    /// What is answered where nothing is described. Only a refusal may be.
    fn check_refusal(&self, exchange: &Exchange<'_>, is_place: bool) -> Result<(), Drift> {
        let expected = match exchange.status {
            StatusCode::NOT_FOUND => true,
            StatusCode::METHOD_NOT_ALLOWED => is_place,
            status => ANYWHERE.contains(&status.as_u16()),
        };
        if !expected {
            return Err(Drift::Operation(exchange.shown()));
        }
        let known = |name: &&&str| self.root["components"]["schemas"].get(**name).is_some();
        let families = REFUSALS.iter().filter(known);
        let families = families.map(|name| json!({ "$ref": format!("#/components/schemas/{name}") }));
        let schema = json!({ "anyOf": families.collect::<Vec<_>>() });
        let unauthorized = self.root.pointer("/components/responses/Unauthorized/content").cloned();
        let content = if exchange.status == StatusCode::UNAUTHORIZED {
            unauthorized.ok_or_else(|| Drift::Unreadable("/components/responses/Unauthorized".into()))?
        } else {
            json!({ "application/json": { "schema": schema } })
        };
        self.check_answer(exchange, &content)
    }

    fn check_answer(&self, exchange: &Exchange<'_>, content: &Value) -> Result<(), Drift> {
        let other_type = || Drift::MediaType(exchange.shown(), exchange.media_type().to_owned());
        if exchange.body.is_empty() {
            // To HEAD, everything but the body is sent.
            let fits = content.is_null() || exchange.method == Method::HEAD;
            return if fits { Ok(()) } else { Err(other_type()) };
        }
        let media = content.get(exchange.media_type()).ok_or_else(other_type)?;
        let wrong = |why: String| Drift::Answer(exchange.shown(), why);
        let value = match exchange.media_type() {
            "application/json" => {
                serde_json::from_slice(exchange.body).map_err(|error| wrong(error.to_string()))?
            }
            _ => Value::String(String::from_utf8_lossy(exchange.body).into_owned()),
        };
        self.schemas.check(&media["schema"], Fields::Described, &value).map_err(wrong)
    }

    /// What the service accepted. Where no body is described, none is looked at.
    fn check_request(&self, exchange: &Exchange<'_>, operation: &Value) -> Result<(), Drift> {
        let Some(body) = operation.get("requestBody") else { return Ok(()) };
        if exchange.sent.is_empty() && body["required"] != true {
            return Ok(());
        }
        let wrong = |why: String| Drift::Request(exchange.shown(), why);
        let value: Value = serde_json::from_slice(exchange.sent).map_err(|error| wrong(error.to_string()))?;
        self.schemas.check(&body["content"]["application/json"]["schema"], Fields::Any, &value).map_err(wrong)
    }

    fn resolved<'d>(&'d self, value: &'d Value) -> &'d Value {
        let reference = value.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
        reference.and_then(|pointer| self.root.pointer(pointer)).unwrap_or(value)
    }
}

/// `HEAD` is a `GET` whose body is left out.
fn verb(method: &Method) -> String {
    if method == Method::HEAD { "get".to_owned() } else { method.as_str().to_lowercase() }
}

/// Headers of ours are those that say something about the API. Each that comes has to be described, and the two that every
/// client may rely on have to come: the trace id with whatever is described to have one, the time to wait with 429.
fn check_headers(exchange: &Exchange<'_>, response: &Value) -> Result<(), Drift> {
    let none = Map::new();
    let described = response["headers"].as_object().unwrap_or(&none);
    let is_described =
        |name: &HeaderName| described.keys().any(|known| known.eq_ignore_ascii_case(name.as_str()));
    let is_ours = |name: &HeaderName| {
        *name == LOCATION
            || *name == RETRY_AFTER
            || name.as_str().starts_with("x-") && name != "x-content-type-options"
    };
    let differs = |name: &HeaderName| Drift::Header(exchange.shown(), name.to_string());
    if let Some(name) = exchange.headers.keys().find(|name| is_ours(name) && !is_described(name)) {
        return Err(differs(name));
    }
    let promised = match exchange.status {
        StatusCode::TOO_MANY_REQUESTS => vec![HeaderName::from_static("x-trace-id"), RETRY_AFTER],
        _ => vec![HeaderName::from_static("x-trace-id")],
    };
    if let Some(name) =
        promised.iter().find(|name| is_described(name) && !exchange.headers.contains_key(*name))
    {
        return Err(differs(name));
    }
    Ok(())
}
