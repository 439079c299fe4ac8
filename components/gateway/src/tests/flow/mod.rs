//! The pages behind the link of an identification: from the link to the status, and everything that must not work.

mod answers;
mod codes;
mod failures;
mod form;
mod links;
mod sessions;
mod way;

use crate::testing::{Answer, TestPorts, sandbox};
use core::cell::RefCell;
use core::time::Duration;
use serde_json::{Value, json};

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
