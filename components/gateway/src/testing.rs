//! The ports for tests: a store in memory, settings in a map, a clock that is set.

use stepgate_storage::Timestamp;
#[derive(Default)]
pub(crate) struct TestPorts {}
