//! One HTTP POST with one deadline, over `wasi:http` 0.2 and `wasi:io/poll`.

use wasip2::clocks::monotonic_clock;
use wasip2::http::outgoing_handler;
use wasip2::http::types::{Fields, Method, OutgoingBody, OutgoingRequest, RequestOptions, Scheme};
use wasip2::io::poll::{Pollable, poll};
use wasip2::io::streams::{OutputStream, StreamError};

use crate::target::Target;

const SECOND: monotonic_clock::Duration = 1_000_000_000;

/// For everything from the connection to the answer's status line.
const LIMIT: monotonic_clock::Duration = 10 * SECOND;

/// Why there is no answer. Says nothing of the address, the token or the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// The request cannot be made of what the settings hold.
    Malformed,
    /// Not reached, cut off, or not allowed by the manifest.
    Failed,
    /// No answer within ten seconds.
    TimedOut,
}

/// Posts `body` as JSON and answers the status. Redirects are not followed: they could carry a code elsewhere.
pub(crate) fn post(target: &Target, token: Option<&str>, body: &[u8]) -> Result<u16, NoAnswer> {
    let deadline = monotonic_clock::subscribe_instant(monotonic_clock::now().saturating_add(LIMIT));
    let request = request(target, token, body.len())?;
    let outgoing = request.body().map_err(|()| NoAnswer::Malformed)?;
    let pending = outgoing_handler::handle(request, Some(options()?)).map_err(|_| NoAnswer::Failed)?;

    let stream = outgoing.write().map_err(|()| NoAnswer::Failed)?;
    let sent = write(&stream, body, &deadline)?;
    // The stream is the body's child: it has to go first.
    drop(stream);
    if sent == Sent::All {
        OutgoingBody::finish(outgoing, None).map_err(|_| NoAnswer::Failed)?;
    }

    wait(&pending.subscribe(), &deadline)?;
    match pending.get() {
        // Whoever answers before having read all may say no, but cannot have taken the message.
        Some(Ok(Ok(response))) if sent == Sent::All || response.status() >= 300 => Ok(response.status()),
        _ => Err(NoAnswer::Failed),
    }
}

fn request(target: &Target, token: Option<&str>, length: usize) -> Result<OutgoingRequest, NoAnswer> {
    let headers = Fields::new();
    let header =
        |name: &str, value: String| headers.append(name, value.as_bytes()).map_err(|_| NoAnswer::Malformed);
    header("content-type", "application/json".into())?;
    header("content-length", length.to_string())?;
    if let Some(token) = token {
        header("authorization", format!("Bearer {token}"))?;
    }
    let request = OutgoingRequest::new(headers);
    let scheme = if target.tls { Scheme::Https } else { Scheme::Http };
    request.set_method(&Method::Post).map_err(|()| NoAnswer::Malformed)?;
    request.set_scheme(Some(&scheme)).map_err(|()| NoAnswer::Malformed)?;
    request.set_authority(Some(&target.authority)).map_err(|()| NoAnswer::Malformed)?;
    request.set_path_with_query(Some(&target.path_and_query)).map_err(|()| NoAnswer::Malformed)?;
    Ok(request)
}

/// The host gives up too: our own deadline only stops us from waiting, not the host from connecting.
fn options() -> Result<RequestOptions, NoAnswer> {
    let options = RequestOptions::new();
    options.set_connect_timeout(Some(LIMIT)).map_err(|()| NoAnswer::Failed)?;
    options.set_first_byte_timeout(Some(LIMIT)).map_err(|()| NoAnswer::Failed)?;
    Ok(options)
}

#[derive(PartialEq, Eq)]
enum Sent {
    All,
    /// The service closed the connection's way in, so its answer may be on the way out.
    Part,
}

/// No flush: a service may answer and close as soon as it has the last byte, and then a flush is an error.
fn write(stream: &OutputStream, mut rest: &[u8], deadline: &Pollable) -> Result<Sent, NoAnswer> {
    while !rest.is_empty() {
        wait(&stream.subscribe(), deadline)?;
        let room = match stream.check_write() {
            Ok(room) => usize::try_from(room).unwrap_or(usize::MAX).min(rest.len()),
            Err(StreamError::Closed) => return Ok(Sent::Part),
            Err(StreamError::LastOperationFailed(_)) => return Err(NoAnswer::Failed),
        };
        let (now, later) = rest.split_at(room);
        match stream.write(now) {
            Ok(()) => rest = later,
            Err(StreamError::Closed) => return Ok(Sent::Part),
            Err(StreamError::LastOperationFailed(_)) => return Err(NoAnswer::Failed),
        }
    }
    Ok(Sent::All)
}

/// Until `event` is ready, or the time is over. When both are, the event counts.
fn wait(event: &Pollable, deadline: &Pollable) -> Result<(), NoAnswer> {
    const EVENT: u32 = 0;
    if poll(&[event, deadline]).contains(&EVENT) { Ok(()) } else { Err(NoAnswer::TimedOut) }
}
