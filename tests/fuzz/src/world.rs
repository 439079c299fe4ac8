//! Where every input begins: a sandbox with a few people in it, made through the API itself.

use crate::check::Seen;
use crate::request::Sent;
use http::Response;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use stepgate_gateway::testing::TestPorts;

/// Keys, one for each role. They are long, so that no input has one in it by chance.
pub const WRITER: &str = "writer-7c1f0d5e9a3b48e2a6d49f1b";
/// May only read.
pub const READER: &str = "reader-0be2d1c87f5648aa93c4e7d2";
/// May read and review.
pub const OPERATOR: &str = "operator-b94ac03e57d14f6e8a21c5f0";
/// Another partner's.
pub const OTHER: &str = "other-5d0e3a7b91c24c68b7f2e8a4";
/// May make one request a minute, and has made it.
pub const LIMITED: &str = "limited-e81f6c2d40a94b37c5d3b9f6";

/// A document that has to be signed.
pub const DOCUMENT: &str = "dddddddd-0d44-4b50-8888-8dd25736052a";
/// A sub-partner that has a customer.
pub const SUB_PARTNER: &str = "bbbbbbbb-0d44-4b50-8888-8dd25736052a";

const RUN_TOKEN: &str = "run-30c5a9e17b6248fd95e1c7a4d06b";
const WEBHOOK_SECRET: &str = "d2ViaG9vayB3ZWJob29rIHdlYmhvb2sgd2ViaG9vayA=";
const MAC_SECRET: &str = "c2VzYW1lIHNlc2FtZSBzZXNhbWUgc2VzYW1lIHNlc2E=";
const PARTNER: &str = "aaaaaaaa-0d44-4b50-8888-8dd25736052a";
const BASE_URL: &str = "https://2fa.example.com";

/// How many customers the writer's lists hold.
pub const CUSTOMERS: usize = 14;
/// How many autoramps.
pub const AUTORAMPS: usize = 13;
/// How many identifications the first customer has.
pub const IDENTIFICATIONS: usize = 12;

/// A gateway, and what is in it by name.
pub struct World {
    ports: TestPorts,
    names: BTreeMap<&'static str, String>,
    secrets: Vec<String>,
    codes: Vec<String>,
    seen: Option<Seen>,
}

thread_local! {
    static WORLD: World = World::new();
}

/// Does something in the world that there is. Whoever changes anything works on a fork.
pub fn with<T>(work: impl FnOnce(&World) -> T) -> T {
    WORLD.with(work)
}

impl World {
    /// A copy of the gateway.
    #[must_use]
    pub fn fork(&self) -> TestPorts {
        self.ports.fork()
    }

