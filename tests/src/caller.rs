//! A partner's program that calls the API.

use crate::keys::Key;
use crate::{Answer, Client};
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// Calls the API under one key.
#[derive(Clone)]
pub struct Caller {
    client: Client,
    key: &'static str,
    headers: Vec<(String, String)>,
}

/// A customer that was created.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Its id.
    pub id: String,
    /// The address it was made with.
    pub email: String,
}

/// A change of an address that waits for its owner.
#[derive(Clone, Debug)]
pub struct Change {
    /// The change's own id.
    pub id: String,
    /// Where it can be asked about.
    pub location: String,
    /// The id of the authentication code.
    pub code_id: String,
}

impl Caller {
    pub(crate) fn new(client: Client, key: Key) -> Caller {
        Caller { client, key: key.secret, headers: Vec::new() }
    }

    /// The same caller, with a header on every call.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Caller {
        let mut other = self.clone();
        other.headers.push((name.into(), value.into()));
        other
    }

    /// The same caller, acting for a sub-partner.
    #[must_use]
    pub fn for_sub_partner(&self, id: &str) -> Caller {
        self.with("X-SUB-PARTNER-ID", id)
    }

    /// Any request.
    pub async fn send(&self, method: Method, path: &str, body: impl Into<bytes::Bytes>) -> Answer {
        let mut headers = vec![("X-API-Key", self.key)];
        headers.extend(self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        self.client.send(method, path, &headers, body).await
    }

    /// Any request to a service that may be gone, or go while it answers.
    pub async fn try_json(&self, method: Method, path: &str, body: Value) -> Option<Answer> {
        let key = Uuid::new_v4().to_string();
        let headers = [
            ("X-API-Key", self.key),
            ("Content-Type", "application/json"),
            ("IDEMPOTENCY-KEY", key.as_str()),
        ];
        self.client.try_send(method, path, &headers, body.to_string()).await.ok()
    }

    /// Makes a customer; none if the service is gone.
    pub async fn try_customer(&self, email: &str) -> Option<Customer> {
        let body = json!({ "customer_type": "Person", "email": email });
        let made = self.try_json(Method::POST, "/api/customers", body).await?.expect(201).json();
        Some(Customer { id: made["id"].as_str().expect("an id").into(), email: email.into() })
    }

    /// Asks for another address and answers the id of the code; none if the service is gone.
    pub async fn try_change_email(&self, customer: &Customer, to: &str) -> Option<String> {
        let path = format!("/api/customers/{}", customer.id);
        self.try_json(Method::PUT, &path, json!({ "email": to })).await?.expect(204);
        let path = format!("/api/authentication-codes/entity/{}", customer.id);
        let code = self.try_json(Method::GET, &path, Value::Null).await?.expect(200).json();
        Some(code["id"].as_str().expect("an id").into())
    }

    /// Submits a code; none if the service is gone.
    pub async fn try_submit(&self, code_id: &str, code: u32) -> Option<Value> {
        let path = format!("/api/authentication-codes/{code_id}");
        let answer = self.try_json(Method::PUT, &path, json!({ "code": code })).await?;
        Some(answer.expect(200).json())
    }

    /// `GET`
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "").await
    }

    /// `PUT` of JSON.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.json(Method::PUT, path, body).await
    }

    /// `POST` of JSON under a new idempotency key.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.with("IDEMPOTENCY-KEY", &Uuid::new_v4().to_string()).json(Method::POST, path, body).await
    }

    /// Any method, with JSON.
    pub async fn json(&self, method: Method, path: &str, body: Value) -> Answer {
        let caller = self.with("Content-Type", "application/json; charset=utf-8");
        caller.send(method, path, body.to_string()).await
    }

    /// Makes a customer.
    pub async fn customer(&self, email: &str) -> Customer {
        let body = json!({ "customer_type": "Person", "email": email, "name": "Ada Lovelace" });
        let made = self.post("/api/customers", body).await.expect(201).json();
        Customer { id: made["id"].as_str().expect("an id").into(), email: email.into() }
    }

    /// Asks for another address, and looks up the code that was sent for it.
    pub async fn change_email(&self, customer: &Customer, to: &str) -> Change {
        let answer = self.put_email(customer, to).await.expect(204);
        let location = answer.header("location").to_owned();
        let id = location.rsplit('/').next().expect("a path").to_owned();
        let code = self.code_of(&id).await.expect(200).json();
        assert_eq!(answer.header("x-authentication-code-id"), code["id"], "the answer names its code");
        Change { id, location, code_id: code["id"].as_str().expect("an id").into() }
    }

    /// `PUT /api/customers/{id}` with an address.
    pub async fn put_email(&self, customer: &Customer, to: &str) -> Answer {
        self.put(&format!("/api/customers/{}", customer.id), json!({ "email": to })).await
    }

    /// `GET /api/authentication-codes/entity/{id}`
    pub async fn code_of(&self, entity: &str) -> Answer {
        self.get(&format!("/api/authentication-codes/entity/{entity}")).await
    }

    /// `PUT /api/authentication-codes/{id}`
    pub async fn submit(&self, code_id: &str, code: u32) -> Answer {
        self.put(&format!("/api/authentication-codes/{code_id}"), json!({ "code": code })).await
    }

    /// `GET /api/customers/{id}`
    pub async fn look_up(&self, customer: &Customer) -> Answer {
        self.get(&format!("/api/customers/{}", customer.id)).await
    }

    /// The address a customer has now.
    pub async fn email_of(&self, customer: &Customer) -> String {
        let found = self.look_up(customer).await.expect(200).json();
        found["email"].as_str().expect("an address").into()
    }
}
