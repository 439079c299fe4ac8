//! Webhooks in tests: a receiver, and runs.

use super::TestPorts;
use super::exchange::Answer;
use crate::ports::NoAnswer;
use serde_json::{Value, json};

/// What opens the route that runs.
pub(crate) const RUN_TOKEN: &str = "0123456789abcdef0123456789abcdef";

impl TestPorts {
    /// Turns webhooks on.
    pub(crate) fn turn_webhooks_on(&self) {
        let keys = r#"[{"id":"w1","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]"#;
        self.set_setting("webhook_keys", keys);
        self.set_setting("webhook_run_token", RUN_TOKEN);
    }

    /// Registers a webhook and answers it, with its secret.
    pub(crate) fn webhook(&self, more: Value) -> Value {
        let mut body = json!({ "url": "https://partner.example/hooks?a=b", "topics": [
            "IdentificationStatus", "CustomerStatus", "RegisterAutorampStatus", "RegisterFiatAddressStatus",
        ]});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = self.send_with(&[("x-api-key", "acme")], "POST", "/api/webhooks", body.to_string());
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    /// One run, whatever comes of it.
    pub(crate) fn run(&self) -> Answer {
        let token = format!("Bearer {RUN_TOKEN}");
        self.send_with(&[("authorization", &token)], "POST", "/internal/webhooks/run", "")
    }

    /// Runs until there is nothing left to be done now. Answers how many messages were taken, and how many not.
    pub(crate) fn run_all(&self) -> (u64, u64) {
        let (mut sent, mut failed) = (0, 0);
        loop {
            let answer = self.run();
            assert_eq!(answer.status, 200, "{}", answer.text());
            let done = answer.json();
            sent += done["sent"].as_u64().unwrap();
            failed += done["failed"].as_u64().unwrap();
            if done["more"] == false {
                return (sent, failed);
            }
        }
    }

    /// From now on the receiver answers this.
    pub(crate) fn receive(&self, answer: Result<u16, NoAnswer>) {
        *self.receiver.borrow_mut() = Some(Box::new(move |_, _| answer));
    }

    /// What was received, as pairs of type and status.
    pub(crate) fn received(&self) -> Vec<(String, String)> {
        let read = |body: &str| {
            let body: Value = serde_json::from_str(body).unwrap();
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (text(&body["type"]), text(&body["data"]["message"]["status"]))
        };
        self.posted.borrow().iter().map(|posted| read(&posted.body)).collect()
    }

    /// What was written for partners about things of one type, as pairs of thing and status.
    pub(crate) fn written(&self, kind: &str) -> Vec<(String, String)> {
        let log = self.log.borrow();
        let lines = log.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines
            .filter(|line| line["event"] == "webhook" && line["type"] == kind)
            .map(|line| {
                let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
                (text("about"), text("status"))
            })
            .collect()
    }
}
