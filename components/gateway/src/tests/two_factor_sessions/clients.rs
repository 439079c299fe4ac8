//! §7: one server for three kinds of client. Each plays a sign-in, a resend, a setup and a removal exactly as it sends them, and reads
//! of the answers what it reads and nothing else.

use super::*;

/// As the seed prints them: `X-Session-ID`, snake case, everything in `data`.
mod seed {
    use super::*;

    fn data(answer: &Answer) -> Value {
        let body = answer.json();
        assert_eq!((answer.status, &body["success"]), (200, &json!(true)), "{body}");
        body["data"].clone()
    }

    #[test]
    fn a_client_of_the_seed() {
        let world = World::new();
        let first = world.join_with_two_factor(ANN);
        let system = data(&world.open("GET", "/auth/two_factor/system", Value::Null));
        assert_eq!(system["global_two_factor_enabled"], true);
        assert_eq!(system["available_methods"][0], "email");
        // Sign-in.
        let login = world.open("POST", "/auth/login", json!({ "email": ANN, "password": PASSWORD })).json();
        assert_eq!((&login["success"], &login["requires_2fa"]), (&json!(false), &json!(true)));
        assert_eq!(login["available_methods"], json!(["email"]));
        let session = login["session_id"].as_str().unwrap();
        // Resend.
        world.wait(MINUTE);
        let sent = data(&world.post(session, "/auth/two_factor/email/start", json!({ "action": "login" })));
        assert_eq!((&sent["method"], &sent["status"]), (&json!("email"), &json!("pending")));
        assert!(sent["expires_in_seconds"].is_u64());
        let body = json!({ "code": world.code(), "method": "email", "action": "login" });
        let verified = data(&world.post(session, "/auth/two_factor/verify", body));
        assert_eq!((&verified["verified"], &verified["session_status"]), (&json!(true), &json!("active")));
        assert_eq!(verified["two_factor_verified"], 1);
        // Setup.
        let body = json!({ "email": "other@example.com" });
        assert_eq!(world.post(session, "/auth/two_factor/email/setup", body).status, 200);
        let sent = world.post(session, "/auth/two_factor/email/start", json!({ "action": "setup" }));
        assert_eq!(sent.json()["code"], "RESEND_TOO_SOON");
        let body = json!({ "code": world.code(), "method": "email", "action": "setup" });
        assert_eq!(data(&world.post(session, "/auth/two_factor/verify", body))["verified"], true);
        // Removal.
        let methods = world.get(session, "/auth/two_factor/methods").json()["methods"].clone();
        assert_eq!(methods.as_array().unwrap().len(), 2);
        let id = methods[1]["id"].as_str().unwrap();
        let gone = data(&world.delete(session, &format!("/auth/two_factor/{id}"), Value::Null));
        assert_eq!((&gone["removed"], &gone["id"]), (&json!(true), &json!(id)));
        assert_eq!(world.methods(&first).len(), 1);
    }
}

/// As the reference pages print them: the cookie, and fields under the root.
mod docs {
    use super::*;

