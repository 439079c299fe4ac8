//! Taking a method away, and the owner's switch: `contracts/two-factor-sessions.md` §4 and §7.

use super::caller::Caller;
use super::code::Typed;
use super::deed::Deed;
use super::fields::Fields;
use super::refused::{Refused, Result};
use super::{answers, guard, shown};
use crate::accounts::account::{self, Account};
use crate::accounts::context::Context;
use crate::accounts::methods::{self, Kind, Method, MethodId};
use crate::accounts::notices::{self, News};
use crate::accounts::register;
use crate::accounts::sessions;
use crate::http::Response;
use crate::ports::Ports;
use crate::settings::Mfa;
use serde_json::json;

/// `DELETE /auth/two_factor/:id`.
pub(super) fn remove<P: Ports>(
    ctx: &Context<'_, P>,
    caller: &Caller<'_>,
    id: &str,
    fields: &Fields,
) -> Result<Response> {
    let code = Typed::optional(fields)?;
    let id = MethodId::parse(id).ok_or(Refused::NoMethod)?;
    let account = caller.account(ctx)?;
    let all = methods::all(ctx, account.id)?;
    let method = all.iter().find(|method| method.id == id).ok_or(Refused::NoMethod)?;
    let counts = |kind: Kind, is_active: bool| is_active && kind != Kind::Recovery;
    let others = all.iter().any(|other| other.id != id && counts(other.kind, other.is_active));
    let is_last = counts(method.kind, method.is_active) && !others;
    let mandatory = ctx.tenant.mfa == Mfa::Mandatory;
    if is_last && mandatory {
        return Err(Refused::Mandatory);
    }
    guard::check(ctx, caller, &account, Deed::Remove, code.as_ref())?;
    methods::remove(ctx, account.id, method)?;
    if method.is_active {
        let left = what_is_left(ctx, &account);
        if let Ok(Left::Again(again)) = &left
            && again.id == id
        {
            return Err(Refused::Mandatory);
        }
        // Whatever has failed since: it is gone.
        notices::tell(ctx, &account, &News::MethodRemoved(method));
        match left? {
            Left::Others => {}
            Left::Again(again) => notices::tell(ctx, &account, &News::MethodAdded(&again)),
            Left::Nothing => {
                if !mandatory && account::two_factor(ctx.ports, account.id)? {
                    switch(ctx, &account, false)?;
                }
            }
        }
    }
    let on = shown::two_factor(ctx, account.id)?;
    let data = json!({
        "success": true,
        "removed": true,
        "id": id.to_string(),
        "two_factor": on,
        "two_factor_enabled": on,
        "message": "Two-factor method removed",
    });
    answers::enveloped(data, &["message", "two_factor"])
}

/// What an account has after a removal.
enum Left {
    Others,
    Nothing,
    /// Its address, which is a method again: nobody does without one here.
    Again(Method),
}

/// Looked at anew: another removal may have gone on meanwhile.
fn what_is_left<P: Ports>(ctx: &Context<'_, P>, account: &Account) -> Result<Left> {
    if !methods::active(ctx, account.id)?.is_empty() {
        return Ok(Left::Others);
    }
    // Whose address is not verified is let in by nothing before it is, and has it as a method then.
    if ctx.tenant.mfa == Mfa::Mandatory && account::is_verified(ctx.ports, account.id)? {
        return Ok(Left::Again(register::first_method(ctx, account)?));
    }
    Ok(Left::Nothing)
}

/// What the switch is to be.
pub(super) struct Body<'f> {
    on: bool,
    code: Option<Typed<'f>>,
}

impl Body<'_> {
    pub(super) fn read(fields: &Fields) -> Result<Body<'_>> {
        let on = fields.flag(&["enabled", "two_factor_enabled", "twoFactorEnabled"])?;
        Ok(Body {
            on: on.ok_or(Refused::Invalid("enabled must be true or false"))?,
            code: Typed::optional(fields)?,
        })
    }
}

/// `POST /auth/two_factor/toggle`.
pub(super) fn toggle<P: Ports>(
    ctx: &Context<'_, P>,
    caller: &Caller<'_>,
    fields: &Fields,
) -> Result<Response> {
    let Body { on, code } = Body::read(fields)?;
    let account = caller.account(ctx)?;
    let times = account::switched_on(ctx.ports, account.id)?;
    let was_on = shown::two_factor(ctx, account.id)?;
    let active = methods::active(ctx, account.id)?;
    if on {
        guard::check_offered(ctx)?;
        if active.is_empty() {
            return Err(Refused::NoActiveMethod);
        }
        if let Some(code) = &code {
            guard::check_code(ctx, caller, &account, Deed::Toggle, code)?;
        }
        if !was_on {
            switch(ctx, &account, true)?;
            // §7.6: this session counts as verified. Not if it was on: then that would be a way around the code.
            sessions::set_verified(ctx, &caller.session, times.saturating_add(1))?;
        }
    } else {
        if ctx.tenant.mfa == Mfa::Mandatory {
            return Err(Refused::Mandatory);
        }
        if was_on || code.is_some() {
            guard::check(ctx, caller, &account, Deed::Toggle, code.as_ref())?;
        }
        if was_on {
            switch(ctx, &account, false)?;
        }
    }
    let data = json!({
        "success": true,
        "two_factor_enabled": on,
        "two_factor": on,
        "active_methods": shown::words(&active),
        "message": if on { "Two-factor sign-in is on" } else { "Two-factor sign-in is off" },
    });
    answers::enveloped(data, &["two_factor", "message"])
}

fn switch<P: Ports>(ctx: &Context<'_, P>, account: &Account, on: bool) -> Result<()> {
    account::set_two_factor(ctx.ports, account.id, on)?;
    notices::tell(ctx, account, &News::Switched { on });
    Ok(())
}
