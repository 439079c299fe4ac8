//! The page behind a confirmation link, as HTTP: `contracts/authentication-codes.md` §3.2 (mail), security.md (links).
//! What it looks like in a browser is in `tests/pages.rs`.

use crate::support::{NEW, OLD, Pending};
use http::Method;
use serde_json::json;
use std::time::Duration;
use stepgate_tests::{Answer, App, Host, PRODUCTION_URL, wrong_codes};

stepgate_tests::suite! {
    opening_a_link_changes_nothing,
    the_button_confirms,
    the_button_works_once,
    the_link_confirms_without_a_key,
    a_page_says_what_is_confirmed,
    a_link_expires_with_its_code,
    a_link_of_a_superseded_code_is_over,
    a_link_of_a_rejected_code_is_over,
    a_link_of_a_confirmed_code_says_so,
    a_token_that_is_not_right_opens_nothing_and_spends_nothing,
    a_link_is_built_from_the_settings_only,
    pages_carry_their_protection,
    pages_escape_what_they_show,
    the_message_says_how_long_its_code_lives,
    the_description_of_the_api_is_there_for_programs_and_for_people,
}

async fn get(app: &App, pending: &Pending) -> Answer {
    app.visitor().send(Method::GET, pending.mail.path(), &[], "").await
}

async fn press(app: &App, pending: &Pending) -> Answer {
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    app.visitor().send(Method::POST, pending.mail.path(), &form, "").await
}

/// security.md: a mail scanner opens the link and confirms, or burns it.
async fn opening_a_link_changes_nothing(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    for _ in 0..20 {
        get(&app, &pending).await.expect(200);
        app.visitor().send(Method::HEAD, pending.mail.path(), &[], "").await.expect(200);
    }
    for method in [Method::OPTIONS, Method::PUT, Method::DELETE, Method::PATCH] {
        app.visitor().send(method, pending.mail.path(), &[], "").await.expect(405);
    }
    let code = pending.caller.code_of(&pending.change.id).await.expect(200).json();
    assert_eq!((&code["status"], &code["attempts"]), (&json!("Pending"), &json!(0)));
    assert_eq!(pending.email().await, OLD);
    press(&app, &pending).await.expect(200);
    assert_eq!(pending.email().await, NEW);
}

/// authentication-codes.md §3.2: clicking the link completes the action with no API call.
async fn the_button_confirms(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    let page = press(&app, &pending).await.expect(200);
    assert!(page.text().contains("Confirmed"), "{}", page.text());
    assert_eq!(pending.email().await, NEW);
    assert_eq!(pending.change_status().await, "Applied");
    let code = pending.confirm().await;
    assert_eq!((&code["status"], &code["attempts"]), (&json!("Confirmed"), &json!(1)));
}

/// authentication-codes.md §3.2: single-use; pressed twice (or reloaded) it stays confirmed, and applies once.
async fn the_button_works_once(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    futures::future::join_all((0..10).map(|_| press(&app, &pending))).await;
    assert_eq!(app.verdicts(&pending.change.code_id, "confirmed"), 1);
    let page = get(&app, &pending).await.expect(410);
    assert!(page.text().contains("Already confirmed"), "{}", page.text());
    assert_eq!(pending.email().await, NEW);
}

/// Whoever has the mail has no API key.
async fn the_link_confirms_without_a_key(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    assert!(pending.mail.link.starts_with(&format!("http://{}/confirm/", app.address())));
    let page = get(&app, &pending).await.expect(200);
    assert_eq!(page.header("set-cookie"), "");
    press(&app, &pending).await.expect(200);
}

/// OWASP Transaction Authorization 1.1: the person sees what they confirm. Masked: the link may be forwarded.
async fn a_page_says_what_is_confirmed(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    let page = get(&app, &pending).await.expect(200);
    for said in ["Acme Pay", "a***@old.example", "a***@new.example", "<button"] {
        assert!(page.text().contains(said), "{said}: {}", page.text());
    }
    for unsaid in [OLD, NEW, pending.mail.token()] {
        assert!(!page.text().contains(unsaid), "{unsaid}: {}", page.text());
    }
}

/// authentication-codes.md §3.2, mail: same expiry as the code.
async fn a_link_expires_with_its_code(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    app.advance(Duration::from_secs(600));
    get(&app, &pending).await.expect(410);
    press(&app, &pending).await.expect(410);
    assert_eq!(pending.email().await, OLD);
    assert_eq!(pending.change_status().await, "Dropped");
}

/// authentication-codes.md §3.3, §4: superseded.
async fn a_link_of_a_superseded_code_is_over(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    pending.caller.change_email(&pending.customer, "ada@newer.example").await;
    get(&app, &pending).await.expect(410);
    press(&app, &pending).await.expect(410);
    assert_eq!(pending.email().await, OLD);
}

/// authentication-codes.md §3.2, mail: same terminal rules as the code.
async fn a_link_of_a_rejected_code_is_over(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    let mut wrong = wrong_codes(&pending.mail);
    for _ in 0..5 {
        pending.submit(wrong.next().expect("there are many")).await;
    }
    get(&app, &pending).await.expect(410);
    press(&app, &pending).await.expect(410);
    assert_eq!(pending.email().await, OLD);
}

/// authentication-codes.md §3.2: the code first, then the link.
async fn a_link_of_a_confirmed_code_says_so(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    pending.confirm().await;
    assert!(get(&app, &pending).await.expect(410).text().contains("Already confirmed"));
    assert_eq!(app.verdicts(&pending.change.code_id, "confirmed"), 1);
}

