//! Validators, each made once.

use crate::closed;
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Whether a field that is not described is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Fields {
    Described,
    Any,
}

/// The named schemas of a description, and the validators made with them so far.
pub(crate) struct Schemas {
    open: Map<String, Value>,
    closed: Map<String, Value>,
    made: Mutex<HashMap<(Fields, String), Arc<Validator>>>,
}

impl Schemas {
    pub(crate) fn new(named: &Map<String, Value>) -> Schemas {
        Schemas { open: named.clone(), closed: closed::named(named), made: Mutex::default() }
    }

    /// Says what is wrong with a value.
    pub(crate) fn check(&self, schema: &Value, fields: Fields, value: &Value) -> Result<(), String> {
        let validator = self.validator(schema, fields)?;
        let wrong: Vec<String> = validator
            .iter_errors(value)
            .map(|error| format!("{error} (at {:?})", error.instance_path().to_string()))
            .collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
    }

    fn validator(&self, schema: &Value, fields: Fields) -> Result<Arc<Validator>, String> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let name = (fields, schema.to_string());
        if let Some(validator) = made.get(&name) {
            return Ok(Arc::clone(validator));
        }
        let validator = Arc::new(self.make(schema, fields)?);
        made.insert(name, Arc::clone(&validator));
        Ok(validator)
    }

    fn make(&self, schema: &Value, fields: Fields) -> Result<Validator, String> {
        let mut schema = schema.clone();
        let named = match fields {
            Fields::Described => {
                closed::value(&mut schema);
                &self.closed
            }
            Fields::Any => &self.open,
        };
        // References are written from the root of the description.
        if let Value::Object(schema) = &mut schema {
            schema.insert("components".into(), json!({ "schemas": named }));
        }
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema)
            .map_err(|error| error.to_string())
    }
}
