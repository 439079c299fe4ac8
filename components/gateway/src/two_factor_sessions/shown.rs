//! What accounts, methods and sessions look like: `contracts/two-factor-sessions.md` §3, §4 and §7.

use super::refused::Result;
use crate::accounts::account::{self, Account};
use crate::accounts::context::Context;
use crate::accounts::methods::{self, Kind, Method, recovery};
use crate::accounts::sessions::Session;
use crate::ports::Ports;
use crate::settings::Mfa;
use crate::when::rfc3339;
use serde_json::{Value, json};
use stepgate_storage::Timestamp;
use uuid::Uuid;

/// A user's id, as this API has it.
pub(super) fn user_id(account: Uuid) -> String {
    format!("usr_{account}")
}

/// Whether an account's sign-ins are to be confirmed, as its owner sees it.
pub(super) fn two_factor<P: Ports>(ctx: &Context<'_, P>, account: Uuid) -> Result<bool> {
    Ok(ctx.tenant.mfa == Mfa::Mandatory || account::two_factor(ctx.ports, account)?)
}

/// Somebody, to themselves. `whole`: they have signed in. Before that, whoever knows the password learns no number.
pub(super) fn user<P: Ports>(ctx: &Context<'_, P>, account: &Account, whole: bool) -> Result<Value> {
    let phone = account.phone.as_ref();
    let phone = phone.map(|phone| if whole { phone.as_str().to_owned() } else { phone.masked() });
    Ok(json!({
        "id": user_id(account.id),
        "email": account.email.as_str(),
        "name": account.name,
        "last_name": account.last_name,
        "user_name": account.user_name.as_ref().map(|name| name.as_str()),
        "user_type": account.user_type,
        "picture": null,
        "phone": phone,
        "is_verified": account::is_verified(ctx.ports, account.id)?,
        "two_factor": two_factor(ctx, account.id)?,
        "created_at": rfc3339(account.created_at),
        // What is shown of an account does not change.
        "updated_at": rfc3339(account.created_at),
    }))
}

/// A method, to its owner: the address is masked, since whoever has got hold of a session need not learn it.
pub(super) fn method(method: &Method) -> Value {
    let identifier = methods::destination(method).map(|destination| destination.masked());
    json!({
        "id": method.id.to_string(),
        "method": method.kind.word(),
        "status": status(method),
        "identifier": identifier,
        "created_at": rfc3339(method.created_at),
    })
}

/// Likewise, with what takes a look into the store.
pub(super) fn method_whole<P: Ports>(ctx: &Context<'_, P>, account: Uuid, of: &Method) -> Result<Value> {
    let mut value = method(of);
    value["last_used_at"] = time(methods::used_at(ctx, account, &of.id)?);
    value["metadata"] = match of.kind {
        Kind::Recovery => {
            let left = recovery::state(ctx.ports, account)?.map_or(0, |set| set.remaining);
            json!({ "remaining": left })
        }
        _ => json!({}),
    };
    Ok(value)
}

pub(super) const ACTIVE: &str = "active";
pub(super) const PENDING_SETUP: &str = "pending_setup";

pub(super) fn status(method: &Method) -> &'static str {
    if method.is_active { ACTIVE } else { PENDING_SETUP }
}

/// The words for several methods, each once.
pub(super) fn words(methods: &[Method]) -> Vec<&'static str> {
    let mut words = Vec::new();
    for word in methods.iter().map(|method| method.kind.word()) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// A session, as the routes about it answer it.
pub(super) fn session_status(session: &Session) -> &'static str {
    if session.is_pending() { "pending" } else { "active" }
}

pub(super) fn number(flag: bool) -> u8 {
    u8::from(flag)
}

pub(super) fn time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| rfc3339(at).into())
}
