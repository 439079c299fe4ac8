//! Generated from `wit/` here and at the root of the repository.
#![allow(missing_docs, unused_qualifications, reason = "generated code; its documentation is the WIT")]

wit_bindgen::generate!({
    path: ["../../wit", "wit"],
    world: "stepgate:adapter-spin/adapter",
    generate_all,
});
