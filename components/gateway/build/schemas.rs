//! What a schema says, in words and tables.

use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A piece of a line; with a link, the name of something else on the page.
#[derive(Clone, Serialize)]
pub(crate) struct Piece {
    text: String,
    link: Option<String>,
    is_code: bool,
}

/// A line of a table: a field, a parameter or a header.
#[derive(Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// Where it is sent; empty for a field.
    pub(crate) place: String,
    pub(crate) required: bool,
    pub(crate) kind: Vec<Piece>,
    pub(crate) text: String,
}

/// One of the forms that an object can have.
#[derive(Clone, Serialize)]
pub(crate) struct Shape {
    /// What its field `type` says, if that tells it from others.
    title: String,
    fields: Vec<Row>,
}

/// A named schema.
#[derive(Serialize)]
pub(crate) struct Object {
    name: String,
    anchor: String,
    text: String,
    kind: Vec<Piece>,
    shapes: Vec<Shape>,
    example: String,
}

/// The named schemas of a description.
pub(crate) struct Schemas<'d> {
    named: &'d Map<String, Value>,
    /// How often each is referred to.
    uses: BTreeMap<&'d str, usize>,
    /// Those that are the body of a request.
    sent: BTreeSet<&'d str>,
}

impl<'d> Schemas<'d> {
    pub(crate) fn new(document: &'d Value, named: &'d Map<String, Value>) -> Schemas<'d> {
        let mut uses = BTreeMap::new();
        count_references(document, &mut uses);
        let places =
            document["paths"].as_object().into_iter().flatten().filter_map(|(_, place)| place.as_object());
        let bodies =
            places.flat_map(|place| place.values()).map(|operation| &operation["requestBody"]["content"]);
        let sent = bodies.filter_map(|content| reference(&content["application/json"]["schema"])).collect();
        Schemas { named, uses, sent }
    }

    /// All that have a place of their own on the page.
    pub(crate) fn objects(&self) -> Vec<Object> {
        let shown =
            self.named.iter().filter(|(name, schema)| !is_plain(schema) && !self.is_shown_in_place(name));
        shown
            .map(|(name, schema)| {
                let shapes = self.shapes(schema);
                Object {
                    name: name.clone(),
                    anchor: anchor(name),
                    text: text(schema, "description"),
                    kind: if shapes.is_empty() { self.kind(schema) } else { Vec::new() },
                    shapes,
                    example: schema
                        .get("example")
                        .map(|example| self.pretty(example, schema))
                        .unwrap_or_default(),
                }
            })
            .collect()
    }

    /// What kind of value it describes.
    pub(crate) fn kind(&self, schema: &Value) -> Vec<Piece> {
        if let Some(name) = reference(schema) {
            return match self.named.get(name) {
                Some(plain) if is_plain(plain) => self.kind(plain),
                Some(once) if self.is_shown_in_place(name) && once.get("enum").is_some() => self.kind(once),
                _ => vec![Piece { text: name.into(), link: Some(anchor(name)), is_code: false }],
            };
        }
        for list in ["oneOf", "anyOf"] {
            if let Some(choices) = schema.get(list).and_then(Value::as_array) {
                let choices: Vec<_> = choices.iter().map(|choice| self.kind(choice)).collect();
                return joined(choices, " or ");
            }
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        };
        joined(types.into_iter().map(|kind| self.kind_of(kind, schema)).collect(), " or ")
    }

    fn kind_of(&self, kind: &str, schema: &Value) -> Vec<Piece> {
        match kind {
            "array" => [vec![plain("list of ")], self.kind(&schema["items"])].concat(),
            "boolean" => vec![plain("true or false")],
            "integer" => vec![plain(&format!("integer{}", range(schema, "minimum", "maximum")))],
            "object" => {
                let fields = schema["properties"].as_object().into_iter().flatten();
                let fields = fields
                    .map(|(name, schema)| [vec![plain(&format!("{name}: "))], self.kind(schema)].concat());
                [vec![plain("object { ")], joined(fields.collect(), ", "), vec![plain(" }")]].concat()
            }
            "string" => string(schema),
            other => vec![plain(other)],
        }
    }

    /// The forms that an object can have; none if it is no object.
    pub(crate) fn shapes(&self, schema: &Value) -> Vec<Shape> {
        if let Some(schema) = reference(schema).and_then(|name| self.named.get(name)) {
            return self.shapes(schema);
        }
        let choices = schema.get("oneOf").or_else(|| schema.get("anyOf"));
        if let Some(choices) = choices.and_then(Value::as_array) {
            return choices.iter().flat_map(|choice| self.shapes(choice)).collect();
        }
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            let parts: Vec<Shape> = parts.iter().flat_map(|part| self.shapes(part)).collect();
            let title = parts.iter().map(|part| part.title.as_str()).collect();
            return vec![Shape { title, fields: parts.into_iter().flat_map(|part| part.fields).collect() }];
        }
        let Some(fields) = schema.get("properties").and_then(Value::as_object) else { return Vec::new() };
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let kind = fields.get("type").map(|kind| &kind["enum"]).and_then(Value::as_array);
        let title = match kind.map(Vec::as_slice) {
            Some([only]) => only.as_str().unwrap_or_default().to_owned(),
            _ => String::new(),
        };
        let row = |(name, schema): (&String, &Value)| Row {
            name: name.clone(),
            place: String::new(),
            required: required.contains(&name.as_str()),
            kind: self.kind(schema),
            text: text(schema, "description"),
        };
        vec![Shape { title, fields: fields.iter().map(row).collect() }]
    }

    /// An example, its fields in the order of the schema.
    pub(crate) fn pretty(&self, example: &Value, schema: &Value) -> String {
        let order: Vec<String> =
            self.shapes(schema).into_iter().flat_map(|shape| shape.fields).map(|field| field.name).collect();
        let mut example = example.clone();
        if let Value::Object(fields) = &mut example {
            let mut rest = std::mem::take(fields);
            for name in order {
                if let Some(value) = rest.remove(&name) {
                    fields.insert(name, value);
                }
            }
            fields.extend(rest);
        }
        // With the alternate flag, a value is written over several lines.
        format!("{example:#}")
    }

    /// Words and bodies that are used once are shown where they are.
    fn is_shown_in_place(&self, name: &str) -> bool {
        let is_words = self.named.get(name).is_some_and(|schema| schema.get("enum").is_some());
        self.uses.get(name) == Some(&1) && (is_words || self.sent.contains(name))
    }
}

