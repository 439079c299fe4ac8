//! §1: headers, and the envelope of everything that is not a success.

use super::*;

fn asked(ports: &TestPorts, headers: &[(&'static str, &str)]) -> Answer {
    ports.send_with(headers, "POST", TOKEN, json!({ "email": EMAIL, "password": PASSWORD }).to_string())
}

#[test]
fn the_partner_is_known_by_its_number() {
    let ports = world();
    for header in ["", "x", "7.0", "2147483648", "-2147483649", "9", "0x7", "7 8"] {
        names(&asked(&ports, &[("partnerid", header), ("granttype", "password_email")]), &["partnerId"]);
    }
    names(&asked(&ports, &[("granttype", "password_email")]), &["partnerId"]);
    let twice = [("partnerid", "7"), ("partnerid", "7"), ("granttype", "password_email")];
    names(&asked(&ports, &twice), &["partnerId"]);
    assert_eq!(asked(&ports, &[("partnerid", "7"), ("granttype", "password_email")]).status, 424);
    for path in [
        "/reg/v1/signup",
        "/reg/v1/signup/confirm",
        "/reg/v2/password/reset",
        "/reg/v2/password/reset/confirm",
        "/reg/v2/password/reset/execute",
    ] {
        names(&ports.send_with(&[], "POST", path, "{}"), &["partnerId"]);
    }
}

/// Accounts of one partner are unknown to every other.
#[test]
fn each_partner_has_its_own_people() {
    let ports = world();
    let answer = asked(&ports, &[("partnerid", "8"), ("granttype", "password_email")]);
    says(&answer, 401, "UNAUTHORIZED", CREDENTIALS);
}

#[test]
fn the_grant_is_said_in_the_header_or_in_the_body() {
    let ports = world();
    names(&asked(&ports, &[("partnerid", "7")]), &["grantType"]);
    for header in ["password", "PASSWORD_EMAIL", "client_credentials"] {
        names(&asked(&ports, &[("partnerid", "7"), ("granttype", header)]), &["grantType"]);
    }
    let twice = [("partnerid", "7"), ("granttype", "password_email"), ("granttype", "password_email")];
    names(&asked(&ports, &twice), &["grantType"]);
    for name in ["grant_type", "grantType"] {
        let ports = world();
        let body = json!({ "email": EMAIL, "password": PASSWORD, name: "password_email" }).to_string();
        assert_eq!(ports.send_with(&[("partnerid", "7")], "POST", TOKEN, body).status, 424);
        let body = json!({ "email": EMAIL, "password": PASSWORD, name: 7 }).to_string();
        names(&ports.send_with(&[("partnerid", "7")], "POST", TOKEN, body), &["grantType"]);
    }
    // The header wins.
    let body = json!({ "email": EMAIL, "password": PASSWORD, "grant_type": "refresh_token" }).to_string();
    let headers = [("partnerid", "7"), ("granttype", "password_email")];
    assert_eq!(ports.send_with(&headers, "POST", TOKEN, body).status, 424);
}

#[test]
fn whatever_is_not_there_is_said_in_the_same_shape() {
    let ports = world();
    for path in ["/reg", "/reg/", "/reg/v1", "/reg/v1/auth/token/", "/.well-known/x"] {
        says(&ports.send_with(&[], "GET", path, ""), 404, "NOT_FOUND", "Not Found");
    }
    let answer = ports.send_with(&[], "GET", TOKEN, "");
    says(&answer, 405, "METHOD_NOT_ALLOWED", "Method Not Allowed");
    assert_eq!(answer.header("allow"), "POST");
    says(
        &ports.send_with(&[], "BREW", "/reg/user/session", ""),
        405,
        "METHOD_NOT_ALLOWED",
        "Method Not Allowed",
    );
}

#[test]
fn bodies_are_json_and_short() {
    let ports = world();
    let headers = [("partnerid", "7"), ("granttype", "password_email"), ("content-type", "text/plain")];
    let answer = ports.send_with(&headers, "POST", TOKEN, "{}");
    assert_eq!((answer.status, &answer.json()["status"]), (415, &json!("UNSUPPORTED_MEDIA_TYPE")));
    let headers = [("partnerid", "7"), ("granttype", "password_email")];
    let answer = ports.send_with(&headers, "POST", TOKEN, "x".repeat(65_537));
    assert_eq!((answer.status, &answer.json()["status"]), (413, &json!("PAYLOAD_TOO_LARGE")));
}

#[test]
fn without_the_settings_there_is_nothing() {
    for missing in ["accounts", "token_keys"] {
        let ports = world();
        ports.set_setting(missing, "");
        for (path, _) in crate::login_mfa::TABLE {
            let path = path.replace("{id}", "019bc1e0-4d6f-7e33-8c5a-8f7b6e5d4c30");
            for method in ["GET", "POST", "PUT", "DELETE"] {
                says(
                    &ports.send_with(&[("partnerid", "7")], method, &path, "{}"),
                    404,
                    "NOT_FOUND",
                    "Not Found",
                );
            }
        }
    }
}

#[test]
fn a_wrong_setting_is_a_failure_of_ours_and_is_named_in_the_log_only() {
    for (name, value) in
        [("accounts", "{"), ("token_keys", "[]"), ("mac_keys", "[]"), ("account_lock_minutes", "1")]
    {
        let ports = world();
        ports.set_setting(name, value);
        let answer = sign_in(&ports, &json!({}));
        if name == "token_keys" && answer.status == 424 {
            // It is not needed before somebody is let in.
            assert_eq!(with_code(&ports, &mailed(&ports)).status, 500);
            continue;
        }
        says(&answer, 500, "INTERNAL_SERVER_ERROR", "Internal Server Error");
        let log = ports.log.borrow();
        assert!(log.last().unwrap().contains(name) && !answer.text().contains(name));
    }
}

/// Every route that takes a token, and none of the others.
#[test]
fn whoever_shows_no_token_is_told_to_log_in() {
    let ports = world();
    for (method, path) in SIGNED_IN {
        for bearer in ["", "Bearer", "Bearer x", "Basic eDp4", "Bearer a.b.c"] {
            is_over(&ports.send_with(&[("authorization", bearer)], method, path, "{}"));
        }
        is_over(&ports.send_with(&[], method, path, "{}"));
    }
}

pub(super) const SIGNED_IN: [(&str, &str); 12] = [
    ("POST", "/reg/mfa/authorization/switch"),
    ("POST", "/reg/mfa/authorization/switch/confirm"),
    ("GET", "/reg/v1/user/info"),
    ("GET", "/reg/user/info"),
    ("DELETE", "/reg/user/session/logout/current"),
    ("PUT", "/reg/user/session/logout"),
    ("GET", "/reg/user/session"),
    ("GET", "/reg/user/session/current"),
    ("POST", "/reg/v1/password/change"),
    ("POST", "/reg/v1/password/change/confirm"),
    ("GET", "/reg/user/device"),
    ("DELETE", "/reg/user/device/0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9a11"),
];
