//! Schemas in which a field that is not described is wrong.
//!
//! The description leaves its objects open, so that a client made from it survives a field that is added later. Here such
//! a field is a mistake. `additionalProperties` would not do: it does not see what the other parts of an `allOf` describe.
//! `unevaluatedProperties` does, but only from where all parts come together. So it is put where a value is described (the
//! root, a property, an entry of a list), and not into the parts.

use serde_json::{Map, Value};

/// Lists of schemas that describe the same value together.
const PARTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Closes the schema of a value.
pub(crate) fn value(schema: &mut Value) {
    part(schema);
    if let Value::Object(schema) = schema
        && !schema.contains_key("additionalProperties")
    {
        schema.insert("unevaluatedProperties".into(), false.into());
    }
}

/// Closes whatever is inside of one part of the schema of a value.
pub(crate) fn part(schema: &mut Value) {
    let Value::Object(schema) = schema else { return };
    for list in PARTS {
        for schema in schema.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            part(schema);
        }
    }
    for fields in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter() {
        fields.values_mut().for_each(value);
    }
    for inner in ["items", "additionalProperties"] {
        if let Some(schema) = schema.get_mut(inner) {
            value(schema);
        }
    }
}

/// The same for named schemas, which may be used as a part or as a whole: so they are treated as parts, and whoever
/// refers to one as a whole is closed.
pub(crate) fn named(schemas: &Map<String, Value>) -> Map<String, Value> {
    let mut closed = schemas.clone();
    closed.values_mut().for_each(part);
    closed
}
