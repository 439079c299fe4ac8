//! Who verifies access tokens without asking here is told of all that is dead here, whatever broke on the way.

use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use stepgate_storage::memory::Fault;

/// Whether the feed of tenant 7 says that these tokens are dead.
fn is_told(ports: &TestPorts, tokens: &Value) -> bool {
    let payload = tokens["access_token"].as_str().unwrap().split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    let page = ports.call("acme", "GET", "/reg/v1/auth/revocations", "").json();
    page["revoked"].as_array().unwrap().iter().any(|entry| {
        entry["sid"] == claims["sid"]
            || entry["sub"] == claims["sub"] && entry["ep"].as_u64() > claims["ep"].as_u64()
    })
}

/// Breaks each operation of a request in turn. It is made again, as a client would.
fn ends(base: &TestPorts, tokens: &Value, request: &dyn Fn(&TestPorts) -> Answer) {
    for fault in [Fault::Before, Fault::After] {
        for skip in 0.. {
            let ports = base.fork();
            ports.store.fail_after(skip, fault);
            let status = request(&ports).status;
            let is_over = ports.store.heal();
            if status >= 500 {
                request(&ports);
            }
            let is_dead = who(&ports, tokens).status == 401;
            assert!(!is_dead || is_told(&ports, tokens), "{skip} {fault:?}");
            if is_over {
                assert!(is_dead);
                break;
            }
        }
    }
}

#[test]
fn of_a_sign_out() {
    let ports = world();
    let tokens = signed_in(&ports);
    ends(&ports, &tokens, &|ports| as_user(ports, &tokens, "DELETE", "/reg/user/session/logout/current", ""));
    ends(&ports, &tokens, &|ports| as_user(ports, &tokens, "PUT", "/reg/user/session/logout", ""));
}

#[test]
fn of_a_new_password() {
    let ports = world();
    let tokens = signed_in(&ports);
    as_partner(&ports, "/reg/v2/password/reset", &json!({ "email": EMAIL }));
    let code = json!({ "email": EMAIL, "confirmCode": mailed(&ports) });
    let payload = as_partner(&ports, "/reg/v2/password/reset/confirm", &code).json()["payload"].clone();
    let body = json!({ "email": EMAIL, "newPassword": NEW_PASSWORD, "payload": payload });
    ends(&ports, &tokens, &|ports| as_partner(ports, "/reg/v2/password/reset/execute", &body));
}

/// A refresh token that comes again is told of where its session is, whichever partner it is sent for.
#[test]
fn of_a_refresh_token_that_comes_to_another_partner() {
    let ports = world();
    let tokens = signed_in(&ports);
    let text = tokens["refresh_token"].as_str().unwrap();
    let elsewhere = || {
        let headers = [("partnerid", "8"), ("granttype", "refresh_token")];
        ports.send_with(&headers, "POST", TOKEN, json!({ "refreshToken": text }).to_string())
    };
    is_over(&elsewhere());
    // It is as good as it was.
    assert_eq!(refresh(&ports, text).status, 200);
    is_over(&elsewhere());
    assert_eq!(who(&ports, &tokens).status, 200);
    // At home it ends its family, and that is told there.
    is_over(&refresh(&ports, text));
    is_over(&who(&ports, &tokens));
    assert!(is_told(&ports, &tokens));
}
