use super::log::LineStream;
use super::{Ports, Ticket};
use crate::clock::WasiClock;
use crate::random::WasiRandom;
use crate::store::{Seen, Store, StoreError};
use http::Request;
use std::any::Any;
use std::sync::Arc;
use wasmtime::component::ResourceTable;
use wasmtime::{StoreLimits, StoreLimitsBuilder};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};

/// Handles a guest may hold at once: streams, futures, headers.
const MAX_HANDLES: usize = 4_096;

/// What belongs to one instance.
pub struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: NoOutbound,
    table: ResourceTable,
    pub(super) limits: StoreLimits,
    pub(super) ports: Arc<Ports>,
    /// The requests whose answers may still rest on what this instance does: the one that runs, and now and then one
    /// before it whose body is still on its way.
    pub(super) requests: Vec<Arc<Ticket>>,
}

impl State {
    pub(super) fn new(ports: Arc<Ports>, instance_memory: usize) -> Self {
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
            outbound: NoOutbound,
            table,
            // The pool bounds each memory as well, but there an instance would fail to start.
            limits: StoreLimitsBuilder::new().memory_size(instance_memory).build(),
            ports,
            requests: Vec::new(),
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
        for request in &self.requests {
            request.note(seen);
        }
        result
    }

    /// What was given to [`HarnessBuilder::extension`](crate::HarnessBuilder::extension), if it is a `T`.
    pub fn extension<T: Any>(&self) -> Option<&T> {
        self.ports.extension.as_deref()?.downcast_ref()
    }

    /// Everything the requests in hand have written or seen so far.
    pub(super) fn seen(&self) -> Seen {
        let mut all = Seen::NOTHING;
        for (first, last) in self.requests.iter().filter_map(|request| request.seen().span()) {
            all.note(first);
            all.note(last);
        }
        all
    }

    pub(super) fn start(&mut self, request: Arc<Ticket>) {
        self.requests.retain(|request| !request.is_closed());
        self.requests.push(request);
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.outbound }
    }
}

/// The guest reaches people through `delivery` and nothing else.
struct NoOutbound;

type Io = Box<dyn Future<Output = Result<(), wasmtime_wasi_http::Error>> + Send>;
type Sent = Result<(http::Response<WasiBody>, Io), wasmtime_wasi_http::Error>;

impl WasiHttpHooks for NoOutbound {
    fn send_request(
        &mut self,
        _request: Request<WasiBody>,
        _options: Option<RequestOptions>,
        _done: Io,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        Box::new(async { Err(wasmtime_wasi_http::Error::HttpRequestDenied) })
    }
}
