//! What a method is called.

use super::Kind;
use core::fmt;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

/// A method's id: a UUID (version 8) made of whose it is and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct MethodId(Uuid);

impl MethodId {
    pub(crate) fn new(account: Uuid, kind: Kind, identifier: &str) -> MethodId {
        let hash = Sha256::new()
            .chain_update(account.as_bytes())
            .chain_update(kind.word())
            .chain_update("\0")
            .chain_update(identifier)
            .finalize();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        MethodId(Builder::from_custom_bytes(bytes).into_uuid())
    }

    pub(crate) fn parse(text: &str) -> Option<MethodId> {
        crate::ids::parse(text).map(MethodId)
    }
}

impl fmt::Display for MethodId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
