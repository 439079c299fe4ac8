//! From a name to addresses.

use futures::future::{BoxFuture, FutureExt};
use std::io;
use std::net::{IpAddr, ToSocketAddrs};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Lookups at once. Each holds a thread, and cannot be called off: it may well outlive the request it was for.
const LOOKUPS: usize = 16;

/// Finds the addresses of a host. Tests bring one that says what they want.
pub trait Resolve: Send + Sync + 'static {
    /// Every address the name has at this moment. It is looked up once for each request: what is checked is what is
    /// connected to.
    ///
    /// # Errors
    /// Whatever kept it from being found. The text is not shown to anybody.
    fn resolve(&self, host: String) -> BoxFuture<'_, io::Result<Vec<IpAddr>>>;
}

/// The machine's own resolver.
pub(super) struct System(Arc<Semaphore>);

impl System {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(LOOKUPS)))
    }
}

impl Resolve for System {
    fn resolve(&self, host: String) -> BoxFuture<'_, io::Result<Vec<IpAddr>>> {
        async move {
            let lookup = self.0.clone().acquire_owned().await.map_err(io::Error::other)?;
            let found = tokio::task::spawn_blocking(move || {
                let _lookup = lookup;
                let addresses = (host.as_str(), 0).to_socket_addrs()?;
                Ok(addresses.map(|address| address.ip()).collect())
            });
            found.await.map_err(io::Error::other)?
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    /// Guards against a filter that looks at the text: the system takes all of these for the loopback address.
    #[tokio::test]
    async fn odd_ways_to_write_an_address_come_out_as_the_address() {
        for host in ["127.1", "2130706433", "0x7f.1", "0x7f000001", "017700000001"] {
            let found = System::new().resolve(host.into()).await.unwrap();
            assert!(found.iter().all(|address| *address == Ipv4Addr::LOCALHOST), "{host}: {found:?}");
            assert!(!found.is_empty(), "{host}");
        }
    }
}
