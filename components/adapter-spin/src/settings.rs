//! `settings` over Spin's variables.

use crate::Adapter;
use crate::bindings::exports::stepgate::otp::settings::{Error, Guest};
use crate::bindings::wasi::config::store as config;

impl Guest for Adapter {
    fn get(name: String) -> Result<Option<String>, Error> {
        read(&name).map_err(|Unreadable| {
            Error::Unavailable("the variables provider did not answer; Spin's log says why".into())
        })
    }
}

/// The provider of the variables failed. Its text is dropped: a vault's error may quote what it holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// A variable; none where it is empty, because a Spin variable with a default cannot be left undefined.
pub(crate) fn read(name: &str) -> Result<Option<String>, Unreadable> {
    config::get(name).map(set).map_err(|_| Unreadable)
}

fn set(value: Option<String>) -> Option<String> {
    value.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_not_set() {
        assert_eq!(set(None), None);
        assert_eq!(set(Some(String::new())), None);
        assert_eq!(set(Some(" ".into())), Some(" ".into()));
    }
}
