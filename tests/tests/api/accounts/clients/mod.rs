//! `contracts/two-factor-sessions.md` §7: one server for three kinds of client. Each plays a sign-in, a resend, a setup and a removal as
//! it sends them, and reads of the answers what it reads and nothing else. What they send is from the sources that the contract names.

mod docs;
mod pubflow;
mod seed;

use super::people::{MINUTE, Person, newest_code};
use serde_json::{Value, json};
use stepgate_tests::{App, Host, PASSWORD, Setup, tenant};

const ADA: &str = "ada@example.com";
const OTHER: &str = "other@example.com";
const PHONE: &str = "+15551234567";

/// Ada, whose second factor is her address, in a tenant with these rules.
async fn with_ada(host: Host, rules: Value) -> App {
    let mut tenant = tenant();
    for (name, value) in rules.as_object().expect("fields") {
        tenant[name] = value.clone();
    }
    let app = Setup::production(host).setting("accounts", &json!([tenant]).to_string()).start().await;
    Person::sign_up(&app, ADA).await;
    app
}

/// Another code of six digits.
fn other_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().expect("digits") + 1) % 1_000_000)
}
