//! `{"code": …}`, as the API wraps countries and currencies.

use super::fields::{Field, FromJson};
use super::{FieldError, Text};
use serde::{Deserialize, Serialize};

/// An object with one field, `code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct Coded<T> {
    pub(crate) code: T,
}

impl<T: Text> FromJson for Coded<T> {
    fn from_json(field: &Field<'_>) -> Result<Coded<T>, FieldError> {
        Ok(Coded { code: field.object()?.parse("code")? })
    }
}
