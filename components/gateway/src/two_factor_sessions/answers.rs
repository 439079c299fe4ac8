//! Success: `contracts/two-factor-sessions.md` §7.1. Everything stands in `data`, and what some clients read beside it stands there
//! as well.

use super::refused::Result;
use crate::http::{Response, json};
use http::StatusCode;
use serde_json::{Map, Value};

/// `data`, and those of its fields that stand beside it too.
pub(super) fn enveloped(data: Value, beside: &[&str]) -> Result<Response> {
    let mut root = Map::new();
    root.insert("success".into(), true.into());
    for name in beside {
        if let Some(value) = data.get(name) {
            root.insert((*name).into(), value.clone());
        }
    }
    root.insert("data".into(), data);
    bare(&Value::Object(root))
}

/// A body that is not in an envelope.
pub(super) fn bare(body: &Value) -> Result<Response> {
    Ok(json(StatusCode::OK, body)?)
}
