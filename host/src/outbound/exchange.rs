//! One request and its answer, on a connection of their own.

use super::OutboundLimits;
use super::room::Room;
use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};
use wasmtime_wasi_http::{Error, WasiBody};

/// Sends the request and waits for the head of its answer. The connection is closed when the answer's body has been read
/// or dropped, and at `until` in any case; the room is free again from then on.
pub(super) async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    mut request: Request<WasiBody>,
    limits: &OutboundLimits,
    room: Room,
    until: Instant,
) -> Result<Response<WasiBody>, Error> {
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(limits.head_bytes)
        .max_headers(limits.headers)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| reason(&error))?;
    let driver = tokio::spawn(async move {
        let _room = room;
        // What goes wrong shows in the answer.
        drop(timeout_at(until, connection).await);
    });
    let connection = Connection(driver.abort_handle());
    *request.uri_mut() = origin_form(request.uri());
    request.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    let answer = sender.send_request(request).await.map_err(|error| reason(&error))?;
    let limit = limits.body_bytes;
    Ok(answer.map(|body| {
        Answer { body: Limited::new(body, limit), limit, until, _connection: connection }.boxed_unsync()
    }))
}

/// What stands in the request's line: a server is told path and query only.
fn origin_form(uri: &Uri) -> Uri {
    uri.path_and_query().cloned().map(Uri::from).unwrap_or_default()
}

/// Closes the connection when it is dropped.
struct Connection(AbortHandle);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The body of an answer, up to a limit.
struct Answer {
    body: Limited<Incoming>,
    limit: usize,
    until: Instant,
    _connection: Connection,
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        Poll::Ready(match frame {
            Some(Ok(frame)) => Some(Ok(frame)),
            // A connection that was closed because its time is over reads like one whose answer is whole.
            None if Instant::now() >= self.until => Some(Err(Error::HttpResponseTimeout)),
            None => None,
            Some(Err(error)) if error.is::<LengthLimitError>() => {
                Some(Err(Error::HttpResponseBodySize(u64::try_from(self.limit).ok())))
            }
            Some(Err(_)) if Instant::now() >= self.until => Some(Err(Error::HttpResponseTimeout)),
            Some(Err(_)) => Some(Err(Error::HttpResponseIncomplete)),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn reason(error: &hyper::Error) -> Error {
    if error.is_parse_too_large() {
        Error::HttpResponseHeaderSectionSize(None)
    } else if error.is_parse() {
        Error::HttpProtocolError
    } else if error.is_incomplete_message() {
        Error::HttpResponseIncomplete
    } else {
        Error::ConnectionTerminated
    }
}
