//! How routes say no. The status, the shape and who may get it follow from the route (`routes`, `http::error`).

use super::{Access, Key, Op};
use crate::http::{Envelope, Errors, Traced, Verb};
use crate::openapi::words::named;
use crate::routes::Route;
use crate::{login_mfa, two_factor_sessions};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Ref, Schema, Type};
use utoipa::openapi::{Content, Header, RefOr};

named! {
    /// What the routes say whose 4xx are bare strings.
    Message = RefOr::T(Schema::Object(
        ObjectBuilder::new().schema_type(Type::String).description(Some("What is wrong, for people.")).build(),
    ))
}

/// All that can be said about a status in common; none if it needs an operation's own words.
fn in_common(status: u16, errors: Errors) -> Option<&'static str> {
    let of_accounts = matches!(errors, Errors::LoginMfa | Errors::TwoFactorSessions);
    Some(match status {
        401 if errors == Errors::TwoFactorSessions => "No session, or one that is over.",
        403 if errors == Errors::TwoFactorSessions => {
            "The second factor has to be given first, or this is not offered, or is not to be switched off."
        }
        401 if errors == Errors::LoginMfa => {
            "The access token is missing, too old, not ours, or its session is over."
        }
        403 | 409 if of_accounts => return None,
        404 if of_accounts => "There is nothing of this id; or no accounts are kept here.",
        423 if of_accounts => "The account is locked: too many wrong codes.",
        429 if of_accounts => "Too often, or too soon after the last message. Nothing was done.",
        400 => "A header, a parameter or the body is not as described. The message names it.",
        401 => "No key, or none that is known.",
        403 => "The API key may not do this.",
        404 => "Unknown, malformed, or somebody else's.",
        408 => "The body did not come in time.",
        409 => "The `IDEMPOTENCY-KEY` was used with another body, or a request with it is still running.",
        413 => "The body is longer than 65536 bytes.",
        415 => "The body is not `application/json` in UTF-8.",
        429 => {
            "Too many requests with this key, or too soon after the last message to the same person. Nothing was done."
        }
        500 => "A failure on our side. Nothing was confirmed as far as we can tell.",
        503 => "Too many requests at once.",
        _ => return None,
    })
}

/// Whatever any operation may answer in the same way, by name.
pub(super) fn shared() -> BTreeMap<String, RefOr<Response>> {
    let mut shared = BTreeMap::new();
    for errors in [Errors::Text, Errors::Envelope] {
        for status in [400, 401, 403, 404, 408, 409, 413, 415, 429, 500, 503] {
            let name = name(status, errors).expect("these have names");
            let text = in_common(status, errors).expect("these have words in common");
            shared.insert(name, RefOr::T(response(status, text, errors, By::All)));
        }
    }
    for status in [400, 401, 404, 408, 413, 415, 423, 429, 500, 503] {
        let name = name(status, Errors::LoginMfa).expect("these have names");
        let text = in_common(status, Errors::LoginMfa).expect("these have words in common");
        shared.insert(name, RefOr::T(response(status, text, Errors::LoginMfa, By::All)));
    }
    for status in [400, 401, 403, 404, 408, 413, 415, 423, 429, 500, 503] {
        let name = name(status, Errors::TwoFactorSessions).expect("these have names");
        let text = in_common(status, Errors::TwoFactorSessions).expect("these have words in common");
        shared.insert(name, RefOr::T(response(status, text, Errors::TwoFactorSessions, By::All)));
    }
    shared
}

/// All the refusals of an operation.
pub(super) fn of(route: Route, op: &Op, has_parameters: bool) -> BTreeMap<String, RefOr<Response>> {
    let errors = route.errors(Some(op.verb));
    let mut statuses = vec![400, 429, 500, 503];
    if op.access != Access::Open {
        statuses.push(401);
    }
    if op.access == Access::Bearer {
        statuses.push(423);
    }
    if op.access == Access::Session {
        statuses.push(403);
    }
    if matches!(errors, Errors::LoginMfa | Errors::TwoFactorSessions) {
        statuses.push(404);
    } else if op.verb != Verb::Get || route.for_operators() {
        statuses.push(403);
    }
    let has_body = op.body.is_some() || op.access == Access::Session && op.verb == Verb::Delete;
    if matches!(op.verb, Verb::Post | Verb::Put | Verb::Patch) || has_body {
        statuses.extend([408, 413, 415]);
    }
    if has_parameters || route.sandbox_only() {
        statuses.push(404);
    }
    if op.key.is_some() {
        statuses.push(409);
    }
    let mut all = BTreeMap::new();
    for status in statuses {
        let name = name(status, errors).expect("these have names");
        all.insert(status.to_string(), RefOr::Ref(Ref::new(format!("#/components/responses/{name}"))));
    }
    for (status, text) in &op.refusals {
        let text = match in_common(*status, errors) {
            // Beside what is special about it, the common reasons stay.
            Some(common) if all.contains_key(&status.to_string()) => format!("{text} {common}"),
            _ => (*text).to_owned(),
        };
        all.insert(status.to_string(), RefOr::T(response(*status, &text, errors, By::Operation)));
    }
    all
}

