//! From the link to the status, page by page.

use super::{
    BUSINESS, Browser, EDD, PERSON, answers, customer, identify, inbox, newest_code, one, review, status,
    wrong_code,
};
use crate::testing::sandbox;
use serde_json::{Value, json};

fn whole_way(kind: &str, with_edd: bool, fields: &[(&str, &str)]) -> Value {
    let ports = sandbox();
    let customer = customer(&ports, kind, "ann@example.com");
    let made = identify(&ports, &customer, with_edd);
    let browser = Browser::at(&ports, &made);
    let start = browser.get();
    for part in ["Acme asks you to say who you are", "a***@example.com", "Send me a code"] {
        assert!(start.text().contains(part), "{part}");
    }
    assert!(!start.text().contains("ann@example.com") && start.header("set-cookie").is_empty());

    assert_eq!(browser.ask().status, 303);
    let mail = &inbox(&ports)[0];
    assert_eq!(mail["to"], "ann@example.com");
    assert_eq!(mail["subject"], "Acme: confirm your e-mail address");
    assert_eq!(mail.get("link"), None);
    assert!(!mail["text"].as_str().unwrap().contains("://"));
    let shown = ports.send_with(&[], "GET", "/inbox", "");
    assert!(shown.text().contains("Your code: ") && !shown.text().contains("Open the confirmation page"));
    let page = browser.get();
    for part in ["inputmode=\"numeric\" autocomplete=\"one-time-code\" maxlength=\"6\"", "5 attempts left"] {
        assert!(page.text().contains(part), "{part} {}", page.text());
    }

    let passed = browser.give(&newest_code(&ports));
    assert_eq!(passed.status, 303);
    let cookie = passed.header("set-cookie");
    assert!(cookie.ends_with("; Path=/identify; Max-Age=3600; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    let form = browser.get();
    for (name, _) in fields {
        assert!(form.text().contains(&format!(" name=\"{name}\"")), "{name}");
    }
    assert_eq!(form.text().matches("<label").count(), fields.len());

    assert_eq!(browser.submit(fields).status, 303);
    assert_eq!((browser.step(), status(&ports, &made).as_str()), ("submitted", "PendingReview"));
    let log = ports.log.borrow().join("\n");
    for secret in [browser.path.rsplit('/').next().unwrap(), &newest_code(&ports), "example.com"] {
        assert!(!log.contains(secret), "{secret}");
    }
    for (_, value) in fields {
        assert!(value.len() < 4 || !log.contains(value), "{value}");
    }
    // Of the token in the cookie, only the hash is kept.
    let token = browser.cookie.borrow().rsplit('.').next().unwrap().to_owned();
    assert!(
        ports.store.everything().iter().all(|(key, value)| !key.contains(&token) && !value.contains(&token))
    );
    let mut kept = answers(&ports);
    assert_eq!(kept.len(), 1);
    kept.remove(0)
}

#[test]
fn a_person_goes_the_whole_way() {
    let mut expected = json!({
        "customer_type": "Person", "given_name": "Ann", "family_name": "O'Lee-Müller",
        "date_of_birth": "1990-12-31", "nationality": "DE", "street": "1 Main St", "city": "Köln", "country": "DE",
        "occupation": "Pilot",
    });
    assert_eq!(whole_way("Person", false, &PERSON), expected);
    expected["source_of_funds"] = "Salary\nand savings".into();
    expected["account_purpose"] = "Rent".into();
    assert_eq!(whole_way("Person", true, &[&PERSON[..], &EDD].concat()), expected);
}

#[test]
fn a_business_goes_the_whole_way() {
    let mut expected = json!({
        "customer_type": "Business", "legal_name": "Ann & Söhne GmbH", "registration_number": "HRB 1",
        "country": "DE", "street": "1 Main St", "postal_code": "50667", "city": "Köln", "address_country": "AT",
        "beneficial_owners": ["Ann Lee", "Ben Lee"],
    });
    assert_eq!(whole_way("Business", false, &BUSINESS), expected);
    expected["source_of_funds"] = "Salary\nand savings".into();
    expected["account_purpose"] = "Rent".into();
    assert_eq!(whole_way("Business", true, &[&BUSINESS[..], &EDD].concat()), expected);
}

#[test]
fn opening_the_page_never_changes_anything() {
    let (ports, made) = one();
    let browser = Browser::at(&ports, &made);
    let other = Browser::at(&ports, &made);
    let only_looks = |step: &str| {
        let (records, log, mails) = (ports.store.everything(), ports.log.borrow().len(), inbox(&ports).len());
        // Reading a counter for the first time makes one that is zero.
        browser.get();
        let keys = ports.store.keys();
        assert_eq!(browser.step(), step);
        other.get();
        assert_eq!(browser.send_with(&[], "HEAD", "").status, browser.get().status);
        assert_eq!((ports.store.everything(), ports.store.keys()), (records, keys), "{step}");
        assert_eq!((ports.log.borrow().len(), inbox(&ports).len()), (log, mails), "{step}");
    };
    only_looks("start");
    browser.ask();
    only_looks("code");
    browser.give(wrong_code(&ports));
    only_looks("code");
    browser.give(&newest_code(&ports));
    only_looks("form");
    browser.submit(&[]);
    only_looks("form");
    browser.submit(&PERSON);
    only_looks("submitted");
    review(&ports, &made, true);
    only_looks("approved");
}
