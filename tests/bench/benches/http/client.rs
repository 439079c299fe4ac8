//! A client that costs as little as possible, because it shares the machine with what it measures.

use anyhow::{Context as _, Result, bail, ensure};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const MAX_HEADERS: usize = 32;
const MAX_ANSWER: usize = 64 << 10;

/// A keep-alive connection.
pub struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
}

/// An answer, whole.
pub struct Answer<'a> {
    pub status: u16,
    /// The id of the code that was sent, where one was.
    pub code: Option<&'a str>,
    pub body: &'a str,
}

struct Head {
    status: u16,
    bytes: usize,
    body_bytes: usize,
    code: Option<std::ops::Range<usize>>,
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, request: Vec::new(), answer: Vec::with_capacity(4096) })
    }

    /// Sends a request and waits for its answer. `headers` end with a line break each.
    pub async fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Result<Answer<'_>> {
        use std::io::Write as _;
        self.request.clear();
        write!(
            self.request,
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        )?;
        self.stream.write_all(&self.request).await?;
        self.answer.clear();
        let head = loop {
            ensure!(self.stream.read_buf(&mut self.answer).await? > 0, "the connection was closed");
            if let Some(head) = head(&self.answer)? {
                break head;
            }
        };
        let end = head.bytes + head.body_bytes;
        ensure!(end <= MAX_ANSWER, "an answer of {end} bytes");
        while self.answer.len() < end {
            ensure!(self.stream.read_buf(&mut self.answer).await? > 0, "the connection was closed");
        }
        let text = std::str::from_utf8(&self.answer)?;
        Ok(Answer {
            status: head.status,
            code: head.code.and_then(|range| text.get(range)),
            body: text.get(head.bytes..end).context("a body of whole letters")?,
        })
    }
}

/// The head of an answer, as soon as all of it is there.
fn head(bytes: &[u8]) -> Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut answer = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head_bytes) = answer.parse(bytes)? else { return Ok(None) };
    let status = answer.code.context("a status")?;
    let mut head = Head { status, bytes: head_bytes, body_bytes: 0, code: None };
    for header in answer.headers.iter() {
        if header.name.eq_ignore_ascii_case("content-length") {
            head.body_bytes = std::str::from_utf8(header.value)?.parse()?;
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            bail!("the answer comes in chunks, which this client does not read");
        } else if header.name.eq_ignore_ascii_case("x-authentication-code-id") {
            let start = header.value.as_ptr().addr() - bytes.as_ptr().addr();
            head.code = Some(start..start + header.value.len());
        }
    }
    Ok(Some(head))
}
