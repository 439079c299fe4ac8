//! The API keys that every service under test knows.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// An API key and whose it is.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// What goes into `X-API-Key`.
    pub secret: &'static str,
    /// The partner's id.
    pub partner: &'static str,
    name: &'static str,
    role: &'static str,
    requests_per_minute: Option<u32>,
}

impl Key {
    /// A key that somebody else set up.
    pub const fn known(secret: &'static str) -> Key {
        Key::of(secret, "", "", "read-write")
    }

    const fn of(secret: &'static str, partner: &'static str, name: &'static str, role: &'static str) -> Key {
        Key { secret, partner, name, role, requests_per_minute: None }
    }

    /// The same key for a partner that is called otherwise.
    pub const fn named(self, name: &'static str) -> Key {
        Key { name, ..self }
    }
}

const PARTNER_ONE: &str = "0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9a11";
const PARTNER_TWO: &str = "0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9a22";

/// The first partner's key.
pub const ONE: Key = Key::of("key-of-partner-one", PARTNER_ONE, "Acme Pay", "read-write");
/// Another key of the first partner, as there is one while keys are rotated.
pub const ONE_ROTATED: Key = Key::of("next-key-of-partner-one", PARTNER_ONE, "Acme Pay", "read-write");
/// A key of the first partner that may only read.
pub const ONE_READ_ONLY: Key = Key::of("read-only-key-of-partner-one", PARTNER_ONE, "Acme Pay", "read-only");
/// The second partner's key.
pub const TWO: Key = Key::of("key-of-partner-two", PARTNER_TWO, "Other Bank", "read-write");

/// A key of the second partner that may make 20 requests a minute.
pub const LIMITED: Key = Key {
    requests_per_minute: Some(20),
    ..Key::of("limited-key-of-partner-two", PARTNER_TWO, "Other Bank", "read-write")
};

pub(crate) const ALL: [Key; 5] = [ONE, ONE_ROTATED, ONE_READ_ONLY, TWO, LIMITED];

/// The setting `api_keys` for these keys.
pub(crate) fn setting(keys: &[Key]) -> String {
    let entries: Vec<Value> = keys
        .iter()
        .map(|key| {
            json!({
                "sha256": sha256(key.secret),
                "partner": key.partner,
                "name": key.name,
                "role": key.role,
                "requests_per_minute": key.requests_per_minute,
            })
        })
        .collect();
    Value::from(entries).to_string()
}

/// A digest as settings hold it.
pub fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
