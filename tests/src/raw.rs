//! HTTP by hand, for what no client would send.

use crate::Answer;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection, byte by byte.
pub struct Raw {
    stream: TcpStream,
    /// What came beyond the last answer.
    rest: Vec<u8>,
}

impl Raw {
    /// Connects.
    ///
    /// # Panics
    /// If nobody listens.
    pub async fn connect(address: SocketAddr) -> Raw {
        let stream = TcpStream::connect(address).await.expect("the service listens");
        Raw { stream, rest: Vec::new() }
    }

    /// Sends bytes. The service may have hung up already; then the rest does not matter.
    pub async fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// Says that nothing more will come.
    pub async fn finish(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// The answer; none if the service hung up without one.
    ///
    /// # Panics
    /// If what comes is no HTTP.
    pub async fn answer(&mut self) -> Option<Answer> {
        let mut chunk = [0; 4096];
        loop {
            if let Some((answer, length)) = parse(&self.rest) {
                self.rest.drain(..length);
                return Some(answer);
            }
            match self.stream.read(&mut chunk).await {
                Ok(0) | Err(_) => return None,
                Ok(length) => self.rest.extend_from_slice(&chunk[..length]),
            }
        }
    }
}

/// Sends one request as it stands here and reads the answer.
pub async fn http(address: SocketAddr, request: &[u8]) -> Option<Answer> {
    let mut raw = Raw::connect(address).await;
    raw.send(request).await;
    raw.answer().await
}

/// The first answer in `bytes` if all of it is there, and how long it is.
fn parse(bytes: &[u8]) -> Option<(Answer, usize)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = str::from_utf8(&bytes[..end]).expect("heads are ASCII");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status line");
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':').expect("a header");
        let name = HeaderName::try_from(name).expect("a header's name");
        headers.append(name, HeaderValue::try_from(value.trim()).expect("a header's value"));
    }
    let length = headers
        .get("content-length")
        .map_or(0, |value| value.to_str().ok().and_then(|text| text.parse().ok()).expect("a length"));
    let whole = end + 4 + length;
    let body = bytes.get(end + 4..whole)?;
    let status = StatusCode::from_bytes(status.as_bytes()).expect("a status");
    Some((Answer { status, headers, body: Bytes::copy_from_slice(body) }, whole))
}
