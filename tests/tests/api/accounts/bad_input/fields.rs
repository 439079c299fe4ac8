//! One field at a time: a body that would do something, but for one value that its field cannot have.

use super::*;
use crate::accounts::people::sign_up_body;
use serde_json::json;
use stepgate_tests::PASSWORD;

stepgate_tests::suite! {
    a_field_of_the_wrong_type_is_refused_whatever_else_is_right,
    a_number_of_ten_thousand_digits_is_refused_in_every_field,
}

/// What a field holds.
#[derive(Clone, Copy)]
enum Holds {
    Text,
    Flag,
    Number,
}

impl Holds {
    /// What it cannot hold, as JSON.
    fn wrong(self) -> Vec<String> {
        let values = match self {
            Holds::Text => [json!(7), json!(true), json!([]), json!({ "a": 1 }), json!([["x"]])],
            Holds::Flag => [json!(1), json!("true"), json!([]), json!({ "a": 1 }), json!([true])],
            Holds::Number => [json!("7"), json!(1.5), json!([]), json!({ "a": 1 }), json!(true)],
        };
        values.map(|value| value.to_string()).into()
    }
}

/// A request that would be taken.
struct Valid {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Value,
    /// Fields that may be left out, and what they would hold.
    optional: &'static [(&'static str, Holds)],
}

impl Valid {
    /// Every field, and what it holds.
    fn fields(&self) -> Vec<(String, Holds)> {
        let there = self.body.as_object().expect("fields").iter().map(|(name, value)| {
            let holds = match value {
                Value::Bool(_) => Holds::Flag,
                Value::Number(_) => Holds::Number,
                _ => Holds::Text,
            };
            (name.clone(), holds)
        });
        there.chain(self.optional.iter().map(|(name, holds)| ((*name).to_owned(), *holds))).collect()
    }

    /// The body with this instead of what a field would hold.
    fn with(&self, field: &str, json: &str) -> String {
        let mut body = self.body.clone();
        body[field] = "@".into();
        body.to_string().replace("\"@\"", json)
    }
}

