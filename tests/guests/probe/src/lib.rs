//! A WASI 0.3 HTTP component that misbehaves on request: each path is one way to harm a host. What the harness does
//! about it is in host/tests/guest.rs.

use spin_sdk::http::{IntoResponse, Request, Response};
use spin_sdk::http_service;
use spin_sdk::wasip3::clocks::monotonic_clock;
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};

/// Requests this instance has taken on.
static TAKEN: AtomicU32 = AtomicU32::new(0);

const MINUTE_IN_NANOSECONDS: u64 = 60_000_000_000;

#[http_service]
async fn probe(request: Request) -> impl IntoResponse {
    let taken = TAKEN.fetch_add(1, Ordering::Relaxed) + 1;
    let body = match request.uri().path() {
        "/spin" => loop {
            black_box(taken);
        },
        "/sleep" => {
            monotonic_clock::wait_for(MINUTE_IN_NANOSECONDS).await;
            String::new()
        }
        "/trap" => std::process::abort(),
        "/memory" => black_box(vec![1_u8; 256 << 20]).len().to_string(),
        "/large" => "x".repeat(8 << 20),
        // What of the request's head gets here.
        "/head" => {
            let headers = request.headers().iter();
            headers.map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap_or("?"))).collect()
        }
        _ => taken.to_string(),
    };
    // No content-length: the harness says it.
    Response::builder().header("x-from", "probe").body(body)
}
