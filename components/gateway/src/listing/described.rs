//! What every list is asked with.

use super::query::{DEFAULT_SIZE, LARGEST_SIZE};
use crate::openapi::{parameter, uuid, words};
use serde_json::json;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// Of a list that is read in both directions.
pub(crate) fn of_pages() -> Vec<Parameter> {
    let mut all = of_forward_pages();
    let text = "The `prev_cursor` of an earlier page: asks for the page before that one.";
    all.push(parameter(ParameterIn::Query, "prev_cursor", text, uuid()));
    all
}

/// Of one that is only read forwards.
pub(crate) fn of_forward_pages() -> Vec<Parameter> {
    let query = |name, text, schema| parameter(ParameterIn::Query, name, text, schema);
    let number = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(LARGEST_SIZE as u64))
        .default(Some(json!(DEFAULT_SIZE)));
    vec![
        query("page_size", "How many there are on a page at most.", number.into()),
        query(
            "sort_order",
            "`desc`, the default, is newest first.",
            words("By when they were made.", ["asc", "desc"]),
        ),
        query("cursor", "The `cursor` of an earlier page: asks for the page after that one.", uuid()),
    ]
}
