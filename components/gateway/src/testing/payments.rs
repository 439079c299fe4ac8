//! Accounts of customers, and what is done with them.

use super::{Answer, TestPorts};
use serde_json::{Value, json};

/// A valid IBAN, and how mails show it.
pub(crate) const IBAN: &str = "DE89370400440532013000";
pub(crate) const WALLET: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
pub(crate) const OTHER_WALLET: &str = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359";

impl TestPorts {
    /// Sends as `acme`, under an idempotency key of its own for each body.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        let key = format!("{path}-{}", self.fresh());
        let headers = [("x-api-key", "acme"), ("idempotency-key", key.as_str())];
        self.send_with(&headers, "POST", path, body.to_string())
    }

    /// The body that registers an account with this IBAN.
    pub(crate) fn fiat_address_body(customer: &str, iban: &str) -> Value {
        json!({
            "customer_id": customer,
            "currency": { "code": "EUR" },
            "label": "main",
            "bank_details": {
                "recipient": { "type": "Individual", "given_name": "Ann", "family_name": "Archer" },
                "provider_name": "A Bank",
                "provider_country": { "code": "DE" },
                "account_identifier": { "type": "SEPA", "iban": iban },
                "address": {
                    "street": "Street 1", "city": "Town", "state": "BE",
                    "country": { "code": "DE" }, "postal_code": "10115",
                },
                "is_third_party": false,
            },
        })
    }

    /// Registers an account with this IBAN, and has it verified.
    pub(crate) fn registered(&self, customer: &str, iban: &str) -> String {
        let made = self.post("/api/addresses/fiat", &TestPorts::fiat_address_body(customer, iban));
        assert_eq!(made.status, 200, "{}", made.text());
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let path = format!("/api/sandbox/fiat-verification/{id}");
        let set = self.send("PUT", &path, "\"Registered\"");
        assert_eq!((set.status, &set.json()["status"]), (200, &json!("Registered")), "{}", set.text());
        id
    }

    /// The body that makes an autoramp from euros into a wallet.
    pub(crate) fn autoramp_body(customer: &str) -> Value {
        json!({
            "customer_id": customer,
            "source_currencies": [{ "type": "Fiat", "code": "EUR" }],
            "destination_currency": { "type": "Crypto", "token": "USDC", "blockchain": "Base" },
            "recipient_account": { "type": "Crypto", "chain": "Base", "address": WALLET },
        })
    }

    /// Makes an autoramp.
    pub(crate) fn autoramp(&self, customer: &str) -> Value {
        let made = self.post("/api/autoramps", &TestPorts::autoramp_body(customer));
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()
    }

    /// The text of the newest message.
    pub(crate) fn newest_text(&self) -> String {
        let inbox = self.send_with(&[], "GET", "/inbox.json", "").json();
        inbox["items"][0]["text"].as_str().unwrap().to_owned()
    }

    /// Submits the code that waits for an entity.
    pub(crate) fn confirm(&self, entity: &str) -> Value {
        let (code, _) = self.newest_message();
        self.submit(self.pending(entity)["id"].as_str().unwrap(), code).json()
    }

    fn fresh(&self) -> u128 {
        u128::from_le_bytes(crate::ports::Surroundings::random(self))
    }
}
