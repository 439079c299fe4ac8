//! How much memory instances may have, and how many may have much of it.
//!
//! A sign-in hashes a password: megabytes of memory, and a core for some 40 ms. WebAssembly never gives memory back, and any
//! instance may be the one that is asked. So an instance grows freely up to [`Limits::small_memory`]. Beyond it there is room
//! for a few at a time, each is ended after the request that it grew for, and fewer still compute at once: the rest of
//! the machine is for everybody else. Growing is where this is decided, because there the harness sees it coming, whatever the
//! guest does with it, and a guest that is refused can say so.

use crate::limits::Limits;
use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use wasmtime::{ResourceLimiterAsync, Result};

/// What all instances share.
pub(crate) struct Room {
    small: usize,
    most: usize,
    patience: Duration,
    /// To have what follows, or wait for it: either way it takes an instance, and some are left for other requests.
    present: Arc<Semaphore>,
    large: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Room {
    pub(super) fn new(limits: &Limits) -> Self {
        let spare = limits.spare_instances.min(limits.instances / 4);
        Self {
            small: limits.small_memory,
            most: limits.instance_memory,
            patience: limits.request_time / 2,
            present: semaphore((limits.instances - spare) as usize),
            large: semaphore(limits.large_instances as usize),
            turns: semaphore(limits.large_requests),
        }
    }
}

/// With less than one, nothing could ever pass.
fn semaphore(permits: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(permits.max(1)))
}

/// What one instance has of it.
pub(super) struct Growth {
    room: Arc<Room>,
    standing: Standing,
    /// To compute with it.
    turn: Option<OwnedSemaphorePermit>,
    is_over: Arc<AtomicBool>,
}

enum Standing {
    Small,
    Large {
        _present: OwnedSemaphorePermit,
        _room: OwnedSemaphorePermit,
    },
    /// For good: an allocator asks more than once, and would have to be patient each time.
    Refused,
}

impl Growth {
    pub(super) fn new(room: Arc<Room>) -> Self {
        Self { room, standing: Standing::Small, turn: None, is_over: Arc::default() }
    }

    /// Becomes true when the instance should take no further request, because it has grown large or may grow no more.
    pub(super) fn is_over(&self) -> Arc<AtomicBool> {
        self.is_over.clone()
    }

    /// What the instance grew for is done: it goes on to something else.
    pub(super) fn end_turn(&mut self) {
        self.turn = None;
    }

    async fn enter(&mut self) -> Option<()> {
        match self.standing {
            Standing::Small => {
                let present = self.room.present.clone().try_acquire_owned().ok()?;
                let room = self.room.large.clone().acquire_owned().await.ok()?;
                self.standing = Standing::Large { _present: present, _room: room };
            }
            Standing::Large { .. } => {}
            Standing::Refused => return None,
        }
        if self.turn.is_none() {
            self.turn = Some(self.room.turns.clone().acquire_owned().await.ok()?);
        }
        Some(())
    }
}

#[async_trait]
impl ResourceLimiterAsync for Growth {
    async fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        if desired > self.room.most {
            return Ok(false);
        }
        // What an instance begins with is the component's, and not a request's.
        if current == 0 || desired <= self.room.small {
            return Ok(true);
        }
        self.is_over.store(true, Ordering::Relaxed);
        let patience = self.room.patience;
        let entered = timeout(patience, self.enter()).await.ok().flatten().is_some();
        if !entered {
            self.standing = Standing::Refused;
        }
        Ok(entered)
    }

    async fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool> {
        Ok(true)
    }
}