/// Of every route that reads a body.
async fn all(witness: &Witness) -> Vec<Valid> {
    use Holds::{Flag, Text};
    let ada = &witness.person.email;
    let (of_token, of_pending) = (&witness.of_token.code, &witness.of_pending.code);
    let methods = "/auth/two_factor/methods";
    let methods = witness.app.portal().session(Method::GET, methods, &witness.session, Value::Null).await;
    let id = text(&methods.expect(200).json()["methods"][0], "id");
    let new = "Another-horse-8";
    let credentials = json!({ "email": ada, "password": PASSWORD });
    let stranger = json!({ "email": "new@example.com", "password": PASSWORD });
    let passwords = json!({ "oldPassword": PASSWORD, "newPassword": new });
    let partner = vec![("partnerId", PARTNER_ID.to_owned())];
    let grant = |word: &str| vec![("partnerId", PARTNER_ID.to_owned()), ("grantType", word.to_owned())];
    let bearer = vec![("authorization", format!("Bearer {}", witness.access))];
    let active = vec![("x-session-id", witness.session.clone())];
    let pending = vec![("x-session-id", witness.pending.clone())];
    let bridge = vec![("x-bridge-secret", BRIDGE_SECRET.to_owned())];
    let with = |mut body: Value, name: &str, value: Value| {
        body[name] = value;
        body
    };
    let by_method: &[(&str, Holds)] = &[("mfaMethod", Text)];
    let by_code: &[(&str, Holds)] = &[("verification_code", Text), ("verification_method_id", Text)];
    let people: &[(&str, Holds)] =
        &[("name", Text), ("last_name", Text), ("username", Text), ("phone", Text), ("user_type", Text)];
    let post = |path: &str, headers: &[(&'static str, String)], body: Value, optional| Valid {
        method: Method::POST,
        path: path.to_owned(),
        headers: headers.to_vec(),
        body,
        optional,
    };
    let token = "/reg/v1/auth/token";
    let switch = "/reg/mfa/authorization/switch";
    let verify = json!({ "code": of_pending, "action": "login", "remember_device": false });
    vec![
        post(
            token,
            &grant("password_email"),
            with(credentials.clone(), "mfaCode", json!(of_token)),
            &[("mfaMethod", Text), ("rememberDevice", Flag)],
        ),
        post(token, &grant("refresh_token"), json!({ "refreshToken": "rt_x" }), &[]),
        post("/reg/v1/signup", &partner, stranger.clone(), &[]),
        post(
            "/reg/v1/signup/confirm",
            &partner,
            sign_up_body("new@example.com", "123456"),
            &[("referralCode", Text)],
        ),
        post("/reg/v2/password/reset", &partner, json!({ "email": ada }), &[]),
        post(
            "/reg/v2/password/reset/confirm",
            &partner,
            json!({ "email": ada, "confirmCode": "123456" }),
            &[],
        ),
        post(
            "/reg/v2/password/reset/execute",
            &partner,
            json!({ "email": ada, "newPassword": new, "payload": "x" }),
            &[],
        ),
        post(switch, &bearer, json!({}), by_method),
        post(&format!("{switch}/confirm"), &bearer, json!({ "confirmationCode": "123456" }), by_method),
        post("/reg/v1/password/change", &bearer, passwords.clone(), by_method),
        post(
            "/reg/v1/password/change/confirm",
            &bearer,
            with(passwords, "confirmCode", json!("123456")),
            by_method,
        ),
        post("/auth/login", &[], credentials.clone(), &[]),
        post("/auth/register", &[], stranger.clone(), people),
        post("/auth/register/public", &bridge, stranger, people),
        post("/auth/register/verify", &[], with(credentials, "code", json!("123456")), &[]),
        post("/auth/bridge/validate", &bridge, json!({ "session_id": witness.session }), &[]),
        post("/bridge/validate", &bridge, json!({ "sessionId": witness.session }), &[]),
        post("/auth/two_factor/verify", &pending, with(verify.clone(), "method", json!("email")), &[]),
        post(
            "/auth/two_factor/verify",
            &pending,
            with(verify, "method_id", json!(id)),
            &[("rememberDevice", Flag)],
        ),
        post("/auth/two_factor/email/start", &active, json!({ "action": "remove", "method_id": id }), &[]),
        post("/auth/two_factor/email/setup", &active, json!({ "email": "new@example.com" }), &[]),
        post("/auth/two_factor/email/setup", &active, json!({ "identifier": "new@example.com" }), &[]),
        post("/auth/two_factor/sms/setup", &active, json!({ "phone": "+15551234567" }), &[]),
        post("/auth/two_factor/toggle", &active, json!({ "enabled": false }), by_code),
        post("/auth/two_factor/toggle", &active, json!({ "two_factor_enabled": false }), by_code),
        Valid {
            method: Method::DELETE,
            path: format!("/auth/two_factor/{id}"),
            headers: active,
            body: json!({}),
            optional: by_code,
        },
    ]
}

async fn refuse_each(witness: &Witness, wrong: impl Fn(Holds) -> Vec<String>) {
    for valid in all(witness).await {
        let headers: Vec<_> = valid.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for (field, holds) in valid.fields() {
            for json in wrong(holds) {
                let body = valid.with(&field, &json);
                let answer =
                    witness.app.portal().send(valid.method.clone(), &valid.path, &headers, body).await;
                let what = format!("{} {field}: {}", valid.path, json.get(..20).unwrap_or(&json));
                assert_eq!(answer.status, 400, "{what}: {answer:?}");
                shaped(&what, &answer);
            }
        }
    }
}

async fn a_field_of_the_wrong_type_is_refused_whatever_else_is_right(host: Host) {
    let witness = Witness::new(host).await;
    refuse_each(&witness, Holds::wrong).await;
    witness.untouched().await;
}

/// security.md: 10,000-digit numbers.
async fn a_number_of_ten_thousand_digits_is_refused_in_every_field(host: Host) {
    let witness = Witness::new(host).await;
    let ten_thousand = |digit: &str| digit.repeat(10_000);
    refuse_each(&witness, |_| vec![ten_thousand("1"), format!("1e{}", ten_thousand("9"))]).await;
    let code = &witness.of_pending.code;
    for number in [format!("{}{code}", ten_thousand("0")), format!("-{}", ten_thousand("9"))] {
        witness.refuse(format!("{{\"code\":{number},\"email\":{number}}}"), 400).await;
    }
    witness.untouched().await;
}
