//! As `@pubflow/core` does: every request says JSON, also one without a body; a body that is not 2xx is dropped but for its `error`; the
//! session is kept and sent as `X-Session-ID`; methods are meant by their ids; `data` is unwrapped where there is one.

use super::*;
use http::Method;

stepgate_tests::suite! {
    a_client_of_the_vendors_library,
}

struct Client {
    http: stepgate_tests::Client,
    session: Option<String>,
}

impl Client {
    async fn request(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, String> {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(self.session.as_deref().map(|session| ("x-session-id", session)));
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let answer = self.http.send(method, path, &headers, body).await;
        let body = answer.json();
        if answer.status.is_success() {
            Ok(body.get("data").unwrap_or(&body).clone())
        } else {
            Err(body["error"].as_str().expect("a text").to_owned())
        }
    }

    async fn get(&self, path: &str) -> Result<Value, String> {
        self.request(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value, String> {
        self.request(Method::POST, path, Some(body)).await
    }

    /// What it makes of a login: whether a second factor is due, and the methods.
    async fn login(&mut self, credentials: Value) -> Result<(bool, Value), String> {
        let data = self.post("/auth/login", credentials).await?;
        let session = data.get("session_id").or(data.get("sessionId")).and_then(Value::as_str);
        self.session = Some(session.expect("a session").to_owned());
        assert!(data["user"].is_object());
        Ok((data["requires_2fa"] == true, data["available_methods"].clone()))
    }

    async fn start(&self, id: &str, method: &str, action: &str) -> Result<Value, String> {
        let body = json!({ "method_id": id, "action": action });
        self.post(&format!("/auth/two_factor/{method}/start"), body).await
    }

    async fn verify(&self, id: &str, code: &str, action: &str) -> Result<bool, String> {
        let body = json!({ "method_id": id, "code": code, "action": action });
        let data = self.post("/auth/two_factor/verify", body).await?;
        Ok(data["verified"] == true || data["session_activated"] == true)
    }
}

async fn a_client_of_the_vendors_library(host: Host) {
    let app = with_ada(host, json!({ "method_objects": true })).await;
    let mut client = Client { http: app.visitor().clone(), session: None };
    let system = client.get("/auth/two_factor/system").await.expect("an answer");
    assert_eq!(system["global_two_factor_enabled"], true);
    // Sign-in.
    let wrong = client.login(json!({ "userName": ADA, "password": "Wrong-horse-9" })).await;
    assert_eq!(wrong.expect_err("a refusal"), "Invalid credentials");
    let credentials = json!({ "userName": ADA, "password": PASSWORD });
    let (due, methods) = client.login(credentials.clone()).await.expect("a session");
    assert!(due);
    let (id, kind) = (methods[0]["id"].as_str().expect("an id"), methods[0]["method"].as_str());
    assert_eq!(
        (kind, &methods[0]["status"], &methods[0]["identifier"]),
        (Some("email"), &json!("active"), &json!("a***@example.com"))
    );
    // Resend.
    let soon = client.start(id, "email", "login").await;
    assert_eq!(soon.expect_err("a refusal"), "Please wait before requesting a new code");
    app.advance(MINUTE);
    let sent = client.start(id, "email", "login").await.expect("a code is sent");
    assert_eq!((&sent["method"], &sent["verification_sent"]), (&json!("email"), &json!(true)));
    assert!(sent["expires_in"].is_u64());
    let code = newest_code(&app, ADA).await;
    let wrong = client.verify(id, &other_than(&code), "login").await;
    assert_eq!(wrong.expect_err("a refusal"), "Invalid verification code");
    assert_eq!(client.verify(id, &code, "login").await, Ok(true));
    // It never asks for another id: the stored one goes on.
    for path in ["/auth/validate-session", "/auth/validation"] {
        let valid = client.get(path).await.expect("a session");
        assert!(valid["user"].is_object(), "{valid}");
        assert!(valid["expires_at"].is_string() || valid["expiresAt"].is_string(), "{valid}");
    }
    // Setup, by the id that comes of it, with a resend.
    let setup = client.post("/auth/two_factor/email/setup", json!({ "identifier": OTHER })).await;
    let setup = setup.expect("a code is sent");
    assert_eq!(
        (&setup["method"], &setup["status"], &setup["verification_sent"]),
        (&json!("email"), &json!("pending_setup"), &json!(true))
    );
    let other = setup["method_id"].as_str().expect("an id");
    app.advance(MINUTE);
    client.start(other, "email", "setup").await.expect("a code is sent");
    let code = newest_code(&app, OTHER).await;
    assert_eq!(client.verify(other, &code, "setup").await, Ok(true));
    let methods = client.get("/auth/two_factor/methods").await.expect("methods")["methods"].clone();
    assert_eq!((methods.as_array().map(Vec::len), &methods[1]["id"]), (Some(2), &json!(other)));
    assert!(methods[1]["created_at"].is_string() && methods[1].get("last_used_at").is_some());
    // Removal, verified by the other method.
    client.start(id, "email", "remove").await.expect("a code is sent");
    let code = newest_code(&app, ADA).await;
    let removal = |code: &str| json!({ "verification_code": code, "verification_method_id": id });
    let path = format!("/auth/two_factor/{other}");
    let wrong = client.request(Method::DELETE, &path, Some(removal(&other_than(&code)))).await;
    assert_eq!(wrong.expect_err("a refusal"), "Invalid verification code");
    client.request(Method::DELETE, &path, Some(removal(&code))).await.expect("it is removed");
    // The switch.
    client.start(id, "email", "toggle").await.expect("a code is sent");
    let mut body = removal(&newest_code(&app, ADA).await);
    body["two_factor_enabled"] = false.into();
    let off = client.post("/auth/two_factor/toggle", body).await.expect("it is switched off");
    assert_eq!((&off["two_factor_enabled"], &off["active_methods"]), (&json!(false), &json!(["email"])));
    // Away: a POST without a body.
    client.request(Method::POST, "/auth/logout", None).await.expect("it is over");
    for path in ["/auth/validate-session", "/auth/validation"] {
        assert_eq!(client.get(path).await.expect_err("a refusal"), "Session expired");
    }
    let (due, _) = client.login(credentials).await.expect("a session");
    assert!(!due);
}
