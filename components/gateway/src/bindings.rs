//! Generated from `wit/` at the root of the repository: the types of the contract are these, here and in every test.
#![allow(
    missing_docs,
    unused_qualifications,
    unreachable_pub,
    dead_code,
    reason = "generated code; its documentation is the WIT"
)]

wit_bindgen::generate!({
    path: "../../wit",
    world: "gateway",
    generate_all,
});
