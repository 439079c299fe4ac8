//! Spin 4.1's key-value store and variables, for running the Spin app on the harness.
//!
//! Spin's own stores behave badly where a guest breaks their rules: an `increment` of what `set` wrote panics
//! the host and poisons the store for everyone. This one does the same, and besides it writes down every broken rule,
//! so that a test can say that there was none. What it does was read from Spin's sources (crates/factor-key-value,
//! crates/key-value-spin, crates/key-value-redis) and tried on Spin itself.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use stepgate_host::Harness;
//! use stepgate_tests::spin_host::{SpinHost, link};
//!
//! let spin = SpinHost::in_memory([("environment", "sandbox")]);
//! let harness = Harness::builder()
//!     .component(stepgate_artifacts::SPIN_APP)
//!     .link(link)
//!     .extension(spin.extension())
//!     .build()?;
//! // ... requests ...
//! assert_eq!(spin.violations(), []);
//! # Ok(())
//! # }
//! ```

mod backend;
mod bindings;
mod config;
mod counts;
mod faults;
mod keyvalue;
mod outbound;
mod rules;

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stepgate_host::State;
use wasmtime::component::{HasSelf, Linker};

pub use counts::Counts;
pub use faults::Moment;
pub use rules::Violation;

use backend::{Backend, Memory, Redis};
use bindings::wasi;
use faults::Faults;
use rules::Rules;

/// What every instance of the guest shares. Clones are the same host.
#[derive(Clone)]
pub struct SpinHost(Arc<Inner>);

struct Inner {
    backend: Backend,
    variables: Mutex<BTreeMap<String, String>>,
    counts: Mutex<Counts>,
    rules: Mutex<Rules>,
    faults: Mutex<Faults>,
}

impl SpinHost {
    /// With a store like Spin's SQLite, but in memory.
    pub fn in_memory<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self::new(Backend::Memory(Memory::default()), variables)
    }

    /// With a store like Spin's on Redis: `redis://127.0.0.1:6379`.
    ///
    /// # Errors
    /// If the URL is none or nobody answers there.
    pub async fn on_redis<'a>(
        url: &str,
        variables: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, redis::RedisError> {
        Ok(Self::new(Backend::Redis(Redis::connect(url).await?), variables))
    }

    fn new<'a>(backend: Backend, variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let variables =
            variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self(Arc::new(Inner {
            backend,
            variables: Mutex::new(variables),
            counts: Mutex::default(),
            rules: Mutex::default(),
            faults: Mutex::default(),
        }))
    }

    /// For [`HarnessBuilder::extension`](stepgate_host::HarnessBuilder::extension).
    pub fn extension(&self) -> Arc<dyn Any + Send + Sync> {
        Arc::new(self.clone())
    }

    /// Changes a variable, as an operator may do under a running Spin.
    pub fn set_variable(&self, name: &str, value: &str) {
        lock(&self.0.variables).insert(name.to_owned(), value.to_owned());
    }

    /// Which of the store's rules the guest broke. Must be empty at the end of every test.
    pub fn violations(&self) -> Vec<Violation> {
        lock(&self.0.rules).violations().to_vec()
    }

    /// How often each operation was asked for so far, failed ones included.
    pub fn counts(&self) -> Counts {
        *lock(&self.0.counts)
    }

    /// Fails the `n`-th operation on a key from now on; the next one is 1.
    pub fn fail(&self, n: u64, moment: Moment) {
        lock(&self.0.faults).plan(n, moment);
    }

    /// Fails every operation on a key while `down`, before it takes effect.
    pub fn set_down(&self, down: bool) {
        lock(&self.0.faults).set_down(down);
    }

    /// Every key in the store, sorted, as Spin's `list-keys` gives them. Not counted.
    ///
    /// # Errors
    /// If the store cannot be reached.
    pub async fn keys(&self) -> wasmtime::Result<Vec<String>> {
        let mut keys = self.0.backend.keys().await.map_err(wasmtime::Error::from)?;
        keys.sort_unstable();
        Ok(keys)
    }
}

/// Gives the guest what Spin gives it, for [`HarnessBuilder::link`](stepgate_host::HarnessBuilder::link).
///
/// # Errors
/// If the linker has one of these interfaces already.
pub fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    wasi::keyvalue::store::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    wasi::keyvalue::atomics::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    wasi::config::store::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    outbound::link(linker)
}

fn host(state: &State) -> wasmtime::Result<SpinHost> {
    state
        .extension::<SpinHost>()
        .cloned()
        .ok_or_else(|| wasmtime::Error::msg("the harness was built without SpinHost::extension"))
}

/// A test that failed while it held a lock has failed; the others go on with what is there.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
