//! Giving the second factor: one way for all methods, APIs and actions.

use super::account::Account;
use super::budgets::{self, Attempt, Budget};
use super::codes::{self, Counts, Place, Recipient, Times};
use super::context::Context;
use super::methods::{self, Kind, Method, MethodId, recovery, totp};
use super::refusal::{Refusal, Result};
use super::{lock, notices};
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
///
/// # Errors
///
/// `Locked` where the account is.
pub(crate) async fn start<P: Ports>(
    ctx: &Context<'_, P>,
    account: &Account,
    place: &Place,
    times: Times,
    (action, method): (Action, &Method),
    binding: &Binding,
) -> Result<Option<Timestamp>> {
    lock::check(ctx, account.id)?;
    let Some((channel, address)) = methods::destination(method) else { return Ok(None) };
    let to = Recipient { channel, address, account: Some(account.id) };
    let write = |written: &codes::Written<'_>| notices::code(ctx, action, &to, written);
    codes::send(ctx, place, times, &to, binding, write).await.map(Some)
}

/// Tries the code of a method: takes one of the account's attempts and compares once.
///
/// `fits` is asked of codes that were sent, of what they were sent for.
pub(crate) fn verify<P: Ports>(
    ctx: &Context<'_, P>,
    account: Uuid,
    place: &Place,
    method: &Method,
    code: &str,
    fits: impl FnOnce(&Binding) -> bool,
) -> Result<Option<Binding>> {
    lock::check(ctx, account)?;
    let confirmed = match method.kind {
        Kind::Email | Kind::Sms => {
            let fits = |binding: &Binding| binding.method == method.id && fits(binding);
            Some(codes::check(ctx, place, code, fits)?)
        }
        Kind::Totp => {
            let which = if method.is_active { totp::Which::Active } else { totp::Which::Pending };
            compared(ctx, account, method, || totp::check(ctx.ports, account, which, code, ctx.now).map_err(Refusal::from))?;
            None
        }
        Kind::Recovery => {
            compared(ctx, account, method, || recovery::check(ctx.ports, account, code, ctx.now).map_err(Refusal::from))?;
            None
        }
    };
    methods::note_use(ctx, account, &method.id)?;
    Ok(confirmed)
}

/// One attempt, one comparison.
fn compared<P: Ports>(
    ctx: &Context<'_, P>,
    account: Uuid,
    method: &Method,
    compare: impl FnOnce() -> Result<bool>,
) -> Result<()> {
    #[derive(Serialize)]
    struct Line {
        account: Uuid,
        method: &'static str,
        right: bool,
    }
    let counts = Counts::SecondFactor(account);
    let attempt: Attempt = match budgets::reserve(ctx, &Budget::SecondFactor(account)) {
        Ok(attempt) => attempt,
        Err(refusal) => return Err(lock::found(ctx, &counts, refusal)?),
    };
    let right = compare()?;
    ctx.log("code_tried", Line { account, method: method.kind.word(), right });
    if right {
        budgets::right(ctx, &Budget::SecondFactor(account), attempt)
    } else {
        Err(lock::wrong(ctx, &counts, attempt)?)
    }
}
