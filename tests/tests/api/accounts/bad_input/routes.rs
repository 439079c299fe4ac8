//! Methods, paths and headers.

use super::*;
use serde_json::json;

stepgate_tests::suite! {
    wrong_methods_and_paths_are_refused,
    ids_that_are_none_are_not_found,
    wrong_content_types_are_refused,
    headers_that_are_no_headers_are_refused,
}

/// security.md: unknown methods and paths.
async fn wrong_methods_and_paths_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    let portal = witness.app.portal();
    for (path, allowed) in [
        ("/reg/v1/auth/token", "POST"),
        ("/reg/v1/signup", "POST"),
        ("/reg/mfa/authorization/switch", "POST"),
        ("/reg/v1/user/info", "GET, HEAD"),
        ("/reg/user/session", "GET, HEAD"),
        ("/reg/user/session/logout", "PUT"),
        ("/reg/user/session/logout/current", "DELETE"),
        ("/auth/login", "POST"),
        ("/auth/logout", "POST"),
        ("/auth/me", "GET, HEAD"),
        ("/auth/two_factor/system", "GET, HEAD"),
        ("/auth/two_factor/verify", "POST"),
        ("/auth/two_factor/devices", "GET, HEAD"),
    ] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "BREW"] {
            if allowed.contains(method) {
                continue;
            }
            let verb = Method::from_bytes(method.as_bytes()).expect("a method's name");
            let answer =
                portal.send(verb, path, &[("x-session-id", &witness.session)], "{}").await.expect(405);
            // A path of two routes, one with a parameter, allows what either does.
            assert!(answer.header("allow").contains(allowed), "{method} {path}: {}", answer.header("allow"));
            shaped(path, &answer);
        }
    }
    for path in [
        "/reg",
        "/reg/",
        "/reg/v2/auth/token",
        "/reg/v1/auth/token/",
        "/reg//v1/auth/token",
        "/reg/v1/auth/%74oken",
        "/auth",
        "/auth/",
        "/auth//login",
        "/auth/login/",
        "/auth/two_factor",
        "/auth/two_factor/email/verify/x",
    ] {
        let headers = [("partnerId", PARTNER_ID), ("x-session-id", witness.session.as_str())];
        let answer = portal.send(Method::POST, path, &headers, "{}").await.expect(404);
        shaped(path, &answer);
    }
    witness.untouched().await;
}

/// What stands in a path is looked for as it is, and nothing else is reached by it.
async fn ids_that_are_none_are_not_found(host: Host) {
    let witness = Witness::new(host).await;
    let portal = witness.app.portal();
    let long = "a".repeat(4_000);
    for id in [
        "x",
        "%00",
        "%",
        "%zz",
        "%ff%fe",
        "%2e%2e%2f",
        "..%2Fdevices",
        "0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9a11",
        &long,
    ] {
        let path = format!("/reg/user/device/{id}");
        let answer = portal.bearer(Method::DELETE, &path, &witness.access, Value::Null).await.expect(404);
        shaped(&path, &answer);
        for path in [format!("/auth/two_factor/{id}"), format!("/auth/two_factor/devices/{id}")] {
            let answer =
                portal.session(Method::DELETE, &path, &witness.session, Value::Null).await.expect(404);
            shaped(&path, &answer);
        }
        let path = format!("/auth/two_factor/{id}/start");
        let answer = portal.session(Method::POST, &path, &witness.pending, json!({})).await;
        assert!([400, 404].contains(&answer.status.as_u16()), "{path}: {answer:?}");
        shaped(&path, &answer);
    }
    witness.untouched().await;
}

async fn wrong_content_types_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    let client = witness.app.visitor();
    let login = json!({ "email": witness.person.email, "password": stepgate_tests::PASSWORD }).to_string();
    let verify = json!({ "code": witness.of_pending.code, "method": "email", "action": "login" }).to_string();
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json", "\\"]
    {
        let of_token = [("content-type", kind), ("partnerId", PARTNER_ID), ("grantType", "password_email")];
        let of_session = [("content-type", kind), ("x-session-id", witness.pending.as_str())];
        for (path, headers, body) in [
            ("/reg/v1/auth/token", &of_token[..], &login),
            ("/auth/login", &of_token[..1], &login),
            ("/auth/two_factor/verify", &of_session[..], &verify),
        ] {
            let answer = client.send(Method::POST, path, headers, body.clone()).await.expect(415);
            shaped(path, &answer);
        }
    }
    witness.untouched().await;
}

/// Headers that say who asks.
async fn headers_that_are_no_headers_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    let (portal, client) = (witness.app.portal(), witness.app.visitor());
    let login = json!({ "email": witness.person.email, "password": stepgate_tests::PASSWORD }).to_string();
    let json_type = ("content-type", "application/json");
    let digits = "7".repeat(5_000);
    // contracts/login-mfa.md §1.
    for partner in ["", "x", "7x", "2147483648", "-1", "9", "7, 7", "0x7", &digits] {
        let headers = [("partnerId", partner), ("grantType", "password_email")];
        let answer =
            portal.send(Method::POST, "/reg/v1/auth/token", &headers, login.clone()).await.expect(400);
        shaped("/reg/v1/auth/token", &answer);
    }
    for headers in [
        vec![json_type, ("grantType", "password_email")],
        vec![
            json_type,
            ("partnerId", PARTNER_ID),
            ("partnerId", PARTNER_ID),
            ("grantType", "password_email"),
        ],
        vec![json_type, ("partnerId", PARTNER_ID)],
        vec![json_type, ("partnerId", PARTNER_ID), ("grantType", "")],
        vec![json_type, ("partnerId", PARTNER_ID), ("grantType", "password")],
        vec![json_type, ("partnerId", PARTNER_ID), ("grantType", &digits)],
        vec![
            json_type,
            ("partnerId", PARTNER_ID),
            ("grantType", "password_email"),
            ("grantType", "refresh_token"),
        ],
    ] {
        let answer =
            client.send(Method::POST, "/reg/v1/auth/token", &headers, login.clone()).await.expect(400);
        shaped("/reg/v1/auth/token", &answer);
    }
    let bearer = format!("Bearer {}", witness.access);
    for value in
        ["", "Bearer", "Bearer ", "Bearer x", "Basic eDp4", &witness.access, &format!("{bearer}x"), &digits]
    {
        let headers = [("authorization", value)];
        let answer = portal.send(Method::GET, "/reg/v1/user/info", &headers, "").await.expect(401);
        shaped("/reg/v1/user/info", &answer);
    }
    let twice = [("authorization", bearer.as_str()), ("authorization", "Bearer x")];
    shaped("/reg/v1/user/info", &client.send(Method::GET, "/reg/v1/user/info", &twice, "").await.expect(401));
    let session = witness.session.as_str();
    for headers in [
        vec![],
        vec![("x-session-id", "")],
        vec![("x-session-id", "ses_")],
        vec![("x-session-id", &digits)],
        vec![("x-session-id", session), ("x-session-id", "ses_x")],
        vec![("x-session-id", "ses_x"), ("cookie", "session_id=ses_y")],
        vec![("cookie", "session_id")],
        vec![("cookie", "session_id=; session_id==;;=")],
    ] {
        let answer = client.send(Method::GET, "/auth/me", &headers, "").await.expect(401);
        shaped("/auth/me", &answer);
    }
    witness.untouched().await;
}
