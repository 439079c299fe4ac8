//! Where links lead, where they no longer do, and who may press the buttons.

use super::{
    Browser, DAY, FORM, MINUTE, PERSON, answers, archive, customer, encoded, identify, inbox, newest_code,
    one, review, seal,
};
use crate::testing::sandbox;

#[test]
fn behind_a_path_of_its_own_the_browser_is_sent_there() {
    let (ports, made) = one();
    ports.set_setting("base_url", "https://example.com/app");
    let path = Browser::at(&ports, &made).path;
    let press = |fields: &[(&str, &str)]| {
        ports.send_with(
            &[("content-type", FORM), ("origin", "https://example.com")],
            "POST",
            &path,
            encoded(fields),
        )
    };
    assert_eq!(press(&[("do", "send")]).header("location"), format!("/app{path}"));
    let passed = press(&[("do", "check"), ("code", &newest_code(&ports))]);
    assert!(passed.header("set-cookie").contains("; Path=/app/identify; "));
}

#[test]
fn what_is_over_is_a_dead_page() {
    for end in ["expired", "archived", "customer archived", "approved", "declined"] {
        let ports = sandbox();
        let customer = customer(&ports, "Person", "ann@example.com");
        let made = identify(&ports, &customer, false);
        let (browser, stranger) = (Browser::at(&ports, &made), Browser::at(&ports, &made));
        if end == "expired" {
            ports.pass(30 * DAY - 30 * MINUTE);
        }
        browser.confirm();
        let seal = seal(browser.get().text());
        match end {
            "expired" => ports.pass(30 * MINUTE),
            "archived" => archive(&ports, &made),
            "customer archived" => {
                let path = format!("/api/customers/{customer}/archive");
                assert_eq!(ports.send_with(&[("x-api-key", "acme")], "PUT", &path, "").status, 200);
            }
            _ => review(&ports, &made, end == "approved"),
        }
        let mails = inbox(&ports).len();
        let (here, there) = match end {
            "approved" => ("approved", "completed"),
            "declined" => ("declined", "completed"),
            _ => ("dead", "dead"),
        };
        assert_eq!((browser.step(), stranger.step()), (here, there), "{end}");
        for page in [stranger.get(), stranger.ask(), stranger.give("123456"), stranger.post(&PERSON)] {
            assert_eq!(page.status, 410);
            for detail in ["Acme", "***", "<form", "Approved", "Declined"] {
                assert!(!page.text().contains(detail), "{end} {detail}");
            }
        }
        browser.post(&[&[("do", "submit"), ("seal", seal.as_str())], &PERSON[..]].concat());
        assert_eq!((answers(&ports).len(), inbox(&ports).len()), (0, mails), "{end}");
    }
}

#[test]
fn links_that_lead_nowhere_all_look_the_same() {
    let (ports, made) = one();
    let mut seen = Vec::new();
    let path = Browser::at(&ports, &made).path;
    let wrong = format!("{}{}", &path[..path.len() - 1], if path.ends_with('A') { 'B' } else { 'A' });
    let long = format!("/identify/{}", "A".repeat(5000));
    for path in ["/identify/x", "/identify/%00", &wrong, &long, &format!("{path}A")] {
        for method in ["GET", "POST"] {
            let body = encoded(&[("do", "send")]);
            let answer = ports.send_with(&[("content-type", FORM)], method, path, body);
            assert_eq!(answer.status, 404, "{path}");
            let mut headers = answer.headers.clone();
            headers.remove("x-trace-id");
            seen.push((headers, answer.body));
        }
    }
    assert!(seen.iter().all(|one| *one == seen[0]));
    assert!(inbox(&ports).is_empty());
    let answer = ports.send_with(&[], "DELETE", &path, "");
    assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD, POST"));
}

#[test]
fn other_sites_cannot_press_the_buttons() {
    let (ports, made) = one();
    let browser = Browser::at(&ports, &made);
    let press = |headers: &[(&'static str, &str)]| {
        let headers = [&[("content-type", FORM)], headers].concat();
        browser.send_with(&headers, "POST", encoded(&[("do", "send")])).status
    };
    for foreign in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site"), ("origin", "null")],
        &[("sec-fetch-site", "x")],
        &[("origin", "https://evil.example")],
        &[("origin", "http://2fa.example.com")],
        &[("origin", "https://2fa.example.com.evil.example")],
        &[("origin", "https://2fa.example.com"), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
    ] {
        assert_eq!(press(foreign), 403, "{foreign:?}");
    }
    assert!(inbox(&ports).is_empty());
    for ours in [
        &[][..],
        &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        &[("sec-fetch-site", "same-origin"), ("origin", "https://2fa.example.com")],
        &[("origin", "https://2fa.example.com")],
        &[("origin", "null")],
    ] {
        assert_eq!(press(ours), 303, "{ours:?}");
    }
    browser.confirm();
    let right = seal(browser.get().text());
    let other = Browser::at(&ports, &made);
    other.confirm();
    for wrong in ["", "x", &right.to_lowercase(), &seal(other.get().text())] {
        let answer = browser.post(&[&[("do", "submit"), ("seal", wrong)], &PERSON[..]].concat());
        assert_eq!(answer.status, 403, "{wrong}");
    }
    assert!(answers(&ports).is_empty());
    // Nothing that a page elsewhere can read or guess: the seal is not the token.
    assert!(!browser.cookie.borrow().contains(&right));
    assert_eq!(browser.submit(&PERSON).status, 303);
}
