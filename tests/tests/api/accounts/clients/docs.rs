//! As the reference pages print them: the cookie, and fields under the root.

use super::*;
use http::Method;
use stepgate_tests::{Answer, Client};

stepgate_tests::suite! {
    a_client_of_the_reference_pages,
}

/// A browser: it keeps the cookie and sends it back.
struct Browser {
    http: Client,
    cookie: String,
}

impl Browser {
    async fn ask(&mut self, method: Method, path: &str, body: Value) -> Answer {
        let headers = [("cookie", self.cookie.as_str()), ("content-type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.http.send(method, path, &headers, body).await;
        let set = answer.header("set-cookie");
        if !set.is_empty() {
            for part in ["; HttpOnly", "; Secure", "; SameSite=Lax", "; Path=/"] {
                assert!(set.contains(part), "{set}");
            }
            self.cookie = set.split(';').next().unwrap_or_default().to_owned();
        }
        answer
    }

    async fn post(&mut self, path: &str, body: Value) -> Value {
        self.ask(Method::POST, path, body).await.expect(200).json()
    }
}

async fn a_client_of_the_reference_pages(host: Host) {
    let app = with_ada(host, json!({})).await;
    let mut browser = Browser { http: app.visitor().clone(), cookie: String::new() };
    let credentials = json!({ "email": ADA, "password": PASSWORD });
    // Sign-in.
    let login = browser.post("/auth/login", credentials.clone()).await;
    assert_eq!((&login["success"], &login["requires_2fa"]), (&json!(false), &json!(true)));
    assert!(login["sessionId"].as_str().is_some_and(|session| session.starts_with("ses_")), "{login}");
    assert!(login["available_methods"].as_array().is_some_and(|words| words.contains(&json!("email"))));
    assert_eq!(login["user"]["email"], ADA);
    // Resend.
    app.advance(MINUTE);
    let sent = browser.post("/auth/two_factor/email/start", json!({ "action": "login" })).await;
    assert!(sent["message"].is_string() && sent["expires_in"].is_u64(), "{sent}");
    let code = newest_code(&app, ADA).await;
    let mut verify = json!({ "code": other_than(&code), "method": "email", "action": "login" });
    let wrong = browser.ask(Method::POST, "/auth/two_factor/verify", verify.clone()).await.expect(400).json();
    assert_eq!((&wrong["success"], &wrong["attempts_remaining"]), (&json!(false), &json!(4)));
    assert!(wrong["error"].is_string());
    verify["code"] = code.into();
    let pending = browser.cookie.clone();
    let verified = browser.post("/auth/two_factor/verify", verify).await;
    assert!(verified["message"].is_string());
    assert_eq!((&verified["user"]["email"], &verified["user"]["two_factor"]), (&json!(ADA), &json!(1)));
    assert_eq!(browser.cookie, pending, "§2: the same id is kept");
    let me = browser.ask(Method::GET, "/auth/user/me", Value::Null).await.expect(200).json();
    assert_eq!(me["data"]["user"]["email"], ADA);
    // Setup, by SMS, with a resend.
    let setup = browser.post("/auth/two_factor/sms/setup", json!({ "phone": PHONE })).await;
    assert!(setup["method_id"].is_string() && setup["message"].is_string(), "{setup}");
    assert_eq!(setup["expires_in"], 600);
    app.advance(MINUTE);
    browser.post("/auth/two_factor/sms/start", json!({ "action": "setup" })).await;
    let code = newest_code(&app, PHONE).await;
    let verify = json!({ "code": code, "method": "sms", "action": "setup" });
    browser.post("/auth/two_factor/verify", verify).await;
    let methods = browser.ask(Method::GET, "/auth/two_factor/methods", Value::Null).await.expect(200).json();
    let sms = methods["methods"][1].clone();
    assert_eq!((&sms["method"], &sms["status"]), (&json!("sms"), &json!("active")));
    assert!(sms.get("last_used_at").is_some() && sms.get("metadata").is_some(), "{sms}");
    // Removal, and the switch.
    let path = format!("/auth/two_factor/{}", sms["id"].as_str().expect("an id"));
    browser.ask(Method::DELETE, &path, Value::Null).await.expect(200);
    let off = browser.post("/auth/two_factor/toggle", json!({ "enabled": false })).await;
    assert_eq!((&off["two_factor"], off["message"].is_string()), (&json!(false), true));
    // Sign-in without it, and away: the cookie that is thrown away opens nothing any more.
    let login = browser.post("/auth/login", credentials).await;
    assert!(login["sessionId"].is_string() && login["expiresAt"].is_string(), "{login}");
    let kept = browser.cookie.clone();
    let away = browser.post("/auth/logout", json!({})).await;
    assert_eq!(away["message"], "Logged out successfully");
    assert_ne!(browser.cookie, kept);
    browser.cookie = kept;
    browser.ask(Method::GET, "/auth/me", Value::Null).await.expect(401);
}
