//! The route: who calls, one pass over the keys, and what it came to.

use std::time::{SystemTime, UNIX_EPOCH};

use spin_sdk::experimental::wasi::keyvalue::{batch, store as keyvalue};
use spin_sdk::http::{IntoResponse, Method, Request, Response, StatusCode};
use spin_sdk::http_service;
use spin_sdk::key_value::Store;
use spin_sdk::variables;

use crate::caller::{Caller, identify};
use crate::expiry::is_over;

const LABEL: &str = "default";

/// How many keys one call removes at most. It bounds this component's memory; a caller comes back for more.
const PER_CALL: usize = 20_000;

/// How many keys are removed in one step. On SQLite that is one transaction, and requests wait while it lasts.
const PER_STEP: usize = 500;

struct Swept {
    removed: usize,
    /// Whether the pass stopped before it had seen every key.
    more: bool,
}

/// The store failed. What had been removed by then is removed.
struct Failed;

#[http_service]
async fn handle(request: Request) -> impl IntoResponse {
    // A variable that cannot be read counts as one that is not set: no route.
    let token = variables::get("sweep_token").await.unwrap_or_default();
    let authorization = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    match identify(&token, authorization) {
        Caller::NoRoute => answer(StatusCode::NOT_FOUND, String::new()),
        Caller::Stranger => answer(StatusCode::UNAUTHORIZED, String::new()),
        Caller::Operator if request.method() != Method::POST => {
            answer(StatusCode::METHOD_NOT_ALLOWED, String::new())
        }
        Caller::Operator => match sweep(now()).await {
            Ok(Swept { removed, more }) => {
                answer(StatusCode::OK, format!("{{\"removed\":{removed},\"more\":{more}}}\n"))
            }
            Err(Failed) => answer(StatusCode::SERVICE_UNAVAILABLE, String::new()),
        },
    }
}

/// Reads first and removes then: Spin's SQLite store is locked for as long as its keys are being streamed, so a removal
/// in between would wait for ever.
async fn sweep(now: u64) -> Result<Swept, Failed> {
    let mut over = Vec::new();
    let store = Store::open(LABEL).await.map_err(|_| Failed)?;
    let mut keys = store.get_keys().await;
    while over.len() < PER_CALL
        && let Some(key) = keys.next().await
    {
        if is_over(&key, now) {
            over.push(key);
        }
    }
    let more = over.len() == PER_CALL;
    if more {
        // Letting go of the stream ends the scan, and with it the lock.
        drop(keys);
    } else {
        keys.result().await.map_err(|_| Failed)?;
    }

    let bucket = keyvalue::open(LABEL).map_err(|_| Failed)?;
    for step in over.chunks(PER_STEP) {
        batch::delete_many(&bucket, step).map_err(|_| Failed)?;
    }
    Ok(Swept { removed: over.len(), more })
}

/// A clock before 1970 counts as 1970: nothing is over then.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn answer(status: StatusCode, body: String) -> impl IntoResponse {
    Response::builder().status(status).header("content-length", body.len()).body(body)
}
