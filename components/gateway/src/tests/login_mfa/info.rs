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

/// Its owner cannot sign in anew before the address is shown to be theirs; who is in is told so, and asking makes no method.
#[test]
fn who_has_no_method_where_one_has_become_mandatory_is_told_all_the_same() {
    let ports = empty_world();
    set_tenants(&ports, &json!({ "registration": "open" }));
    let body = json!({ "email": EMAIL, "password": PASSWORD });
    let joined = ports.send_with(&[], "POST", "/auth/register", body.to_string());
    assert_eq!(joined.status, 200, "{}", joined.text());
    let tokens = sign_in(&ports, &json!({})).json();
    assert_eq!(who(&ports, &tokens).json()["authorizationMfaActive"], false);
    set_tenants(&ports, &json!({ "mfa": "mandatory" }));
    let before = ports.store.keys();
    let answer = who(&ports, &tokens);
    assert_eq!((answer.status, &answer.json()["authorizationMfaActive"]), (200, &json!(true)));
    assert_eq!(ports.store.keys(), before);
}
