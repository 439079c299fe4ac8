//! Remembered devices: ours, beside the contract.

use super::*;

const DEVICES: &str = "/reg/user/device";

/// Signs in and has the device remembered: the tokens, with `device_token`.
fn remembered(ports: &TestPorts) -> Value {
    let code = ask_for_code(ports);
    let answer = sign_in(ports, &json!({ "mfaCode": code, "rememberDevice": true }));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn with_device(ports: &TestPorts, device: &str, body: &Value) -> Answer {
    let headers = [("partnerid", "7"), ("granttype", "password_email"), ("x-device-token", device)];
    ports.send_with(&headers, "POST", TOKEN, body.to_string())
}

fn credentials() -> Value {
    json!({ "email": EMAIL, "password": PASSWORD })
}

fn device(tokens: &Value) -> &str {
    tokens["device_token"].as_str().unwrap()
}

#[test]
fn on_a_remembered_device_row_5_is_not_due() {
    let ports = world();
    let tokens = remembered(&ports);
    assert_eq!(newest_subject(&ports), "Acme: a device is remembered");
    let before = sent(&ports);
    let answer = with_device(&ports, device(&tokens), &credentials());
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.json().get("device_token").is_none());
    assert_eq!(sent(&ports), before);
    // Elsewhere it is.
    ports.pass(seconds(60));
    assert_eq!(sign_in(&ports, &json!({})).status, 424);
}

#[test]
fn nothing_is_remembered_unasked_or_without_a_code() {
    let ports = world();
    assert!(signed_in(&ports).get("device_token").is_none());
    ports.pass(seconds(60));
    assert_eq!(sign_in(&ports, &json!({ "rememberDevice": true })).status, 424);
    set_tenants(&ports, &json!({ "two_factor": false }));
    assert!(sign_in(&ports, &json!({ "rememberDevice": true })).json().get("device_token").is_none());
}

#[test]
fn it_replaces_neither_the_password_nor_the_account() {
    let ports = world();
    let tokens = remembered(&ports);
    let wrong = json!({ "email": EMAIL, "password": "wrong" });
    says(&with_device(&ports, device(&tokens), &wrong), 401, "UNAUTHORIZED", CREDENTIALS);
    sign_up(&ports, "ben@example.com");
    let ben = json!({ "email": "ben@example.com", "password": PASSWORD });
    assert_eq!(with_device(&ports, device(&tokens), &ben).status, 424);
    ports.pass(seconds(60));
    for other in ["x", "dev_x", &device(&tokens).replace("dev_", "ses_")] {
        let answer = with_device(&ports, other, &credentials());
        assert!([424, 429].contains(&answer.status), "{}", answer.text());
    }
}

/// Row 3: a lock is a lock.
#[test]
fn it_does_not_open_an_account_that_is_locked() {
    let ports = world();
    let tokens = remembered(&ports);
    ports.pass(seconds(60));
    lock(&ports);
    says(&with_device(&ports, device(&tokens), &credentials()), 423, "LOCKED", LOCKED);
    // Nor afterwards: a lock moves the epoch.
    ports.pass(seconds(1800));
    assert_eq!(with_device(&ports, device(&tokens), &credentials()).status, 424);
}

#[test]
fn its_owner_sees_and_revokes_it() {
    let ports = world();
    let tokens = remembered(&ports);
    let list = || as_user(&ports, &tokens, "GET", DEVICES, "").json()["devices"].as_array().unwrap().clone();
    let devices = list();
    assert_eq!(devices.len(), 1);
    assert_eq!(devices[0]["expiresAt"], "2026-02-14T11:15:09.045Z");
    let path = format!("{DEVICES}/{}", devices[0]["id"].as_str().unwrap());
    let ben = sign_up(&ports, "ben@example.com");
    says(&as_user(&ports, &ben, "DELETE", &path, ""), 404, "NOT_FOUND", "Not Found");
    let answer = as_user(&ports, &tokens, "DELETE", &path, "");
    assert_eq!((answer.status, answer.text()), (200, "{}"));
    assert_eq!(list(), Vec::<Value>::new());
    says(&as_user(&ports, &tokens, "DELETE", &path, ""), 404, "NOT_FOUND", "Not Found");
    says(&as_user(&ports, &tokens, "DELETE", &format!("{DEVICES}/x"), ""), 404, "NOT_FOUND", "Not Found");
    ports.pass(seconds(60));
    assert_eq!(with_device(&ports, device(&tokens), &credentials()).status, 424);
}

/// Strangers who use up the sign-in budget of an address do not keep its owner out.
#[test]
fn it_has_attempts_of_its_own() {
    let ports = world();
    let tokens = remembered(&ports);
    for _ in 0..11 {
        sign_in(&ports, &json!({ "password": "wrong" }));
    }
    assert_eq!(sign_in(&ports, &json!({})).status, 429);
    assert_eq!(with_device(&ports, device(&tokens), &credentials()).status, 200);
}

#[test]
fn thirty_days_and_not_longer() {
    let ports = world();
    let tokens = remembered(&ports);
    ports.pass(seconds(30 * 86_400) - Duration::from_millis(1));
    assert_eq!(with_device(&ports, device(&tokens), &credentials()).status, 200);
    ports.pass(Duration::from_millis(1));
    assert_eq!(with_device(&ports, device(&tokens), &credentials()).status, 424);
}

#[test]
fn signing_out_everywhere_forgets_it() {
    let ports = world();
    let tokens = remembered(&ports);
    assert_eq!(as_user(&ports, &tokens, "PUT", "/reg/user/session/logout", "").status, 200);
    ports.pass(seconds(60));
    assert_eq!(with_device(&ports, device(&tokens), &credentials()).status, 424);
}
