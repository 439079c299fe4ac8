//! Switching the second factor on and off: §4. What it is to be is settled when the code is asked for, so a switch that is confirmed
//! twice is made once.

use super::caller::Caller;
use super::done;
use super::fields::Fields;
use super::no::{No, Result};
use super::step_up::{self, Aim, Step};
use crate::accounts::account;
use crate::accounts::context::Context;
use crate::accounts::notices::{self, News};
use crate::accounts::refusal::Refusal;
use crate::accounts::{methods, register};
use crate::http::Response;
use crate::ports::Ports;
use crate::settings::Mfa;

pub(super) async fn begin<P: Ports>(ctx: &Context<'_, P>, caller: &Caller, body: &[u8]) -> Result<Response> {
    check_allowed(ctx)?;
    let mut fields = Fields::parse_optional(body)?;
    let wanted = fields.method();
    fields.check()?;
    let is_on = methods::is_due(ctx, caller.account.id)?;
    step_up::ask(ctx, caller, wanted, Aim::Switched(!is_on)).await?;
    done()
}

pub(super) fn confirm<P: Ports>(ctx: &Context<'_, P>, caller: &Caller, body: &[u8]) -> Result<Response> {
    check_allowed(ctx)?;
    let mut fields = Fields::parse(body)?;
    let (code, wanted) = (confirmation_code(&mut fields), fields.method());
    fields.check()?;
    let Some(code) = code else { return Err(fields.refuse()) };
    let (asked, method) =
        step_up::confirm(ctx, caller, Step::Switch, wanted, &code, &|asked| asked.target.is_some())?;
    let on = asked.target.ok_or(Refusal::NoCode)?;
    if on && !method.is_active {
        // The address, of an account without any method: this code has shown that it is theirs.
        register::verified(ctx, &caller.account)?;
    }
    account::set_two_factor(ctx.ports, caller.account.id, on)?;
    notices::tell(ctx, &caller.account, &News::Switched { on });
    done()
}

/// The contract has one name from a client and none from the documentation.
pub(super) fn confirmation_code(fields: &mut Fields) -> Option<String> {
    fields.needed(&["confirmationCode", "code", "confirmCode", "mfaCode"])
}

fn check_allowed<P: Ports>(ctx: &Context<'_, P>) -> Result<()> {
    if ctx.tenant.mfa == Mfa::Mandatory {
        return Err(No::Forbidden("2FA is mandatory here. It cannot be switched."));
    }
    if !ctx.tenant.two_factor {
        return Err(No::Forbidden("There is no 2FA here. It cannot be switched."));
    }
    Ok(())
}
