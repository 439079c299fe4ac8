//! The domain, without HTTP: what requests at once, and a store that fails, do to it.

mod budgets;
mod methods;
mod ownership;
mod registering;
mod sessions;
mod signing_in;

use super::account::Account;
use super::context::{AccountSettings, Context};
use super::names::{AccountEmail, UserName};
use super::password::Phc;
use super::register::{self, Beginning, Person};
use crate::http::TraceId;
use crate::settings::{Tenant, tenants};
use crate::testing::{TestPorts, sandbox};
use http::HeaderMap;

/// A tenant of the sandbox's partner.
const ACCOUNTS: &str = r#"[{"partner":"aaaaaaaa-0d44-4b50-8888-8dd25736052a","name":"Acme","partner_id":7}]"#;

const VERIFIED: Beginning = Beginning { verified: true, two_factor: true };

fn world() -> TestPorts {
    let ports = sandbox();
    ports.set_setting("accounts", ACCOUNTS);
    ports
}

/// Does something at the present instant, as a request of its own.
fn now<T>(ports: &TestPorts, work: impl FnOnce(&Context<'_, TestPorts>) -> T) -> T {
    let settings = AccountSettings::load(ports).unwrap();
    let tenant: Tenant = tenants(ports).unwrap().remove(0);
    let trace = TraceId::of(&HeaderMap::new(), ports);
    work(&Context { ports, settings: &settings, tenant: &tenant, trace: &trace, now: ports.now.get() })
}

fn email(text: &str) -> AccountEmail {
    AccountEmail::parse(text).unwrap()
}

fn person(address: &str) -> Person {
    Person {
        email: email(address),
        user_name: None,
        phone: None,
        name: None,
        last_name: None,
        user_type: None,
        phc: Phc::stand_in(),
    }
}

fn named(address: &str, name: &str) -> Person {
    Person { user_name: UserName::parse(name), ..person(address) }
}

fn ann(ports: &TestPorts) -> Account {
    now(ports, |ctx| register::create(ctx, person("ann@example.com"), VERIFIED)).unwrap()
}
