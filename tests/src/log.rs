//! What the guest has logged.

use serde_json::Value;
use std::sync::{Mutex, PoisonError};

/// Every line, in order.
#[derive(Default)]
pub(crate) struct Log(Mutex<Vec<String>>);

impl Log {
    pub(crate) fn push(&self, line: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_owned());
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The lines of one kind of event. Every line is a JSON object; one that is not fails the test.
    pub(crate) fn events(&self, name: &str) -> Vec<Value> {
        let read = |line: String| -> Value {
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("the guest logged no JSON: {line}"))
        };
        self.lines().into_iter().map(read).filter(|line| line["event"] == name).collect()
    }
}
