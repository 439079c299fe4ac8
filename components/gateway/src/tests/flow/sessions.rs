//! What a browser may do that has given a code, and another may not.

use super::{Browser, HOUR, PERSON, answers, customer, identify, newest_code, one, seal};
use crate::testing::sandbox;

#[test]
fn another_browser_goes_on_only_with_a_code_of_its_own() {
    let (ports, made) = one();
    let (first, second) = (Browser::at(&ports, &made), Browser::at(&ports, &made));
    first.ask();
    // The code may be typed in on the other one.
    assert_eq!((first.step(), second.step()), ("code", "code"));
    let code = newest_code(&ports);
    assert_eq!(first.give(&code).status, 303);
    assert_eq!((first.step(), second.step()), ("form", "start"));
    // Nobody gets in with the same code again.
    let replayed = second.give(&code);
    assert_eq!(replayed.status, 422);
    assert!(replayed.text().contains("used already") && replayed.header("set-cookie").is_empty());
    // Nor without one.
    let answer =
        second.post(&[&[("do", "submit"), ("seal", &seal(first.get().text()))], &PERSON[..]].concat());
    assert_eq!(answer.status, 403);
    assert!(answers(&ports).is_empty());
    second.confirm();
    assert_eq!((first.step(), second.step()), ("form", "form"));
    assert_eq!(second.submit(&PERSON).status, 303);
    assert_eq!((first.step(), second.step()), ("submitted", "submitted"));
    assert_eq!(Browser::at(&ports, &made).step(), "completed");
}

#[test]
fn a_session_is_good_for_an_hour_and_for_one_identification() {
    let ports = sandbox();
    let customer = customer(&ports, "Person", "ann@example.com");
    let (one, two) = (identify(&ports, &customer, false), identify(&ports, &customer, false));
    let (browser, other) = (Browser::at(&ports, &one), Browser::at(&ports, &two));
    browser.confirm();
    let cookie = browser.cookie.borrow().clone();
    other.cookie.replace(cookie.clone());
    assert_eq!((browser.step(), other.step()), ("form", "start"));
    let (day, token) = cookie.strip_prefix("identify=").unwrap().split_once('.').unwrap();
    for wrong in [
        format!("identify={day}.{}", "A".repeat(32)),
        format!("identify={}.{token}", day.parse::<u64>().unwrap() + 1),
        format!("identify=x.{token}"),
        format!("identify=99999999999999999999.{token}"),
        format!("identify={day}.{token}A"),
        format!("identify={day}."),
        "identify=".into(),
        format!("identity={day}.{token}"),
        format!("{cookie}; {cookie}"),
    ] {
        browser.cookie.replace(wrong.clone());
        assert_eq!(browser.step(), "start", "{wrong}");
    }
    browser.cookie.replace(format!("a=b; {cookie}; c=d"));
    assert_eq!(browser.step(), "form");
    let seal = seal(browser.get().text());
    ports.pass(HOUR);
    assert_eq!(browser.step(), "start");
    let late = browser.post(&[&[("do", "submit"), ("seal", seal.as_str())], &PERSON[..]].concat());
    assert!(late.status == 403 && late.text().contains("Nothing was saved"));
    assert!(answers(&ports).is_empty());
}

#[test]
fn the_cookie_goes_over_tls_only_unless_there_is_none() {
    let (ports, made) = one();
    for (base, attributes) in [
        ("http://127.0.0.1:3000", "; Path=/identify; Max-Age=3600; HttpOnly; SameSite=Lax"),
        ("HTTPS://example.com", "; Path=/identify; Max-Age=3600; HttpOnly; SameSite=Lax; Secure"),
    ] {
        ports.set_setting("base_url", base);
        let browser = Browser::at(&ports, &made);
        browser.ask();
        let answer = browser.give(&newest_code(&ports));
        assert!(answer.header("set-cookie").ends_with(attributes), "{}", answer.header("set-cookie"));
    }
}
