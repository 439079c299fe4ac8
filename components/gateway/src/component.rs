//! The component: [`answer`] as a WASI 0.3 HTTP service, over the imports of the WIT world `gateway`.

use crate::bindings::stepgate::otp::{challenges as core, delivery, settings, store};
use crate::{
    Body, BodyError, Challenges, Deliver, NoAnswer, Outbound, SettingUnavailable, Settings, Surroundings,
    answer,
};
use ::core::time::Duration;
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use spin_sdk::http::{FullBody, IntoResponse, Request, Response};
use spin_sdk::http_service;
use spin_sdk::wasip3::http::types::{ErrorCode, Request as WasiRequest};
use spin_sdk::wasip3::http_compat::IncomingBody;
use spin_sdk::wasip3::random::random::get_random_u64;
use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};
use stepgate_storage::{CounterKey, RecordKey, Store, StoreError, Timestamp};

#[http_service]
async fn handle(request: Request) -> impl IntoResponse {
    let request = request.map(Incoming);
    let response: Response<FullBody<Bytes>> =
        answer(&Host, request).await.map(|body| FullBody::new(Bytes::from(body)));
    response
}

struct Incoming(IncomingBody<WasiRequest>);

impl Body for Incoming {
    async fn read(self, limit: usize) -> Result<Vec<u8>, BodyError> {
        match Limited::new(self.0, limit).collect().await {
            Ok(body) => Ok(body.to_bytes().into()),
            Err(error) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
            Err(_) => Err(BodyError::Broken),
        }
    }
}

/// Whatever this component was composed with or is run by.
struct Host;

impl Store for Host {
    fn get(&self, key: &RecordKey) -> Result<Option<String>, StoreError> {
        store::get(key.text()).map_err(store_error)
    }

    fn set(&self, key: &RecordKey, value: &str) -> Result<(), StoreError> {
        store::set(key.text(), value, key.expires()).map_err(store_error)
    }

    fn delete(&self, key: &RecordKey) -> Result<(), StoreError> {
        store::delete(key.text()).map_err(store_error)
    }

    fn delete_counter(&self, key: &CounterKey) -> Result<(), StoreError> {
        store::delete(key.text()).map_err(store_error)
    }

    fn add(&self, key: &CounterKey, delta: i64) -> Result<i64, StoreError> {
        store::add(key.text(), delta, key.expires()).map_err(store_error)
    }
}

fn store_error(error: store::Error) -> StoreError {
    match error {
        store::Error::Unavailable(why) => StoreError::Unavailable(why),
        store::Error::Refused(why) => StoreError::Refused(why),
    }
}

impl Challenges for Host {
    fn issue(
        &self,
        request: &core::Request,
        keys: &[core::Key],
        ticket: Option<core::Ticket>,
    ) -> Result<core::Issuing, core::Error> {
        core::issue(request, keys, ticket)
    }

    fn verify(
        &self,
        scope: &str,
        id: &str,
        code: &str,
        keys: &[core::Key],
        sandbox: bool,
    ) -> Result<core::Verified, core::Error> {
        core::verify(scope, id, None, code, keys, sandbox)
    }

    fn open_link(&self, token: &str, keys: &[core::Key]) -> Result<core::Challenge, core::Error> {
        core::open_link(token, keys)
    }

    fn confirm_link(&self, token: &str, keys: &[core::Key]) -> Result<core::Verified, core::Error> {
        core::confirm_link(token, keys)
    }

    fn status(&self, scope: &str, id: &str) -> Result<core::Challenge, core::Error> {
        core::status(scope, id)
    }

    fn current(&self, scope: &str, entity: &str) -> Result<core::EntityState, core::Error> {
        core::current(scope, entity)
    }

    fn cancel(
        &self,
        scope: &str,
        entity: &str,
        ticket: Option<core::Ticket>,
    ) -> Result<core::Closing, core::Error> {
        core::cancel(scope, entity, ticket)
    }
}

impl Deliver for Host {
    fn send(&self, message: &delivery::Message) -> Result<(), delivery::Error> {
        delivery::send(message)
    }
}

impl Settings for Host {
    fn setting(&self, name: &str) -> Result<Option<String>, SettingUnavailable> {
        settings::get(name).map_err(|_| SettingUnavailable)
    }
}

impl Outbound for Host {
    async fn post(&self, request: http::Request<Vec<u8>>) -> Result<http::StatusCode, NoAnswer> {
        let request = request.map(|body| FullBody::new(Bytes::from(body)));
        // What else is in the answer is dropped with it, which ends the connection.
        spin_sdk::http::send(request).await.map(|answer| answer.status()).map_err(no_answer)
    }
}

fn no_answer(error: ErrorCode) -> NoAnswer {
    match error {
        ErrorCode::HttpRequestDenied | ErrorCode::DestinationIpProhibited => NoAnswer::NotAllowed,
        ErrorCode::ConnectionLimitReached => NoAnswer::Busy,
        ErrorCode::HttpResponseTimeout | ErrorCode::ConnectionTimeout | ErrorCode::DnsTimeout => {
            NoAnswer::TooLate
        }
        _ => NoAnswer::Failed,
    }
}

impl Surroundings for Host {
    fn now(&self) -> Timestamp {
        // A clock before 1970 counts as 1970: everything is long in the future then, and nothing is confirmed early.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            let random = get_random_u64().to_ne_bytes();
            for (to, from) in chunk.iter_mut().zip(random) {
                *to = from;
            }
        }
        bytes
    }

    async fn sleep(&self, time: Duration) {
        spin_sdk::time::sleep(time).await;
    }

    fn log(&self, line: &str) {
        // In one piece: each write is several calls to the host. A log that cannot be written to stops nothing.
        let line = [line.as_bytes(), b"\n"].concat();
        let _ = std::io::stderr().write_all(&line);
    }
}
