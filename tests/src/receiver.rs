//! A partner's server that webhooks are sent to.

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

/// What came, and what is answered to it.
#[derive(Debug)]
struct Inner {
    address: SocketAddr,
    received: Mutex<Vec<Received>>,
    manner: Mutex<Manner>,
}

/// How a receiver behaves.
#[derive(Clone, Debug)]
struct Manner {
    status: u16,
    location: Option<String>,
    takes: Duration,
}

/// One request that came.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, byte for byte.
    pub body: String,
}

impl Received {
    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a webhook's body is JSON")
    }

    /// A header's text; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Type of the event, what it is about, and what that has come to.
    pub fn told(&self) -> (String, String, String) {
        let json = self.json();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let message = &json["data"]["message"];
        (text(&json["type"]), text(&message["id"]), text(&message["status"]))
    }
}

/// A server on this machine that takes webhooks, until the runtime ends. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Receiver(Arc<Inner>);

impl Receiver {
    /// One that answers 200 at once.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn open() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let receiver = Receiver(Arc::new(Inner {
            address: listener.local_addr().expect("a listener has an address"),
            received: Mutex::default(),
            manner: Mutex::new(Manner { status: 200, location: None, takes: Duration::ZERO }),
        }));
        let serving = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let receiver = serving.clone();
                let service = service_fn(move |request| {
                    let receiver = receiver.clone();
                    async move { Ok::<_, Infallible>(receiver.take(request).await) }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        receiver
    }

    /// Where it is reached.
    pub fn url(&self) -> String {
        format!("http://{}/hooks", self.0.address)
    }

    /// From now on it answers this status.
    pub fn answer(&self, status: u16) {
        self.manner().status = status;
    }

    /// From now on it sends whoever comes elsewhere.
    pub fn redirect(&self, location: &str) {
        *self.manner() = Manner { status: 307, location: Some(location.into()), takes: Duration::ZERO };
    }

    /// From now on it takes so long to answer.
    pub fn take_so_long(&self, time: Duration) {
        self.manner().takes = time;
    }

    /// What came so far, in the order in which it came.
    pub fn received(&self) -> Vec<Received> {
        self.0.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn manner(&self) -> std::sync::MutexGuard<'_, Manner> {
        self.0.manner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn take(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        // Whoever hangs up half-way, as one that is killed does, has sent nothing.
        if let Ok(body) = body.collect().await {
            let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
            let received = Received { headers: head.headers, body };
            self.0.received.lock().unwrap_or_else(PoisonError::into_inner).push(received);
        }
        let manner = self.manner().clone();
        tokio::time::sleep(manner.takes).await;
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::from_u16(manner.status).expect("a status");
        if let Some(location) = manner.location {
            response.headers_mut().insert("location", location.parse().expect("a location"));
        }
        response
    }
}
