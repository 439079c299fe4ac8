//! Changing the password: §6. Takes the old one, and a second factor. The code is for the new password that it was asked for with.

use super::caller::Caller;
use super::done;
use super::fields::Fields;
use super::no::Result;
use super::step_up::{self, Aim, Step};
use crate::accounts::context::Context;
use crate::accounts::methods::Kind;
use crate::accounts::new_password;
use crate::accounts::password::{self, Password, Phc, Typed};
use crate::accounts::refusal::Refusal;
use crate::accounts::second_factor::Binding;
use crate::accounts::sign_in::{self, Credentials, SignedIn};
use crate::http::Response;
use crate::ports::Ports;
use core::cell::Cell;
use uuid::Uuid;

/// A change that is asked for.
pub(super) struct Change {
    old: Typed,
    new: Password,
    method: Option<Kind>,
}

impl Change {
    pub(super) fn read(mut fields: Fields) -> Result<Change> {
        let (old, new) = (fields.typed("oldPassword"), fields.new_password("newPassword"));
        let method = fields.method();
        fields.check()?;
        match (old, new) {
            (Some(old), Some(new)) => Ok(Change { old, new, method }),
            _ => Err(fields.refuse()),
        }
    }

    /// A change and its code.
    pub(super) fn read_confirmed(body: &[u8]) -> Result<(Change, String)> {
        let mut fields = Fields::parse(body)?;
        let code = fields.needed(&["confirmCode"]);
        let change = Change::read(fields)?;
        // Without a code there was something wrong.
        code.map(|code| (change, code)).ok_or(Refusal::NoCode.into())
    }
}

pub(super) async fn begin<P: Ports>(ctx: &Context<'_, P>, caller: &Caller, body: &[u8]) -> Result<Response> {
    let change = Change::read(Fields::parse(body)?)?;
    check_old(ctx, caller, &change.old)?;
    // What is kept until the code is there must tell no more of the password than what is kept of it then.
    let phc = password::hash(&change.new, &ctx.ports.random()).map_err(Refusal::from)?;
    let account = caller.account.id;
    let id = new_password::keep(ctx, account, &phc)?;
    let asked = step_up::ask(ctx, caller, change.method, Aim::Password(id)).await;
    if asked.is_err() {
        // No code will come for it. What has to be heard of is why, and not whether this works: it ends by itself.
        let _ = new_password::forget(ctx, account, id);
    }
    asked?;
    done()
}

pub(super) fn confirm<P: Ports>(ctx: &Context<'_, P>, caller: &Caller, body: &[u8]) -> Result<Response> {
    let (change, code) = Change::read_confirmed(body)?;
    check_old(ctx, caller, &change.old)?;
    let Change { new, method, .. } = change;
    let new = Typed::from(new);
    let waiting = Cell::new(Ok(None));
    let is_the_same = |asked: &Binding| {
        let found = the_same(ctx, caller.account.id, asked, &new);
        let is_the_same = matches!(found, Ok(Some(_)));
        waiting.set(found);
        is_the_same
    };
    let confirmed = step_up::confirm(ctx, caller, Step::PasswordChange, method, &code, &is_the_same);
    // A store can fail, and a hash for want of memory, which says nothing about the code.
    let waiting = waiting.into_inner()?;
    confirmed?;
    let (id, phc) = waiting.ok_or(Refusal::NoCode)?;
    new_password::set(ctx, &caller.account, phc)?;
    new_password::forget(ctx, caller.account.id, id)?;
    done()
}

/// The password that a code was asked for with, where it is this one.
fn the_same<P: Ports>(
    ctx: &Context<'_, P>,
    account: Uuid,
    asked: &Binding,
    new: &Typed,
) -> core::result::Result<Option<(Uuid, Phc)>, Refusal> {
    let Some(id) = asked.new_password else { return Ok(None) };
    let Some(phc) = new_password::kept(ctx, account, id)? else { return Ok(None) };
    Ok(password::guess(&phc, new)?.is_right().then_some((id, phc)))
}

/// Counts as a sign-in does: whoever has stolen a token must not have more guesses than others.
fn check_old<P: Ports>(ctx: &Context<'_, P>, caller: &Caller, old: &Typed) -> Result<()> {
    let credentials = Credentials { name: caller.account.email.as_str(), password: old, device: None };
    match sign_in::first_factor(ctx, &credentials, None)? {
        SignedIn::Owner(owner) if owner.account.id == caller.account.id => Ok(()),
        _ => Err(Refusal::Credentials.into()),
    }
}
