//! Bodies as a whole, and what stands in them.

use super::*;
use serde_json::json;

stepgate_tests::suite! {
    a_body_that_is_too_large_is_refused,
    text_that_is_no_json_object_is_refused,
    a_removal_reads_its_body_as_others_do,
    invalid_utf_8_is_refused,
    fields_that_come_twice_are_refused,
    nesting_without_end_is_refused,
    unknown_fields_change_nothing,
    missing_and_unfit_fields_are_refused,
    codes_that_only_look_like_codes_take_no_attempt,
}

/// Each field that any of them reads.
const FIELDS: [&str; 24] = [
    "email",
    "password",
    "mfaCode",
    "mfaMethod",
    "rememberDevice",
    "refreshToken",
    "grantType",
    "emailConfirmCode",
    "termsAndConditionsConfirmed",
    "termsAndConditionsVersion",
    "userType",
    "confirmCode",
    "newPassword",
    "oldPassword",
    "payload",
    "confirmationCode",
    "name",
    "phone",
    "identifier",
    "code",
    "method",
    "method_id",
    "action",
    "enabled",
];

/// security.md: bodies over 64 KiB.
async fn a_body_that_is_too_large_is_refused(host: Host) {
    let witness = Witness::new(host).await;
    let body = |length: usize| format!("{{\"padding\":\"{}\"}}", "x".repeat(length - 14));
    for length in [64 * 1024 + 1, 100_000] {
        witness.refuse(body(length), 413).await;
    }
    // So large that the host refuses it before it is read: in the same shape, for clients read no other.
    for length in [128 * 1024 + 1, 300_000] {
        witness.refuse(body(length), 413).await;
    }
    witness.untouched().await;
}

async fn text_that_is_no_json_object_is_refused(host: Host) {
    let witness = Witness::new(host).await;
    for body in [
        "{",
        "}",
        "null",
        "[]",
        "\"\"",
        "1",
        "{}x",
        "{}{}",
        "{'a':1}",
        "{\"a\":1,}",
        "a=b",
        "\u{feff}{}",
        "NaN",
    ] {
        witness.refuse(body, 400).await;
    }
    witness.untouched().await;
}

/// A body of DELETE, which many leave unread.
async fn a_removal_reads_its_body_as_others_do(host: Host) {
    let witness = Witness::new(host).await;
    let portal = witness.app.portal();
    let methods = "/auth/two_factor/methods";
    let methods =
        portal.session(Method::GET, methods, &witness.session, Value::Null).await.expect(200).json();
    let path = format!("/auth/two_factor/{}", text(&methods["methods"][0], "id"));
    let large = format!("{{\"padding\":\"{}\"}}", "x".repeat(64 * 1024));
    let larger = "x".repeat(200_000);
    for (body, status) in [
        ("{", 400),
        ("[]", 400),
        ("{\"verification_code\":\"1\",\"verification_code\":\"2\"}", 400),
        ("{\"verification_code\":\"\u{0}\"}", 400),
        ("{\"verification_code\":\"12345\"}", 400),
        (&large, 413),
        (&larger, 413),
    ] {
        let headers = [("x-session-id", witness.session.as_str())];
        let answer = portal.send(Method::DELETE, &path, &headers, body.to_owned()).await.expect(status);
        shaped(&path, &answer);
    }
    witness.untouched().await;
}

/// security.md: invalid UTF-8.
async fn invalid_utf_8_is_refused(host: Host) {
    let witness = Witness::new(host).await;
    for bytes in [&b"\xff"[..], b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80"] {
        let body = [b"{\"email\":\"ada@example.com\",\"password\":\"", bytes, b"\",\"code\":\"1\"}"].concat();
        witness.refuse(body, 400).await;
    }
    witness.untouched().await;
}

/// Two readers of one body must not see two different values.
async fn fields_that_come_twice_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    for name in ["email", "code", "password", "confirmCode", "enabled"] {
        let (first, last) = name.split_at(1);
        let escaped = format!("\\u{:04x}{last}", u32::from(first.as_bytes()[0]));
        for second in [name, &escaped] {
            witness.refuse(format!("{{\"{name}\":\"a\",\"{second}\":\"b\"}}"), 400).await;
        }
    }
    witness.untouched().await;
}

