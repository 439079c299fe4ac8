//! A harness that listens, and a client that says exactly what it is told to.

use std::net::SocketAddr;
use std::path::PathBuf;
use stepgate_host::{Harness, HarnessBuilder, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Compiled code of the test components, kept between test runs.
pub fn compiled() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compiled")
}

pub fn hello() -> HarnessBuilder {
    Harness::builder().component(stepgate_artifacts::HELLO).cache(compiled())
}

pub struct Server {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn start(harness: Harness) -> Self {
        Self::start_on(TcpListener::bind("127.0.0.1:0").await.unwrap(), harness)
    }

    pub fn start_on(listener: TcpListener, harness: Harness) -> Self {
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            harness
                .serve(listener, async {
                    // A dropped sender stops it as well.
                    let _ = stopped.await;
                })
                .await;
        });
        Self { address, stop: Some(stop), task }
    }

    pub async fn hello(limits: Limits) -> Self {
        Self::start(hello().limits(limits).build().unwrap()).await
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes on a connection of their own, and returns all that comes back until the server closes it.
    pub async fn send(&self, bytes: impl AsRef<[u8]>) -> Answer {
        let mut stream = self.connect().await;
        // The server may close before it has read all of it.
        let _ = stream.write_all(bytes.as_ref()).await;
        read(&mut stream).await
    }

    pub fn stop(&mut self) {
        self.stop.take();
    }

    pub async fn stopped(self) {
        self.task.await.unwrap();
    }
}

pub async fn read(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    // What comes before a reset counts.
    let _ = stream.read_to_end(&mut bytes).await;
    Answer(String::from_utf8(bytes).unwrap())
}

#[derive(Debug)]
pub struct Answer(pub String);

impl Answer {
    pub fn status(&self) -> u16 {
        self.0
            .get(9..12)
            .and_then(|status| status.parse().ok())
            .unwrap_or_else(|| panic!("no answer: {self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.0.split("\r\n\r\n").next()?;
        head.lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .find_map(|(header, value)| header.eq_ignore_ascii_case(name).then_some(value))
    }

    pub fn body(&self) -> &str {
        self.0.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }
}
