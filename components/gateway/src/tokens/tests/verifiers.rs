//! Others read our keys and tokens: the crate `jsonwebtoken`, which verifies with `ring`.

use super::*;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Value, json};

fn published(ports: &TestPorts) -> Value {
    serde_json::to_value(keys(ports).jwks().unwrap()).unwrap()
}

/// As docs/tokens.md says that it is to be done.
fn verified(jwks: &Value, token: &str) -> Result<Value, jsonwebtoken::errors::Error> {
    let jwks: JwkSet = serde_json::from_value(jwks.clone()).unwrap();
    let header = decode_header(token)?;
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    let key = jwks.find(&header.kid.unwrap()).expect("the key is published");
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&["https://2fa.example.com"]);
    validation.set_required_spec_claims(&["iss", "sub", "exp"]);
    validation.leeway = 0;
    decode::<Value>(token, &DecodingKey::from_jwk(key)?, &validation).map(|token| token.claims)
}

/// Tokens that have not expired by the clock of this machine.
fn living(keys: &[&str]) -> TestPorts {
    let ports = with_keys(keys);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    ports.now.set(stepgate_storage::Timestamp(u64::try_from(now.as_millis()).unwrap()));
    ports
}

#[test]
fn the_keys_are_published_and_the_seeds_are_not() {
    let ports = with_keys(&[NEW, OLD]);
    let keys = published(&ports);
    let kept = |name: &str| keys["keys"].as_array().unwrap().iter().map(|key| key[name].clone()).collect();
    let each = |value: &str| json!([value, value]);
    assert_eq!(Value::Array(kept("kid")), json!(["new", "old"]));
    assert_eq!(Value::Array(kept("kty")), each("OKP"));
    assert_eq!(Value::Array(kept("crv")), each("Ed25519"));
    assert_eq!(Value::Array(kept("alg")), each("EdDSA"));
    assert_eq!(Value::Array(kept("use")), each("sig"));
    for key in keys["keys"].as_array().unwrap() {
        assert_eq!(key.as_object().unwrap().len(), 6, "{key}");
    }
    // The public key of the seed 01 02 … 20, by OpenSSL.
    assert_eq!(keys["keys"][1]["x"], PUBLIC_OF_OLD);
}

const PUBLIC_OF_OLD: &str = "ebVWLo_mVPlAeLES6KmLp5AfhTrmlb7X4OORC60ElmQ";

#[test]
fn another_implementation_reads_our_keys_and_believes_our_tokens() {
    let ports = living(&[OLD, NEW]);
    let said = verified(&published(&ports), &token(&ports)).unwrap();
    assert_eq!(said["sub"], "usr:97194684-29f8-468f-8a67-249f30240655");
    assert_eq!(said["ep"], 5);
    // And those of the key before, while that is published.
    let rotated = living(&[NEW, OLD]);
    assert!(verified(&published(&rotated), &token(&ports)).is_ok());
    assert!(verified(&published(&rotated), &token(&rotated)).is_ok());
}

#[test]
fn another_implementation_refuses_what_we_refuse() {
    let ports = living(&[OLD]);
    let keys = published(&ports);
    let token = token(&ports);
    let other = published(&with_keys(&[&NEW.replace("new", "old")]));
    assert!(verified(&other, &token).is_err());
    let signature = token.rfind('.').unwrap() + 1;
    for other in ['A', 'B'] {
        let changed = format!("{}{other}{}", &token[..signature], &token[signature + 1..]);
        assert_eq!(verified(&keys, &changed).is_ok(), changed == token);
    }
    ports.set_setting("base_url", "https://elsewhere.example");
    assert!(verified(&keys, &super::token(&ports)).is_err());
    let old = with_keys(&[OLD]);
    old.now.set(stepgate_storage::Timestamp(1_700_000_000_000));
    assert!(verified(&keys, &super::token(&old)).is_err());
}
