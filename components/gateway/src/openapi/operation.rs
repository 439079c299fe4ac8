//! What is special about one operation.

use super::parameter;
use crate::http::{ApiError, Verb};
use crate::listing::Page;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{ArrayBuilder, Ref, Schema};
use utoipa::openapi::{Deprecated, RefOr};
use utoipa::{PartialSchema as _, ToSchema};

/// Whether an operation takes an `IDEMPOTENCY-KEY`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Required,
    /// Optional, unless the deployment says otherwise.
    Accepted,
}

/// What an operation takes besides.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// A key in `X-API-Key`.
    Key,
    /// An access token.
    Bearer,
    /// A session.
    Session,
    /// Nothing.
    Open,
}

/// An operation, in the words of its module.
pub(crate) struct Op {
    pub(super) verb: Verb,
    /// Unique; what programs that are made from the description call it.
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) text: &'static str,
    pub(super) deprecated: Option<Deprecated>,
    pub(super) query: Vec<Parameter>,
    pub(super) key: Option<Key>,
    pub(super) access: Access,
    pub(super) body: Option<Sent>,
    pub(super) success: Option<Success>,
    /// What else can be said about refusals than what all have in common, by status.
    pub(super) refusals: BTreeMap<u16, &'static str>,
    /// All named schemas that come up.
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
}

/// The body of a request.
pub(super) struct Sent {
    pub(super) schema: RefOr<Schema>,
    /// Has every field there is.
    pub(super) example: Value,
    pub(super) more_examples: Vec<(&'static str, Value)>,
    /// Whether it must be there.
    pub(super) required: bool,
    /// What reads it when it comes. `tests` holds schema and reader together.
    pub(super) reads: fn(&[u8]) -> Result<(), ApiError>,
}

/// The answer to an operation that was carried out.
pub(super) struct Success {
    pub(super) status: u16,
    pub(super) text: &'static str,
    pub(super) schema: Option<RefOr<Schema>>,
    pub(super) headers: Vec<(&'static str, &'static str)>,
}

impl Op {
    pub(crate) fn new(verb: Verb, id: &'static str, summary: &'static str, text: &'static str) -> Op {
        Op {
            verb,
            id,
            summary,
            text,
            deprecated: None,
            query: Vec::new(),
            key: None,
            access: Access::Key,
            body: None,
            success: None,
            refusals: BTreeMap::new(),
            schemas: Vec::new(),
        }
    }

    pub(crate) fn deprecated(mut self) -> Op {
        self.deprecated = Some(Deprecated::True);
        self
    }

    /// Takes a parameter of the query.
    pub(crate) fn query(self, name: &str, text: &str, schema: impl Into<RefOr<Schema>>) -> Op {
        self.queries([parameter(ParameterIn::Query, name, text, schema)])
    }

    /// Takes several.
    pub(crate) fn queries(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Op {
        self.query.extend(parameters);
        self
    }

    pub(crate) fn key(mut self, key: Key) -> Op {
        self.key = Some(key);
        self
    }

    /// Takes no key, but this.
    pub(crate) fn with(mut self, access: Access) -> Op {
        self.access = access;
        self
    }

    /// Takes a body, of which `example` has every field, and which `reads` reads.
    pub(crate) fn takes<T: ToSchema>(
        mut self,
        example: Value,
        reads: fn(&[u8]) -> Result<(), ApiError>,
    ) -> Op {
        let schema = self.schema::<T>();
        self.body = Some(Sent { schema, example, more_examples: Vec::new(), required: true, reads });
        self
    }

    /// The same, but there need not be one.
    pub(crate) fn may_take<T: ToSchema>(
        self,
        example: Value,
        reads: fn(&[u8]) -> Result<(), ApiError>,
    ) -> Op {
        let mut op = self.takes::<T>(example, reads);
        if let Some(body) = &mut op.body {
            body.required = false;
        }
        op
    }

    /// Shows another body.
    pub(crate) fn or_takes(mut self, name: &'static str, example: Value) -> Op {
        self.body.as_mut().expect("there is one body already").more_examples.push((name, example));
        self
    }

    pub(crate) fn answers<T: ToSchema>(mut self, status: u16, text: &'static str) -> Op {
        let schema = Some(self.schema::<T>());
        self.success = Some(Success { status, text, schema, headers: Vec::new() });
        self
    }

    /// One page of a list.
    pub(crate) fn answers_page_of<T: ToSchema>(mut self) -> Op {
        // A generic type's schema has the name of the type without what it is generic over.
        let name = format!("{}Page", T::name());
        Page::<T>::schemas(&mut self.schemas);
        self.schemas.push((name.clone(), Page::<T>::schema()));
        self.schema::<T>();
        let schema = Some(RefOr::Ref(Ref::from_schema_name(name)));
        self.success = Some(Success { status: 200, text: "One page.", schema, headers: Vec::new() });
        self
    }

    /// All of a list at once.
    pub(crate) fn answers_list_of<T: ToSchema>(mut self, text: &'static str) -> Op {
        let schema = ArrayBuilder::new().items(self.schema::<T>()).into();
        self.success = Some(Success { status: 200, text, schema: Some(schema), headers: Vec::new() });
        self
    }

    pub(crate) fn answers_nothing(mut self, text: &'static str) -> Op {
        self.success = Some(Success { status: 204, text, schema: None, headers: Vec::new() });
        self
    }

    /// A header of that answer, which may come or not.
    pub(crate) fn header(mut self, name: &'static str, text: &'static str) -> Op {
        self.success.as_mut().expect("there is an answer already").headers.push((name, text));
        self
    }

    /// When this status is answered.
    pub(crate) fn refuses(mut self, status: u16, text: &'static str) -> Op {
        self.refusals.insert(status, text);
        self
    }

    /// The schema of a type: by name, unless it has none of its own.
    pub(crate) fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        T::schemas(&mut self.schemas);
        // Types of the language itself, such as `bool`, are called in lower case.
        if T::name().starts_with(|first: char| first.is_lowercase()) {
            return T::schema();
        }
        self.schemas.push((T::name().into_owned(), T::schema()));
        RefOr::Ref(Ref::from_schema_name(T::name()))
    }
}
