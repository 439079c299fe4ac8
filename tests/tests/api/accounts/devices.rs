//! Devices that are remembered: docs/accounts.md.

use super::people::{LOCK, MINUTE, Person, is_active, newest_code, text};
use http::Method;
use serde_json::{Value, json};
use stepgate_tests::{Answer, App, Host, PASSWORD};

stepgate_tests::suite! {
    a_remembered_device_is_asked_for_no_code_by_either_api,
    a_remembered_device_is_forgotten_by_what_ends_everything,
    a_remembered_device_has_passwords_to_try_of_its_own,
}

const WRONG: &str = "Wrong-horse-9";

/// The sessions API, on a device.
async fn login_on(app: &App, device: &str, person: &Person) -> Answer {
    let body = json!({ "email": person.email, "password": PASSWORD }).to_string();
    app.portal().send(Method::POST, "/auth/login", &[("x-device-token", device)], body).await
}

async fn a_remembered_device_is_asked_for_no_code_by_either_api(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let eve = Person::sign_up(&app, "eve@example.com").await;
    let portal = app.portal();
    let (of_tokens, tokens) = ada.device(&app).await;
    // The other API's comes in a cookie as well.
    let (session, mail) = ada.pending(&app).await;
    let body = json!({ "code": mail.code, "method": "email", "action": "login", "remember_device": true });
    let answer = portal.session(Method::POST, "/auth/two_factor/verify", &session, body).await.expect(200);
    let of_sessions = text(&answer.json()["data"], "device_token");
    let cookie = format!("device_token={of_sessions}");
    assert!(format!("{:?}", answer.headers).contains(&cookie));
    let mails = app.mails().await.len();
    for device in [&of_tokens, &of_sessions] {
        ada.token_on(device, PASSWORD).await.expect(200);
        let login = login_on(&app, device, &ada).await.expect(200).json();
        assert_eq!(login["success"], true, "{login}");
        assert!(is_active(&app, &text(&login, "session_id")).await);
        // It stands in for nobody's password, and for no code of anybody else's.
        ada.token_on(device, WRONG).await.expect(401);
        eve.token_on(device, PASSWORD).await.expect(424);
        app.advance(MINUTE);
    }
    let body = json!({ "email": ada.email, "password": PASSWORD }).to_string();
    let login = portal.send(Method::POST, "/auth/login", &[("cookie", &cookie)], body).await.expect(200);
    assert_eq!(login.json()["success"], true);
    assert_eq!(app.mails().await.len() - mails, 2, "Eve's codes and no others");
    // Every character of it counts.
    let (rest, last) = of_tokens.split_at(of_tokens.len() - 1);
    let other = format!("{rest}{}", if last == "A" { "B" } else { "A" });
    ada.token_on(&other, PASSWORD).await.expect(424);
    // One is forgotten; the other goes on.
    let access = text(&tokens, "access_token");
    let listed =
        portal.bearer(Method::GET, "/reg/user/device", &access, Value::Null).await.expect(200).json();
    let devices = listed["devices"].as_array().expect("devices");
    assert_eq!(devices.len(), 2, "{listed}");
    let path = format!("/reg/user/device/{}", text(&devices[1], "id"));
    portal.bearer(Method::DELETE, &path, &access, Value::Null).await.expect(200);
    app.advance(MINUTE);
    ada.token_on(&of_tokens, PASSWORD).await.expect(424);
    ada.token_on(&of_sessions, PASSWORD).await.expect(200);
}

/// Another password, signing out everywhere, a lock.
async fn a_remembered_device_is_forgotten_by_what_ends_everything(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    for ending in ["signing out", "a lock", "a password"] {
        let (device, tokens) = ada.device(&app).await;
        ada.token_on(&device, PASSWORD).await.expect(200);
        app.advance(MINUTE);
        let mut password = PASSWORD;
        match ending {
            "signing out" => {
                let access = text(&tokens, "access_token");
                let path = "/reg/user/session/logout";
                app.portal().bearer(Method::PUT, path, &access, Value::Null).await.expect(200);
            }
            "a lock" => {
                ada.lock(&app).await;
                ada.token_on(&device, PASSWORD).await.expect(423);
                app.advance(LOCK);
            }
            _ => {
                password = "Another-horse-8";
                ada.reset(&app, password).await;
            }
        }
        ada.token_on(&device, password).await.expect(424);
        app.advance(MINUTE);
        if password == PASSWORD {
            let login = login_on(&app, &device, &ada).await.expect(200).json();
            assert_eq!(login["requires_2fa"], true, "{ending}: {login}");
        }
        app.advance(MINUTE);
    }
}

/// docs/accounts.md: strangers keep nobody out who has one, and who has stolen one keeps nobody else out.
async fn a_remembered_device_has_passwords_to_try_of_its_own(host: Host) {
    let app = App::production(host).await;
    let ada = Person::sign_up(&app, "ada@example.com").await;
    let portal = app.portal();
    let (device, _) = ada.device(&app).await;
    for _ in 0..10 {
        portal.token(&ada.email, WRONG, json!({})).await.expect(401);
    }
    portal.token(&ada.email, PASSWORD, json!({})).await.expect(429);
    ada.token_on(&device, PASSWORD).await.expect(200);
    let kim = Person::sign_up(&app, "kim@example.com").await;
    let (stolen, _) = kim.device(&app).await;
    app.advance(MINUTE);
    for _ in 0..10 {
        kim.token_on(&stolen, WRONG).await.expect(401);
    }
    kim.token_on(&stolen, PASSWORD).await.expect(429);
    portal.token(&kim.email, PASSWORD, json!({})).await.expect(424);
    kim.token(&newest_code(&app, &kim.email).await).await.expect(200);
}
