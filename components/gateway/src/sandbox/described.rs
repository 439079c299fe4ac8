//! The operations that exist in the sandbox only, for `crate::openapi`.

use crate::http::Verb;
use crate::openapi::{Group, Key, Op, Place};

pub(crate) const GROUP: Group = Group {
    name: "Sandbox",
    text: "What a bank or compliance would do. These exist in the sandbox only, where the code 123456 confirms everything too.",
    examples: Vec::new,
};

pub(crate) fn reset() -> Place {
    let reset = Op::new(
        Verb::Post,
        "resetSandbox",
        "Begin anew",
        "Forgets your customers and what is theirs. The inbox is everybody's, so it stays.",
    )
    .key(Key::Required)
    .answers::<bool>(200, "It is done: always `true`.");
    Place::new(&GROUP, [reset])
}
