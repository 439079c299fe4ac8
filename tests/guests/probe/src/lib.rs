//! A WASI 0.3 HTTP component that misbehaves on request: each path is one way to harm a host. What the harness does
//! about it is in host/tests/guest.rs; about what it sends, in host/tests/outbound.rs and host/tests/webhooks.rs.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use spin_sdk::http::body::IncomingBodyExt as _;
use spin_sdk::http::{HeaderMap, IntoResponse, Request, Response, StatusCode};
use spin_sdk::http_service;
use spin_sdk::wasip3::clocks::monotonic_clock;
use spin_sdk::wasip3::http::types::ErrorCode;
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};

/// Requests this instance has taken on.
static TAKEN: AtomicU32 = AtomicU32::new(0);

const MINUTE_IN_NANOSECONDS: u64 = 60_000_000_000;

#[http_service]
async fn probe(request: Request) -> impl IntoResponse {
    let taken = TAKEN.fetch_add(1, Ordering::Relaxed) + 1;
    let mut status = StatusCode::OK;
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
        // What a sign-in costs: Argon2id over the memory in `x-kibibytes`, as often as `x-passes` says.
        "/hash" => hash(request.headers()).unwrap_or_else(|| {
            status = StatusCode::SERVICE_UNAVAILABLE;
            "no memory".to_owned()
        }),
        // What of the request's head gets here.
        "/head" => {
            let headers = request.headers().iter();
            headers.map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap_or("?"))).collect()
        }
        "/send" => send(request.headers()).await.unwrap_or_else(|error| format!("{error:?}")),
        // Says what the server says whose URL is the token.
        "/internal/webhooks/run" => match ask(request.headers()).await {
            Ok((answered, body)) => {
                status = answered;
                body
            }
            Err(error) => {
                status = StatusCode::BAD_GATEWAY;
                format!("{error:?}")
            }
        },
        _ => taken.to_string(),
    };
    // No content-length: the harness says it.
    Response::builder().status(status).header("x-from", "probe").body(body)
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The beginning of the hash; none where the host gives no memory for it.
fn hash(headers: &HeaderMap) -> Option<String> {
    let number = |name| header(headers, name).parse().unwrap_or(8);
    let params = Params::new(number("x-kibibytes"), number("x-passes"), 1, None).ok()?;
    let mut memory: Vec<Block> = Vec::new();
    memory.try_reserve_exact(params.block_count()).ok()?;
    memory.resize(params.block_count(), Block::default());
    let mut hash = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(b"correct horse", b"0123456789abcdef", &mut hash, &mut memory)
        .ok()?;
    Some(format!("{:02x}{:02x}", hash[0], hash[1]))
}

/// Posts `ping` to the URL in `x-url`, reads the answer unless `x-read` says no, and tells of it.
async fn send(headers: &HeaderMap) -> Result<String, ErrorCode> {
    let answer = spin_sdk::http::post(header(headers, "x-url"), "ping").await?;
    let status = answer.status();
    if header(headers, "x-read") == "no" {
        return Ok(status.as_str().to_owned());
    }
    let body = answer.into_body().bytes().await?;
    Ok(format!("{} {}", status.as_str(), String::from_utf8_lossy(&body)))
}

async fn ask(headers: &HeaderMap) -> Result<(StatusCode, String), ErrorCode> {
    let url = header(headers, "authorization").trim_start_matches("Bearer ");
    let answer = spin_sdk::http::get(url).await?;
    let status = answer.status();
    let body = answer.into_body().bytes().await?;
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}
