//! A partner's server that webhooks are sent to.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

/// What was sent to it at once.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, byte for byte.
    pub body: Bytes,
}

impl Delivery {
    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }
}

/// Listens on this machine until the runtime ends.
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    answer: Mutex<StatusCode>,
    deliveries: Mutex<Vec<Delivery>>,
}

impl Receiver {
    /// One that takes everything.
    ///
    /// # Panics
    /// If no port is free.
    pub async fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let shared =
            Arc::new(Shared { answer: Mutex::new(StatusCode::NO_CONTENT), deliveries: Mutex::default() });
        let serving = shared.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = serving.clone();
                let service = service_fn(move |request| {
                    let shared = shared.clone();
                    async move { Ok::<_, Infallible>(shared.take(request).await) }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Receiver { address, shared }
    }

    /// Where it takes webhooks, over plain HTTP as only the sandbox allows it.
    pub fn url(&self) -> String {
        format!("http://{}/hooks?from=stepgate", self.address)
    }

    /// What it answers from now on.
    pub fn answer(&self, status: StatusCode) {
        *lock(&self.shared.answer) = status;
    }

    /// Everything so far, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        lock(&self.shared.deliveries).clone()
    }
}

impl Shared {
    async fn take(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let mut response = Response::new(Full::default());
        // Whoever hangs up half-way has delivered nothing.
        if let Ok(body) = body.collect().await {
            let delivery = Delivery {
                method: head.method,
                target: head.uri.to_string(),
                headers: head.headers,
                body: body.to_bytes(),
            };
            lock(&self.deliveries).push(delivery);
        }
        *response.status_mut() = *lock(&self.answer);
        response
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
