//! Putting it together: component, ports, limits.

use crate::clock::{Clock, SystemClock};
use crate::delivery::{Delivery, NoDelivery};
use crate::guest::{self, Cache, Courier, Factory, GuestLog, Link, Ports, State, Ticket};
use crate::http::answer::{Failure, plain};
use crate::http::{self, TraceId, server};
use crate::limits::Limits;
use crate::outbound::Outbound;
use crate::random::Random;
use crate::settings::{FixedSettings, Settings};
use crate::store::{Key, MemoryStore, Seen, Store};
use ::http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use ::http::uri::{Authority, PathAndQuery, Scheme};
use ::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use wasmtime::component::Linker;
use wasmtime_wasi_http::handler::{InstantiationError, ProxyHandler};

const TRACE_HEADER: HeaderName = HeaderName::from_static("x-trace-id");
const HEALTH_PATH: &str = "/healthz";

/// What kept a harness from being built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// No component was given.
    #[error("no component was given")]
    NoComponent,
    /// The component does not compile, does not export `wasi:http/handler@0.3.0`, or imports something nobody
    /// gives it.
    #[error("the component cannot be used: {0}")]
    Component(String),
}

/// Collects what a [`Harness`] is made of. Only the component is required.
#[must_use]
pub struct HarnessBuilder {
    component: Option<Vec<u8>>,
    store: Option<Arc<dyn Store>>,
    delivery: Arc<dyn Delivery>,
    settings: Arc<dyn Settings>,
    outbound: Option<Arc<Outbound>>,
    clock: Option<Arc<dyn Clock>>,
    random: Option<Arc<dyn Random>>,
    log: GuestLog,
    limits: Limits,
    cache: Cache,
    links: Vec<Link>,
    extension: Option<Arc<dyn Any + Send + Sync>>,
}

impl HarnessBuilder {
    fn new() -> Self {
        Self {
            component: None,
            store: None,
            delivery: Arc::new(NoDelivery),
            settings: Arc::new(FixedSettings::default()),
            outbound: None,
            clock: None,
            random: None,
            log: Arc::new(|line| eprintln!("{line}")),
            limits: Limits::default(),
            cache: Cache::Off,
            links: Vec::new(),
            extension: None,
        }
    }

    /// The component to run, as WebAssembly. It exports `wasi:http/handler@0.3.0`.
    pub fn component(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.component = Some(bytes.into());
        self
    }

    /// Where challenges are kept. Without one, in memory.
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// How messages get to people. Without one, no channel is set up. A quarter of [`Limits::instances`] sends at once;
    /// a message that has to wait for them too long is answered as unavailable.
    pub fn delivery(mut self, delivery: Arc<dyn Delivery>) -> Self {
        self.delivery = delivery;
        self
    }

    /// The guest's settings. Without them, none is set.
    pub fn settings(mut self, settings: Arc<dyn Settings>) -> Self {
        self.settings = settings;
        self
    }

    /// What the guest may send over HTTP. Without it, nothing.
    pub fn outbound(mut self, outbound: Outbound) -> Self {
        self.outbound = Some(Arc::new(outbound));
        self
    }

    /// The guest's clocks, and those of the memory store that is made without one given. For tests.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// The guest's secure randomness. For tests: codes are as hard to guess as this is.
    pub fn random(mut self, random: Arc<dyn Random>) -> Self {
        self.random = Some(random);
        self
    }

    /// Takes every line the guest logs. Without it they go to stderr.
    pub fn guest_log(mut self, log: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.log = Arc::new(log);
        self
    }

    /// Bounds on what can be spent.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Keeps compiled code in this folder, so that only the first start compiles. Code from it is run as it is:
    /// nobody else may be able to write there.
    pub fn cache(mut self, folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        // wasmtime takes absolute paths only.
        self.cache = Cache::Folder(std::path::absolute(&folder).unwrap_or(folder));
        self
    }

    /// Gives the guest further interfaces to import.
    pub fn link(
        mut self,
        link: impl Fn(&mut Linker<State>) -> wasmtime::Result<()> + Send + 'static,
    ) -> Self {
        self.links.push(Box::new(link));
        self
    }

    /// Whatever such interfaces need; see [`State::extension`].
    pub fn extension(mut self, extension: Arc<dyn Any + Send + Sync>) -> Self {
        self.extension = Some(extension);
        self
    }

