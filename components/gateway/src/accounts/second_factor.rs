//! Giving the second factor: one way for all methods, APIs and actions.
//!
//! Whoever calls has looked at the account's lock in the same request ([`lock::check`]). What compares takes its attempt here, which
//! is refused again where the account is locked.

use super::account::Account;
use super::budgets::{self, Budget};
use super::caps::For;
use super::codes::{self, Counts, Payload, Place, Recipient, Times};
use super::context::Context;
use super::lock;
use super::methods::{self, Kind, Method, MethodId, recovery, totp};
use super::notices::{self, Asked};
use super::refusal::{Refusal, Result};
use crate::ports::Ports;
use serde::{Deserialize, Serialize};
use stepgate_storage::Timestamp;
use uuid::Uuid;

/// What a code was sent for: a code of one thing is worthless for every other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Binding {
    /// The method it goes by.
    pub(crate) method: MethodId,
    /// The session it was asked for in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<Uuid>,
    /// What is to be so afterwards, where that was settled when the code was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<bool>,
    /// What the password that is to be the account's is kept by meanwhile ([`super::new_password::keep`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) new_password: Option<Uuid>,
}

/// What is confirmed with a code, as its messages name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Login,
    /// The two-factor switch.
    Switch,
    /// A new method.
    Setup,
    /// A method's removal.
    Remove,
    PasswordChange,
}

/// Sends the code of a method that has codes sent. Of the others it answers at once: their owner has the code.
pub(crate) async fn start<P: Ports>(
    ctx: &Context<'_, P>,
    account: &Account,
    place: &Place,
    times: Times,
    (action, method): (Action, &Method),
    binding: &Binding,
) -> Result<Option<Timestamp>> {
    let Some(destination) = methods::destination(method) else { return Ok(None) };
    let on_behalf = if method.is_active { For::Proven(account.id) } else { For::Claimed(account.id) };
    let to = Recipient { destination, on_behalf };
    let asked = Asked::of(action, binding.target);
    let write = |written: &codes::Written<'_>| notices::code(ctx, asked, account, &to, written);
    codes::send(ctx, place, times, &to, Payload::of(binding)?, &write).await.map(Some)
}

/// Tries the code of an active method: takes one of the account's attempts and compares once.
///
/// `fits` is asked of codes that were sent, of what they were sent for. Answers that; nothing where no code was sent.
pub(crate) fn verify<P: Ports>(
    ctx: &Context<'_, P>,
    account: Uuid,
    place: &Place,
    method: &Method,
    code: &str,
    fits: &dyn Fn(&Binding) -> bool,
) -> Result<Option<Binding>> {
    let binding = match method.kind {
        Kind::Email | Kind::Sms => Some(sent(ctx, place, method, code, fits)?),
        Kind::Totp => {
            let (Some(app), Some(code)) = (totp::active(ctx.ports, account)?, totp::Code::parse(code)) else {
                return Err(Refusal::NoCode);
            };
            compared(ctx, account, method, || Ok(app.check(ctx.ports, &code, ctx.now)?.then_some(())))?;
            None
        }
        Kind::Recovery => {
            let Some(code) = recovery::Code::parse(code) else { return Err(Refusal::NoCode) };
            compared(ctx, account, method, || Ok(recovery::check(ctx.ports, account, &code)?.then_some(())))?;
            None
        }
    };
    methods::note_use(ctx, account, &method.id)?;
    Ok(binding)
}

/// Tries the first code of a method that is being set up, likewise. With the right one it counts from now on.
pub(crate) fn confirm_setup<P: Ports>(
    ctx: &Context<'_, P>,
    account: Uuid,
    place: &Place,
    method: &Method,
    code: &str,
    fits: &dyn Fn(&Binding) -> bool,
) -> Result<()> {
    match method.kind {
        Kind::Email | Kind::Sms => {
            claimed(ctx, place, method, || sent(ctx, place, method, code, fits))?;
            methods::activate(ctx, account, method)?;
        }
        Kind::Totp => {
            let state = totp::state(ctx.ports, account, ctx.now)?;
            // The one that is meant, and none that has begun meanwhile.
            let setup = state.pending.filter(|setup| methods::app_id(account, setup.id()) == method.id);
            let (Some(setup), Some(code)) = (setup, totp::Code::parse(code)) else {
                return Err(Refusal::NoCode);
            };
            let confirmed = compared(ctx, account, method, || Ok(setup.check(ctx.ports, &code, ctx.now)?))?;
            confirmed.activate(ctx.ports, ctx.now)?;
        }
        // They are active as soon as they are shown.
        Kind::Recovery => return Err(Refusal::NoCode),
    }
    methods::note_use(ctx, account, &method.id)
}

fn sent<P: Ports>(
    ctx: &Context<'_, P>,
    place: &Place,
    method: &Method,
    code: &str,
    fits: &dyn Fn(&Binding) -> bool,
) -> Result<Binding> {
    codes::check(ctx, place, code, |binding: &Binding| binding.method == method.id && fits(binding))
}

/// A code for an address that somebody says is theirs. It takes an attempt of the address as well: those of the account come back with
/// every right code, and its owner may have many of these.
fn claimed<P: Ports, T>(
    ctx: &Context<'_, P>,
    place: &Place,
    method: &Method,
    check: impl FnOnce() -> Result<T>,
) -> Result<T> {
    if method.is_active || codes::waiting_for::<P, Binding>(ctx, place)?.is_none() {
        return check();
    }
    let address = Budget::Ownership(&method.identifier);
    let attempt = budgets::reserve(ctx, &address)?;
    let checked = check();
    match &checked {
        Ok(_) => budgets::right(ctx, &address, attempt)?,
        Err(Refusal::WrongCode { .. } | Refusal::Locked { .. }) => {
            budgets::wrong(ctx, &address, attempt)?;
        }
        // Nothing was compared, or that is not known: it stays used.
        Err(_) => {}
    }
    checked
}

/// One attempt, one comparison.
fn compared<P: Ports, T>(
    ctx: &Context<'_, P>,
    account: Uuid,
    method: &Method,
    compare: impl FnOnce() -> Result<Option<T>>,
) -> Result<T> {
    #[derive(Serialize)]
    struct Line {
        account: Uuid,
        method: &'static str,
        right: bool,
    }
    let counts = Counts::SecondFactor(account);
    let attempt = lock::reserve(ctx, &counts)?;
    let compared = compare()?;
    ctx.log("code_tried", Line { account, method: method.kind.word(), right: compared.is_some() });
    match compared {
        Some(value) => {
            budgets::right(ctx, &counts.budget(), attempt)?;
            Ok(value)
        }
        None => Err(lock::wrong(ctx, &counts, attempt)?),
    }
}
