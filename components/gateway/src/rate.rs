//! How many requests a key may make: `contracts/authentication-codes.md` §1. How many is the deployment's to say.
//!
//! Requests are counted in the store, minute by minute of the clock, so that all instances and hosts count together.
//! Around the turn of a minute twice the number can come within a minute's time. A key without a limit costs nothing.

use crate::http::ApiError;
use crate::settings::ApiKey;
use stepgate_storage::{CounterKey, Store, Timestamp};

const MINUTE: u64 = 60_000;

/// Counts a request, and refuses it if it is one too many.
pub(crate) fn admit(store: &impl Store, key: &ApiKey, now: Timestamp) -> Result<(), ApiError> {
    let Some(limit) = key.requests_per_minute else { return Ok(()) };
    let (minute, past) = (now.0 / MINUTE, now.0 % MINUTE);
    // The hash tells keys apart and opens nothing.
    let name = base16ct::lower::encode_string(&key.sha256);
    let counter = CounterKey::until(now.day().plus(1), &format!("rate/{name}/{minute}"));
    if store.add(&counter, 1)? > i64::from(limit.get()) {
        return Err(ApiError::TooManyRequests((MINUTE - past).div_ceil(1000)));
    }
    Ok(())
}
