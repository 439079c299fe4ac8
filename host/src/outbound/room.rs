//! How many requests may be on their way, in all and to one host.

use super::OutboundLimits;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

pub(super) struct Rooms {
    all: Arc<Semaphore>,
    per_host: usize,
    patience: Duration,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// Room for one request, for as long as this lives.
pub(super) struct Room {
    _all: OwnedSemaphorePermit,
    _host: OwnedSemaphorePermit,
}

impl Rooms {
    pub(super) fn new(limits: &OutboundLimits) -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits.requests)),
            per_host: limits.requests_per_host,
            patience: limits.queue_time,
            hosts: Mutex::default(),
        }
    }

    /// None where there is no room in time. `host` is written in one way only.
    pub(super) async fn enter(&self, host: &str) -> Option<Room> {
        timeout(self.patience, self.wait(host)).await.ok()?.ok()
    }

    async fn wait(&self, host: &str) -> Result<Room, AcquireError> {
        // The host's own first: whoever waits for a slow host takes no room from the others.
        let of_host = self.of(host).acquire_owned().await?;
        Ok(Room { _all: self.all.clone().acquire_owned().await?, _host: of_host })
    }

    fn of(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever is inside, or waits, has a share in it.
        hosts.retain(|_, room| Arc::strong_count(room) > 1);
        hosts.entry(host.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.per_host))).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rooms() -> Rooms {
        Rooms::new(&OutboundLimits {
            requests: 3,
            requests_per_host: 2,
            queue_time: Duration::from_millis(20),
            ..OutboundLimits::default()
        })
    }

    #[tokio::test]
    async fn one_host_cannot_take_all_the_room() {
        let rooms = rooms();
        let (first, _second) = (rooms.enter("a").await, rooms.enter("a").await);
        assert!(first.is_some());
        assert!(rooms.enter("a").await.is_none());
        let _third = rooms.enter("b").await.unwrap();
        assert!(rooms.enter("c").await.is_none(), "three in all");
        drop(first);
        assert!(rooms.enter("a").await.is_some());
    }

    #[tokio::test]
    async fn hosts_are_forgotten() {
        let rooms = rooms();
        for number in 0..100 {
            assert!(rooms.enter(&number.to_string()).await.is_some());
        }
        assert!(rooms.hosts.lock().unwrap().len() <= 1);
    }
}
