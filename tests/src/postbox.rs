//! A delivery service such as Spin's adapter posts to.

use crate::Outbox;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use stepgate_host::delivery::{Channel, Delivery as _, DeliveryError, Message};
use tokio::net::TcpListener;

/// Takes messages over HTTP and puts them into `outbox`, until the runtime ends.
pub(crate) async fn open(outbox: Arc<Outbox>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("a listener has an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let outbox = outbox.clone();
            let service = service_fn(move |request| {
                let outbox = outbox.clone();
                async move { Ok::<_, Infallible>(take(&outbox, request).await) }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    address
}

async fn take(outbox: &Outbox, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let body = request.into_body().collect().await.expect("the adapter sends a whole body").to_bytes();
    let notice: Value = serde_json::from_slice(&body).expect("the adapter sends JSON");
    let text = |field: &str| notice[field].as_str().expect("the field is there").to_owned();
    let channel = if notice["channel"] == "sms" { Channel::Sms } else { Channel::Email };
    let message = Message { channel, to: text("to"), subject: text("subject"), text: text("text") };
    let status = match outbox.send(message).await {
        Ok(()) => StatusCode::ACCEPTED,
        Err(DeliveryError::Refused(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
