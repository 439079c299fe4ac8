//! What is believed, and what is not.

use super::*;
use crate::tokens::keys::{is_signed, sign};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_compact::{KeyPair, Seed, Signature};
use proptest::prelude::*;
use serde_json::{Value, json};
use stepgate_storage::Timestamp;

/// Header and claims of a token.
fn read(token: &str) -> (String, Value) {
    let part = |at: usize| URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap();
    (String::from_utf8(part(0)).unwrap(), serde_json::from_slice(&part(1)).unwrap())
}

/// A token of these parts, signed with the key `OLD`.
fn forged(header: &str, claims: &str) -> String {
    let seed: [u8; 32] = core::array::from_fn(|at| at as u8 + 1);
    let pair = KeyPair::from_seed(Seed::new(seed));
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = sign(&pair, &signed);
    format!("{signed}.{signature}")
}

const HEADER: &str = r#"{"alg":"EdDSA","kid":"old","typ":"at+jwt"}"#;

#[test]
fn a_token_says_who_and_for_how_long_in_few_words() {
    let ports = with_keys(&[NEW, OLD]);
    let token = token(&ports);
    let (header, said) = read(&token);
    assert_eq!(header, r#"{"alg":"EdDSA","kid":"new","typ":"at+jwt"}"#);
    assert_eq!(
        said,
        json!({
            "iss": "https://2fa.example.com",
            "sub": "usr:97194684-29f8-468f-8a67-249f30240655",
            "sid": "00000000-0000-0000-0000-000000000007",
            "pid": -3,
            "ep": 5,
            "iat": 1_768_472_109_u64,
            "exp": 1_769_076_909_u64,
        })
    );
    assert!(token.len() < 460, "{}", token.len());
    assert_eq!(keys(&ports).verify(&token, ports.now.get()), Some(claims(&ports)));
}

#[test]
fn verifying_asks_no_store() {
    let ports = with_keys(&[NEW]);
    let token = token(&ports);
    assert!(keys(&ports).verify(&token, ports.now.get()).is_some());
    assert_eq!(ports.store.operations(), 0);
}

#[test]
fn a_token_ends_in_the_second_that_it_says() {
    let ports = with_keys(&[NEW]);
    let token = token(&ports);
    let end = 1_769_076_909_000;
    assert!(keys(&ports).verify(&token, Timestamp(end - 1)).is_some());
    for now in [end, end + 1, u64::MAX] {
        assert_eq!(keys(&ports).verify(&token, Timestamp(now)), None);
    }
}

#[test]
fn only_who_can_sign_learns_that_something_expired() {
    let ports = with_keys(&[NEW]);
    let token = token(&ports);
    let other = with_keys(&[&OLD.replace("old", "new")]);
    assert_eq!(keys(&other).verify(&token, Timestamp(u64::MAX)), None);
}

#[test]
fn keys_rotate_and_a_key_that_is_gone_takes_its_tokens_with_it() {
    let before = with_keys(&[OLD]);
    let token = token(&before);
    let now = before.now.get();
    for (keys_then, expected) in [
        (&[OLD, NEW][..], Some(claims(&before))),
        (&[NEW, OLD][..], Some(claims(&before))),
        (&[NEW][..], None),
    ] {
        assert_eq!(keys(&with_keys(keys_then)).verify(&token, now), expected, "{keys_then:?}");
    }
    let (header, _) = read(&super::token(&with_keys(&[NEW, OLD])));
    assert!(header.contains("\"new\""));
}

#[test]
fn the_same_key_elsewhere_is_another_issuer() {
    let ports = with_keys(&[OLD]);
    let token = token(&ports);
    ports.set_setting("base_url", "https://2fa.example.org");
    assert_eq!(keys(&ports).verify(&token, ports.now.get()), None);
}

/// The header has one spelling for each of our keys: RFC 8725 §3.1, §3.2, §3.11.
#[test]
fn no_header_chooses_its_algorithm_type_or_key() {
    let ports = with_keys(&[OLD]);
    let now = ports.now.get();
    let said = read(&token(&ports)).1.to_string();
    assert_eq!(keys(&ports).verify(&forged(HEADER, &said), now), Some(claims(&ports)));
    for header in [
        r#"{"alg":"none","kid":"old","typ":"at+jwt"}"#,
        r#"{"alg":"HS256","kid":"old","typ":"at+jwt"}"#,
        r#"{"alg":"Ed25519","kid":"old","typ":"at+jwt"}"#,
        r#"{"alg":"EdDSA","kid":"old","typ":"JWT"}"#,
        r#"{"alg":"EdDSA","kid":"old"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt"}"#,
        r#"{"alg":"EdDSA","kid":"","typ":"at+jwt"}"#,
        r#"{"alg":"EdDSA","kid":"OLD","typ":"at+jwt"}"#,
        r#"{"alg":"EdDSA","kid":"old","typ":"at+jwt","crit":["exp"]}"#,
        r#"{"alg":"EdDSA","kid":"old","typ":"at+jwt","jku":"https://a.example/jwks"}"#,
        r#"{"alg":"EdDSA","kid":"old","typ":"at+jwt","jwk":{"kty":"OKP"}}"#,
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"old"}"#,
        r#"{"alg":"EdDSA", "kid":"old","typ":"at+jwt"}"#,
        "",
    ] {
        assert_eq!(keys(&ports).verify(&forged(header, &said), now), None, "{header}");
    }
}

