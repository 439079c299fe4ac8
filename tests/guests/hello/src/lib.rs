//! The least a WASI 0.3 HTTP component can do: 200 `hello` to every request. It is what the harness is tested
//! with, and what the benchmarks measure the real component against.

use spin_sdk::http::{IntoResponse, Request, Response};
use spin_sdk::http_service;

#[http_service]
async fn hello(_request: Request) -> impl IntoResponse {
    // Without a content-length a host has to send the body in chunks, which costs a packet more.
    Response::builder().header("content-length", "5").body("hello".to_string())
}
