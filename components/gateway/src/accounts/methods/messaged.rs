//! Methods whose codes are sent: to an e-mail address or a phone.

use super::{Kind, Method, MethodId};
use crate::accounts::caps::Destination;
use crate::accounts::context::Context;
use crate::accounts::names::AccountEmail;
use crate::accounts::phone::Phone;
use crate::accounts::refusal::{Refusal, Result};
use crate::json;
use crate::ports::Ports;
use crate::ports::delivery::Channel;
use crate::stored;
use serde::{Deserialize, Serialize};
use stepgate_storage::{Log, RecordKey, StoreError, Timestamp};
use uuid::Uuid;

/// How many addresses and numbers an account may ever have had: each is looked at whenever its owner signs in.
const MOST: u64 = 32;

/// What the log holds.
#[derive(Serialize, Deserialize)]
struct Known {
    kind: Kind,
    identifier: String,
    at: Timestamp,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    Active,
    Removed,
}

pub(super) fn all<P: Ports>(ctx: &Context<'_, P>, account: Uuid) -> Result<Vec<Method>> {
    let mut methods: Vec<Method> = Vec::new();
    for known in known(ctx, account)? {
        let id = MethodId::new(account, known.kind, &known.identifier);
        if methods.iter().any(|method| method.id == id) {
            continue;
        }
        let state: Option<State> = stored::read(ctx.ports, &key(account, id), "method")?;
        let is_active = state == Some(State::Active);
        let created_at = if is_active { Some(known.at) } else { pending_since(ctx, account, id)? };
        if let Some(created_at) = created_at {
            let Known { kind, identifier, .. } = known;
            methods.push(Method { id, kind, identifier, is_active, created_at });
        }
    }
    Ok(methods)
}

/// The method of an address; pending, if it is new.
pub(crate) fn add_email<P: Ports>(
    ctx: &Context<'_, P>,
    account: Uuid,
    email: &AccountEmail,
) -> Result<Method> {
    add(ctx, account, Kind::Email, email.as_str())
}

/// The method of a number; pending, if it is new.
pub(crate) fn add_phone<P: Ports>(ctx: &Context<'_, P>, account: Uuid, phone: &Phone) -> Result<Method> {
    add(ctx, account, Kind::Sms, phone.as_str())
}

fn add<P: Ports>(ctx: &Context<'_, P>, account: Uuid, kind: Kind, identifier: &str) -> Result<Method> {
    let id = MethodId::new(account, kind, identifier);
    let entered = known(ctx, account)?
        .into_iter()
        .find(|known| known.kind == kind && known.identifier == identifier)
        .map(|known| known.at);
    let state: Option<State> = stored::read(ctx.ports, &key(account, id), "method")?;
    let entered = match entered {
        Some(at) => at,
        None => {
            let log = log(account);
            if log.last(ctx.ports)? >= MOST {
                return Err(Refusal::TooManyMethods);
            }
            let known = Known { kind, identifier: identifier.to_owned(), at: ctx.now };
            let text = serde_json::to_string(&known).map_err(|_| StoreError::Corrupt("method"))?;
            log.append(ctx.ports, &text)?;
            ctx.now
        }
    };
    let is_active = state == Some(State::Active);
    if !is_active {
        // A record of its own: a late write of it takes nothing from a method that has become active meanwhile.
        ctx.ports.set(&pending_key(account, id), &ctx.now.0.to_string())?;
    }
    let created_at = if is_active { entered } else { ctx.now };
    Ok(Method { id, kind, identifier: identifier.to_owned(), is_active, created_at })
}

/// When a setup was begun; anew, if the address was entered again. None where none waits.
fn pending_since<P: Ports>(ctx: &Context<'_, P>, account: Uuid, id: MethodId) -> Result<Option<Timestamp>> {
    let Some(text) = ctx.ports.get(&pending_key(account, id))? else { return Ok(None) };
    Ok(Some(Timestamp(text.parse().map_err(|_| StoreError::Corrupt("method"))?)))
}

pub(super) fn set<P: Ports>(
    ctx: &Context<'_, P>,
    account: Uuid,
    method: &Method,
    state: State,
) -> Result<()> {
    let write = || stored::write(ctx.ports, &key(account, method.id), &state, "method");
    let end_setup = || ctx.ports.delete(&pending_key(account, method.id));
    // What counts comes last of a removal, so that one that failed has not happened; and first of the other.
    match state {
        State::Active => write().and_then(|()| end_setup()),
        State::Removed => end_setup().and_then(|()| write()),
    }?;
    Ok(())
}

/// Where its codes go; nowhere where its owner has them.
pub(crate) fn destination(method: &Method) -> Option<Destination> {
    let channel = match method.kind {
        Kind::Email => Channel::Email,
        Kind::Sms => Channel::Sms,
        Kind::Totp | Kind::Recovery => return None,
    };
    Destination::parse(channel, &method.identifier)
}

fn known<P: Ports>(ctx: &Context<'_, P>, account: Uuid) -> Result<Vec<Known>> {
    let log = log(account);
    let mut known = Vec::new();
    for slot in 1..=log.last(ctx.ports)? {
        if let Some(text) = log.read(ctx.ports, slot)? {
            known.push(json::from_text(&text).map_err(|_| StoreError::Corrupt("method"))?);
        }
    }
    Ok(known)
}

fn log(account: Uuid) -> Log {
    Log::keeping_all(&format!("account/{account}/methods"))
}

fn key(account: Uuid, id: MethodId) -> RecordKey {
    RecordKey::forever(&format!("account/{account}/method/{id}"))
}

fn pending_key(account: Uuid, id: MethodId) -> RecordKey {
    RecordKey::forever(&format!("account/{account}/method/{id}/pending"))
}
