//! Codes for the address: how many are sent, and how many compared.

use super::{Browser, DAY, FORM, MINUTE, customer, encoded, identify, inbox, newest_code, one, wrong_code};
use crate::testing::{TestPorts, sandbox};
use core::cell::RefCell;
use core::time::Duration;

#[test]
fn wrong_codes_are_counted_and_a_new_one_has_to_be_asked_for() {
    let (ports, made) = one();
    let browser = Browser::at(&ports, &made);
    let early = browser.give("000000");
    assert!(early.status == 422 && early.text().contains("There is no code yet"));
    browser.ask();
    for unclear in ["", "12345", "1234567", "12345a", "１２３４５６", &"1".repeat(10_000)] {
        let answer = browser.give(unclear);
        assert!(answer.status == 422 && answer.text().contains("six digits"), "{unclear}");
        assert!(answer.text().contains("You have 5 attempts left"));
    }
    for left in
        ["You have 4 attempts", "You have 3 attempts", "You have 2 attempts", "You have one attempt left"]
    {
        let answer = browser.give(wrong_code(&ports));
        assert!(answer.status == 422 && answer.text().contains(left), "{left}");
        assert!(answer.text().contains("aria-invalid=\"true\" aria-describedby=\"code-hint code-problem\""));
    }
    let answer = browser.give(wrong_code(&ports));
    assert!(answer.text().contains("Too many wrong codes") && answer.text().contains("Send me a code"));
    // The right one does not help any more.
    let answer = browser.give(&newest_code(&ports));
    assert!(answer.status == 422 && answer.text().contains("Too many wrong codes"));
    assert_eq!(browser.step(), "start");
    browser.ask();
    ports.pass(10 * MINUTE);
    let answer = browser.give(&newest_code(&ports));
    assert!(answer.status == 422 && answer.text().contains("no longer valid"));
    // However it is set apart.
    browser.ask();
    let code = newest_code(&ports);
    assert_eq!(browser.give(&format!(" {} {}-{} ", &code[..3], &code[3..5], &code[5..])).status, 303);
    assert_eq!(browser.step(), "form");
}

/// It would be used up there, and stand for nothing.
#[test]
fn a_code_of_the_page_is_none_of_the_partners() {
    let (ports, made) = one();
    let browser = Browser::at(&ports, &made);
    browser.ask();
    let code = newest_code(&ports);
    browser.give(wrong_code(&ports));
    let attempt = ports.log_lines().into_iter().rev().find(|line| line.contains("challenge")).unwrap();
    let attempt: serde_json::Value = serde_json::from_str(&attempt).unwrap();
    let theirs = format!("/api/authentication-codes/{}", attempt["challenge"].as_str().unwrap());
    let body = format!(r#"{{"code":{}}}"#, code.parse::<u32>().unwrap());
    let answer = ports.call("acme", "PUT", &theirs, &body);
    assert_eq!(answer.status, 404, "{}", answer.text());
    assert_eq!(browser.give(&code).status, 303);
}

#[test]
fn new_codes_do_not_give_guesses_without_end() {
    let (ports, made) = one();
    let browser = Browser::at(&ports, &made);
    let mut compared = 0;
    for _ in 0..30 {
        ports.pass(DAY / 2);
        if browser.ask().status != 303 {
            break;
        }
        for _ in 0..5 {
            let answer = browser.give(wrong_code(&ports));
            if answer.status == 403 {
                assert_eq!(compared, 100);
                assert!(answer.text().contains("Too many wrong codes"));
                assert_eq!(browser.give(&newest_code(&ports)).status, 403);
                assert_eq!(browser.give("123456").status, 403);
                return;
            }
            compared += 1;
        }
    }
    panic!("{compared} codes were compared");
}

#[test]
fn a_code_too_soon_is_refused_and_said_to_be() {
    let (ports, made) = one();
    ports.set_setting("resend_cooldown_seconds", "30");
    let browser = Browser::at(&ports, &made);
    assert_eq!(browser.ask().status, 303);
    let code = newest_code(&ports);
    ports.pass(Duration::from_secs(10));
    let answer = browser.ask();
    assert_eq!((answer.status, answer.header("retry-after")), (429, "20"));
    assert!(answer.text().contains("Nothing was sent") && answer.text().contains("in 20 seconds"));
    assert!(answer.text().contains("Step 2 of 3"));
    assert_eq!(inbox(&ports).len(), 1);
    ports.pass(Duration::from_secs(20));
    assert_eq!(browser.ask().status, 303);
    assert_eq!(inbox(&ports).len(), 2);
    // The new one has taken the place of the first.
    assert_eq!(browser.give(&code).status, 422);
    assert_eq!(browser.give(&newest_code(&ports)).status, 303);
}

#[test]
fn messages_are_sent_only_so_often_a_day() {
    let (ports, made) = one();
    let browser = Browser::at(&ports, &made);
    for nth in 0..25 {
        ports.pass(MINUTE);
        assert_eq!(browser.ask().status, if nth < 20 { 303 } else { 429 }, "{nth}");
    }
    assert_eq!(inbox(&ports).len(), 20);
    // What was sent last still works, and tomorrow there is more.
    assert_eq!(browser.step(), "code");
    ports.pass(DAY);
    browser.confirm();
}

#[test]
fn a_code_goes_to_the_address_of_now_and_is_good_for_no_other() {
    let ports = sandbox();
    let customer = customer(&ports, "Person", "ann@example.com");
    let made = identify(&ports, &customer, false);
    let (browser, other) = (Browser::at(&ports, &made), Browser::at(&ports, &made));
    other.confirm();
    browser.ask();
    let old = newest_code(&ports);
    ports.change_email(&customer, "ben@example.org");
    let (_, link) = ports.newest_message();
    assert_eq!(ports.send_with(&[], "POST", &link, "").status, 200);
    assert_eq!(ports.email(&customer), "ben@example.org");
    assert_eq!((browser.step(), other.step()), ("start", "start"));
    assert_eq!(browser.give(&old).status, 422);
    browser.confirm();
    assert_eq!(inbox(&ports)[0]["to"], "ben@example.org");
    assert_eq!(browser.step(), "form");
}

#[test]
fn of_two_who_give_the_right_code_at_once_one_gets_in() {
    for at in 0.. {
        let (ports, made) = one();
        let path = Browser::at(&ports, &made).path;
        Browser::at(&ports, &made).ask();
        let code = newest_code(&ports);
        let other = std::rc::Rc::new(RefCell::new(None));
        let (seen, body) = (std::rc::Rc::clone(&other), encoded(&[("do", "check"), ("code", &code)]));
        let elsewhere = move |ports: &TestPorts| {
            let answer = ports.send_with(&[("content-type", FORM)], "POST", &path, &body);
            *seen.borrow_mut() = Some(answer.headers.contains_key("set-cookie"));
        };
        *ports.before_operation.borrow_mut() = Some((at, Box::new(elsewhere)));
        let browser = Browser::at(&ports, &made);
        let first = browser.give(&code).headers.contains_key("set-cookie");
        if ports.before_operation.take().is_some() {
            assert!(at > 5);
            break;
        }
        let second = other.borrow().unwrap();
        assert!(!(first && second), "{at}");
        assert!(first || second, "{at}");
    }
}