/// A text or a number: said in a few words.
fn is_plain(schema: &Value) -> bool {
    schema["type"].is_string() && schema["type"] != "object" && schema.get("enum").is_none()
}

fn string(schema: &Value) -> Vec<Piece> {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        let words = words.iter().filter_map(Value::as_str);
        let code = |text: &str| vec![Piece { text: text.into(), link: None, is_code: true }];
        return joined(words.map(code).collect(), ", ");
    }
    let is = match schema["format"].as_str() {
        Some("uuid") => "UUID",
        Some("date-time") => "instant",
        _ => "text",
    };
    let length = range(schema, "minLength", "maxLength");
    let length = if length.is_empty() { length } else { format!("{length} characters") };
    vec![plain(&format!("{is}{length}"))]
}

fn range(schema: &Value, least: &str, most: &str) -> String {
    match (schema[least].as_u64(), schema[most].as_u64()) {
        (Some(least), Some(most)) => format!(" of {least} to {most}"),
        (None, Some(most)) => format!(" of at most {most}"),
        (Some(least), None) => format!(" of at least {least}"),
        (None, None) => String::new(),
    }
}

fn joined(parts: Vec<Vec<Piece>>, between: &str) -> Vec<Piece> {
    let mut all = Vec::new();
    for part in parts {
        if !all.is_empty() {
            all.push(plain(between));
        }
        all.extend(part);
    }
    all
}

fn plain(text: &str) -> Piece {
    Piece { text: text.into(), link: None, is_code: false }
}

pub(crate) fn anchor(name: &str) -> String {
    format!("object-{name}")
}

pub(crate) fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/components/schemas/")
}

fn count_references<'d>(value: &'d Value, uses: &mut BTreeMap<&'d str, usize>) {
    match value {
        Value::Object(fields) => {
            if let Some(name) = reference(value) {
                *uses.entry(name).or_default() += 1;
            }
            fields.values().for_each(|value| count_references(value, uses));
        }
        Value::Array(entries) => entries.iter().for_each(|entry| count_references(entry, uses)),
        _ => {}
    }
}