/// A parser that goes down with every bracket runs out of stack.
async fn nesting_without_end_is_refused(host: Host) {
    let witness = Witness::new(host).await;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [200, 4_000] {
            let nested = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            witness.refuse(nested.clone(), 400).await;
            witness.refuse(format!("{{\"email\":{nested},\"code\":{nested}}}"), 400).await;
        }
    }
    witness.untouched().await;
}

/// security.md: unknown fields.
async fn unknown_fields_change_nothing(host: Host) {
    let witness = Witness::new(host).await;
    let body = json!({
        "code": witness.of_pending.code, "method": "email", "action": "login", "__proto__": { "admin": true }, "": null,
        "session_id": witness.session, "two_factor": 0, "verified": true, "deep": [{ "a": [1, null] }],
    });
    let portal = witness.app.portal();
    portal.session(Method::POST, "/auth/two_factor/verify", &witness.pending, body).await.expect(200);
    let more =
        json!({ "mfaCode": witness.of_token.code, "user_id": "usr:x", "scope": "everything", "admin": true });
    let tokens = portal.token(&witness.person.email, stepgate_tests::PASSWORD, more).await.expect(200).json();
    assert!(!text(&tokens, "scope").contains("everything"));
    assert_eq!(compared_and_wrong(&witness.app), 0);
}

/// Fields that are not there, empty, too long, or full of what ends up in logs, mails and headers.
async fn missing_and_unfit_fields_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    let long = "a".repeat(2_000);
    // What names no method of the account is looked for and not found, and anything may be somebody's name.
    let unfit = |path: &str| match path {
        "/auth/two_factor/verify" | "/auth/two_factor/email/start" => 404,
        "/auth/login" => 401,
        _ => 400,
    };
    for text in ["", " ", "\u{0}", "a\r\nX: y", "\u{1b}[31m", "\u{202e}", "x", &long] {
        let fields = FIELDS.map(|name| (name.to_owned(), json!(text)));
        let mut body = Value::Object(fields.into_iter().collect());
        body["grantType"] = Value::Null;
        for (path, answer) in witness.everywhere(body.to_string()).await {
            assert!([400, unfit(&path)].contains(&answer.status.as_u16()), "{path}: {answer:?}");
            shaped(&path, &answer);
        }
    }
    // A new code for the sign-in that waits asks for nothing more; it is too soon for one.
    witness.refuse_with("{}", |path| if path.ends_with("/start") { 429 } else { 400 }).await;
    witness.untouched().await;
}

/// `contracts/login-mfa.md` §3, row 7; `contracts/two-factor-sessions.md` §6.
async fn codes_that_only_look_like_codes_take_no_attempt(host: Host) {
    let witness = Witness::new(host).await;
    let portal = witness.app.portal();
    let (right, of_token) = (&witness.of_pending.code, &witness.of_token.code);
    let fullwidth = |code: &str| -> String {
        code.chars().filter_map(|c| char::from_u32(u32::from(c) - 0x30 + 0xff10)).collect()
    };
    for shape in [
        |code: &str| format!(" {code}"),
        |code: &str| format!("{code}\n"),
        |code: &str| format!("0{code}"),
        |code: &str| format!("+{code}"),
        |code: &str| format!("{}.{}", &code[..3], &code[3..]),
        |code: &str| code[..5].to_owned(),
        |_: &str| "123 456".to_owned(),
        |_: &str| "abcdef".to_owned(),
    ] {
        let body = json!({ "code": shape(right), "method": "email", "action": "login" });
        let answer = portal.session(Method::POST, "/auth/two_factor/verify", &witness.pending, body).await;
        assert_eq!(answer.expect(400).json()["code"], "VALIDATION_ERROR");
        witness.person.token(&shape(of_token)).await.expect(400);
    }
    let body = json!({ "code": fullwidth(right), "method": "email", "action": "login" });
    portal.session(Method::POST, "/auth/two_factor/verify", &witness.pending, body).await.expect(400);
    witness.person.token(&fullwidth(of_token)).await.expect(400);
    let number: u32 = right.parse().expect("digits");
    let body = json!({ "code": number, "method": "email", "action": "login" });
    portal.session(Method::POST, "/auth/two_factor/verify", &witness.pending, body).await.expect(400);
    witness.untouched().await;
}
