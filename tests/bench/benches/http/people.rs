//! The requests of people who sign in, through both account APIs. Each checks its answer.

use crate::client::{Answer, Client};
use anyhow::{Context as _, Result, ensure};

const JSON: &str = "content-type: application/json\r\n";
const TENANT: &str = "content-type: application/json\r\npartnerid: 1\r\n";
const PASSWORD: &str = "Correct-horse-1";
/// Right in the sandbox, while a code is outstanding.
const CODE: &str = "123456";

/// A session that waits for its second factor.
pub struct Pending(String);

/// Makes the account with this number, and answers an access token of it.
pub async fn register(client: &mut Client, number: usize) -> Result<String> {
    let body = format!(r#"{{"email":"p{number}@example.com","password":"{PASSWORD}"}}"#);
    expect(&client.send("POST", "/reg/v1/signup", TENANT, &body).await?, 200, "result")?;
    let body = format!(
        r#"{{"email":"p{number}@example.com","password":"{PASSWORD}","emailConfirmCode":"{CODE}","termsAndConditionsConfirmed":true,"termsAndConditionsVersion":1,"userType":"person"}}"#
    );
    let answer = client.send("POST", "/reg/v1/signup/confirm", TENANT, &body).await?;
    expect(&answer, 200, "access_token")?;
    member(&answer, "access_token")
}

/// A name and its password: a pending session, and a code on its way.
pub async fn sign_in(client: &mut Client, number: usize) -> Result<Pending> {
    let body = format!(r#"{{"email":"p{number}@example.com","password":"{PASSWORD}"}}"#);
    let answer = client.send("POST", "/auth/login", JSON, &body).await?;
    expect(&answer, 200, r#""requires_2fa":true"#)?;
    Ok(Pending(member(&answer, "session_id")?))
}

/// The second factor: the session is active.
pub async fn verify(client: &mut Client, Pending(session): &Pending) -> Result<()> {
    let headers = format!("{JSON}x-session-id: {session}\r\n");
    let body = format!(r#"{{"code":"{CODE}","method":"email","action":"login"}}"#);
    let answer = client.send("POST", "/auth/two_factor/verify", &headers, &body).await?;
    expect(&answer, 200, r#""verified":true"#)
}

/// Any request with an access token.
pub async fn who_am_i(client: &mut Client, token: &str) -> Result<()> {
    let headers = format!("authorization: Bearer {token}\r\n");
    expect(&client.send("GET", "/reg/v1/user/info", &headers, "").await?, 200, "userId")
}

fn expect(answer: &Answer<'_>, status: u16, text: &str) -> Result<()> {
    ensure!(answer.status == status && answer.body.contains(text), "{} {}", answer.status, answer.body);
    Ok(())
}

/// A text of an answer, the first of this name.
fn member(answer: &Answer<'_>, name: &str) -> Result<String> {
    let (_, rest) =
        answer.body.split_once(&format!(r#""{name}":""#)).with_context(|| format!("no {name}"))?;
    Ok(rest.split_once('"').context("a text ends")?.0.to_owned())
}
