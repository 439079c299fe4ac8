//! `store` over `wasi:keyvalue`.
//!
//! A counter is touched by `increment` alone: on Spin's SQLite an `increment` of a key that `set` wrote panics the host
//! and poisons the whole store, and on Redis a counter is decimal text.

use std::cell::OnceCell;

use crate::Adapter;
use crate::bindings::exports::stepgate::otp::store::{Error, Guest, Seconds};
use crate::bindings::wasi::keyvalue::{atomics, store as keyvalue};
use crate::key::{SpinKey, check_value};

/// The store label the component has to be granted in spin.toml.
const LABEL: &str = "default";

thread_local! {
    // Opening costs a PING on Redis, so one handle serves the whole life of an instance. It is neither secret nor
    // a request's own. Spin's Redis client reconnects by itself; an `open` that failed is not kept.
    static BUCKET: OnceCell<keyvalue::Bucket> = const { OnceCell::new() };
}

impl Guest for Adapter {
    fn get(key: String) -> Result<Option<String>, Error> {
        let key = SpinKey::parse(&key).map_err(refused)?;
        let value = with_bucket(|bucket| bucket.get(key.as_str()))?;
        value
            .map(String::from_utf8)
            .transpose()
            .map_err(|_| refused("what is stored there is not text, so it is no record"))
    }

    // Spin has no expiry. The key carries its own in its text, and the sweep reads it there (docs/spin.md).
    fn set(key: String, value: String, _expires: Option<Seconds>) -> Result<(), Error> {
        let key = SpinKey::parse(&key).map_err(refused)?;
        check_value(&value).map_err(refused)?;
        with_bucket(|bucket| bucket.set(key.as_str(), value.as_bytes()))
    }

    fn delete(key: String) -> Result<(), Error> {
        let key = SpinKey::parse(&key).map_err(refused)?;
        with_bucket(|bucket| bucket.delete(key.as_str()))
    }

    fn add(key: String, delta: i64, _expires: Option<Seconds>) -> Result<i64, Error> {
        let key = SpinKey::parse(&key).map_err(refused)?;
        with_bucket(|bucket| atomics::increment(bucket, key.as_str(), delta))
    }
}

fn with_bucket<T>(
    operation: impl FnOnce(&keyvalue::Bucket) -> Result<T, keyvalue::Error>,
) -> Result<T, Error> {
    BUCKET.with(|cell| {
        let bucket = match cell.get() {
            Some(bucket) => bucket,
            None => {
                let opened = keyvalue::open(LABEL).map_err(failed)?;
                cell.get_or_init(|| opened)
            }
        };
        operation(bucket).map_err(failed)
    })
}

/// Spin's own text stays in Spin's log, where it is written anyway: it may hold the store's address.
fn failed(error: keyvalue::Error) -> Error {
    match error {
        keyvalue::Error::AccessDenied | keyvalue::Error::NoSuchStore => {
            refused("spin.toml does not grant key_value_stores = [\"default\"]")
        }
        keyvalue::Error::Other(_) => {
            Error::Unavailable("the key-value store failed; Spin's log says how".into())
        }
    }
}

fn refused(reason: &str) -> Error {
    Error::Refused(reason.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unclear_is_unavailable_and_says_nothing_of_the_store() {
        let Error::Unavailable(text) =
            failed(keyvalue::Error::Other("redis://:s3cret@10.0.0.1 refused".into()))
        else {
            panic!("an unclear failure must be unavailable");
        };
        assert!(!text.contains("s3cret") && !text.contains("10.0.0.1"), "{text}");
    }

    #[test]
    fn a_store_that_was_not_granted_is_refused() {
        assert!(matches!(failed(keyvalue::Error::AccessDenied), Error::Refused(_)));
        assert!(matches!(failed(keyvalue::Error::NoSuchStore), Error::Refused(_)));
    }
}
