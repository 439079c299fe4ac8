//! The setting `token_keys`, by the component's own rules.

use super::WrongSetting;
use super::guest::check_id;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

const NAME: &str = "token_keys";
/// The most keys there can be.
const MOST: usize = 10;
/// The seed that the sandbox has on Spin, where it is in the manifest; production refuses it under every id.
const PUBLISHED_SEED: &[u8; 32] = b"stepgate sandbox seed, no secret";

/// A key that access tokens are signed with.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenKey {
    id: String,
    seed: String,
}

impl TokenKey {
    pub(crate) fn new(id: &str, seed: &[u8; 32]) -> Self {
        Self { id: id.into(), seed: STANDARD.encode(seed) }
    }
}

pub(super) fn check(keys: Vec<TokenKey>, production: bool) -> Result<Vec<TokenKey>, WrongSetting> {
    if !(1..=MOST).contains(&keys.len()) {
        return Err(WrongSetting::new(NAME, format!("must hold 1 to {MOST} keys")));
    }
    let (mut ids, mut seeds) = (HashSet::new(), HashSet::new());
    for (index, key) in keys.iter().enumerate() {
        let wrong = |field: &str, why: &str| Err(WrongSetting::new(format!("{NAME}[{index}].{field}"), why));
        if let Err(why) = check_id(&key.id, production) {
            return wrong("id", why);
        }
        if !ids.insert(&key.id) {
            return wrong("id", "is there twice");
        }
        let seed = STANDARD.decode(&key.seed).ok().and_then(|seed| <[u8; 32]>::try_from(seed).ok());
        let Some(seed) = seed else { return wrong("seed", "must be base64 of 32 bytes") };
        if production && seed == *PUBLISHED_SEED {
            return wrong("seed", "is the sandbox's, which everybody knows");
        }
        if seed == [0; 32] {
            return wrong("seed", "must be random, and is all zeros");
        }
        // One key under two ids could not be taken away by its id.
        if !seeds.insert(seed) {
            return wrong("seed", "is there twice");
        }
    }
    Ok(keys)
}
