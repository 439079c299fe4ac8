//! Schemas of single values, and parameters.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Required};

/// One of these words. For what the code has as text: it is given the very list or function that the code uses.
pub(crate) fn words<'w>(text: &str, words: impl IntoIterator<Item = &'w str>) -> RefOr<Schema> {
    let object = ObjectBuilder::new().schema_type(Type::String).description(Some(text));
    RefOr::T(Schema::Object(object.enum_values(Some(words)).build()))
}

/// Text of so many characters at most.
pub(crate) fn text(text: &str, longest: usize) -> RefOr<Schema> {
    let object = ObjectBuilder::new().schema_type(Type::String).description(Some(text));
    RefOr::T(Schema::Object(object.max_length(Some(longest)).build()))
}

/// An id.
pub(crate) fn uuid() -> RefOr<Schema> {
    let format = SchemaFormat::KnownFormat(KnownFormat::Uuid);
    RefOr::T(Schema::Object(ObjectBuilder::new().schema_type(Type::String).format(Some(format)).build()))
}

/// A parameter, required only if it is part of the path.
pub(crate) fn parameter(
    place: ParameterIn,
    name: &str,
    text: &str,
    schema: impl Into<RefOr<Schema>>,
) -> Parameter {
    let required = if place == ParameterIn::Path { Required::True } else { Required::False };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(Some(text))
        .schema(Some(schema))
        .build()
}

/// Makes a named schema of an expression for it.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident = $schema:expr) => {
        $(#[$doc])*
        pub(crate) enum $name {}

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $schema
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

pub(crate) use named;
