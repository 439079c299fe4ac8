//! What a newcomer reads first.

use super::config::SANDBOX_API_KEY;
use std::io::Write;
use std::net::SocketAddr;
use uuid::Uuid;

/// Says where the program listens; in the sandbox also what to do next.
pub(super) fn print(address: SocketAddr, sandbox: bool) {
    let url = url(address);
    let text = if sandbox { tour(&url) } else { format!("Stepgate listens on {url}\n") };
    // Nobody may be reading.
    let mut out = std::io::stdout().lock();
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// An address that a browser on this machine can open.
pub(super) fn url(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => format!("http://127.0.0.1:{}", v4.port()),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => format!("http://[::1]:{}", v6.port()),
        _ => format!("http://{address}"),
    }
}

fn tour(url: &str) -> String {
    // Fresh at each start, and the same when a line is pasted twice: then the first answer comes again.
    let idempotency_key = Uuid::from_bytes(rand::random());
    let key = SANDBOX_API_KEY;
    format!(
        r#"Stepgate listens on {url}

!! SANDBOX: the code 123456 confirms everything, and the API key is known to the whole world.
!! Nothing is sent; what would be sent is in the inbox: {url}/inbox

Try it. Paste these lines into a shell:

  # a customer
  ID=$(curl -s {url}/api/customers -H 'X-API-Key: {key}' -H 'IDEMPOTENCY-KEY: {idempotency_key}' -H 'Content-Type: application/json' -d '{{"customer_type":"Person","email":"ada@example.com","name":"Ada"}}' | sed 's/.*"id" *: *"\([0-9a-f-]*\)".*/\1/'); echo "$ID"
  # asks for another e-mail address: it waits until its owner confirms
  curl -s -i -X PUT {url}/api/customers/$ID -H 'X-API-Key: {key}' -H 'Content-Type: application/json' -d '{{"email":"ada@new.example"}}'
  # the message with code and link; as a page it is at {url}/inbox
  curl -s {url}/inbox.json; echo
  # the code's id
  CODE=$(curl -s {url}/api/authentication-codes/entity/$ID -H 'X-API-Key: {key}' | sed 's/.*"id" *: *"\([0-9a-f-]*\)".*/\1/'); echo "$CODE"
  # confirms
  curl -s -X PUT {url}/api/authentication-codes/$CODE -H 'X-API-Key: {key}' -H 'Content-Type: application/json' -d '{{"code":123456}}'; echo
  # and the address has changed
  curl -s {url}/api/customers/$ID -H 'X-API-Key: {key}'; echo

People sign in at {url}/reg/v1/auth/token (partnerId: 1) or {url}/auth/login, with accounts of their own: see the README, "Sign people in".

Ctrl-C ends it. `stepgate --help` says how to run it for real.
"#
    )
}