/// challenges.wit, confirm-link: whoever sees a challenge's id must not be able to burn its attempts.
async fn a_token_that_is_not_right_opens_nothing_and_spends_nothing(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    let token = pending.mail.token();
    assert_eq!(token.len(), 54);
    let mut answers = Vec::new();
    for at in [0, 20, 21, 22, 23, 30, 52] {
        let mut other = token.as_bytes().to_vec();
        other[at] = if other[at] == b'A' { b'B' } else { b'A' };
        let other = String::from_utf8(other).expect("ASCII");
        for method in [Method::GET, Method::POST] {
            let path = format!("/confirm/{other}");
            answers.push(app.visitor().send(method, &path, &[], "").await.expect(404).indistinguishable());
        }
    }
    for other in [&token[..53], &format!("{token}A"), "x", &pending.change.code_id, &"A".repeat(2_000)] {
        let path = format!("/confirm/{other}");
        answers.push(app.visitor().send(Method::POST, &path, &[], "").await.expect(404).indistinguishable());
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    let code = pending.caller.code_of(&pending.change.id).await.expect(200).json();
    assert_eq!(code["attempts"], 0);
    press(&app, &pending).await.expect(200);
}

/// security.md: the mail link is built from X-Forwarded-Host.
async fn a_link_is_built_from_the_settings_only(host: Host) {
    let app = App::production(host).await;
    let customer = app.one().customer(OLD).await;
    let hostile = ["evil.example", "evil.example:443", "confirm.example@evil.example", "x\"><script>"];
    for (round, value) in hostile.into_iter().enumerate() {
        for name in ["Host", "X-Forwarded-Host", "Forwarded", "X-Forwarded-Proto", "X-Original-URL", "Origin"]
        {
            let to = format!("ada-{round}-{}@new.example", name.to_lowercase());
            let answer = app.one().with(name, value).put_email(&customer, &to).await;
            // A host header that is no host may be refused, but not be obeyed.
            if answer.status == 400 {
                continue;
            }
            let place = answer.expect(204);
            assert!(place.header("location").starts_with("/api/customers/"));
            let mail = app.mail_to(OLD).await;
            assert!(mail.link.starts_with(&format!("{PRODUCTION_URL}/confirm/")), "{}", mail.link);
            assert!(!mail.text.contains("evil"), "{}", mail.text);
        }
    }
}

/// No script, no frame, no referrer: the address holds the token.
async fn pages_carry_their_protection(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    for path in ["/", "/inbox", "/nothing", "/confirm/x", pending.mail.path()] {
        let page = app.visitor().send(Method::GET, path, &[], "").await;
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert!(page.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert!(!page.text().contains("<script"), "{path}");
    }
}

/// A partner's name and an address are texts, not markup.
async fn pages_escape_what_they_show(host: Host) {
    let app = App::sandbox(host).await;
    app.set_api_keys(&[stepgate_tests::ONE.named("<b>Acme</b> & \"Co\"")]);
    let customer = app.one().customer("a'b&c@old.example").await;
    app.one().change_email(&customer, NEW).await;
    let mail = app.mail_to("a'b&c@old.example").await;
    for path in ["/inbox", mail.path()] {
        let page = app.visitor().send(Method::GET, path, &[], "").await.expect(200);
        assert!(page.text().contains("Acme"), "{path}");
        assert!(!page.text().contains("<b>"), "{path}: {}", page.text());
    }
}

/// security.md: the message says 10 minutes, the code lives 24 hours. The text is rendered from the record.
async fn the_message_says_how_long_its_code_lives(host: Host) {
    for lifetime in ["60", "600", "3600"] {
        let app =
            stepgate_tests::Setup::production(host).setting("code_lifetime_seconds", lifetime).start().await;
        let pending = Pending::new(&app).await;
        let code = pending.caller.code_of(&pending.change.id).await.expect(200).json();
        let at = time::OffsetDateTime::parse(
            code["expires_at"].as_str().expect("text"),
            &time::format_description::well_known::Rfc3339,
        )
        .expect("RFC 3339");
        let said =
            format!("{} {} {}, {:02}:{:02} UTC", at.day(), at.month(), at.year(), at.hour(), at.minute());
        assert!(pending.mail.text.contains(&format!("until {said}")), "{said}: {}", pending.mail.text);
        assert!(get(&app, &pending).await.expect(200).text().contains(&said));
    }
}

/// Generated from the code, and what every exchange in these tests is held against.
async fn the_description_of_the_api_is_there_for_programs_and_for_people(host: Host) {
    let app = App::production(host).await;
    let file = app.visitor().send(Method::GET, "/openapi.json", &[], "").await.expect(200);
    assert_eq!(file.header("content-type"), "application/json");
    assert_eq!(file.header("access-control-allow-origin"), "*");
    let file: serde_json::Value = serde_json::from_str(file.text()).expect("JSON");
    assert_eq!(file["openapi"], "3.1.0");
    let page = app.visitor().send(Method::GET, "/docs", &[], "").await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"));
    for place in file["paths"].as_object().expect("paths").values() {
        for operation in place.as_object().expect("operations").values().filter(|value| value.is_object()) {
            let id = operation["operationId"].as_str().expect("a name");
            assert!(page.text().contains(&format!("id=\"{id}\"")), "{id}");
        }
    }
}
