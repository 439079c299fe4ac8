//! What the guest writes to its stdout and stderr, in whole lines.

use bytes::Bytes;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

/// Takes each line the guest logs, without its end.
pub(crate) type GuestLog = Arc<dyn Fn(&str) + Send + Sync>;

/// A longer line is cut.
const MAX_LINE: usize = 16 << 10;

/// One stream of one instance. Lines of different instances do not mix.
#[derive(Clone)]
pub(super) struct LineStream {
    sink: GuestLog,
    line: Arc<Mutex<Vec<u8>>>,
}

impl LineStream {
    pub(super) fn new(sink: GuestLog) -> Self {
        Self { sink, line: Arc::default() }
    }

    fn take(&self, bytes: &[u8]) {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ended) = match piece.split_last() {
                Some((b'\n', text)) => (text, true),
                _ => (piece, false),
            };
            let room = MAX_LINE - line.len();
            line.extend_from_slice(&text[..text.len().min(room)]);
            if ended {
                (self.sink)(&String::from_utf8_lossy(&line));
                line.clear();
            }
        }
    }
}

impl IsTerminal for LineStream {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for LineStream {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for LineStream {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.take(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(MAX_LINE)
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for LineStream {
    async fn ready(&mut self) {}
}

impl AsyncWrite for LineStream {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        self.take(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_out_whole_and_bounded() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = lines.clone();
        let stream = LineStream::new(Arc::new(move |line: &str| sink.lock().unwrap().push(line.to_owned())));
        stream.take(b"on");
        stream.take(b"e\ntwo\n\nthr");
        stream.take(&vec![b'e'; MAX_LINE * 2]);
        stream.take(b"\n");
        let lines = lines.lock().unwrap();
        assert_eq!(lines[..3], ["one", "two", ""]);
        assert_eq!(lines[3].len(), MAX_LINE);
        assert_eq!(lines.len(), 4);
    }
}
