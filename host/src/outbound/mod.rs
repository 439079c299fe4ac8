//! HTTP that the guest sends: to the public internet over TLS, and to networks that the operator allows.
//!
//! Others say where such a request goes. So that nobody reaches what only this machine reaches, the addresses of a
//! host are looked up here, every one of them is checked, and it is those that are connected to.

mod addresses;
mod connect;
mod exchange;
mod resolve;
mod room;
mod target;
mod tls;

pub use resolve::Resolve;
pub use tls::RootsError;

use crate::http::TraceId;
use addresses::{Rules, Verdict, canonical};
use http::{Request, Response};
use ipnet::IpNet;
use room::Rooms;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use target::{Host, Target};
use tls::Tls;
use tokio::time::{Instant, timeout_at};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

/// Bounds on what the guest, and whoever answers it, can make the harness spend.
#[derive(Clone, Debug)]
pub struct OutboundLimits {
    /// Requests on their way at once. One counts until its answer has been read or dropped.
    pub requests: usize,
    /// Of these, how many may go to one host.
    pub requests_per_host: usize,
    /// How long a request may wait for one of the others to end.
    pub queue_time: Duration,
    /// How long looking up the host, connecting, and TLS may take.
    pub connect_time: Duration,
    /// How long everything may take, from the guest's call to the end of the answer's body.
    pub total_time: Duration,
    /// Bytes of an answer's line and headers. At least 8192.
    pub head_bytes: usize,
    /// How many headers an answer may have.
    pub headers: usize,
    /// Bytes of an answer's body.
    pub body_bytes: usize,
}

impl Default for OutboundLimits {
    fn default() -> Self {
        Self {
            requests: 64,
            requests_per_host: 4,
            queue_time: Duration::from_secs(2),
            connect_time: Duration::from_secs(5),
            total_time: Duration::from_secs(10),
            head_bytes: 16 << 10,
            headers: 64,
            body_bytes: 64 << 10,
        }
    }
}

/// What the guest may send, and to whom. Redirects are not followed, and no proxy is used.
pub struct Outbound {
    limits: OutboundLimits,
    rules: Rules,
    resolver: Arc<dyn Resolve>,
    tls: Tls,
    rooms: Rooms,
}

impl Default for Outbound {
    fn default() -> Self {
        Self::new(OutboundLimits::default())
    }
}

impl Outbound {
    /// To public addresses and over `https` only, trusting the machine's root certificates.
    pub fn new(limits: OutboundLimits) -> Self {
        Self {
            rooms: Rooms::new(&limits),
            limits,
            rules: Rules::default(),
            resolver: Arc::new(resolve::System::new()),
            tls: Tls::default(),
        }
    }

    /// Also to these networks, and there also over `http`.
    #[must_use]
    pub fn allow(mut self, networks: impl IntoIterator<Item = IpNet>) -> Self {
        self.rules.allow(networks);
        self
    }

    /// Trusting these root certificates, in PEM form, as well.
    ///
    /// # Errors
    /// [`RootsError`] if there is none, or one of them cannot be used.
    pub fn extra_roots(mut self, pem: &[u8]) -> Result<Self, RootsError> {
        self.tls.trust(pem)?;
        Ok(self)
    }

    /// Finding addresses in another way. For tests.
    #[must_use]
    pub fn resolver(mut self, resolver: Arc<dyn Resolve>) -> Self {
        self.resolver = resolver;
        self
    }

    /// Sends a request once `ready` has come out well.
    pub(crate) async fn send(
        &self,
        request: Request<WasiBody>,
        options: RequestOptions,
        ready: impl Future<Output = Result<(), Error>>,
        trace: Option<TraceId>,
    ) -> Result<Response<WasiBody>, Error> {
        let target = Target::of(request.uri())?;
        let host = target.host.text();
        let sent = self.send_to(&target, &host, request, options, ready).await;
        if let Err(error) = &sent {
            // Path and query may hold what opens a door.
            let trace_id = trace.map(tracing::field::display);
            tracing::warn!(host, %error, trace_id, "an outbound request failed");
        }
        sent
    }

    async fn send_to(
        &self,
        target: &Target,
        host: &str,
        request: Request<WasiBody>,
        options: RequestOptions,
        ready: impl Future<Output = Result<(), Error>>,
    ) -> Result<Response<WasiBody>, Error> {
        let limits = &self.limits;
        let until = Instant::now() + limits.total_time;
        timeout_at(until, ready).await.map_err(|_| Error::InternalError(None))??;
        let room = self.rooms.enter(host).await.ok_or(Error::ConnectionLimitReached)?;
        let connect_time = options.connect_timeout.unwrap_or(limits.connect_time).min(limits.connect_time);
        let connected = until.min(Instant::now() + connect_time);
        let addresses =
            timeout_at(connected, self.addresses(&target.host)).await.map_err(|_| Error::DnsTimeout)??;
        self.check(target, &addresses)?;
        let stream = connect::connect(&addresses, target.port, connected).await?;
        let answered = match options.first_byte_timeout {
            Some(time) => until.min(Instant::now() + time),
            None => until,
        };
        let answer = if target.is_secure {
            let stream = timeout_at(connected, self.tls.connect(host, stream))
                .await
                .map_err(|_| Error::ConnectionTimeout)??;
            timeout_at(answered, exchange::exchange(stream, request, limits, room, until)).await
        } else {
            timeout_at(answered, exchange::exchange(stream, request, limits, room, until)).await
        };
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            // The connection may find out first that the time is over.
            Ok(Err(error)) if Instant::now() < answered => Err(error),
            Ok(Err(_)) | Err(_) => Err(Error::HttpResponseTimeout),
        }
    }

    async fn addresses(&self, host: &Host) -> Result<Vec<IpAddr>, Error> {
        let found = match host {
            Host::Address(address) => vec![*address],
            Host::Name(name) => self.resolver.resolve(name.clone()).await.unwrap_or_default(),
        };
        if found.is_empty() {
            return Err(Error::DnsError { rcode: None, info_code: None });
        }
        Ok(found.into_iter().map(canonical).collect())
    }

    /// One address that is out of reach is enough: a name that has such a one beside others is no honest one.
    fn check(&self, target: &Target, addresses: &[IpAddr]) -> Result<(), Error> {
        for address in addresses {
            match self.rules.judge(*address) {
                Verdict::Allowed => {}
                Verdict::Public if target.is_secure => {}
                Verdict::Public => return Err(Error::HttpRequestDenied),
                Verdict::Prohibited => return Err(Error::DestinationIpProhibited),
            }
        }
        Ok(())
    }
}