    /// Compiles the component, which may take some seconds where no cache has it.
    ///
    /// # Errors
    /// [`BuildError`] if the component cannot be used.
    pub fn build(self) -> Result<Harness, BuildError> {
        let component = self.component.ok_or(BuildError::NoComponent)?;
        let unusable = |error: wasmtime::Error| BuildError::Component(format!("{error:#}"));
        let limits = Arc::new(self.limits);
        let store = self.store.unwrap_or_else(|| {
            let clock = self.clock.clone().unwrap_or_else(|| Arc::new(SystemClock::new()));
            Arc::new(MemoryStore::new(clock))
        });
        let ports = Arc::new(Ports {
            store: store.clone(),
            delivery: Courier::new(self.delivery, limits.instances),
            settings: self.settings,
            outbound: self.outbound,
            clock: self.clock,
            random: self.random,
            log: self.log,
            extension: self.extension,
        });
        let component = guest::compile(&component, &limits, &self.cache).map_err(unusable)?;
        let factory = Factory::new(&component, ports, limits.clone(), &self.links).map_err(unusable)?;
        Ok(Harness(Arc::new(Inner {
            guests: ProxyHandler::new(factory),
            store,
            requests: Semaphore::new(limits.requests),
            instances: Semaphore::new(limits.instances as usize),
            limits,
        })))
    }
}

/// A component that is ready to answer requests. Clones are the same harness.
#[derive(Clone)]
pub struct Harness(Arc<Inner>);

struct Inner {
    guests: ProxyHandler<Factory>,
    store: Arc<dyn Store>,
    requests: Semaphore,
    instances: Semaphore,
    limits: Arc<Limits>,
}

impl Harness {
    /// Starts a builder.
    pub fn builder() -> HarnessBuilder {
        HarnessBuilder::new()
    }

    /// Answers HTTP/1.1 on `listener` until `shutdown` resolves and what is then in flight has been answered, or
    /// [`Limits::shutdown_time`] is over.
    pub async fn serve(&self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        server::serve(self.clone(), listener, shutdown).await;
    }

    /// Answers one request. Everything holds that holds for a request over the wire, but for what is about
    /// connections. Needs a tokio runtime with a timer.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let exchange = Exchange::start(&request);
        let answer = if request.body().len() > self.0.limits.body_bytes {
            Err(Failure::BodyTooLarge)
        } else {
            self.answer(&exchange, request).await
        };
        exchange.end(answer)
    }

    pub(crate) fn limits(&self) -> &Arc<Limits> {
        &self.0.limits
    }

    pub(crate) async fn answer(
        &self,
        exchange: &Exchange,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, Failure> {
        if request.uri().path() == HEALTH_PATH {
            return Ok(self.health());
        }
        // In a task of its own, so that a client that hangs up does not stop it half-way, and does not make room for
        // another one before it is over.
        let (harness, trace) = (self.clone(), exchange.trace);
        let running = tokio::spawn(async move { harness.0.run(trace, request).await });
        running.await.unwrap_or(Err(Failure::Internal))
    }

    fn health(&self) -> Response<Bytes> {
        let probe = Key::new("healthz").and_then(|key| self.0.store.get(key, &mut Seen::default()));
        match probe {
            Ok(_) => plain(StatusCode::OK, "text/plain", Bytes::from_static(b"ok")),
            Err(error) => {
                tracing::warn!(%error, "unhealthy");
                let body = Bytes::from_static(b"the store is unavailable");
                plain(StatusCode::SERVICE_UNAVAILABLE, "text/plain", body)
            }
        }
    }
}

/// What is remembered of a request while it is answered.
pub(crate) struct Exchange {
    pub(crate) trace: TraceId,
    method: Method,
    uri: Uri,
    started: Instant,
}

impl Exchange {
    pub(crate) fn start<B>(request: &Request<B>) -> Self {
        Self {
            trace: TraceId::of(request.headers()),
            method: request.method().clone(),
            uri: request.uri().clone(),
            started: Instant::now(),
        }
    }

    pub(crate) fn end(self, answer: Result<Response<Bytes>, Failure>) -> Response<Bytes> {
        let mut answer = answer.unwrap_or_else(|failure| failure.answer(self.uri.path(), self.trace));
        answer.headers_mut().insert(TRACE_HEADER, self.trace.into());
        http::log::request(
            &self.method,
            self.uri.path(),
            answer.status(),
            self.started.elapsed(),
            self.trace,
        );
        answer
    }
}

