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
}

impl Key {
    /// A key that somebody else set up.
    pub const fn known(secret: &'static str) -> Key {
        Key { secret, partner: "", name: "", role: "read-write" }
    }

    /// The same key for a partner that is called otherwise.
    pub const fn named(self, name: &'static str) -> Key {
        Key { name, ..self }
    }
}

const PARTNER_ONE: &str = "0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9a11";
const PARTNER_TWO: &str = "0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9a22";

/// The first partner's key.
pub const ONE: Key =
    Key { secret: "key-of-partner-one", partner: PARTNER_ONE, name: "Acme Pay", role: "read-write" };
/// Another key of the first partner, as there is one while keys are rotated.
pub const ONE_ROTATED: Key =
    Key { secret: "next-key-of-partner-one", partner: PARTNER_ONE, name: "Acme Pay", role: "read-write" };
/// A key of the first partner that may only read.
pub const ONE_READ_ONLY: Key =
    Key { secret: "read-only-key-of-partner-one", partner: PARTNER_ONE, name: "Acme Pay", role: "read-only" };
/// The second partner's key.
pub const TWO: Key =
    Key { secret: "key-of-partner-two", partner: PARTNER_TWO, name: "Other Bank", role: "read-write" };

pub(crate) const ALL: [Key; 4] = [ONE, ONE_ROTATED, ONE_READ_ONLY, TWO];

/// The setting `api_keys` for these keys.
pub(crate) fn setting(keys: &[Key]) -> String {
    let entries: Vec<Value> = keys
        .iter()
        .map(|key| {
            let sha256: String =
                Sha256::digest(key.secret).iter().map(|byte| format!("{byte:02x}")).collect();
            json!({ "sha256": sha256, "partner": key.partner, "name": key.name, "role": key.role })
        })
        .collect();
    Value::from(entries).to_string()
}
