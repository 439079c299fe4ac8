//! All of it together.

use super::operation::{Access, Op, Sent};
use super::{GROUPS, Place, parameter, place, refusals, uuid, words};
use crate::auth::VERSIONS;
use crate::http::Verb;
use crate::routes::{Route, TABLE, is_api};
use crate::{login_mfa, two_factor_sessions};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::path::{
    Operation, OperationBuilder, Parameter, ParameterIn, PathItem, PathItemBuilder, PathsBuilder,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::response::{ResponseBuilder, ResponsesBuilder};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ComponentsBuilder, Content, ContentBuilder, HttpMethod, Info, OpenApi, OpenApiBuilder, RefOr, Required,
    Schema, Server,
};

const KEY: &str = "ApiKey";
const BEARER: &str = "Bearer";
const SESSION: &str = "Session";
const COOKIE: &str = "SessionCookie";

const ABOUT: &str = "Stepgate holds a sensitive action until its owner confirms it, with a one-time code or a link.

Every call needs a key, in the header `X-API-Key`. Bodies are JSON in UTF-8, of 64 KiB at most. Fields that are not \
described are ignored, and `null` counts as absent. Answers may come to have more fields than are described here. Instants \
are in RFC 3339. Whatever goes wrong, the answer names a trace id in the header `X-Trace-Id`.

What is said about the sandbox exists only where the service is set up as one; elsewhere it is answered with 404.";

/// The description as it stands in the repository.
pub(super) fn text() -> String {
    let mut text = document().to_pretty_json().expect("it has texts and numbers only");
    text.push('\n');
    text
}

/// Every path of the API, with what there is.
pub(super) fn places() -> Vec<(&'static str, Route, Place)> {
    let login_mfa = login_mfa::TABLE.iter().map(|(path, place)| (*path, Route::LoginMfa(*place)));
    let sessions =
        two_factor_sessions::TABLE.iter().map(|(path, place)| (*path, Route::TwoFactorSessions(*place)));
    let all = TABLE.iter().copied().chain(login_mfa).chain(sessions);
    all.filter_map(|(path, route)| Some((path, route, place(route)?))).collect()
}

fn document() -> OpenApi {
    let mut schemas: BTreeMap<String, RefOr<Schema>> = refusals::schemas().into_iter().collect();
    let mut paths = PathsBuilder::new();
    let mut seen = Vec::new();
    for (path, route, mut place) in places() {
        for op in &mut place.ops {
            for (name, schema) in op.schemas.drain(..) {
                let before = schemas.insert(name.clone(), schema.clone());
                assert!(before.is_none_or(|before| before == schema), "two schemas are called {name}");
            }
        }
        let again = seen.contains(&route);
        seen.push(route);
        paths = paths.path(place.described(path), item(path, route, place, again));
    }
    for (name, example) in GROUPS.iter().flat_map(|group| (group.examples)()) {
        let schema = schemas.get_mut(name).unwrap_or_else(|| panic!("no operation has a {name}"));
        match schema {
            RefOr::T(Schema::Object(object)) => object.example = Some(example),
            _ => panic!("{name} is no object"),
        }
    }
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .responses_from_iter(refusals::shared())
        .security_scheme(
            KEY,
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
                "X-API-Key",
                "The partner's key. Each may read; what else it may do, its role says: read-only keys nothing, operators' \
                 keys review, and read-write keys all the rest.",
            ))),
        )
        .security_scheme(
            BEARER,
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .bearer_format("JWT")
                    .description(Some("The `access_token` of somebody who has signed in."))
                    .build(),
            ),
        )
        .security_scheme(
            SESSION,
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
                "X-Session-ID",
                "The `session_id` of somebody who signs in or has signed in.",
            ))),
        )
        .security_scheme(
            COOKIE,
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
                "session_id",
                "The same, as signing in has a browser keep it. The header beats it.",
            ))),
        );
    OpenApiBuilder::new()
        .info(info())
        .servers(Some([Server::new("/")]))
        .paths(paths)
        .components(Some(components.build()))
        .security(Some([SecurityRequirement::new(KEY, Vec::<String>::new())]))
        .tags(Some(GROUPS.map(tag)))
        .build()
}

