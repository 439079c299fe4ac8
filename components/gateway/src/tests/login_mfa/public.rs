//! What others verify access tokens with: ours, beside the contract.

use super::*;
use crate::testing::key;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const REVOCATIONS: &str = "/reg/v1/auth/revocations";

pub(super) fn revoked(ports: &TestPorts, after: &str) -> Value {
    let path = if after.is_empty() { REVOCATIONS.to_owned() } else { format!("{REVOCATIONS}?after={after}") };
    let answer = ports.call("acme", "GET", &path, "");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn claims(tokens: &Value) -> Value {
    let payload = tokens["access_token"].as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[test]
fn the_keys_are_public_and_may_be_kept() {
    let ports = world();
    let header = signed_in(&ports)["access_token"].as_str().unwrap().split('.').next().unwrap().to_owned();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    let answer = ports.send_with(&[], "GET", "/.well-known/jwks.json", "");
    assert_eq!(answer.status, 200);
    // As docs/tokens.md has it: a key that was taken out must not be believed for longer.
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    let keys = answer.json()["keys"].clone();
    assert_eq!((&keys[0]["kid"], &keys[0]["alg"]), (&header["kid"], &header["alg"]));
    assert!(keys[0].get("d").is_none());
}

/// An access token verifies by its signature; what it says is enough to know whose it is.
#[test]
fn an_access_token_says_whose_it_is() {
    let ports = world();
    let tokens = signed_in(&ports);
    let claims = claims(&tokens);
    assert_eq!((&claims["sub"], &claims["pid"]), (&tokens["user_id"], &json!(7)));
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 604_800);
    let session = as_user(&ports, &tokens, "GET", "/reg/user/session/current", "").json()["id"].clone();
    assert_eq!(claims["sid"], session);
}

#[test]
fn whatever_ends_tokens_is_told() {
    let ports = world();
    let mut place = String::new();
    let mut news = |ports: &TestPorts| {
        let page = revoked(ports, &place);
        place = page["next"].as_str().unwrap().to_owned();
        page["revoked"].as_array().unwrap().clone()
    };
    assert_eq!(news(&ports), Vec::<Value>::new());

    let tokens = signed_in(&ports);
    as_user(&ports, &tokens, "DELETE", "/reg/user/session/logout/current", "");
    assert_eq!(news(&ports)[0]["sid"], claims(&tokens)["sid"]);

    ports.pass(seconds(60));
    let tokens = signed_in(&ports);
    refresh(&ports, tokens["refresh_token"].as_str().unwrap());
    refresh(&ports, tokens["refresh_token"].as_str().unwrap());
    assert!(news(&ports).iter().any(|one| one["sid"] == claims(&tokens)["sid"]));

    let end_all: fn(&TestPorts, &Value) = |ports, tokens| {
        as_user(ports, tokens, "PUT", "/reg/user/session/logout", "");
    };
    let lock_it: fn(&TestPorts, &Value) = |ports, _| {
        ports.pass(seconds(60));
        lock(ports);
    };
    for ends in [end_all, lock_it] {
        ports.pass(seconds(60));
        let tokens = signed_in(&ports);
        ends(&ports, &tokens);
        let is_told = |one: &Value| {
            one["sub"] == tokens["user_id"]
                && one["ep"].as_u64().is_some_and(|epoch| epoch > claims(&tokens)["ep"].as_u64().unwrap())
        };
        assert!(news(&ports).iter().any(is_told));
    }
}

#[test]
fn a_new_password_is_told() {
    let ports = world();
    let tokens = signed_in(&ports);
    let body = json!({ "oldPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    as_user(&ports, &tokens, "POST", "/reg/v1/password/change", &body.to_string());
    let mut body = body;
    body["confirmCode"] = json!(mailed(&ports));
    as_user(&ports, &tokens, "POST", "/reg/v1/password/change/confirm", &body.to_string());
    let page = revoked(&ports, "");
    assert_eq!(page["revoked"][0]["sub"], tokens["user_id"]);
}

#[test]
fn it_takes_a_key_of_the_partner_whose_people_they_are() {
    let ports = world();
    let tokens = signed_in(&ports);
    as_user(&ports, &tokens, "DELETE", "/reg/user/session/logout/current", "");
    let message = "This needs an API key, in the header X-API-KEY.";
    says(&ports.send_with(&[], "GET", REVOCATIONS, ""), 401, "UNAUTHORIZED", message);
    says(&ports.call("nobody", "GET", REVOCATIONS, ""), 401, "UNAUTHORIZED", message);
    // Of the other tenant.
    assert_eq!(ports.call("other", "GET", REVOCATIONS, "").json()["revoked"], json!([]));
    assert_eq!(ports.call("reader", "GET", REVOCATIONS, "").json()["revoked"].as_array().unwrap().len(), 1);
    let third = key("third", "dddddddd-0d44-4b50-8888-8dd25736052a", "Third", "read-only");
    ports.set_setting("api_keys", &json!([third]).to_string());
    let message = "The partner of this API key keeps no accounts here.";
    says(&ports.call("third", "GET", REVOCATIONS, ""), 403, "FORBIDDEN", message);
}

#[test]
fn a_place_is_one_that_was_answered() {
    let ports = world();
    for query in ["after=", "after=x", "after=1.2.3", "after=1.1&after=1.1"] {
        names(&ports.call("acme", "GET", &format!("{REVOCATIONS}?{query}"), ""), &["after"]);
    }
}
