//! Reading a body: one object, whose fields are taken one by one. What is wrong is collected, so that a client hears of all of it at
//! once, and never a word of what was sent.

use super::envelope::FieldError;
use super::no::No;
use crate::accounts::methods::Kind;
use crate::accounts::names::AccountEmail;
use crate::accounts::password::{Password, Rule, Typed};
use crate::http::ApiError;
use crate::json;
use serde_json::{Map, Value};

const MISSING: &str = "is required";
const NO_TEXT: &str = "must be a text";

/// What a body holds.
pub(super) struct Fields {
    values: Map<String, Value>,
    wrong: Vec<FieldError>,
}

impl Fields {
    pub(super) fn parse(body: &[u8]) -> Result<Fields, ApiError> {
        Ok(Fields { values: json::fields(body)?, wrong: Vec::new() })
    }

    /// The same where there need be no body.
    pub(super) fn parse_optional(body: &[u8]) -> Result<Fields, ApiError> {
        if body.trim_ascii().is_empty() {
            return Ok(Fields { values: Map::new(), wrong: Vec::new() });
        }
        Fields::parse(body)
    }

    /// What there is under the first of these names that is there; `null` is nothing.
    fn take(&mut self, names: &[&'static str]) -> Option<Value> {
        names.iter().find_map(|name| self.values.remove(*name).filter(|value| !value.is_null()))
    }

    /// Says what is wrong with a field, whose first name it is known by.
    pub(super) fn wrong<T>(&mut self, names: &[&'static str], message: &'static str) -> Option<T> {
        let field = names.first().copied().unwrap_or_default();
        self.wrong.push(FieldError { field, message });
        None
    }

    /// A text that may be left out.
    pub(super) fn text(&mut self, names: &[&'static str]) -> Option<String> {
        match self.take(names)? {
            Value::String(text) => Some(text),
            _ => self.wrong(names, NO_TEXT),
        }
    }

    /// A text that must be there.
    pub(super) fn needed(&mut self, names: &[&'static str]) -> Option<String> {
        match self.take(names) {
            Some(Value::String(text)) => Some(text),
            Some(_) => self.wrong(names, NO_TEXT),
            None => self.wrong(names, MISSING),
        }
    }

    /// A flag that may be left out.
    pub(super) fn flag(&mut self, name: &'static str) -> Option<bool> {
        match self.take(&[name])? {
            Value::Bool(flag) => Some(flag),
            _ => self.wrong(&[name], "must be true or false"),
        }
    }

    /// A whole number that must be there.
    pub(super) fn whole_number(&mut self, name: &'static str) -> Option<i64> {
        match self.take(&[name]) {
            None => self.wrong(&[name], MISSING),
            Some(value) => match value.as_i64() {
                Some(number) => Some(number),
                None => self.wrong(&[name], "must be a whole number"),
            },
        }
    }

    pub(super) fn email(&mut self) -> Option<AccountEmail> {
        let text = self.needed(&["email"])?;
        match AccountEmail::parse(&text) {
            Some(email) => Some(email),
            None => self.wrong(&["email"], "must be an e-mail address"),
        }
    }

    /// A password that somebody says they have.
    pub(super) fn typed(&mut self, name: &'static str) -> Option<Typed> {
        let text = self.needed(&[name])?;
        match Typed::parse(text) {
            Some(typed) => Some(typed),
            None => self.wrong(&[name], "is too long"),
        }
    }

    /// A password that somebody wants to have from now on.
    pub(super) fn new_password(&mut self, name: &'static str) -> Option<Password> {
        let text = self.needed(&[name])?;
        match Password::parse(text, Rule::Mixed) {
            Ok(password) => Some(password),
            Err(unfit) => self.wrong(&[name], unfit.words()),
        }
    }

    /// The second factor that is to be used.
    pub(super) fn method(&mut self) -> Option<Kind> {
        let text = self.text(&["mfaMethod"])?;
        match Kind::of(&text) {
            Some(kind) => Some(kind),
            None => self.wrong(&["mfaMethod"], "must be email, sms, totp or recovery"),
        }
    }

    /// Refuses if anything was wrong.
    pub(super) fn check(&mut self) -> Result<(), No> {
        if self.wrong.is_empty() { Ok(()) } else { Err(No::Fields(core::mem::take(&mut self.wrong))) }
    }

    /// What must have been there was not.
    pub(super) fn refuse(self) -> No {
        No::Fields(self.wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_comes_once_and_null_is_nothing() {
        for wrong in
            [&b"[]"[..], b"", b"null", b"{\"a\":1,\"a\":1}", b"{\"a\":1}x", b"\"a\"", b"{\"a\":\"\xff\"}"]
        {
            assert!(Fields::parse(wrong).is_err());
        }
        let mut fields = Fields::parse(br#"{"a":null,"b":"x","c":[1]}"#).unwrap();
        assert_eq!(fields.text(&["a", "b"]).as_deref(), Some("x"));
        assert_eq!(fields.text(&["a"]), None);
        assert!(fields.check().is_ok());
        assert_eq!(fields.text(&["c"]), None);
        assert!(fields.check().is_err());
    }

    #[test]
    fn a_body_that_is_not_there_has_no_fields() {
        assert!(Fields::parse_optional(b" \n").is_ok());
        assert!(Fields::parse_optional(b"[]").is_err());
    }

    #[test]
    fn all_that_is_wrong_is_said() {
        let mut fields = Fields::parse(br#"{"email":"x","password":7}"#).unwrap();
        assert!(fields.email().is_none());
        assert!(fields.typed("password").is_none());
        assert!(fields.whole_number("n").is_none());
        let No::Fields(wrong) = fields.refuse() else { panic!() };
        let wrong: Vec<_> = wrong.iter().map(|one| one.field).collect();
        assert_eq!(wrong, ["email", "password", "n"]);
    }
}