/// The named schemas in them.
pub(super) fn schemas() -> Vec<(String, RefOr<Schema>)> {
    let mut op = Op::new(Verb::Get, "", "", "");
    op.schema::<Message>();
    op.schema::<Envelope<'_>>();
    op.schema::<Traced<'_>>();
    op.schema::<login_mfa::Envelope<'_>>();
    op.schema::<two_factor_sessions::Envelope<'_>>();
    op.schemas
}

pub(super) fn trace_header() -> Header {
    header(
        "Sixteen bytes in hexadecimal, which lead to this request in the log. Quote it when you ask for help.",
    )
}

pub(super) fn header(text: &str) -> Header {
    let schema = ObjectBuilder::new().schema_type(Type::String);
    HeaderBuilder::new().schema(schema).description(Some(text)).build()
}

fn name(status: u16, errors: Errors) -> Option<String> {
    let of_accounts = matches!(errors, Errors::LoginMfa | Errors::TwoFactorSessions);
    let name = match status {
        400 => "BadRequest",
        401 if of_accounts => "Unauthorized",
        500 if of_accounts => "InternalError",
        401 => return Some("Unauthorized".into()),
        403 => "Forbidden",
        404 => "NotFound",
        408 => return Some("TooSlow".into()),
        409 => "Conflict",
        413 => "TooLarge",
        415 => "UnsupportedMediaType",
        423 => "Locked",
        429 => "TooManyRequests",
        500 => return Some("InternalError".into()),
        503 => return Some("Overloaded".into()),
        _ => return None,
    };
    Some(match errors {
        Errors::Text => name.into(),
        Errors::LoginMfa => format!("LoginMfa{name}"),
        Errors::TwoFactorSessions => format!("Sessions{name}"),
        Errors::EnvelopeBut403 if status == 403 => name.into(),
        Errors::Envelope | Errors::EnvelopeBut403 => format!("{name}WithCode"),
    })
}

/// Who says so.
#[derive(Clone, Copy)]
enum By {
    /// Any operation may.
    All,
    /// An operation, for reasons of its own.
    Operation,
}

fn response(status: u16, text: &str, errors: Errors, by: By) -> Response {
    let response = ResponseBuilder::new().description(text).header("X-Trace-Id", trace_header());
    let response = if matches!(status, 423 | 429 | 503) {
        response.header("Retry-After", header("How many seconds to wait. Always there with 429."))
    } else {
        response
    };
    let of_accounts = matches!(errors, Errors::LoginMfa | Errors::TwoFactorSessions);
    if status == 401 && !of_accounts {
        let schema =
            ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["authorization error"]));
        return response.content("text/plain", Content::new(Some(schema))).build();
    }
    let named = |name: &str| RefOr::Ref(Ref::from_schema_name(name));
    let family = match errors {
        Errors::Text => Message::name(),
        Errors::LoginMfa => login_mfa::Envelope::name(),
        Errors::TwoFactorSessions => two_factor_sessions::Envelope::name(),
        Errors::Envelope | Errors::EnvelopeBut403 => Envelope::name(),
    };
    let schema: RefOr<Schema> = match (status, errors, by) {
        // The host of the component may answer so before the component does.
        (413, _, _) | (503, _, By::Operation) => {
            AnyOfBuilder::new().item(named(&family)).item(named(&Traced::name())).into()
        }
        (500, Errors::LoginMfa | Errors::TwoFactorSessions, _) => named(&family),
        (403, Errors::Text | Errors::EnvelopeBut403, _) | (408 | 500 | 503, _, _) => named(&Traced::name()),
        _ => named(&family),
    };
    response.content("application/json", Content::new(Some(schema))).build()
}

/// The header that names the work.
pub(super) fn key_parameter(key: Key) -> utoipa::openapi::path::Parameter {
    let text = match key {
        Key::Required => {
            "Names this piece of work, so that it is done once: a request with the same key and body is answered as the \
             first one was. Forgotten after 24 hours. A random UUID is a good one."
        }
        Key::Accepted => {
            "Names this piece of work, so that it is done once: a request with the same key and body is answered as the \
             first one was. Forgotten after 24 hours. Without a key, each request is a piece of work of its own; a \
             deployment may require one."
        }
    };
    let schema = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[!-~]{1,255}$"));
    let mut parameter =
        super::parameter(utoipa::openapi::path::ParameterIn::Header, "IDEMPOTENCY-KEY", text, schema);
    if key == Key::Required {
        parameter.required = utoipa::openapi::Required::True;
    }
    parameter
}
