//! A program of one's own around the component: everything in memory, nothing sent.
//!
//! ```sh
//! cargo run --release -p stepgate-host --example embed -- target/components/hello.wasm 127.0.0.1:8081
//! ```

use std::error::Error;
use stepgate_host::Harness;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let component = arguments.next().ok_or("which component?")?;
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:0".into());
    let harness = Harness::builder().component(std::fs::read(component)?).build()?;
    let listener = TcpListener::bind(address).await?;
    println!("http://{}", listener.local_addr()?);
    harness.serve(listener, std::future::pending()).await;
    Ok(())
}
