//! HTTP/1.1 over TCP, with a bound on everything a client decides.

use super::answer::Failure;
use crate::harness::{Exchange, Harness};
use crate::limits::Limits;
use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;

/// How long to wait when no connection can be taken because the system is out of something.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How much of a body that was refused is taken in all the same, in bytes.
const MAX_DISCARDED: usize = 1 << 20;

pub(crate) async fn serve(harness: Harness, listener: TcpListener, shutdown: impl Future<Output = ()>) {
    let limits = harness.limits().clone();
    let served = Arc::new(Semaphore::new(limits.connections));
    let refused = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let http = http(&limits);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let stream = tokio::select! {
            biased;
            () = &mut shutdown => break,
            stream = accept(&listener) => stream,
        };
        // Nothing in this loop waits for a client: who cannot even be told that there is no room, is hung up on.
        let (permit, room) = match served.clone().try_acquire_owned() {
            Ok(permit) => (permit, true),
            Err(_) => match refused.clone().try_acquire_owned() {
                Ok(permit) => (permit, false),
                Err(_) => continue,
            },
        };
        let harness = harness.clone();
        let service = service_fn(move |request| {
            let harness = harness.clone();
            async move {
                let mut answer = answer(&harness, request, room).await;
                if !room {
                    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                Ok::<_, Infallible>(answer.map(Full::new))
            }
        });
        let connection =
            graceful.watch(http.serve_connection(TokioIo::new(guarded(stream, &limits)), service));
        tokio::spawn(async move {
            // What goes wrong here, goes wrong at the client's end.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
            drop(permit);
        });
    }
    drop(listener);
    tracing::info!(in_flight = graceful.count(), "shutting down");
    if timeout(limits.shutdown_time, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests still in flight are dropped");
    }
}

fn http(limits: &Limits) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.receive_time)
        .max_headers(limits.headers)
        .max_buf_size(limits.head_bytes);
    http
}

/// The stream of a client that has to read: what cannot be written for too long breaks the connection.
fn guarded(stream: TcpStream, limits: &Limits) -> Pin<Box<TimeoutStream<TcpStream>>> {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.receive_time));
    Box::pin(stream)
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // An answer is one write; waiting for more to send would only add 40 ms to it.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "TCP_NODELAY could not be set");
                }
                return stream;
            }
            Err(error) => {
                tracing::warn!(%error, "no connection could be taken");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn answer(harness: &Harness, request: Request<Incoming>, room: bool) -> Response<Bytes> {
    let exchange = Exchange::start(&request);
    let answer = if room {
        match receive(request, harness.limits()).await {
            Ok(request) => harness.answer(&exchange, request).await,
            Err(failure) => Err(failure),
        }
    } else {
        Err(Failure::Overloaded)
    };
    exchange.end(answer)
}

/// Takes in the whole body before anything else is spent on the request, so that a slow sender holds nothing but its
/// own connection.
async fn receive(request: Request<Incoming>, limits: &Limits) -> Result<Request<Bytes>, Failure> {
    let (head, mut body) = request.into_parts();
    if body.is_end_stream() {
        return Ok(Request::from_parts(head, Bytes::new()));
    }
    if body.size_hint().lower() > limits.body_bytes as u64 {
        discard(body, limits.receive_time);
        return Err(Failure::BodyTooLarge);
    }
    match timeout(limits.receive_time, Limited::new(&mut body, limits.body_bytes).collect()).await {
        Ok(Ok(body)) => Ok(Request::from_parts(head, body.to_bytes())),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            discard(body, limits.receive_time);
            Err(Failure::BodyTooLarge)
        }
        Ok(Err(_)) => Err(Failure::BodyBroken),
        Err(_) => Err(Failure::BodyTooSlow),
    }
}

/// Takes in the rest of a body that was refused, up to a bound, while the answer is on its way: a connection that is
/// closed with something unread on it is reset, and the client loses the answer that tells why.
fn discard(mut body: Incoming, time: Duration) {
    let rest = async move {
        let mut bytes = 0;
        while bytes < MAX_DISCARDED
            && let Some(Ok(frame)) = body.frame().await
        {
            bytes += frame.data_ref().map_or(0, Bytes::len);
        }
    };
    tokio::spawn(timeout(time, rest));
}
