//! Where the bytes are: in memory as Spin's SQLite has them, or on a Redis as Spin has them there.

use std::collections::HashMap;
use std::sync::Mutex;

use redis::AsyncCommands as _;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};

use super::lock;

/// The store did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(super) enum BackendError {
    #[error("redis: {0}")]
    Redis(#[from] redis::RedisError),
    /// What is there is no number of eight bytes. [`Rules`](super::rules::Rules) stop this before it comes so far.
    #[error("not a counter")]
    NoCounter,
}

pub(super) enum Backend {
    Memory(Memory),
    Redis(Redis),
}

impl Backend {
    pub(super) async fn open(&self) -> Result<(), BackendError> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Redis(redis) => {
                // Spin asks for a sign of life and then goes on without one.
                let _: Result<(), redis::RedisError> = redis.connection().ping().await;
                Ok(())
            }
        }
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, BackendError> {
        match self {
            Self::Memory(memory) => Ok(lock(&memory.entries).get(key).cloned()),
            Self::Redis(redis) => Ok(redis.connection().get(key).await?),
        }
    }

    pub(super) async fn set(&self, key: &str, value: Vec<u8>) -> Result<(), BackendError> {
        match self {
            Self::Memory(memory) => {
                lock(&memory.entries).insert(key.to_owned(), value);
                Ok(())
            }
            Self::Redis(redis) => Ok(redis.connection().set(key, value).await?),
        }
    }

    pub(super) async fn delete(&self, key: &str) -> Result<(), BackendError> {
        match self {
            Self::Memory(memory) => {
                lock(&memory.entries).remove(key);
                Ok(())
            }
            Self::Redis(redis) => Ok(redis.connection().del(key).await?),
        }
    }

    pub(super) async fn exists(&self, key: &str) -> Result<bool, BackendError> {
        match self {
            Self::Memory(memory) => Ok(lock(&memory.entries).contains_key(key)),
            Self::Redis(redis) => Ok(redis.connection().exists(key).await?),
        }
    }

    /// The sum, and whether it left 64 bits on the way.
    pub(super) async fn increment(&self, key: &str, delta: i64) -> Result<(i64, bool), BackendError> {
        match self {
            Self::Memory(memory) => memory.increment(key, delta),
            Self::Redis(redis) => Ok((redis.connection().incr(key, delta).await?, false)),
        }
    }

    pub(super) async fn keys(&self) -> Result<Vec<String>, BackendError> {
        match self {
            Self::Memory(memory) => Ok(lock(&memory.entries).keys().cloned().collect()),
            Self::Redis(redis) => Ok(redis.connection().keys("*").await?),
        }
    }
}

/// As the table of Spin's SQLite store: bytes by key, a counter is eight of them, little-endian.
#[derive(Default)]
pub(super) struct Memory {
    entries: Mutex<HashMap<String, Vec<u8>>>,
}

impl Memory {
    fn increment(&self, key: &str, delta: i64) -> Result<(i64, bool), BackendError> {
        let mut entries = lock(&self.entries);
        let old = match entries.get(key) {
            Some(bytes) => {
                i64::from_le_bytes(bytes.as_slice().try_into().map_err(|_| BackendError::NoCounter)?)
            }
            None => 0,
        };
        let (new, overflow) = old.overflowing_add(delta);
        entries.insert(key.to_owned(), new.to_le_bytes().to_vec());
        Ok((new, overflow))
    }
}

pub(super) struct Redis {
    connection: ConnectionManager,
}

impl Redis {
    pub(super) async fn connect(url: &str) -> Result<Self, redis::RedisError> {
        // Spin waits for as long as it takes (docs/spin.md); the library would not wait for half a second.
        let patient = ConnectionManagerConfig::new().set_response_timeout(None).set_connection_timeout(None);
        let client = redis::Client::open(url)?;
        Ok(Self { connection: client.get_connection_manager_with_config(patient).await? })
    }

    /// A clone is the same connection, on which requests queue up.
    fn connection(&self) -> ConnectionManager {
        self.connection.clone()
    }
}