fn info() -> Info {
    let mut info = Info::new("Stepgate API", env!("CARGO_PKG_VERSION"));
    info.description = Some(ABOUT.into());
    info
}

fn tag(group: &super::Group) -> utoipa::openapi::Tag {
    let mut tag = utoipa::openapi::Tag::new(group.name);
    tag.description = Some(group.text.into());
    tag
}

fn item(path: &str, route: Route, place: Place, again: bool) -> PathItem {
    let has_parameters = !place.names.is_empty();
    let of_every_call = Some(of_every_call()).filter(|_| is_api(path)).into_iter().flatten();
    let parameters = place.names.into_iter().map(|(_, parameter)| parameter).chain(of_every_call);
    let mut item = PathItemBuilder::new().parameters(Some(parameters.collect::<Vec<_>>()));
    for op in place.ops {
        let method = match op.verb {
            Verb::Get => HttpMethod::Get,
            Verb::Post => HttpMethod::Post,
            Verb::Put => HttpMethod::Put,
            Verb::Patch => HttpMethod::Patch,
            Verb::Delete => HttpMethod::Delete,
        };
        item = item.operation(method, operation(route, op, place.group.name, has_parameters, again));
    }
    item.build()
}

fn of_every_call() -> [Parameter; 2] {
    [
        parameter(
            ParameterIn::Header,
            "X-SUB-PARTNER-ID",
            "Acts for this sub-partner: what it makes is the sub-partner's, and it reaches nothing else.",
            uuid(),
        ),
        parameter(
            ParameterIn::Header,
            "X-API-Version",
            "The version of the API. They do not differ in anything here.",
            words("The day it is of.", VERSIONS),
        ),
    ]
}

fn operation(route: Route, op: Op, group: &str, has_parameters: bool, again: bool) -> Operation {
    let refusals = refusals::of(route, &op, has_parameters);
    let mut responses = ResponsesBuilder::new().responses_from_iter(refusals);
    if let Some(success) = op.success {
        let mut response =
            ResponseBuilder::new().description(success.text).header("X-Trace-Id", refusals::trace_header());
        for (name, text) in success.headers {
            response = response.header(name, refusals::header(text));
        }
        if let Some(schema) = success.schema {
            response = response.content("application/json", Content::new(Some(schema)));
        }
        responses = responses.response(success.status.to_string(), response);
    }
    // A route may have two paths; an operation's name is unique all the same.
    let id = if again { format!("{}AtOtherPath", op.id) } else { op.id.to_owned() };
    let parameters: Vec<Parameter> =
        op.key.map(refusals::key_parameter).into_iter().chain(op.query).collect();
    let mut operation = OperationBuilder::new()
        .tag(group)
        .operation_id(Some(id))
        .summary(Some(op.summary))
        .description((!op.text.is_empty()).then_some(op.text))
        .deprecated(op.deprecated)
        .responses(responses);
    if !parameters.is_empty() {
        operation = operation.parameters(Some(parameters));
    }
    let needs = match op.access {
        Access::Key => Vec::new(),
        Access::Bearer => vec![SecurityRequirement::new(BEARER, Vec::<String>::new())],
        Access::Session => {
            [SESSION, COOKIE].map(|name| SecurityRequirement::new(name, Vec::<String>::new())).into()
        }
        Access::Open => vec![SecurityRequirement::default()],
    };
    for needs in needs {
        operation = operation.security(needs);
    }
    operation.request_body(op.body.map(request_body)).build()
}

fn request_body(sent: Sent) -> RequestBody {
    let required = if sent.required { Required::True } else { Required::False };
    let content = ContentBuilder::new().schema(Some(sent.schema));
    let content = if sent.more_examples.is_empty() {
        content.example(Some(sent.example))
    } else {
        let all = [("with every field", sent.example)].into_iter().chain(sent.more_examples);
        content.examples_from_iter(all.map(|(name, value)| (name, example(value))))
    };
    RequestBodyBuilder::new().content("application/json", content.build()).required(Some(required)).build()
}

fn example(value: Value) -> utoipa::openapi::example::Example {
    ExampleBuilder::new().value(Some(json!(value))).build()
}