/// Signed or not: one with more to say may come from a newer version that runs beside this one.
#[test]
fn claims_are_exactly_those_that_are_known() {
    let ports = with_keys(&[OLD]);
    let said = read(&token(&ports)).1;
    let but = |name: &str, value: Value| {
        let mut said = said.clone();
        said[name] = value;
        said.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        said.to_string()
    };
    let verify = |said: &str| keys(&ports).verify(&forged(HEADER, said), ports.now.get());
    for said in [
        but("sub", json!("97194684-29f8-468f-8a67-249f30240655")),
        but("sub", json!("usr:9719468429f8468f8a67249f30240655")),
        but("sid", json!("x")),
        but("pid", json!(2_147_483_648_u64)),
        but("ep", json!(-1)),
        but("exp", json!("1769076909")),
        but("exp", json!(1e300)),
        but("exp", Value::Null),
        but("iss", Value::Null),
        but("iss", json!("https://2fa.example.com/")),
        said.to_string().replace('}', r#","aud":"x"}"#),
        said.to_string().replace('}', r#","exp":99999999999}"#),
        json!([said]).to_string(),
        String::new(),
        "null".into(),
    ] {
        assert_eq!(verify(&said), None, "{said}");
    }
    assert_eq!(verify(&but("pid", json!(i32::MIN))).map(|claims| claims.partner), Some(i32::MIN));
    assert_eq!(verify(&but("exp", json!(u64::MAX))).map(|claims| claims.expires_at), Some(u64::MAX));
}

#[test]
fn a_long_text_is_not_looked_at_and_a_long_token_is_not_made() {
    let ports = with_keys(&[OLD]);
    let said = read(&token(&ports)).1.to_string();
    let now = ports.now.get();
    let padded = |by: usize| forged(HEADER, &format!("{said}{}", " ".repeat(by)));
    assert!(keys(&ports).verify(&padded(1000), now).is_some());
    assert_eq!(keys(&ports).verify(&padded(2000), now), None);
    ports.set_setting("base_url", &format!("https://a.example/{}", "a".repeat(2000)));
    assert!(keys(&ports).sign(&claims(&ports)).is_err());
}

/// Every byte, by every other that base64url has, and a few that it has not.
#[test]
fn no_byte_of_a_token_can_be_another() {
    let ports = with_keys(&[OLD, NEW]);
    let (keys, now, token) = (keys(&ports), ports.now.get(), token(&ports));
    let signature_begins = token.rfind('.').unwrap();
    for at in 0..token.len() {
        // A changed header or payload fails by the same signature each time; the signature has more ways to be the same.
        let others: &[u8] = if at < signature_begins {
            b"A_=."
        } else {
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.+/ "
        };
        for other in others.iter().filter(|other| **other != token.as_bytes()[at]) {
            let mut changed = token.clone().into_bytes();
            changed[at] = *other;
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(keys.verify(&changed, now), None, "{at} {changed}");
        }
        assert_eq!(keys.verify(&token[..at], now), None, "{at}");
    }
    for changed in [format!("{token}="), format!("{token}A"), format!("{token}.")] {
        assert_eq!(keys.verify(&changed, now), None, "{changed}");
    }
}

/// RFC 8037 appendix A.4, with the key of A.1 and A.2.
#[test]
fn signatures_are_those_of_the_standard() {
    let seed = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
    let pair = KeyPair::from_seed(Seed::from_slice(&seed).unwrap());
    assert_eq!(URL_SAFE_NO_PAD.encode(*pair.pk), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    let signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_eq!(sign(&pair, signed), signature);
    assert!(is_signed(&pair.pk, signed, signature));
    assert!(!is_signed(&pair.pk, "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmd", signature));
}

/// RFC 8032 §5.1.7: `S` is below the order of the group. Without that each signature has a second spelling.
#[test]
fn a_signature_has_one_spelling() {
    let pair = KeyPair::from_seed(Seed::new([7; 32]));
    let order: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let good = pair.sk.sign("text", None);
    let mut other = *good;
    let mut carry = 0_u16;
    for (at, byte) in order.iter().enumerate() {
        let sum = u16::from(other[32 + at]) + u16::from(*byte) + carry;
        other[32 + at] = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert!(is_signed(&pair.pk, "text", &URL_SAFE_NO_PAD.encode(good)));
    assert!(!is_signed(&pair.pk, "text", &URL_SAFE_NO_PAD.encode(Signature::new(other))));
    // Four bits of the last of 86 characters mean nothing.
    let mut text = URL_SAFE_NO_PAD.encode(good);
    let last = text.pop().unwrap();
    for stray in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars() {
        assert_eq!(is_signed(&pair.pk, "text", &format!("{text}{stray}")), stray == last, "{stray}");
    }
}

proptest! {
    #[test]
    fn any_text_is_refused_and_nothing_panics(text in "\\PC*") {
        let ports = with_keys(&[OLD]);
        prop_assert_eq!(keys(&ports).verify(&text, ports.now.get()), None);
    }

    #[test]
    fn so_is_anything_behind_a_good_header(payload in "[A-Za-z0-9_.-]{0,80}", signature in "[A-Za-z0-9_-]{80,90}") {
        let ports = with_keys(&[OLD]);
        let header = URL_SAFE_NO_PAD.encode(HEADER);
        let text = format!("{header}.{payload}.{signature}");
        prop_assert_eq!(keys(&ports).verify(&text, ports.now.get()), None);
    }

    /// Signed or not: what is in a token is never trusted to be well-formed.
    #[test]
    fn signed_nonsense_is_refused(payload in "\\PC*") {
        let ports = with_keys(&[OLD]);
        let token = forged(HEADER, &payload);
        prop_assert_eq!(keys(&ports).verify(&token, ports.now.get()), None);
    }

    #[test]
    fn a_token_with_any_bytes_changed_is_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<char>()), 1..4),
    ) {
        let ports = with_keys(&[OLD]);
        let token = token(&ports);
        let mut changed: Vec<char> = token.chars().collect();
        for (at, to) in changes {
            *at.get_mut(&mut changed) = to;
        }
        let changed: String = changed.into_iter().collect();
        prop_assume!(changed != token);
        prop_assert_eq!(keys(&ports).verify(&changed, ports.now.get()), None);
    }
}
