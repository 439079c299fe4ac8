//! Generated from `wit/` beside this file.
#![allow(
    missing_docs,
    unused_qualifications,
    unreachable_pub,
    reason = "generated code; its documentation is the WIT"
)]

wasmtime::component::bindgen!({
    path: "src/spin_host/wit",
    world: "stepgate:spin-host/spin",
    imports: {
        "wasi:config/store@0.2.0-draft-2024-09-27": trappable,
        default: async | trappable,
    },
    with: {
        "wasi:keyvalue/store.bucket": super::keyvalue::Bucket,
        "wasi:keyvalue/atomics.cas": super::keyvalue::Cas,
    },
    require_store_data_send: true,
});
