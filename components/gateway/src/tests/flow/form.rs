//! What is filled in: what is taken, what is refused, and what is kept.

use super::{
    BUSINESS, Browser, FORM, PERSON, answers, customer, encoded, identify, inbox, newest_code, one, seal,
    status,
};
use crate::testing::{PARTNER, key, sandbox};
use serde_json::json;

#[test]
fn the_first_answers_stay() {
    let (ports, made) = one();
    let browser = Browser::at(&ports, &made);
    browser.confirm();
    let seal = seal(browser.get().text());
    let send = |name: &str| {
        let mut fields = vec![("do", "submit"), ("seal", seal.as_str())];
        fields.extend(
            PERSON.iter().map(|(field, value)| (*field, if *field == "given_name" { name } else { value })),
        );
        browser.post(&fields)
    };
    assert_eq!(send("Ann").status, 303);
    let again = send("Eve");
    assert!(again.status == 200 && again.text().contains("<h1>Submitted</h1>"));
    assert_eq!(answers(&ports).len(), 1);
    assert_eq!(answers(&ports)[0]["given_name"], "Ann");
}

#[test]
fn a_form_that_is_wrong_says_where_and_keeps_what_was_typed() {
    let (ports, made) = one();
    let browser = Browser::at(&ports, &made);
    browser.confirm();
    let with = |name: &str, value: &str| {
        let of = |field: &'static str, usual: &'static str| {
            if field == name { (field, value.to_owned()) } else { (field, usual.to_owned()) }
        };
        let fields: Vec<_> = PERSON.iter().map(|(field, usual)| of(field, usual)).collect();
        let fields: Vec<_> = fields.iter().map(|(field, value)| (*field, value.as_str())).collect();
        browser.submit(&fields)
    };
    let long = "ä".repeat(101);
    for (name, value, says) in [
        ("given_name", "", "Given name: please fill this in."),
        ("given_name", " \t ", "Given name: please fill this in."),
        ("given_name", &long, "Given name: please use 100 characters at most."),
        ("given_name", "A\u{0}nn", "characters that cannot be seen"),
        ("given_name", "A\nnn", "characters that cannot be seen"),
        ("given_name", "\u{202e}nnA", "characters that cannot be seen"),
        ("family_name", "--", "Family name: please use letters or digits."),
        ("date_of_birth", "31.12.1990", "Date of birth: please enter year, month and day"),
        ("date_of_birth", "1990-02-29", "Date of birth: "),
        ("date_of_birth", "1990-13-01", "Date of birth: "),
        ("date_of_birth", "1990-00-00", "Date of birth: "),
        ("date_of_birth", "1899-12-31", "Date of birth: "),
        ("date_of_birth", "2026-01-16", "Date of birth: "),
        ("date_of_birth", "+990-01-01", "Date of birth: "),
        ("nationality", "XX", "Nationality: please enter the two letters of a country"),
        ("country", "Germany", "Country you live in: "),
        ("postal_code", "123456789012345678901", "Postal code, if there is one: "),
    ] {
        let answer = with(name, value);
        assert_eq!(answer.status, 422, "{name} {value}");
        let page = answer.text();
        // In the summary, with the way there, and beside the field.
        assert!(page.contains(&format!("<li><a href=\"#{name}\">")), "{name}");
        assert!(page.contains(&format!("id=\"{name}-problem\">")), "{name}");
        assert_eq!(page.matches(says).count(), 2, "{name} {value}: {page}");
        assert_eq!(page.matches("aria-invalid").count(), 1);
        assert!(page.contains("<title>Error: Your details</title>"));
        assert!(name == "city" || page.contains("value=\"Köln\""));
        assert!(answers(&ports).is_empty());
    }
    assert_eq!(browser.submit(&[]).text().matches("-problem\">").count(), 8);
    // The last day that is not in the future, the first of all, and a leap day.
    for good in ["2026-01-15", "1900-01-01", "2024-02-29"] {
        let (ports, made) = one();
        let browser = Browser::at(&ports, &made);
        browser.confirm();
        let mut fields = PERSON;
        fields[2].1 = good;
        assert_eq!(browser.submit(&fields).status, 303, "{good}");
    }
}