impl From<TraceId> for HeaderValue {
    fn from(trace: TraceId) -> Self {
        // INVARIANT: hex digits are valid in a header.
        #[expect(clippy::expect_used, reason = "hex digits are valid in a header")]
        Self::try_from(trace.to_string()).expect("hex digits are valid in a header")
    }
}

impl Inner {
    async fn run(&self, trace: TraceId, request: Request<Bytes>) -> Result<Response<Bytes>, Failure> {
        let _request = self.requests.try_acquire().map_err(|_| Failure::Overloaded)?;
        let instance = match timeout(self.limits.queue_time, self.instances.acquire()).await {
            Ok(Ok(permit)) => permit,
            Ok(Err(_)) | Err(_) => return Err(Failure::Overloaded),
        };
        let ticket = Arc::new(Ticket::new(trace));
        let answer = self.call(&ticket, request).await?;
        let seen = ticket.close();
        // Another request may have the instance while this one waits for the disk.
        drop(instance);
        match timeout(self.limits.request_time, self.store.durable(seen)).await {
            Ok(Ok(())) => Ok(answer),
            Ok(Err(error)) => {
                tracing::error!(%error, trace_id = %trace, "an answer is withheld");
                Err(Failure::Internal)
            }
            Err(_) => {
                tracing::error!(trace_id = %trace, "an answer is withheld: the store does not answer");
                Err(Failure::Internal)
            }
        }
    }

    async fn call(&self, ticket: &Arc<Ticket>, request: Request<Bytes>) -> Result<Response<Bytes>, Failure> {
        let is_head = request.method() == Method::HEAD;
        let failed = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, trace_id = %ticket.trace, "the guest did not answer");
            Failure::Internal
        };
        let answer =
            self.guests.handle(ticket.clone(), for_guest(request, ticket.trace)).await.map_err(|error| {
                match error.downcast_ref::<InstantiationError<Arc<Ticket>>>() {
                    Some(instantiation) => failed(&format!("{:#}", instantiation.error)),
                    None => failed(&error),
                }
            })?;
        let (mut head, body) = answer.into_parts();
        let body =
            Limited::new(body, self.limits.response_bytes).collect().await.map_err(|error| failed(&error))?;
        let body = body.to_bytes();
        head.headers.remove(TRANSFER_ENCODING);
        if !is_head && head.status != StatusCode::NO_CONTENT && head.status != StatusCode::NOT_MODIFIED {
            head.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        Ok(Response::from_parts(head, body))
    }
}

/// The request as the guest gets it: with our trace id, whatever the client sent, and with an absolute URI.
fn for_guest(request: Request<Bytes>, trace: TraceId) -> wasmtime_wasi_http::handler::Request {
    let (mut head, body) = request.into_parts();
    head.headers.insert(TRACE_HEADER, trace.into());
    // A target with an authority counts, and what Host says beside it does not: RFC 9112 §3.2.2.
    let said = || head.headers.get(HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let authority =
        head.uri.authority().cloned().or_else(said).unwrap_or_else(|| Authority::from_static("localhost"));
    let path = head.uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    let mut uri = ::http::uri::Parts::default();
    uri.scheme = Some(Scheme::HTTP);
    uri.authority = Some(authority);
    uri.path_and_query = Some(path);
    // All three parts are there, and each is valid by itself.
    head.uri = Uri::from_parts(uri).unwrap_or_default();
    Request::from_parts(head, Full::new(body).map_err(|never| match never {}).boxed_unsync())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A proxy that chooses by the one and a guest that chooses by the other would not mean the same instance.
    #[test]
    fn the_guest_is_told_the_authority_that_counts() {
        for (target, host, told) in [
            ("/x?y", Some("a.example:8080"), "http://a.example:8080/x?y"),
            ("http://a.example/x", Some("b.example"), "http://a.example/x"),
            ("http://a.example", None, "http://a.example/"),
            ("/x", Some("a b"), "http://localhost/x"),
            ("/x", None, "http://localhost/x"),
        ] {
            let mut request = Request::get(target);
            if let Some(host) = host {
                request = request.header(HOST, host);
            }
            let request = request.body(Bytes::new()).unwrap();
            let trace = TraceId::of(request.headers());
            assert_eq!(for_guest(request, trace).uri().to_string(), told, "{target} {host:?}");
        }
    }
}
