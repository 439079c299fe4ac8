//! `wasi:http` as the guest sends with it, in both of its versions.

use super::Ports;
use super::in_hand::InHand;
use crate::store::Seen;
use http::{Request, Response};
use std::sync::Arc;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Sent = Result<(Response<WasiBody>, Io), Error>;

/// What an instance sends with: nothing, unless the harness was given an [`Outbound`](crate::Outbound).
pub(super) struct Outgoing {
    pub(super) ports: Arc<Ports>,
    pub(super) in_hand: InHand,
}

impl WasiHttpHooks for Outgoing {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _done: Io,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let Some(outbound) = self.ports.outbound.clone() else {
            return Box::new(async { Err(Error::HttpRequestDenied) });
        };
        let (seen, trace) = (self.in_hand.seen(), self.in_hand.trace());
        let ready = durable(self.ports.clone(), seen);
        Box::new(async move {
            let answer = outbound.send(request, options.unwrap_or_default(), ready, trace).await?;
            // The connection drives itself.
            let io: Io = Box::new(async { Ok(()) });
            Ok((answer, io))
        })
    }
}

/// A request must not leave before what it rests on is durable: after a crash it would be sent again, or tell of what
/// never was.
async fn durable(ports: Arc<Ports>, seen: Seen) -> Result<(), Error> {
    ports.store.durable(seen).await.map_err(|error| {
        tracing::error!(%error, "an outbound request is withheld");
        Error::InternalError(None)
    })
}
