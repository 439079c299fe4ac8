//! Outbound HTTP of WASI 0.2, which the harness denies every guest and Spin gives it.

use stepgate_host::State;
use wasmtime::component::{HasData, Linker};
use wasmtime_wasi_http::p2::bindings::http::outgoing_handler;
use wasmtime_wasi_http::{WasiHttpCtxView, WasiHttpView as _, default_hooks};

struct Outbound;

impl HasData for Outbound {
    type Data<'a> = WasiHttpCtxView<'a>;
}

/// The harness's own state with hooks that do send.
fn sending(state: &mut State) -> WasiHttpCtxView<'_> {
    WasiHttpCtxView { hooks: default_hooks(), ..state.http() }
}

pub(super) fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    outgoing_handler::add_to_linker::<_, Outbound>(linker, sending)?;
    linker.allow_shadowing(false);
    Ok(())
}
