//! A path, and what can be done there.

use super::{Op, parameter, text, uuid};
use serde_json::Value;
use utoipa::PartialSchema as _;
use utoipa::openapi::path::{Parameter, ParameterIn};

/// Operations that belong together.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    /// What they are about.
    pub(crate) text: &'static str,
    /// An example of each of their objects, by its name.
    pub(crate) examples: fn() -> Vec<(&'static str, Value)>,
}

/// A path's parameters, and its operations.
pub(crate) struct Place {
    pub(super) group: &'static Group,
    /// What `{id}` and `{sub}` of the table are called.
    pub(super) names: Vec<(&'static str, Parameter)>,
    pub(super) ops: Vec<Op>,
}

impl Place {
    pub(crate) fn new(group: &'static Group, ops: impl IntoIterator<Item = Op>) -> Place {
        Place { group, names: Vec::new(), ops: ops.into_iter().collect() }
    }

    /// Calls `{id}` so: it is a UUID.
    pub(crate) fn id(self, name: &str, text: &str) -> Place {
        self.named("{id}", parameter(ParameterIn::Path, name, text, uuid()))
    }

    /// Calls `{sub}` so: it is a UUID.
    pub(crate) fn sub(self, name: &str, text: &str) -> Place {
        self.named("{sub}", parameter(ParameterIn::Path, name, text, uuid()))
    }

    /// Calls `{sub}` so: it is a number.
    pub(crate) fn number(self, name: &str, text: &str) -> Place {
        self.named("{sub}", parameter(ParameterIn::Path, name, text, u64::schema()))
    }

    /// Calls `{id}` so: it is one of a few words, or an id that is not looked into.
    pub(crate) fn word(self, name: &str, words: &str) -> Place {
        self.named("{id}", parameter(ParameterIn::Path, name, words, text(words, 64)))
    }

    /// `{id}` is an id of the partner's own.
    pub(crate) fn external_id(self) -> Place {
        let schema = text("Your own id, percent-encoded.", 600);
        self.named("{id}", parameter(ParameterIn::Path, "external_id", "Your own id of it.", schema))
    }

    /// The path as it is described, for one of the table.
    pub(super) fn described(&self, path: &str) -> String {
        self.names.iter().fold(path.to_owned(), |path, (from, parameter)| {
            path.replace(from, &format!("{{{}}}", parameter.name))
        })
    }

    fn named(mut self, from: &'static str, parameter: Parameter) -> Place {
        self.names.push((from, parameter));
        self
    }
}
