//! The second factors of an account.
//!
//! A method is known by what it is: its id is made of the account, the kind and the identifier, so the same address set up twice is
//! one method. Which there have been is a log; what has become of each is a record of its own. The address is in the log
//! before the record says anything, so no method can be active and unlisted.

mod id;
mod kind;
mod made;
mod messaged;
pub(crate) mod qr;
pub(crate) mod recovery;
pub(crate) mod totp;

pub(crate) use id::MethodId;
pub(crate) use kind::Kind;
pub(crate) use made::{app_id, recovery_id};
pub(crate) use messaged::{add_email, add_phone, destination};

use super::account;
use super::context::Context;
use super::refusal::{Refusal, Result};
use super::register;
use crate::http::ApiError;
use crate::ports::Ports;
use crate::settings::Mfa;
use stepgate_storage::{RecordKey, StoreError, Timestamp};
use uuid::Uuid;

/// One second factor.
#[derive(Clone, Debug)]
pub(crate) struct Method {
    pub(crate) id: MethodId,
    pub(crate) kind: Kind,
    /// An address or a number; of the others nothing.
    pub(crate) identifier: String,
    pub(crate) is_active: bool,
    pub(crate) created_at: Timestamp,
}

/// Every method of an account that is not removed, oldest first.
pub(crate) fn all<P: Ports>(ctx: &Context<'_, P>, account: Uuid) -> Result<Vec<Method>> {
    let mut methods = messaged::all(ctx, account)?;
    methods.extend(made::all(ctx, account)?);
    methods.sort_by_key(|method| method.created_at);
    Ok(methods)
}

/// Those that a sign-in can be confirmed with, oldest first. Recovery codes alone are none: they stand in for another.
pub(crate) fn active<P: Ports>(ctx: &Context<'_, P>, account: Uuid) -> Result<Vec<Method>> {
    let mut methods = all(ctx, account)?;
    methods.retain(|method| method.is_active);
    if methods.iter().all(|method| method.kind == Kind::Recovery) {
        methods.clear();
    }
    Ok(methods)
}

/// Whether a sign-in has to be confirmed. Changes nothing.
pub(crate) fn is_due<P: Ports>(ctx: &Context<'_, P>, account: Uuid) -> Result<bool> {
    let mandatory = ctx.tenant.mfa == Mfa::Mandatory;
    let wanted = mandatory || account::two_factor(ctx.ports, account)?;
    Ok(ctx.tenant.two_factor && wanted && (mandatory || !active(ctx, account)?.is_empty()))
}

/// The methods that a sign-in has to be confirmed with; none where no second factor is due:
/// `contracts/two-factor-sessions.md` §2. Where one is mandatory, an address that was shown to be its owner's is one, if there is no other.
pub(crate) fn due<P: Ports>(ctx: &Context<'_, P>, account: Uuid) -> Result<Option<Vec<Method>>> {
    // Read whatever the switches say, so that an answer takes the same time.
    let (methods, own) = (active(ctx, account)?, account::two_factor(ctx.ports, account)?);
    let mandatory = ctx.tenant.mfa == Mfa::Mandatory;
    let wanted = ctx.tenant.two_factor && (own || mandatory);
    if wanted && mandatory && methods.is_empty() {
        // The last one was taken away before it was mandatory, or by a removal that died half-way. Nobody gets in without.
        if !account::is_verified(ctx.ports, account)? {
            return Err(Refusal::Failed(ApiError::Internal("an account has no method".into())));
        }
        let account = account::read(ctx.ports, account)?.ok_or(StoreError::Corrupt("account"))?;
        return Ok(Some(vec![register::first_method(ctx, &account)?]));
    }
    Ok((wanted && !methods.is_empty()).then_some(methods))
}

/// Counts from now on.
pub(crate) fn activate<P: Ports>(ctx: &Context<'_, P>, account: Uuid, method: &Method) -> Result<()> {
    match method.kind {
        Kind::Email | Kind::Sms => messaged::set(ctx, account, method, messaged::State::Active),
        // They become active with the code that confirms them.
        Kind::Totp | Kind::Recovery => Ok(()),
    }
}

/// Counts no longer.
pub(crate) fn remove<P: Ports>(ctx: &Context<'_, P>, account: Uuid, method: &Method) -> Result<()> {
    match method.kind {
        Kind::Email | Kind::Sms => messaged::set(ctx, account, method, messaged::State::Removed)?,
        // A setup has a record of its own, beside that of the app which counts meanwhile.
        Kind::Totp if !method.is_active => totp::give_up(ctx.ports, account)?,
        Kind::Totp => totp::remove(ctx.ports, account)?,
        Kind::Recovery => recovery::remove(ctx.ports, account)?,
    }
    Ok(())
}

/// When a method was used last.
pub(crate) fn used_at<P: Ports>(
    ctx: &Context<'_, P>,
    account: Uuid,
    id: &MethodId,
) -> Result<Option<Timestamp>> {
    let text = ctx.ports.get(&used_key(account, id))?;
    Ok(text.and_then(|text| text.parse().ok()).map(Timestamp))
}

pub(crate) fn note_use<P: Ports>(ctx: &Context<'_, P>, account: Uuid, id: &MethodId) -> Result<()> {
    Ok(ctx.ports.set(&used_key(account, id), &ctx.now.0.to_string())?)
}

fn used_key(account: Uuid, id: &MethodId) -> RecordKey {
    RecordKey::forever(&format!("account/{account}/method/{id}/used"))
}
