//! The pages behind the link of an identification: from the link to the status, and everything that must not work.

use crate::testing::{Answer, PARTNER, TestPorts, key, sandbox};
use core::cell::RefCell;
use core::time::Duration;
use serde_json::{Value, json};
use stepgate_storage::memory::Fault;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
const FORM: &str = "application/x-www-form-urlencoded";

const PERSON: [(&str, &str); 9] = [
    ("given_name", "Ann"),
    ("family_name", "O'Lee-Müller"),
    ("date_of_birth", "1990-12-31"),
    ("nationality", "de"),
    ("street", "1 Main St"),
    ("postal_code", ""),
    ("city", "Köln"),
    ("country", "DE"),
    ("occupation", "Pilot"),
];

const BUSINESS: [(&str, &str); 8] = [
    ("legal_name", "Ann & Söhne GmbH"),
    ("registration_number", "HRB 1"),
    ("country", "DE"),
    ("street", "1 Main St"),
    ("postal_code", "50667"),
    ("city", "Köln"),
    ("address_country", "AT"),
    ("beneficial_owners", "Ann Lee\r\n\r\n Ben Lee "),
];

const EDD: [(&str, &str); 2] = [("source_of_funds", "Salary\r\nand savings"), ("account_purpose", "Rent")];

/// A browser on the page of an identification. It keeps one cookie.
struct Browser<'a> {
    ports: &'a TestPorts,
    path: String,
    cookie: RefCell<String>,
}

impl<'a> Browser<'a> {
    fn at(ports: &'a TestPorts, made: &Value) -> Browser<'a> {
        let url = made["url"].as_str().unwrap();
        let path = url.strip_prefix("https://2fa.example.com").unwrap().to_owned();
        Browser { ports, path, cookie: RefCell::default() }
    }

    fn send_with(&self, more: &[(&'static str, &str)], method: &str, body: impl AsRef<[u8]>) -> Answer {
        let cookie = self.cookie.borrow().clone();
        let mut headers = more.to_vec();
        if !cookie.is_empty() {
            headers.push(("cookie", &cookie));
        }
        let answer = self.ports.send_with(&headers, method, &self.path, body);
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cache-control"), "no-store");
        if let Some(cookie) = answer.headers.get("set-cookie") {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            self.cookie.replace(cookie.to_owned());
        }
        let page = answer.text();
        if answer.status == 303 {
            assert_eq!((answer.header("location"), page), (self.path.as_str(), ""));
        } else {
            assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
            assert!(page.contains("<html lang=\"en\">") && !page.contains("<script"));
            // The address of the page, which opens it, is not on it.
            assert!(!page.contains(self.path.rsplit('/').next().unwrap()));
            // Every input that is shown has a label.
            for input in page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                let described = input.ends_with("-hint") || input.ends_with("-problem");
                assert!(described || page.contains(&format!("<label for=\"{input}\"")), "{input}");
            }
        }
        answer
    }

    fn get(&self) -> Answer {
        self.send_with(&[], "GET", "")
    }

    fn post(&self, fields: &[(&str, &str)]) -> Answer {
        self.send_with(&[("content-type", FORM)], "POST", encoded(fields))
    }

    /// Presses the first button, or the one for another code.
    fn ask(&self) -> Answer {
        self.post(&[("do", "send")])
    }

    fn give(&self, code: &str) -> Answer {
        self.post(&[("do", "check"), ("code", code)])
    }

    /// Confirms the address with the code from the newest mail.
    fn confirm(&self) {
        assert_eq!(self.ask().status, 303);
        let answer = self.give(&newest_code(self.ports));
        assert_eq!(answer.status, 303, "{}", answer.text());
    }

    /// Fills the form in and presses its button.
    fn submit(&self, fields: &[(&str, &str)]) -> Answer {
        let seal = seal(self.get().text());
        self.post(&[&[("do", "submit"), ("seal", seal.as_str())], fields].concat())
    }

    fn step(&self) -> &'static str {
        let page = self.get();
        let is = |mark: &str| page.text().contains(mark);
        match page.status {
            200 if is("Step 1 of 3") => "start",
            200 if is("Step 2 of 3") => "code",
            200 if is("Step 3 of 3") => "form",
            200 if is("<h1>Submitted</h1>") => "submitted",
            200 if is("<h1>Approved</h1>") => "approved",
            200 if is("<h1>Declined</h1>") => "declined",
            410 if is("Already completed") => "completed",
            410 => "dead",
            status => panic!("{status}: {}", page.text()),
        }
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn seal(page: &str) -> String {
    page.split("name=\"seal\" value=\"").nth(1).expect(page).split('"').next().unwrap().to_owned()
}

fn inbox(ports: &TestPorts) -> Vec<Value> {
    ports.send_with(&[], "GET", "/inbox.json", "").json()["items"].as_array().unwrap().clone()
}

fn newest_code(ports: &TestPorts) -> String {
    let text = inbox(ports)[0]["text"].as_str().unwrap().to_owned();
    text.split("Your code: ").nth(1).unwrap()[..6].to_owned()
}

/// A code that is neither the one sent nor the sandbox's.
fn wrong_code(ports: &TestPorts) -> &'static str {
    if newest_code(ports) == "000000" { "000001" } else { "000000" }
}

fn customer(ports: &TestPorts, kind: &str, email: &str) -> String {
    let body = json!({ "customer_type": kind, "email": email, "name": "Ann" }).to_string();
    let headers = [("x-api-key", "acme"), ("idempotency-key", email)];
    let answer = ports.send_with(&headers, "POST", "/api/customers", body);
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn identify(ports: &TestPorts, customer: &str, with_edd: bool) -> Value {
    let path = format!("/api/customers/{customer}/identifications/v2");
    let body = json!({ "type": "Link", "with_edd": with_edd }).to_string();
    let answer = ports.send_with(&[("x-api-key", "acme")], "POST", &path, body);
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

/// A person with an open identification.
fn one() -> (TestPorts, Value) {
    let ports = sandbox();
    let customer = customer(&ports, "Person", "ann@example.com");
    let made = identify(&ports, &customer, false);
    (ports, made)
}

fn status(ports: &TestPorts, made: &Value) -> String {
    let path = format!("/api/identifications/{}", made["id"].as_str().unwrap());
    let answer = ports.send_with(&[("x-api-key", "acme")], "GET", &path, "");
    answer.json()["status"].as_str().unwrap().to_owned()
}

fn review(ports: &TestPorts, made: &Value, approved: bool) {
    let path = format!("/api/sandbox/identification/{}", made["id"].as_str().unwrap());
    let body = json!({ "approved": approved }).to_string();
    assert_eq!(ports.send_with(&[("x-api-key", "acme")], "POST", &path, body).status, 201);
}

fn archive(ports: &TestPorts, made: &Value) {
    let path = format!("/api/identifications/{}/archive", made["id"].as_str().unwrap());
    assert_eq!(ports.send_with(&[("x-api-key", "acme")], "PUT", &path, "").status, 200);
}

/// The answers that were kept.
fn answers(ports: &TestPorts) -> Vec<Value> {
    let kept = ports.store.everything().into_iter().filter(|(key, _)| key.contains("/submission/"));
    kept.map(|(_, value)| serde_json::from_str::<Value>(&value).unwrap()["more"].clone()).collect()
}

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
