//! HTTP over TCP, connections kept.

use crate::{Answer, Caller, Key};
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client as Legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use stepgate_openapi_check::Exchange;

/// Sends requests to one service, and remembers what it answered.
#[derive(Clone)]
pub struct Client {
    address: SocketAddr,
    http: Legacy<HttpConnector, Full<Bytes>>,
    answers: Arc<Mutex<Vec<(String, Answer)>>>,
}

impl Client {
    /// A client of the service at `address`.
    pub fn new(address: SocketAddr) -> Client {
        let http = Legacy::builder(TokioExecutor::new()).build_http();
        Client { address, http, answers: Arc::default() }
    }

    /// A program that has this key and calls the same service.
    pub fn caller(&self, key: Key) -> Caller {
        Caller::new(self.clone(), key)
    }

    /// Where the service is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Panics
    /// If there is none.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        self.try_send(method, path, headers, body).await.expect("the service answers")
    }

    /// The same, where the service may be gone.
    ///
    /// # Errors
    /// Says why there is no answer.
    ///
    /// # Panics
    /// If the request cannot be written down, or the answer is not as `docs/openapi.json` says.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Answer, String> {
        let sent = body.into();
        let mut request =
            Request::builder().method(method.clone()).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(sent.clone())).expect("the test writes a valid request");
        let response = self.http.request(request).await.map_err(|error| error.to_string())?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
        let answer = Answer { status: head.status, headers: head.headers, body };
        described(&method, path, &sent, &answer);
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).push((path.to_owned(), answer.clone()));
        Ok(answer)
    }

    /// Every answer so far, with the path that was asked.
    pub(crate) fn answers(&self) -> Vec<(String, Answer)> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Every exchange with the API comes by here, and has to be as it is described.
fn described(method: &Method, path: &str, sent: &[u8], answer: &Answer) {
    let exchange =
        Exchange { method, path, sent, status: answer.status, headers: &answer.headers, body: &answer.body };
    if let Err(drift) = stepgate_openapi_check::check(&exchange) {
        panic!("{drift}");
    }
}
