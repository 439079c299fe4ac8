//! What the secrets of authenticator apps are made from, and recovery codes sealed with.

use super::environment::Environment;
use super::error::SettingError;
use super::mac_keys::keys;
use super::read::read;
use crate::ports::Settings;
use crate::ports::challenges::Key;

const NAME: &str = "account_keys";

/// The keys of the setting `account_keys`. What was made under one needs that one for as long as it is used, so each notes
/// the id of its key.
pub(crate) struct AccountKeys(Vec<Key>);

impl AccountKeys {
    /// Whether there are any. Without, there are neither authenticator apps nor recovery codes.
    pub(crate) fn are_set(settings: &impl Settings) -> Result<bool, SettingError> {
        Ok(read(settings, NAME)?.is_some())
    }

    pub(crate) fn load(settings: &impl Settings) -> Result<AccountKeys, SettingError> {
        Ok(AccountKeys(keys(settings, NAME, Environment::load(settings)?)?))
    }

    /// The one that something new is made under.
    pub(crate) fn newest(&self) -> Result<&Key, SettingError> {
        self.0.first().ok_or_else(|| SettingError::new(NAME, "must hold at least one key"))
    }

    /// The one that something was made under.
    pub(crate) fn with_id(&self, id: &str) -> Result<&Key, SettingError> {
        let gone = || SettingError::new(NAME, "a key that second factors were made under is gone");
        self.0.iter().find(|key| key.id == id).ok_or_else(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestPorts;

    const ONE: &str = r#"{"id":"a1","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}"#;
    const TWO: &str = r#"{"id":"a2","secret":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}"#;

    fn with(value: &str) -> TestPorts {
        let ports = TestPorts::default();
        ports.set_setting(NAME, value);
        ports
    }

    #[test]
    fn the_first_is_for_what_is_new_and_all_are_found() {
        let keys = AccountKeys::load(&with(&format!("[{TWO},{ONE}]"))).ok().unwrap();
        assert_eq!(keys.newest().unwrap().id, "a2");
        assert_eq!(keys.with_id("a1").unwrap().secret, [0; 32]);
        let gone = keys.with_id("a3").unwrap_err();
        assert_eq!((gone.name, gone.why.contains("a3")), (NAME, false));
    }

    #[test]
    fn a_wrong_one_is_named_and_its_value_is_not() {
        let sandbox = r#"[{"id":"sandbox-only","secret":"c3RlcGdhdGUgc2FuZGJveCBrZXksIG5vIHNlY3JldCE="}]"#;
        for wrong in ["", "[]", "[{}]", "c2VjcmV0", r#"[{"id":"a1","secret":"c2VjcmV0"}]"#, sandbox] {
            let error = AccountKeys::load(&with(wrong)).err().unwrap();
            assert_eq!((error.name, error.why.contains("c2VjcmV0")), (NAME, false), "{wrong}");
        }
        let ports = with(sandbox);
        ports.set_setting("environment", "sandbox");
        assert!(AccountKeys::load(&ports).is_ok());
    }

    #[test]
    fn without_it_there_are_none() {
        assert_eq!(AccountKeys::are_set(&with("")), Ok(false));
        assert_eq!(AccountKeys::are_set(&TestPorts::default()), Ok(false));
        assert_eq!(AccountKeys::are_set(&with("[]")), Ok(true));
    }
}
