//! The requests of a partner, as docs/api.md has them. Each checks its answer: a server that fails fast is not fast.

use crate::client::{Answer, Client};
use anyhow::{Context as _, Result, ensure};

/// The key of the sandbox.
const KEY: &str = "x-api-key: sandbox-key\r\ncontent-type: application/json\r\n";
/// Confirms everything in the sandbox.
const RIGHT: u32 = 123_456;
/// Confirms nothing, but for one challenge in a million.
const WRONG: u32 = 0;

/// Makes a customer and answers its id.
pub async fn create_customer(client: &mut Client, number: usize) -> Result<String> {
    let headers = format!("{KEY}idempotency-key: bench-{number}\r\n");
    let body =
        format!(r#"{{"customer_type":"Person","email":"c{number}@example.com","name":"Ada Lovelace"}}"#);
    let answer = client.send("POST", "/api/customers", &headers, &body).await?;
    Ok(expect(&answer, 201, "").and_then(|()| id(answer.body))?.to_owned())
}

/// A page of 100 customers, and the cursor of the one behind it.
pub async fn page(client: &mut Client, more: &str) -> Result<Option<String>> {
    let path = format!("/api/customers?page_size=100{more}");
    let answer = client.send("GET", &path, KEY, "").await?;
    expect(&answer, 200, "\"items\"")?;
    ensure!(answer.body.matches("customer_type").count() == 100, "a page that is not full");
    let cursor = answer.body.split_once("\"cursor\":\"").and_then(|(_, rest)| rest.split_once('"'));
    Ok(cursor.map(|(cursor, _)| cursor.to_owned()))
}

/// Asks for another address, which issues a challenge. Answers the id of the code.
pub async fn issue(client: &mut Client, customer: &str, address: usize) -> Result<String> {
    let path = format!("/api/customers/{customer}");
    let answer = client.send("PUT", &path, KEY, &format!(r#"{{"email":"a{address}@example.org"}}"#)).await?;
    expect(&answer, 204, "")?;
    Ok(answer.code.context("the id of a code")?.to_owned())
}

/// Looks up the code that waits for a customer.
pub async fn look_up(client: &mut Client, customer: &str) -> Result<()> {
    let path = format!("/api/authentication-codes/entity/{customer}");
    expect(&client.send("GET", &path, KEY, "").await?, 200, "Pending")
}

pub async fn confirm(client: &mut Client, code: &str) -> Result<()> {
    expect(&submit(client, code, RIGHT).await?, 200, "Confirmed")
}

pub async fn fail(client: &mut Client, code: &str) -> Result<()> {
    expect(&submit(client, code, WRONG).await?, 200, "")
}

async fn submit<'a>(client: &'a mut Client, code: &str, digits: u32) -> Result<Answer<'a>> {
    let path = format!("/api/authentication-codes/{code}");
    client.send("PUT", &path, KEY, &format!(r#"{{"code":{digits}}}"#)).await
}

/// Any request that the component answers and that leaves nothing behind.
pub async fn look(client: &mut Client) -> Result<()> {
    let path = "/api/authentication-codes/entity/00000000-0000-7000-8000-000000000000";
    expect(&client.send("GET", path, KEY, "").await?, 404, "")
}

/// The same of a component that says nothing but hello.
pub async fn hello(client: &mut Client, body: &str) -> Result<()> {
    expect(&client.send("PUT", "/api/authentication-codes/x", KEY, body).await?, 200, "hello")
}

/// As long as the body that [`fail`] sends.
pub fn body() -> String {
    format!(r#"{{"code":{WRONG}}}"#)
}

fn expect(answer: &Answer<'_>, status: u16, text: &str) -> Result<()> {
    ensure!(answer.status == status && answer.body.contains(text), "{} {}", answer.status, answer.body);
    Ok(())
}

/// The first member called `id`.
fn id(body: &str) -> Result<&str> {
    let (_, rest) = body.split_once(r#""id":""#).with_context(|| format!("no id in {body}"))?;
    Ok(rest.split_once('"').context("an id ends")?.0)
}
