//! §5.

use super::*;

#[test]
fn six_fields_on_both_paths() {
    let ports = world();
    let tokens = signed_in(&ports);
    let answer = who(&ports, &tokens);
    assert_eq!(answer.status, 200);
    let body = answer.json();
    let id = tokens["user_id"].as_str().unwrap().strip_prefix("usr:").unwrap();
    assert_eq!(
        body,
        json!({
            "userId": id, "email": EMAIL, "passwordLastChangeDate": "2026-01-15T10:15:09.045+00:00",
            "status": "ACTIVE", "userScopes": ["user_mfa:read", "user_mfa:create"], "authorizationMfaActive": true,
        })
    );
    assert_eq!(as_user(&ports, &tokens, "GET", "/reg/user/info", "").json(), body);
}

#[test]
fn whether_a_code_is_asked_for_is_what_counts() {
    let ports = world();
    let tokens = signed_in(&ports);
    set_tenants(&ports, &json!({ "two_factor": false }));
    assert_eq!(who(&ports, &tokens).json()["authorizationMfaActive"], false);
}
