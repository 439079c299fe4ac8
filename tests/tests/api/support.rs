//! What several behaviours begin with.

use stepgate_tests::{App, Caller, Change, Customer, Mail};

pub const OLD: &str = "ada@old.example";
pub const NEW: &str = "ada@new.example";

/// A change of an address that waits for its code.
pub struct Pending {
    pub caller: Caller,
    pub customer: Customer,
    pub change: Change,
    pub mail: Mail,
}

impl Pending {
    /// Asks for a change of the first partner's customer from [`OLD`] to [`NEW`].
    pub async fn new(app: &App) -> Pending {
        Pending::of(app, app.one(), OLD, NEW).await
    }

    pub async fn of(app: &App, caller: Caller, from: &str, to: &str) -> Pending {
        let customer = caller.customer(from).await;
        let change = caller.change_email(&customer, to).await;
        let mail = app.mail_to(from).await;
        Pending { caller, customer, change, mail }
    }

    /// Submits a code and answers what became of the challenge.
    pub async fn submit(&self, code: u32) -> serde_json::Value {
        self.caller.submit(&self.change.code_id, code).await.expect(200).json()
    }

    /// Submits the right code.
    pub async fn confirm(&self) -> serde_json::Value {
        self.submit(self.mail.number()).await
    }

    /// The address the customer has now.
    pub async fn email(&self) -> String {
        self.caller.email_of(&self.customer).await
    }

    /// What the change has come to, by its own resource.
    pub async fn change_status(&self) -> String {
        let change = self.caller.get(&self.change.location).await.expect(200).json();
        change["status"].as_str().expect("a status").to_owned()
    }
}
