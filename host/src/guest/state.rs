use super::Ports;
use super::growth::Growth;
use super::in_hand::InHand;
use super::log::LineStream;
use super::outgoing::Outgoing;
use crate::clock::WasiClock;
use crate::random::WasiRandom;
use crate::store::{Seen, Store, StoreError};
use std::any::Any;
use std::sync::Arc;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

/// Handles a guest may hold at once: streams, futures, headers.
const MAX_HANDLES: usize = 4_096;

/// What belongs to one instance.
pub struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outgoing: Outgoing,
    table: ResourceTable,
    pub(super) growth: Growth,
    pub(super) ports: Arc<Ports>,
}

impl State {
    pub(super) fn new(ports: Arc<Ports>, growth: Growth) -> Self {
        let mut wasi = WasiCtxBuilder::new();
        let log = LineStream::new(ports.log.clone());
        wasi.stdout(log.clone()).stderr(log);
        if let Some(clock) = &ports.clock {
            wasi.wall_clock(WasiClock(clock.clone())).monotonic_clock(WasiClock(clock.clone()));
        }
        if let Some(random) = &ports.random {
            wasi.secure_random(WasiRandom(random.clone()));
        }
        let mut table = ResourceTable::new();
        table.set_max_capacity(MAX_HANDLES);
        Self {
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            outgoing: Outgoing { ports: ports.clone(), in_hand: InHand::default() },
            table,
            growth,
            ports,
        }
    }

    /// Runs a store operation for the request in hand: its answer will wait for what `operation` writes and sees.
    ///
    /// # Errors
    /// Whatever `operation` returns.
    pub fn with_store<T>(
        &mut self,
        operation: impl FnOnce(&dyn Store, &mut Seen) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut seen = Seen::NOTHING;
        let result = operation(&*self.ports.store, &mut seen);
        self.outgoing.in_hand.note(seen);
        result
    }

    /// What was given to [`HarnessBuilder::extension`](crate::HarnessBuilder::extension), if it is a `T`.
    pub fn extension<T: Any>(&self) -> Option<&T> {
        self.ports.extension.as_deref()?.downcast_ref()
    }

    pub(super) fn in_hand(&mut self) -> &mut InHand {
        &mut self.outgoing.in_hand
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.outgoing }
    }
}
