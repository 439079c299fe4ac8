//! One behaviour, on every host and over every store.

use std::future::Future;
use std::time::Duration;

/// Where the service runs, and what it keeps its challenges in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// Our harness, store in memory.
    Memory,
    /// Our harness, store in a file.
    Redb,
    /// The Spin app, on a host that behaves like Spin with its default store.
    Spin,
    /// The Spin app, on a host that behaves like Spin with a Redis.
    Redis,
}

/// Nothing here takes that long. It is there so that a request that hangs fails its test and not the whole run.
const HUNG: Duration = Duration::from_secs(240);

/// Runs one behaviour to its end.
///
/// # Panics
/// If the behaviour does, or hangs.
pub fn run(behaviour: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime can be had");
    runtime.block_on(async {
        tokio::time::timeout(HUNG, behaviour).await.expect("something hangs");
    });
}

/// Makes tests of behaviours: one for each host. A behaviour that is not named in it is dead code, which the lints
/// deny.
#[macro_export]
macro_rules! suite {
    ($($behaviour:ident),+ $(,)?) => {
        $crate::suite!(@on memory Memory $($behaviour)+);
        $crate::suite!(@on redb Redb $($behaviour)+);
        $crate::suite!(@on spin Spin $($behaviour)+);
        $crate::suite!(@on redis Redis $($behaviour)+);
    };
    (@on $name:ident $host:ident $($behaviour:ident)+) => {
        mod $name {
            $(
                #[test]
                fn $behaviour() {
                    $crate::run(super::$behaviour($crate::Host::$host));
                }
            )+
        }
    };
}
