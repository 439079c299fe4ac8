//! Mail and stores that fail.

use super::{Browser, MINUTE, PERSON, answers, newest_code, one, seal};
use stepgate_storage::memory::Fault;

#[test]
fn a_mail_that_cannot_be_sent_is_said_to_be_and_leaves_no_code() {
    let (ports, made) = one();
    ports.set_setting("environment", "production");
    ports.delivery_fails.set(true);
    let browser = Browser::at(&ports, &made);
    let answer = browser.ask();
    assert_eq!(answer.status, 500);
    assert!(!answer.text().contains("example.com") && !ports.log.borrow().join("").contains("ann@"));
    assert_eq!(browser.step(), "start");
    ports.delivery_fails.set(false);
    ports.pass(MINUTE);
    assert_eq!(browser.ask().status, 303);
    let mail = ports.sent.borrow()[0].clone();
    assert_eq!((ports.sent.borrow().len(), mail.to.as_str()), (1, "ann@example.com"));
    assert_eq!(browser.step(), "code");
    // The sandbox's code opens nothing here.
    assert_eq!(browser.give("123456").status, 422);
    let code = mail.text.split("Your code: ").nth(1).unwrap()[..6].to_owned();
    assert_eq!(browser.give(&code).status, 303);
}

#[test]
fn a_store_that_fails_anywhere_lets_nobody_pass_and_everything_be_tried_again() {
    for fault in [Fault::Before, Fault::After] {
        for part in ["send", "check", "submit", "get"] {
            for skip in 0.. {
                let (ports, made) = one();
                let browser = Browser::at(&ports, &made);
                if part != "send" {
                    browser.ask();
                }
                let code = if part == "send" { String::new() } else { newest_code(&ports) };
                if part == "submit" {
                    browser.give(&code);
                }
                let seal = if part == "submit" { seal(browser.get().text()) } else { String::new() };
                let press = || match part {
                    "send" => browser.ask(),
                    "check" => browser.give(&code),
                    "submit" => {
                        browser.post(&[&[("do", "submit"), ("seal", seal.as_str())], &PERSON[..]].concat())
                    }
                    _ => browser.get(),
                };
                ports.store.fail_after(skip, fault);
                let first = press();
                let all_is_done = ports.store.heal();
                let expected = if part == "get" { 200 } else { 303 };
                if all_is_done {
                    assert_eq!(first.status, expected, "{part}");
                    assert!(skip > 3, "{part}");
                    break;
                }
                // Closing a code that nobody was told may fail too, but what is said is the first failure.
                assert_eq!(first.status, 500, "{part} {skip} {fault:?}");
                assert!(first.header("set-cookie").is_empty());
                // Neither this browser nor another is any further for it.
                if part == "check" {
                    assert!(matches!(browser.step(), "start" | "code"), "{skip} {fault:?}");
                }
                assert!(matches!(Browser::at(&ports, &made).step(), "start" | "code" | "completed"));
                assert!(part == "submit" || answers(&ports).is_empty());
                // And the way is open.
                ports.pass(2 * MINUTE);
                if part == "submit" {
                    let answer = press();
                    assert!(matches!(answer.status, 200 | 303), "{skip} {fault:?}: {}", answer.text());
                } else {
                    browser.confirm();
                    assert_eq!(browser.submit(&PERSON).status, 303, "{part} {skip} {fault:?}");
                }
                assert_eq!(browser.step(), "submitted", "{part} {skip} {fault:?}");
                assert_eq!(answers(&ports).last().unwrap()["given_name"], "Ann");
            }
        }
    }
}
