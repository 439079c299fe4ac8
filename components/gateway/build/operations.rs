//! The operations of a group, as the page shows them.

use crate::schemas::{Piece, Row, Schemas, Shape, text};
use anyhow::{Context as _, Result};
use serde::Serialize;
use serde_json::Value;

/// In the order in which they are read.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// What can be done at a path.
#[derive(Serialize)]
pub(crate) struct Operation {
    method: String,
    path: String,
    /// Its name is its place on the page too.
    anchor: String,
    summary: String,
    text: String,
    deprecated: bool,
    parameters: Vec<Row>,
    body: Option<Body>,
    answers: Vec<Answer>,
    /// Those that are explained once, for all operations.
    others: Vec<Other>,
}

#[derive(Serialize)]
struct Body {
    kind: Vec<Piece>,
    shapes: Vec<Shape>,
    examples: Vec<Example>,
}

#[derive(Serialize)]
struct Example {
    name: String,
    text: String,
}

/// An answer, and its body.
#[derive(Serialize)]
pub(crate) struct Answer {
    status: String,
    anchor: String,
    text: String,
    kind: Vec<Piece>,
    headers: Vec<Row>,
}

#[derive(Serialize)]
struct Other {
    status: String,
    link: String,
}

/// All operations of a group.
pub(crate) fn of_group(document: &Value, schemas: &Schemas<'_>, group: &str) -> Result<Vec<Operation>> {
    let paths = document["paths"].as_object().context("no paths")?;
    let mut all = Vec::new();
    for (path, place) in paths {
        for method in METHODS {
            let Some(operation) = place.get(method).filter(|operation| operation["tags"][0] == group) else {
                continue;
            };
            let of_path = rows(schemas, &place["parameters"]).filter(|row| row.place == "path");
            let own = rows(schemas, &operation["parameters"]);
            let (answers, others) = answers(schemas, operation);
            all.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                anchor: text(operation, "operationId"),
                summary: text(operation, "summary"),
                text: text(operation, "description"),
                deprecated: operation["deprecated"] == true,
                parameters: of_path.chain(own).collect(),
                body: operation.get("requestBody").map(|body| self::body(schemas, body)),
                answers,
                others,
            });
        }
    }
    Ok(all)
}

/// The headers that every call may have.
pub(crate) fn headers(document: &Value, schemas: &Schemas<'_>) -> Result<Vec<Row>> {
    let place = document["paths"].as_object().and_then(|paths| paths.values().next()).context("no paths")?;
    Ok(rows(schemas, &place["parameters"]).filter(|row| row.place == "header").collect())
}

/// The answers that several operations have in common.
pub(crate) fn in_common(document: &Value, schemas: &Schemas<'_>) -> Vec<Answer> {
    let named = document["components"]["responses"].as_object().into_iter().flatten();
    let status = |name: &str| {
        let operations =
            document["paths"].as_object().into_iter().flatten().flat_map(|(_, place)| place.as_object());
        let mut answers =
            operations.flat_map(|place| place.values()).filter_map(|it| it["responses"].as_object());
        answers.find_map(|answers| {
            let is_it = |answer: &Value| {
                answer["$ref"].as_str().is_some_and(|place| place.ends_with(&format!("/{name}")))
            };
            answers.iter().find(|(_, answer)| is_it(answer)).map(|(status, _)| status.clone())
        })
    };
    let mut all: Vec<Answer> = named
        .filter_map(|(name, answer)| {
            Some(self::answer(schemas, &status(name)?, format!("answer-{name}"), answer))
        })
        .collect();
    all.sort_by(|one, other| one.status.cmp(&other.status));
    all
}

fn rows<'s>(schemas: &'s Schemas<'_>, parameters: &'s Value) -> impl Iterator<Item = Row> + 's {
    parameters.as_array().into_iter().flatten().map(|parameter| Row {
        name: text(parameter, "name"),
        place: text(parameter, "in"),
        required: parameter["required"] == true,
        kind: schemas.kind(&parameter["schema"]),
        text: text(parameter, "description"),
    })
}

fn body(schemas: &Schemas<'_>, body: &Value) -> Body {
    let media = &body["content"]["application/json"];
    let schema = &media["schema"];
    let pretty =
        |name: &str, value: &Value| Example { name: name.into(), text: schemas.pretty(value, schema) };
    let one = media.get("example").map(|value| pretty("", value)).into_iter();
    let several = media["examples"].as_object().into_iter().flatten();
    let shapes = schemas.shapes(schema);
    Body {
        kind: if shapes.is_empty() { schemas.kind(schema) } else { Vec::new() },
        shapes,
        examples: one.chain(several.map(|(name, example)| pretty(name, &example["value"]))).collect(),
    }
}

fn answers(schemas: &Schemas<'_>, operation: &Value) -> (Vec<Answer>, Vec<Other>) {
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        match answer["$ref"].as_str().and_then(|place| place.strip_prefix("#/components/responses/")) {
            Some(name) => others.push(Other { status: status.clone(), link: format!("answer-{name}") }),
            None => own.push(self::answer(schemas, status, String::new(), answer)),
        }
    }
    (own, others)
}

fn answer(schemas: &Schemas<'_>, status: &str, anchor: String, answer: &Value) -> Answer {
    let header = |(name, header): (&String, &Value)| Row {
        name: name.clone(),
        place: "header".into(),
        required: false,
        kind: schemas.kind(&header["schema"]),
        text: text(header, "description"),
    };
    // The trace id comes with every answer, and is explained once.
    let headers =
        answer["headers"].as_object().into_iter().flatten().filter(|(name, _)| *name != "X-Trace-Id");
    let content = answer["content"].as_object().and_then(|content| content.values().next());
    Answer {
        status: status.to_owned(),
        anchor,
        text: text(answer, "description"),
        kind: content.map(|media| schemas.kind(&media["schema"])).unwrap_or_default(),
        headers: headers.map(header).collect(),
    }
}
