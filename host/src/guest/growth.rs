//! How much memory instances may have, and how many may have much of it.
//!
//! A sign-in hashes a password: megabytes of memory, and a core for 32 ms (docs/benchmarks.md). WebAssembly never gives memory back, and any
//! instance may be the one that is asked. So an instance grows freely up to [`Limits::small_memory`]. Beyond it there is room
//! for a few at a time, each is ended after the request that it grew for, and fewer still compute at once: the rest of
//! the machine is for everybody else. Growing is where this is decided, because there the harness sees it coming, whatever the
//! guest does with it, and a guest that is refused can say so.

use crate::limits::Limits;
use async_trait::async_trait;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use wasmtime::{ResourceLimiterAsync, Result};

/// How long a turn lasts: many times what two hashes take. Who waits for something else after its hash would keep everybody who
/// hashes waiting.
const TURN: Duration = Duration::from_secs(1);

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
    /// For good: an allocator asks more than once, and would have to be patient each time.
    is_refused: bool,
    /// To compute with it.
    turn: Option<Turn>,
    is_over: Arc<AtomicBool>,
}

/// Over after [`TURN`], whatever its holder does then.
struct Turn(Arc<Mutex<Option<OwnedSemaphorePermit>>>);

impl Turn {
    fn begin(permit: OwnedSemaphorePermit) -> Self {
        let turn = Arc::new(Mutex::new(Some(permit)));
        let held = Arc::downgrade(&turn);
        tokio::spawn(async move {
            sleep(TURN).await;
            if let Some(turn) = held.upgrade() {
                drop(lock(&turn).take());
            }
        });
        Self(turn)
    }

    fn is_over(&self) -> bool {
        lock(&self.0).is_none()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

enum Standing {
    Small,
    Large { _present: OwnedSemaphorePermit, _room: OwnedSemaphorePermit },
}

impl Growth {
    pub(super) fn new(room: Arc<Room>) -> Self {
        Self { room, standing: Standing::Small, is_refused: false, turn: None, is_over: Arc::default() }
    }

    /// Becomes true when the instance should take no further request, because it has grown large or may grow no more.
    pub(super) fn is_over(&self) -> Arc<AtomicBool> {
        self.is_over.clone()
    }

    /// The instance waits for the world outside. Not for the store, which takes a fraction of what a hash does: who hashes once
    /// more after it would find the memory there already, and compute without a turn. Other waits are not seen here; [`TURN`]
    /// is for them.
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
        }
        if self.turn.as_ref().is_none_or(Turn::is_over) {
            self.turn = Some(Turn::begin(self.room.turns.clone().acquire_owned().await.ok()?));
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
        if !self.is_refused {
            let patience = self.room.patience;
            // What it has by then it keeps: so much memory is in use until it is gone.
            self.is_refused = timeout(patience, self.enter()).await.ok().flatten().is_none();
        }
        Ok(!self.is_refused)
    }

    async fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool> {
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    const SMALL: usize = 4 << 20;
    const LARGE: usize = 12 << 20;

    fn room() -> Arc<Room> {
        let limits = Limits {
            small_memory: SMALL,
            instance_memory: LARGE,
            large_instances: 2,
            large_requests: 1,
            request_time: Duration::from_millis(40),
            ..Limits::default()
        };
        Arc::new(Room::new(&limits))
    }

    /// What is answered at once; none while it waits.
    fn asked(growth: &mut Growth, bytes: usize) -> Option<bool> {
        let mut growing = pin!(growth.memory_growing(SMALL / 2, bytes, None));
        match growing.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => Some(answer.unwrap()),
            Poll::Pending => None,
        }
    }

    #[tokio::test]
    async fn who_computes_with_much_memory_takes_turns() {
        let room = room();
        let [mut first, mut second] = [(); 2].map(|()| Growth::new(room.clone()));
        assert_eq!(asked(&mut first, SMALL), Some(true));
        assert_eq!(asked(&mut first, LARGE), Some(true));
        assert_eq!(asked(&mut second, SMALL), Some(true), "little is for everybody");
        assert_eq!(asked(&mut second, LARGE), None, "it waits");
        first.end_turn();
        assert_eq!(asked(&mut second, LARGE), Some(true));
        assert_eq!(asked(&mut first, LARGE), None, "a second time is a second turn");
        drop(second);
        assert_eq!(asked(&mut first, LARGE), Some(true));
    }

    #[tokio::test]
    async fn there_is_room_for_as_many_as_are_configured() {
        let room = room();
        let mut growths = [(); 3].map(|()| Growth::new(room.clone()));
        for growth in &mut growths[..2] {
            assert_eq!(asked(growth, LARGE), Some(true));
            growth.end_turn();
        }
        let [first, _, third] = &mut growths;
        assert_eq!(asked(third, LARGE), None);
        *first = Growth::new(room.clone());
        assert_eq!(asked(third, LARGE), Some(true));
        assert_eq!(asked(third, LARGE + 1), Some(false), "nobody has more");
    }

    /// Guards against one that hashes and then waits for something else for long.
    #[tokio::test]
    async fn a_turn_is_over_by_itself() {
        let room = room();
        let [mut first, mut second] = [(); 2].map(|()| Growth::new(room.clone()));
        assert_eq!(asked(&mut first, LARGE), Some(true));
        assert_eq!(asked(&mut second, LARGE), None);
        sleep(TURN).await;
        while asked(&mut second, LARGE).is_none() {
            tokio::task::yield_now().await;
        }
        assert_eq!(asked(&mut first, LARGE), None, "a second time is a second turn");
    }

    /// Guards against room that is given away twice.
    #[tokio::test]
    async fn who_waits_in_vain_for_another_turn_keeps_the_room_of_the_first() {
        let room = room();
        let [mut first, mut second, mut third] = [(); 3].map(|()| Growth::new(room.clone()));
        assert_eq!(asked(&mut first, LARGE), Some(true));
        first.end_turn();
        assert_eq!(asked(&mut second, LARGE), Some(true));
        second.end_turn();
        // Not by a turn, which would be over by itself.
        let taken = room.turns.clone().try_acquire_owned().unwrap();
        let refused = first.memory_growing(SMALL, LARGE, None).await;
        assert!(!refused.unwrap(), "after its patience");
        drop(taken);
        assert_eq!(asked(&mut first, LARGE), Some(false), "and from then on at once");
        assert_eq!(asked(&mut third, LARGE), None, "the first still has its memory");
        drop(first);
        assert_eq!(asked(&mut third, LARGE), Some(true));
    }
}
