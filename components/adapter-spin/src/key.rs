//! From our keys to Spin's.

/// Spin's Redis backend ignores the store label, so every app on one Redis shares one key space. The prefix keeps
/// ours apart.
const PREFIX: &str = "stepgate:";

/// What `wit/store.wit` allows. With the prefix it stays under Spin's 255 bytes.
const MAX_KEY: usize = 200;
const MAX_VALUE: usize = 64 * 1024;

const _: () = assert!(PREFIX.len() + MAX_KEY <= 255);

/// A key as Spin's store sees it: checked, and prefixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpinKey(String);

impl SpinKey {
    /// The text names the rule that was broken and never the key: keys hold account names.
    pub(crate) fn parse(key: &str) -> Result<Self, &'static str> {
        if key.is_empty() || key.len() > MAX_KEY {
            return Err("a key has 1 to 200 bytes");
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("a key is printable ASCII without spaces");
        }
        Ok(Self(format!("{PREFIX}{key}")))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a value fits the contract. Spin itself would take more, the next host might not.
pub(crate) fn check_value(value: &str) -> Result<(), &'static str> {
    if value.len() > MAX_VALUE { Err("a value has at most 65536 bytes") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_key_of_the_contract_is_taken_and_fits_spin(key in "[!-~]{1,200}") {
            let spin = SpinKey::parse(&key).unwrap();
            prop_assert!(spin.as_str().len() <= 255);
            prop_assert_eq!(spin.as_str().strip_prefix("stepgate:"), Some(key.as_str()));
        }

        #[test]
        fn anything_else_is_refused(
            before in "[!-~]{0,5}", outside in "[^!-~]", after in "[!-~]{0,5}",
        ) {
            let key = format!("{before}{outside}{after}");
            prop_assert!(SpinKey::parse(&key).is_err());
        }
    }

    #[test]
    fn the_length_has_both_ends() {
        assert!(SpinKey::parse("").is_err());
        assert!(SpinKey::parse(&"k".repeat(200)).is_ok());
        assert!(SpinKey::parse(&"k".repeat(201)).is_err());
    }

    #[test]
    fn a_value_has_at_most_64_kib() {
        assert!(check_value(&"v".repeat(65536)).is_ok());
        assert!(check_value(&"v".repeat(65537)).is_err());
    }
}
