//! Running instances. Each takes one request at a time, because a call of ours into a store holds the whole instance;
//! and many one after the other, because starting one costs more than a request.

use super::growth::{Growth, Room};
use super::{Ports, State, Ticket, ports};
use crate::limits::Limits;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::time::Sleep;
use wasmtime::component::{Component, GuestTaskId, Linker};
use wasmtime::{Result, Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, ProxyPre, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};
use wasmtime_wasi_http::p3::bindings::ServicePre;

/// Adds further interfaces for the guest to import.
pub(crate) type Link = Box<dyn Fn(&mut Linker<State>) -> Result<()> + Send>;

/// Makes instances of one component.
pub(crate) struct Factory {
    component: ProxyPre<State>,
    ports: Arc<Ports>,
    limits: Arc<Limits>,
    room: Arc<Room>,
}

impl Factory {
    pub(crate) fn new(
        component: &Component,
        ports: Arc<Ports>,
        limits: Arc<Limits>,
        links: &[Link],
    ) -> Result<Self> {
        let engine = component.engine();
        let mut linker = Linker::new(engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi::p3::add_to_linker(&mut linker)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
        wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
        ports::link(&mut linker)?;
        for link in links {
            link(&mut linker)?;
        }
        let component = ProxyPre::P3(ServicePre::new(linker.instantiate_pre(component)?)?);
        let room = Arc::new(Room::new(&limits));
        Ok(Self { component, ports, limits, room })
    }
}

impl HandlerState for Factory {
    type StoreData = State;
    type WorkerExpiration = Deadline;
    type WorkerState = Worker;

    async fn instantiate(&self) -> Result<Instance<State, Deadline, Worker>> {
        let growth = Growth::new(self.room.clone());
        let is_over = growth.is_over();
        let state = State::new(self.ports.clone(), growth);
        let mut store = Store::new(self.component_engine(), state);
        store.limiter_async(|state| &mut state.growth);
        store.epoch_deadline_async_yield_and_update(1);
        store.set_epoch_deadline(1);
        let proxy = self.component.instantiate_async(&mut store).await?;
        Ok(Instance {
            store,
            proxy,
            view: State::http,
            expiration: Deadline::new(&self.limits),
            state: Worker { requests: self.limits.requests_per_instance, is_over },
        })
    }
}

impl Factory {
    fn component_engine(&self) -> &wasmtime::Engine {
        match &self.component {
            ProxyPre::P3(pre) => pre.engine(),
            ProxyPre::P2(pre) => pre.engine(),
        }
    }
}

/// When to end an instance: a request that takes too long takes its instance with it.
pub(crate) struct Deadline {
    idle: Duration,
    request: Duration,
    /// Set to the deadline, or before it. It is moved only when it fires or is too late, because setting a timer
    /// anew for every request costs more than firing once in a while for nothing.
    alarm: Pin<Box<Sleep>>,
}

impl Deadline {
    fn new(limits: &Limits) -> Self {
        let (idle, request) = (limits.instance_idle, limits.request_time);
        Self { idle, request, alarm: Box::pin(tokio::time::sleep(idle.min(request))) }
    }
}

impl WorkerExpiration for Deadline {
    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        status: WorkerStatus,
        start: Instant,
    ) -> Poll<()> {
        let time = match status {
            WorkerStatus::Idle => self.idle,
            WorkerStatus::Requests | WorkerStatus::PostReturn => self.request,
        };
        // A limit beyond the end of time is none.
        let Some(deadline) = start.checked_add(time) else { return Poll::Pending };
        if self.alarm.deadline().into_std() > deadline {
            self.alarm.as_mut().reset(deadline.into());
        }
        loop {
            std::task::ready!(self.alarm.as_mut().poll(cx));
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
            self.alarm.as_mut().reset(deadline.into());
        }
    }
}

/// One instance.
pub(crate) struct Worker {
    requests: usize,
    is_over: Arc<AtomicBool>,
}

impl WorkerState for Worker {
    type StoreData = State;
    type RequestData = Arc<Ticket>;

    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        if total >= self.requests || self.is_over.load(Ordering::Relaxed) {
            ShouldAccept::Never
        } else if concurrent > 0 {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        mut store: StoreContextMut<'_, State>,
        request: Arc<Ticket>,
        _task: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        store.data_mut().in_hand().start(request);
        // `Deadline` ends the instance when the time is over. It works for a guest that never yields, too, and with
        // one request per instance there is nobody else to spare.
        Box::pin(pending())
    }

    fn drop(&self, mut store: Store<State>, result: Result<()>) {
        let Err(error) = result else { return };
        let error = format!("{error:#}");
        match store.data_mut().in_hand().trace() {
            Some(trace) => tracing::error!(error, trace_id = %trace, "an instance failed"),
            // Nobody is harmed. It is so when the runtime ends, too.
            None => tracing::debug!(error, "an idle instance ended"),
        }
    }
}