    #[test]
    fn a_client_of_the_reference_pages() {
        let world = World::new();
        world.join_with_two_factor(ANN);
        // A browser: it keeps the cookie and sends it back.
        let jar = core::cell::RefCell::new(String::new());
        let ask = |method: &str, path: &str, body: Value| {
            let cookie = jar.borrow().clone();
            let headers = [("cookie", cookie.as_str()), ("content-type", "application/json")];
            let answer = world.ports.send_with(&headers, method, path, text(&body));
            if let Some(set) = answer.headers.get("set-cookie") {
                *jar.borrow_mut() = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            }
            answer
        };
        // Sign-in.
        let login = ask("POST", "/auth/login", json!({ "email": ANN, "password": PASSWORD })).json();
        assert_eq!((&login["success"], &login["requires_2fa"]), (&json!(false), &json!(true)));
        assert!(login["sessionId"].as_str().unwrap().starts_with("ses_"));
        assert!(login["available_methods"].as_array().unwrap().contains(&json!("email")));
        assert_eq!(login["user"]["email"], ANN);
        // Resend.
        world.wait(MINUTE);
        let sent = ask("POST", "/auth/two_factor/email/start", json!({ "action": "login" })).json();
        assert!(sent["message"].is_string() && sent["expires_in"].is_u64());
        let body = json!({ "code": world.code(), "method": "email", "action": "login" });
        let verified = ask("POST", "/auth/two_factor/verify", body).json();
        assert!(verified["message"].is_string());
        assert_eq!((&verified["user"]["email"], &verified["user"]["two_factor"]), (&json!(ANN), &json!(1)));
        assert_eq!(ask("GET", "/auth/user/me", Value::Null).json()["data"]["user"]["email"], ANN);
        // Setup, by SMS.
        let setup = ask("POST", "/auth/two_factor/sms/setup", json!({ "phone": "+15551234567" })).json();
        assert!(setup["method_id"].is_string() && setup["message"].is_string());
        assert_eq!(setup["expires_in"], 600);
        let text = world.ports.sent.borrow().last().unwrap().text.clone();
        let code = text.rsplit('#').next().unwrap()[..6].to_owned();
        let body = json!({ "code": code, "method": "sms", "action": "setup" });
        assert_eq!(ask("POST", "/auth/two_factor/verify", body).status, 200);
        let methods = ask("GET", "/auth/two_factor/methods", Value::Null).json()["methods"].clone();
        assert_eq!((&methods[1]["method"], &methods[1]["status"]), (&json!("sms"), &json!("active")));
        assert!(methods[1].get("last_used_at").is_some() && methods[1].get("metadata").is_some());
        // Removal, and the switch.
        let id = methods[1]["id"].as_str().unwrap();
        assert_eq!(ask("DELETE", &format!("/auth/two_factor/{id}"), Value::Null).status, 200);
        let off = ask("POST", "/auth/two_factor/toggle", json!({ "enabled": false })).json();
        assert_eq!((&off["two_factor"], off["message"].is_string()), (&json!(false), true));
        // Sign-in without it, and away.
        let login = ask("POST", "/auth/login", json!({ "email": ANN, "password": PASSWORD })).json();
        assert!(login["sessionId"].is_string() && login["expiresAt"].is_string());
        let kept = jar.borrow().clone();
        assert!(kept.starts_with("session_id=ses_"));
        assert_eq!(ask("POST", "/auth/logout", json!({})).json()["message"], "Logged out successfully");
        assert_eq!(*jar.borrow(), "session_id=");
        // Somebody who has kept the old one has nothing of it.
        let answer = world.ports.send_with(&[("cookie", &kept)], "GET", "/auth/me", "");
        assert_refused(&answer, 401, "SESSION_INVALID", "Invalid or expired session");
    }
}

/// As `@pubflow/core` does: every request says JSON, also one without a body; a body that is not 2xx is dropped but for its
/// `error`; the session is kept and sent as `X-Session-ID`; methods are meant by their ids; `data` is unwrapped where there is one.
mod pubflow {
    use super::*;

