//! As the seed prints them: `X-Session-ID`, snake case, everything in `data`.

use super::*;
use http::Method;
use stepgate_tests::{Answer, Portal};

stepgate_tests::suite! {
    a_client_of_the_seed,
}

struct Client {
    portal: Portal,
    session: String,
}

impl Client {
    async fn post(&self, path: &str, body: Value) -> Answer {
        self.portal.session(Method::POST, path, &self.session, body).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.portal.session(Method::GET, path, &self.session, Value::Null).await
    }

    async fn verify(&self, action: &str, code: &str) -> Answer {
        let body = json!({ "code": code, "method": "email", "action": action });
        self.post("/auth/two_factor/verify", body).await
    }
}

#[track_caller]
fn data(answer: Answer) -> Value {
    let body = answer.expect(200).json();
    assert_eq!(body["success"], true, "{body}");
    body["data"].clone()
}

async fn a_client_of_the_seed(host: Host) {
    let app = with_ada(host, json!({})).await;
    let mut client = Client { portal: app.portal(), session: String::new() };
    let system = data(app.visitor().send(Method::GET, "/auth/two_factor/system", &[], "").await);
    assert_eq!(system["global_two_factor_enabled"], true);
    assert_eq!(system["available_methods"][0], "email");
    // Sign-in.
    let login = client.portal.login(ADA, PASSWORD).await.expect(200).json();
    assert_eq!((&login["success"], &login["requires_2fa"]), (&json!(false), &json!(true)));
    assert_eq!(login["available_methods"], json!(["email"]));
    client.session = login["session_id"].as_str().expect("a session").to_owned();
    let first = newest_code(&app, ADA).await;
    // Resend: too soon, and then not.
    let start = json!({ "action": "login" });
    let refused = client.post("/auth/two_factor/email/start", start.clone()).await.expect(429).json();
    assert_eq!((&refused["success"], &refused["code"]), (&json!(false), &json!("RESEND_TOO_SOON")));
    app.advance(MINUTE);
    let sent = data(client.post("/auth/two_factor/email/start", start).await);
    assert_eq!((&sent["method"], &sent["status"]), (&json!("email"), &json!("pending")));
    assert!(sent["expires_in_seconds"].as_u64().is_some_and(|left| (1..=540).contains(&left)), "{sent}");
    let code = newest_code(&app, ADA).await;
    if first != code {
        assert_eq!(client.verify("login", &first).await.expect(400).json()["code"], "INVALID_CODE");
    }
    assert_eq!(
        client.get("/auth/two_factor/methods").await.expect(403).json()["code"],
        "TWO_FACTOR_REQUIRED"
    );
    let verified = data(client.verify("login", &code).await);
    assert_eq!((&verified["verified"], &verified["session_status"]), (&json!(true), &json!("active")));
    assert_eq!(verified["two_factor_verified"], 1);
    // Setup. Its code is resent as well.
    client.post("/auth/two_factor/email/setup", json!({ "email": OTHER })).await.expect(200);
    app.advance(MINUTE);
    let sent = data(client.post("/auth/two_factor/email/start", json!({ "action": "setup" })).await);
    assert_eq!(sent["status"], "pending");
    let code = newest_code(&app, OTHER).await;
    assert_eq!(data(client.verify("setup", &code).await)["verified"], true);
    // Removal.
    let methods = client.get("/auth/two_factor/methods").await.expect(200).json()["methods"].clone();
    assert_eq!(methods.as_array().map(Vec::len), Some(2), "{methods}");
    let path = format!("/auth/two_factor/{}", methods[1]["id"].as_str().expect("an id"));
    let gone = client.portal.session(Method::DELETE, &path, &client.session, Value::Null).await;
    let gone = data(gone);
    assert_eq!((&gone["removed"], &gone["id"]), (&json!(true), &methods[1]["id"]));
    let methods = client.get("/auth/two_factor/methods").await.expect(200).json()["methods"].clone();
    assert_eq!(methods.as_array().map(Vec::len), Some(1), "{methods}");
    // Away.
    client.post("/auth/logout", Value::Null).await.expect(200);
    assert_eq!(client.get("/auth/me").await.expect(401).json()["code"], "SESSION_INVALID");
}
