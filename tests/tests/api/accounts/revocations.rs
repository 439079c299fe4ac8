//! docs/tokens.md: what programs know that verify tokens by themselves. Issue: revocable within a minute.

use super::people::{Person, opens, text};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_compact::{PublicKey, Signature};
use http::Method;
use serde_json::{Value, json};
use stepgate_tests::{App, Host, PRODUCTION_URL};

stepgate_tests::suite! {
    the_published_key_verifies_an_access_token,
    what_ends_a_token_is_in_the_feed_at_once,
    a_place_in_the_feed_that_is_none_is_refused,
}

const FEED: &str = "/reg/v1/auth/revocations";

fn part(token: &str, nth: usize) -> Vec<u8> {
    let part = token.split('.').nth(nth).expect("three parts");
    URL_SAFE_NO_PAD.decode(part).expect("base64url")
}

fn claims(token: &str) -> Value {
    serde_json::from_slice(&part(token, 1)).expect("JSON")
}

async fn the_published_key_verifies_an_access_token(host: Host) {
    let app = App::production(host).await;
    let (_, tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let token = text(&tokens, "access_token");
    let set = app.visitor().send(Method::GET, "/.well-known/jwks.json", &[], "").await.expect(200).json();
    let header: Value = serde_json::from_slice(&part(&token, 0)).expect("JSON");
    assert_eq!((&header["alg"], &header["typ"]), (&json!("EdDSA"), &json!("at+jwt")));
    let keys = set["keys"].as_array().expect("keys");
    let key = keys.iter().find(|key| key["kid"] == header["kid"]).expect("the key that it names");
    assert_eq!((&key["kty"], &key["crv"]), (&json!("OKP"), &json!("Ed25519")));
    assert!(key.get("d").is_none(), "the secret half");
    let key = URL_SAFE_NO_PAD.decode(text(key, "x")).expect("base64url");
    let key = PublicKey::from_slice(&key).expect("a key");
    let signature = Signature::from_slice(&part(&token, 2)).expect("a signature");
    let (signed, _) = token.rsplit_once('.').expect("three parts");
    assert!(key.verify(signed, &signature).is_ok());
    assert!(key.verify(format!("{signed}A"), &signature).is_err());
    let claims = claims(&token);
    assert_eq!((&claims["iss"], &claims["pid"]), (&json!(PRODUCTION_URL), &json!(7)));
    assert_eq!(claims["sub"], tokens["user_id"]);
    let (from, until) = (claims["iat"].as_u64().expect("seconds"), claims["exp"].as_u64().expect("seconds"));
    assert!(app.now().as_secs() - from <= 60);
    assert_eq!(Some(until - from), tokens["expires_in"].as_u64());
}

/// Somebody who polls the feed.
struct Reader<'a> {
    app: &'a App,
    next: String,
}

impl Reader<'_> {
    /// What is new.
    async fn poll(&mut self) -> Vec<Value> {
        let mut revoked = Vec::new();
        loop {
            let page = self.app.one().get(&format!("{FEED}{}", self.next)).await.expect(200).json();
            revoked.extend(page["revoked"].as_array().expect("a list").iter().cloned());
            self.next = format!("?after={}", text(&page, "next"));
            if page["more"] == false {
                return revoked;
            }
        }
    }
}

/// Signing out, a refresh token that comes twice, signing out everywhere, a lock, another password. Each is there before its request
/// is answered, and so within a minute for whoever asks twice a minute.
async fn what_ends_a_token_is_in_the_feed_at_once(host: Host) {
    let app = App::production(host).await;
    let (ada, first) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
    let portal = app.portal();
    let mut reader = Reader { app: &app, next: String::new() };
    assert_eq!(reader.poll().await, Vec::<Value>::new());
    let names_session = |revoked: &[Value], access: &str| {
        let sid = claims(access)["sid"].clone();
        revoked.iter().any(|entry| entry["sid"] == sid)
    };
    let names_account = |revoked: &[Value], access: &str| {
        let claims = claims(access);
        let later = |entry: &Value| entry["ep"].as_u64() > claims["ep"].as_u64();
        revoked.iter().any(|entry| entry["sub"] == claims["sub"] && later(entry))
    };
    let access = text(&first, "access_token");
    portal.bearer(Method::DELETE, "/reg/user/session/logout/current", &access, Value::Null).await.expect(200);
    let revoked = reader.poll().await;
    assert!(names_session(&revoked, &access) && revoked.len() == 1, "{revoked:?}");

    let (device, second) = ada.device(&app).await;
    let refresh = text(&second, "refresh_token");
    let third = portal.refresh(&refresh).await.expect(200).json();
    assert_eq!(reader.poll().await, Vec::<Value>::new(), "a refresh revokes nothing");
    portal.refresh(&refresh).await.expect(401);
    let revoked = reader.poll().await;
    assert!(names_session(&revoked, &text(&third, "access_token")) && revoked.len() == 1, "{revoked:?}");

    let tokens = ada.token_on(&device, stepgate_tests::PASSWORD).await.expect(200).json();
    let access = text(&tokens, "access_token");
    portal.bearer(Method::PUT, "/reg/user/session/logout", &access, Value::Null).await.expect(200);
    let revoked = reader.poll().await;
    assert!(names_account(&revoked, &access), "{revoked:?}");

    app.advance(super::people::MINUTE);
    let access = text(&ada.tokens(&app).await, "access_token");
    app.advance(super::people::MINUTE);
    ada.lock(&app).await;
    let revoked = reader.poll().await;
    assert!(names_account(&revoked, &access), "{revoked:?}");

    app.advance(super::people::LOCK);
    let access = text(&ada.tokens(&app).await, "access_token");
    assert!(opens(&app, &access).await);
    ada.reset(&app, "Another-horse-8").await;
    let revoked = reader.poll().await;
    assert!(names_account(&revoked, &access), "{revoked:?}");
    // Whoever starts now learns all of it.
    let all = Reader { app: &app, next: String::new() }.poll().await;
    assert!(all.len() >= 5, "{all:?}");
}

/// security.md: a cursor that is none; and who may ask.
async fn a_place_in_the_feed_that_is_none_is_refused(host: Host) {
    let app = App::production(host).await;
    let long = "9".repeat(4_000);
    for after in
        ["garbage", "-1.0", "1", "1.2.3.4.5", "18446744073709551616.0", "%00", "%ff", "%F0%9F%98%80", &long]
    {
        let answer = app.one().get(&format!("{FEED}?after={after}")).await.expect(400).json();
        assert_eq!(answer["status"], "BAD_REQUEST", "{after}");
        assert!(!answer.to_string().contains("garbage"), "{answer}");
    }
    app.one().get(&format!("{FEED}?after=1.1&after=1.1")).await.expect(400);
    // Far in the past or in the future is as good as none.
    app.one().get(&format!("{FEED}?after=1.1")).await.expect(200);
    let headers = [("x-api-key", "no-key-at-all")];
    app.visitor().send(Method::GET, FEED, &headers, "").await.expect(401);
    app.visitor().send(Method::GET, FEED, &[], "").await.expect(401);
    // The second partner keeps no accounts here.
    app.two().get(FEED).await.expect(403);
}
