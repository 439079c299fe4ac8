//! TCP, to addresses that have been checked.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use wasmtime_wasi_http::Error;

/// The first of them that answers. Each gets an equal part of the time that is left, so that one that is silent does not
/// take it all.
pub(super) async fn connect(addresses: &[IpAddr], port: u16, until: Instant) -> Result<TcpStream, Error> {
    let mut failure = Error::DestinationNotFound;
    let mut left = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
    for address in addresses {
        let now = Instant::now();
        let part = now + until.saturating_duration_since(now) / left.max(1);
        left -= 1;
        match timeout_at(part, TcpStream::connect(SocketAddr::new(*address, port))).await {
            Ok(Ok(stream)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "TCP_NODELAY could not be set");
                }
                return Ok(stream);
            }
            Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => {
                failure = Error::ConnectionRefused;
            }
            Ok(Err(_)) => failure = Error::DestinationUnavailable,
            Err(_) => failure = Error::ConnectionTimeout,
        }
    }
    Err(failure)
}