#[test]
fn beneficial_owners_are_bounded() {
    let ports = sandbox();
    let customer = customer(&ports, "Business", "ann@example.com");
    let browser = Browser::at(&ports, &identify(&ports, &customer, false));
    browser.confirm();
    let many = "Ann Lee\n".repeat(21);
    let long = "A".repeat(101);
    for (owners, says) in
        [(many.as_str(), "name 20 at most"), (&long, "one name on each line"), ("Ann\n-", "one name on")]
    {
        let mut fields = BUSINESS;
        fields[7].1 = owners;
        let answer = browser.submit(&fields);
        assert!(answer.status == 422 && answer.text().contains(says), "{says}");
        assert!(answer.text().contains(&format!("{}</textarea>", owners.trim_end_matches("\u{7}"))));
    }
    let mut fields = BUSINESS;
    let most = format!("{}\n", "ü".repeat(99)).repeat(20);
    fields[7].1 = &most;
    assert_eq!(browser.submit(&fields).status, 303);
    assert_eq!(answers(&ports)[0]["beneficial_owners"].as_array().unwrap().len(), 20);
}

#[test]
fn the_longest_answers_can_be_kept() {
    let ports = sandbox();
    let customer = customer(&ports, "Business", "ann@example.com");
    let made = identify(&ports, &customer, true);
    let browser = Browser::at(&ports, &made);
    browser.confirm();
    let text = |longest: usize| "\u{20bb7}".repeat(longest);
    let owners = format!("{}\n", text(99)).repeat(20);
    let (name, number, street, postal, city, prose) =
        (text(200), text(50), text(200), text(20), text(100), text(1200));
    let fields = [
        ("legal_name", name.as_str()),
        ("registration_number", &number),
        ("country", "DE"),
        ("street", &street),
        ("postal_code", &postal),
        ("city", &city),
        ("address_country", "AT"),
        ("beneficial_owners", &owners),
        ("source_of_funds", &prose),
        ("account_purpose", &prose),
    ];
    assert!(encoded(&fields).len() > 55_000);
    assert_eq!(browser.submit(&fields).status, 303);
    assert_eq!(answers(&ports)[0]["source_of_funds"], prose);
    assert_eq!(status(&ports, &made), "PendingReview");
}

#[test]
fn hostile_bodies_are_refused_and_spend_nothing() {
    let (ports, made) = one();
    let browser = Browser::at(&ports, &made);
    browser.ask();
    let huge = format!("do=check&code=000000&x={}", "x".repeat(70_000));
    let many = "a=1&".repeat(10_000);
    for (kind, body, expected) in [
        (FORM, &b"do=check&do=check&code=000000"[..], 400),
        (FORM, b"do=check&code=000000&code=000000", 400),
        (FORM, b"do=check&code=000000&%63ode=000000", 400),
        (FORM, b"", 400),
        (FORM, b"do=", 400),
        (FORM, b"do=delete", 400),
        (FORM, b"do=check&code=\xff\xfe", 422),
        (FORM, b"do=check&code=%ff%00", 422),
        (FORM, b"\x00\x00=%", 400),
        (FORM, many.as_bytes(), 400),
        (FORM, huge.as_bytes(), 413),
        ("application/json", br#"{"do":"send"}"#, 415),
        ("text/plain", b"do=send", 415),
        ("", b"do=send", 415),
    ] {
        let answer = browser.send_with(&[("content-type", kind)], "POST", body);
        assert_eq!(
            answer.status,
            expected,
            "{kind} {}",
            String::from_utf8_lossy(&body[..body.len().min(50)])
        );
        assert!(answer.header("content-type").starts_with("text/html"));
    }
    let page = browser.get();
    assert!(page.text().contains("You have 5 attempts left"));
    assert_eq!(inbox(&ports).len(), 1);
    // Whatever else a form brings along is ignored.
    let answer = browser.post(&[("do", "check"), ("code", &newest_code(&ports)), ("more", "x")]);
    assert_eq!(answer.status, 303);
}

#[test]
fn hostile_names_are_text_on_the_page() {
    let (ports, made) = one();
    let keys = json!([key("acme", PARTNER, "<b>&\"Acme", "read-write")]);
    ports.set_setting("api_keys", &keys.to_string());
    let browser = Browser::at(&ports, &made);
    let name = "\"><img src=x onerror=alert(1)>'</textarea>";
    assert!(browser.get().text().contains("&#60;b&#62;&#38;&#34;Acme"));
    browser.confirm();
    let answer = browser.submit(&[("given_name", name)]);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("value=\"&#34;&#62;&#60;img src=x onerror=alert(1)&#62;"));
    for page in [answer.text(), browser.get().text()] {
        assert!(!page.contains("<img") && !page.contains("<b>"));
    }
}