    /// What stands for `<NAME>` in an input.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.names.get(name).map(String::as_str)
    }

    /// What stands for a name that there is.
    #[must_use]
    pub fn id(&self, name: &str) -> &str {
        self.get(name).expect("the world has it")
    }

    /// What may be in no answer and no line of the log.
    #[must_use]
    pub fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// How things stand in it.
    #[must_use]
    pub fn seen(&self) -> &Seen {
        self.seen.as_ref().expect("it was looked at in the end")
    }

    /// The codes of six digits that somebody was sent.
    #[must_use]
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// Puts what the world has in place of each `<NAME>`.
    #[must_use]
    pub fn fill_in(&self, input: &[u8]) -> Vec<u8> {
        let mut filled = Vec::with_capacity(input.len());
        let mut rest = input;
        while let Some(start) = rest.iter().position(|byte| *byte == b'<') {
            let (before, from) = rest.split_at(start);
            filled.extend_from_slice(before);
            let end = from.iter().take(24).position(|byte| *byte == b'>');
            let name = end.and_then(|end| from.get(1..end)).and_then(|name| str::from_utf8(name).ok());
            match (name.and_then(|name| self.get(name)), end) {
                (Some(text), Some(end)) => {
                    filled.extend_from_slice(text.as_bytes());
                    rest = &from[end + 1..];
                }
                _ => {
                    filled.push(b'<');
                    rest = &from[1..];
                }
            }
        }
        filled.extend_from_slice(rest);
        filled
    }

    fn new() -> World {
        let ports = TestPorts::default();
        ports.set("environment", "sandbox");
        ports.set("base_url", BASE_URL);
        ports.set("mac_keys", &json!([{ "id": "k1", "secret": MAC_SECRET }]).to_string());
        ports.set("webhook_keys", &json!([{ "id": "w1", "secret": WEBHOOK_SECRET }]).to_string());
        ports.set("webhook_run_token", RUN_TOKEN);
        let documents = json!([
            { "id": DOCUMENT, "url": "https://example.com/terms", "display_name": "Terms" },
            { "id": "eeeeeeee-0d44-4b50-8888-8dd25736052a", "url": "https://example.com/fees", "display_name": "Fees" },
        ]);
        ports.set("required_signings", &documents.to_string());
        let mut limited = TestPorts::api_key(LIMITED, PARTNER, "Acme", "read-write");
        limited["requests_per_minute"] = json!(1);
        let keys = json!([
            TestPorts::api_key(WRITER, PARTNER, "Acme", "read-write"),
            TestPorts::api_key(READER, PARTNER, "Acme", "read-only"),
            TestPorts::api_key(OPERATOR, PARTNER, "Acme", "operator"),
            TestPorts::api_key(OTHER, "cccccccc-0d44-4b50-8888-8dd25736052a", "Other", "read-write"),
            limited,
        ]);
        ports.set("api_keys", &keys.to_string());
        let secrets = [WRITER, READER, OPERATOR, OTHER, LIMITED, RUN_TOKEN, WEBHOOK_SECRET, MAC_SECRET]
            .map(str::to_owned)
            .to_vec();
        let mut world = World { ports, names: BTreeMap::new(), secrets, codes: Vec::new(), seen: None };
        world.settle();
        // In a copy, so that a look in there changes nothing here.
        world.seen = Some(Seen::of(&world.fork(), world.id("CUSTOMER")));
        world
    }

    /// Everything that is in it.
    fn settle(&mut self) {
        self.name("ABSENT", "01920000-0000-7000-8000-000000000000");
        self.name("DOCUMENT", DOCUMENT);
        self.name("SUB_PARTNER", SUB_PARTNER);
        for (name, key) in [
            ("WRITER", WRITER),
            ("READER", READER),
            ("OPERATOR", OPERATOR),
            ("OTHER", OTHER),
            ("LIMITED", LIMITED),
        ] {
            self.name(name, key);
        }
        self.webhook();
        self.customers();
        self.accounts();
        self.identifications();
        self.changes();
        // What is derived is looked at once, so that it is written down and later looks change nothing.
        for path in ["/api/customers?page_size=100", "/api/autoramps?page_size=100"] {
            self.call(WRITER, "GET", path, &Value::Null);
        }
        let limited = Sent::new("GET", "/api/customers").with("x-api-key", LIMITED);
        assert_eq!(self.exchange(limited).status(), 200);
    }

    fn customers(&mut self) {
        for nth in 0..CUSTOMERS - 2 {
            let email = format!("customer{nth}@example.com");
            let body = json!({ "customer_type": "Person", "email": email, "name": "Ann Archer", "external_id": format!("ext-{nth}") });
            let made = self.call(WRITER, "POST", "/api/customers", &body);
            if nth == 0 {
                self.name_id("CUSTOMER", &made);
            }
            if nth == 1 {
                self.name_id("ARCHIVED", &made);
            }
        }
        let business =
            json!({ "customer_type": "Business", "email": "boss@example.com", "name": "Boss & Co" });
        let made = self.call(WRITER, "POST", "/api/customers", &business);
        self.name_id("BUSINESS", &made);
        let stranger = json!({ "customer_type": "Person", "email": "stranger@example.org" });
        let made = self.call(OTHER, "POST", "/api/customers", &stranger);
        self.name_id("STRANGER", &made);
        let sub = Sent::new("POST", "/api/customers")
            .with("x-api-key", WRITER)
            .with("x-sub-partner-id", SUB_PARTNER)
            .with("idempotency-key", "sub")
            .with_body(json!({ "customer_type": "Person", "email": "sub@example.com" }).to_string());
        let made = self.exchange(sub);
        assert_eq!(made.status(), 201);
        self.name_id("SUB_CUSTOMER", &read(&made));
        let path = format!("/api/customers/{}/archive", self.id("ARCHIVED"));
        self.call(WRITER, "PUT", &path, &Value::Null);
    }

    fn accounts(&mut self) {
        let fiat = crate::valid::fiat_addresses().remove(0);
        let made = self.call(WRITER, "POST", "/api/addresses/fiat", &fiat);
        self.name_id("FIAT", &made);
        let path = format!("/api/sandbox/fiat-verification/{}", self.id("FIAT"));
        self.call(WRITER, "PUT", &path, &json!("Registered"));
        let mut third = fiat;
        third["bank_details"]["is_third_party"] = json!(true);
        third["bank_details"]["account_identifier"]["iban"] = json!("GB29NWBK60161331926819");
        let made = self.call(WRITER, "POST", "/api/addresses/fiat", &third);
        self.name_id("WAITING_FIAT", &made);
        for nth in 0..AUTORAMPS {
            let mut ramp = crate::valid::autoramps().remove(0);
            ramp["external_id"] = json!(format!("ramp-{nth}"));
            let made = self.call(WRITER, "POST", "/api/autoramps", &ramp);
            match nth {
                0 => self.name_id("AUTORAMP", &made),
                1 => self.name_id("WAITING_AUTORAMP", &made),
                2 => self.name_id("CANCELLED", &made),
                _ => {}
            }
        }
        let path = format!("/api/autoramps/{}", self.id("CANCELLED"));
        self.call(WRITER, "DELETE", &path, &Value::Null);
        let path = format!("/api/autoramps/{}", self.id("WAITING_AUTORAMP"));
        let edit = crate::valid::edits().remove(0);
        self.call(WRITER, "PATCH", &path, &edit);
    }

    fn webhook(&mut self) {
        let made = self.call(WRITER, "POST", "/api/webhooks", &crate::valid::webhooks().remove(0));
        self.name_id("WEBHOOK", &made);
        self.secrets.push(made["secret"].as_str().expect("it is shown once").to_owned());
    }

    fn identifications(&mut self) {
        let link = json!({ "type": "Link" });
        for nth in 0..IDENTIFICATIONS {
            let path = format!("/api/customers/{}/identifications/v2", self.id("CUSTOMER"));
            let made = self.call(WRITER, "POST", &path, &link);
            let (id, link) = match nth {
                0 => ("DECIDED", "DECIDED_LINK"),
                1 => ("IDENTIFICATION", "LINK"),
                _ => ("LAST_IDENTIFICATION", "LAST_LINK"),
            };
            self.name_id(id, &made);
            self.name_link(link, &made);
        }
        let path = format!("/api/sandbox/identification/{}", self.id("DECIDED"));
        self.call(WRITER, "POST", &path, &json!({ "approved": true }));
        let business = json!({ "type": "Link", "with_edd": true });
        let path = format!("/api/customers/{}/identifications/v2", self.id("BUSINESS"));
        let made = self.call(WRITER, "POST", &path, &business);
        self.name_id("BUSINESS_IDENTIFICATION", &made);
        self.name_link("BUSINESS_LINK", &made);
        for (link, cookie, seal) in
            [("LAST_LINK", "COOKIE", "SEAL"), ("BUSINESS_LINK", "BUSINESS_COOKIE", "BUSINESS_SEAL")]
        {
            self.sign_in(link, cookie, seal);
        }
        // A code that waits to be typed in at the first link.
        let path = format!("/identify/{}", self.id("LINK"));
        assert_eq!(self.form(&path, "do=send").status(), 303);
        self.name_code("PAGE_CODE");
    }

    /// Gives a browser its session.
    fn sign_in(&mut self, link: &str, cookie: &'static str, seal: &'static str) {
        let path = format!("/identify/{}", self.id(link));
        assert_eq!(self.form(&path, "do=send").status(), 303);
        let signed_in = self.form(&path, "do=check&code=123456");
        let given = signed_in.headers()["set-cookie"].to_str().expect("it is text");
        let session = given.split(';').next().expect("there is a first").to_owned();
        let page = self.exchange(Sent::new("GET", &path).with("cookie", &session));
        let text = String::from_utf8(page.into_body()).expect("it is text");
        let sealed = text.split("name=\"seal\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        self.secrets.push(session.split('.').nth(1).expect("day and token").to_owned());
        self.name(seal, sealed.expect("the form has a seal"));
        self.name(cookie, &session);
    }

    /// A change of an address that waits, and one of an autoramp that is edited.
    fn changes(&mut self) {
        let customer = self.id("CUSTOMER").to_owned();
        let path = format!("/api/customers/{customer}");
        self.call(WRITER, "PUT", &path, &json!({ "email": "new@example.org" }));
        self.name_code("DIGITS");
        let inbox = read(&self.exchange(Sent::new("GET", "/inbox.json")));
        let link = inbox["items"][0]["link"].as_str().expect("it has a link");
        let token = link.rsplit('/').next().expect("there is a last").to_owned();
        self.secrets.push(token.clone());
        self.name("TOKEN", &token);
        for (name, entity) in [("CODE", customer), ("AUTORAMP_CODE", self.id("WAITING_AUTORAMP").to_owned())]
        {
            let path = format!("/api/authentication-codes/entity/{entity}");
            let pending = self.call(WRITER, "GET", &path, &Value::Null);
            self.name_id(name, &pending);
            if name == "CODE" {
                let change = pending["entity_id"].as_str().expect("it is an id").to_owned();
                self.name("CHANGE", &change);
            }
        }
    }

    fn name(&mut self, name: &'static str, text: &str) {
        self.names.insert(name, text.to_owned());
    }

    fn name_id(&mut self, name: &'static str, made: &Value) {
        self.name(name, made["id"].as_str().expect("it has an id"));
    }

    fn name_link(&mut self, name: &'static str, made: &Value) {
        let url = made["url"].as_str().expect("it has a link");
        let token = url.rsplit('/').next().expect("there is a last").to_owned();
        self.secrets.push(token.clone());
        self.name(name, &token);
    }

    /// The code in the newest message.
    fn name_code(&mut self, name: &'static str) {
        let inbox = read(&self.exchange(Sent::new("GET", "/inbox.json")));
        let text = inbox["items"][0]["text"].as_str().expect("it has a text");
        let code = text.split("Your code: ").nth(1).and_then(|rest| rest.get(..6)).expect("it has a code");
        self.codes.push(code.to_owned());
        self.name(name, code);
    }

    fn form(&self, path: &str, body: &str) -> Response<Vec<u8>> {
        let kind = "application/x-www-form-urlencoded";
        self.exchange(Sent::new("POST", path).with("content-type", kind).with_body(body))
    }

    fn call(&self, key: &str, method: &str, path: &str, body: &Value) -> Value {
        let once = format!("{path} {body}");
        let once = once.replace(|c: char| !c.is_ascii_alphanumeric(), "");
        let once = once.get(..once.len().min(200)).expect("it is ASCII");
        let body = self.fill_in(if body.is_null() { String::new() } else { body.to_string() }.as_bytes());
        let nth = self.ports.operations();
        let sent = Sent::new(method, path)
            .with("x-api-key", key)
            .with("idempotency-key", format!("{nth}{once}"))
            .with_body(body);
        let answer = self.exchange(sent);
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(answer.status().is_success(), "{method} {path}: {} {text}", answer.status());
        if text.is_empty() { Value::Null } else { read(&answer) }
    }

    fn exchange(&self, sent: Sent) -> Response<Vec<u8>> {
        self.ports.exchange(sent.request().expect("it is a request"))
    }
}

fn read(answer: &Response<Vec<u8>>) -> Value {
    serde_json::from_slice(answer.body()).expect("it is JSON")
}