    struct Client<'w> {
        world: &'w World,
        session: Option<String>,
    }

    impl Client<'_> {
        fn request(&self, method: &str, path: &str, body: Option<Value>) -> Result<Value, String> {
            let mut headers = vec![("content-type", "application/json")];
            headers.extend(self.session.as_deref().map(|session| ("x-session-id", session)));
            let body = body.map(|body| body.to_string()).unwrap_or_default();
            let answer = self.world.ports.send_with(&headers, method, path, body);
            let body = answer.json();
            if (200..300).contains(&answer.status) {
                Ok(body.get("data").unwrap_or(&body).clone())
            } else {
                Err(body["error"].as_str().unwrap().to_owned())
            }
        }

        /// What it makes of a login: whether a second factor is due, and the methods.
        fn login(&mut self, credentials: Value) -> Result<(bool, Value), String> {
            let data = self.request("POST", "/auth/login", Some(credentials))?;
            let session = data.get("session_id").or(data.get("sessionId")).unwrap();
            self.session = Some(session.as_str().unwrap().to_owned());
            let due = data.get("requires_2fa").is_some_and(|due| due == true);
            assert!(data["user"].is_object());
            Ok((due, data["available_methods"].clone()))
        }

        /// What its types declare of each result of a second factor.
        fn two_factor(&self, method: &str, path: &str, body: Value) -> Result<Value, String> {
            let data = self.request(method, &format!("/auth/two_factor/{path}"), Some(body))?;
            assert_eq!(data["success"], true, "{path}: {data}");
            Ok(data)
        }

        fn start(&self, id: &str, method: &str, action: &str) -> Result<Value, String> {
            let body = json!({ "method_id": id, "action": action });
            self.two_factor("POST", &format!("{method}/start"), body)
        }

        fn verify(&self, id: &str, code: &str, action: &str) -> Result<bool, String> {
            let body = json!({ "method_id": id, "code": code, "action": action });
            let data = self.two_factor("POST", "verify", body)?;
            Ok(data["verified"] == true || data["session_activated"] == true)
        }
    }

    #[test]
    fn a_client_of_the_vendors_library() {
        let world = World::with(json!({ "method_objects": true }));
        world.join_with_two_factor(ANN);
        let mut client = Client { world: &world, session: None };
        let system = client.request("GET", "/auth/two_factor/system", None).unwrap();
        assert_eq!(system["global_two_factor_enabled"], true);
        // Sign-in.
        let wrong = client.login(json!({ "userName": ANN, "password": "wrong horse" }));
        assert_eq!(wrong.unwrap_err(), "Invalid credentials");
        let (due, methods) = client.login(json!({ "email": ANN, "password": PASSWORD })).unwrap();
        assert!(due);
        let (id, kind) = (methods[0]["id"].as_str().unwrap(), methods[0]["method"].as_str().unwrap());
        assert_eq!(
            (kind, &methods[0]["status"], &methods[0]["identifier"]),
            ("email", &json!("active"), &json!("a***@example.com"))
        );
        // Resend.
        assert_eq!(client.start(id, kind, "login").unwrap_err(), "Please wait before requesting a new code");
        world.wait(MINUTE);
        let sent = client.start(id, kind, "login").unwrap();
        assert_eq!((&sent["method"], &sent["verification_sent"]), (&json!("email"), &json!(true)));
        assert!(sent["expires_in"].is_u64());
        let wrong = client.verify(id, &World::other_than(&world.code()), "login");
        assert_eq!(wrong.unwrap_err(), "Invalid verification code");
        let kept = client.session.clone();
        assert_eq!(client.verify(id, &world.code(), "login"), Ok(true));
        // It never asks for another id: the stored one goes on.
        assert!(world.is_in(&kept.unwrap()));
        for path in ["/auth/validate-session", "/auth/validation"] {
            let valid = client.request("GET", path, None).unwrap();
            let until = valid.get("expiresAt").or(valid.get("expires_at")).unwrap();
            assert!(valid["user"].is_object() && until.is_string());
        }
        // Setup.
        let body = json!({ "identifier": "other@example.com" });
        let setup = client.two_factor("POST", "email/setup", body).unwrap();
        assert_eq!(
            (&setup["method"], &setup["status"], &setup["verification_sent"]),
            (&json!("email"), &json!("pending_setup"), &json!(true))
        );
        let other = setup["method_id"].as_str().unwrap();
        assert_eq!(client.verify(other, &world.code(), "setup"), Ok(true));
        let methods = client.request("GET", "/auth/two_factor/methods", None).unwrap()["methods"].clone();
        assert_eq!((methods.as_array().unwrap().len(), &methods[1]["id"]), (2, &json!(other)));
        assert!(methods[1]["created_at"].is_string() && methods[1].get("last_used_at").is_some());
        // Removal, verified by another method.
        client.start(id, "email", "remove").unwrap();
        let body = json!({ "verification_code": world.code(), "verification_method_id": id });
        client.two_factor("DELETE", other, body).unwrap();
        // The switch.
        client.start(id, "email", "toggle").unwrap();
        let body = json!({ "two_factor_enabled": false, "verification_code": world.code(), "verification_method_id": id });
        let off = client.two_factor("POST", "toggle", body).unwrap();
        assert_eq!((&off["two_factor_enabled"], &off["active_methods"]), (&json!(false), &json!(["email"])));
        // Away: a POST without a body.
        client.request("POST", "/auth/logout", None).unwrap();
        for path in ["/auth/validate-session", "/auth/validation"] {
            assert_eq!(client.request("GET", path, None).unwrap_err(), "Session expired");
        }
        let (due, _) = client.login(json!({ "email": ANN, "password": PASSWORD })).unwrap();
        assert!(!due);
    }
}
