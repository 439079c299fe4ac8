//! A new password for who has forgotten theirs: §6. A code by mail, for which there is a signed text, for which there is a new
//! password.
//!
//! An address without an account is answered in the same way, after the same work; its mail says that there is none. It works while the
//! account is locked, and does not end the lock.

use super::fields::Fields;
use super::no::Result;
use super::sign_up::read_code;
use super::{TIMES, done};
use crate::accounts::account::{self, Account, Name};
use crate::accounts::codes::{Payload as CodePayload, Written};
use crate::accounts::context::Context;
use crate::accounts::names::AccountEmail;
use crate::accounts::notices::{self, News};
use crate::accounts::ownership::{self, Why};
use crate::accounts::password::{self, Password};
use crate::accounts::refusal::Refusal;
use crate::accounts::{epoch, new_password, register};
use crate::http::{Response, json};
use crate::ports::Ports;
use crate::tokens::Keys;
use crate::tokens::reset::Reset;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the code of a reset is sent with.
#[derive(Serialize, Deserialize)]
struct For {
    /// None: the address has no account, and nobody was told the code.
    account: Option<Uuid>,
}

/// What lets its bearer set a new password.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = PasswordResetPayload))]
pub(super) struct Payload {
    /// Signed, works once, for ten minutes. Send it to `execute`.
    payload: String,
}

pub(super) fn read_beginning(body: &[u8]) -> Result<AccountEmail> {
    let mut fields = Fields::parse(body)?;
    fields.email().ok_or_else(|| fields.refuse())
}

pub(super) async fn begin<P: Ports>(ctx: &Context<'_, P>, body: &[u8]) -> Result<Response> {
    let email = read_beginning(body)?;
    let account = account::id_of(ctx.ports, &ctx.scope(), &Name::Email(email.clone()))?;
    let write = |written: &Written<'_>| match account {
        Some(_) => notices::ownership(ctx, Why::PasswordReset, &email, written),
        None => notices::news(ctx, &email, &News::NobodyThere),
    };
    ownership::send(ctx, Why::PasswordReset, &email, TIMES, CodePayload::of(&For { account })?, &write)
        .await?;
    done()
}

pub(super) fn read_confirmation(body: &[u8]) -> Result<(AccountEmail, String)> {
    let mut fields = Fields::parse(body)?;
    match (fields.email(), fields.needed(&["confirmCode"])) {
        (Some(email), Some(code)) => Ok((email, code)),
        _ => Err(fields.refuse()),
    }
}

pub(super) fn confirm<P: Ports>(ctx: &Context<'_, P>, body: &[u8]) -> Result<Response> {
    let (email, code) = read_confirmation(body)?;
    read_code(ctx, &email, &code)?;
    let For { account } = ownership::check(ctx, Why::PasswordReset, &email, &code)?;
    let id = account.ok_or(Refusal::NoCode)?;
    let epoch = epoch::current(ctx.ports, id)?;
    let password = account::password(ctx.ports, id)?.ok_or(Refusal::NoCode)?;
    let reset = Reset::new(ctx.ports, id, epoch, password.changed_at, ctx.now);
    let payload = Keys::load(ctx.ports)?.sign_reset(&reset)?;
    Ok(json(StatusCode::OK, &Payload { payload })?)
}

/// The end of a reset.
pub(super) struct Execution {
    email: AccountEmail,
    password: Password,
    payload: String,
}

impl Execution {
    pub(super) fn read(body: &[u8]) -> Result<Execution> {
        let mut fields = Fields::parse(body)?;
        let (email, password) = (fields.email(), fields.new_password("newPassword"));
        match (email, password, fields.needed(&["payload"])) {
            (Some(email), Some(password), Some(payload)) => Ok(Execution { email, password, payload }),
            _ => Err(fields.refuse()),
        }
    }
}

pub(super) fn execute<P: Ports>(ctx: &Context<'_, P>, body: &[u8]) -> Result<Response> {
    let Execution { email, password, payload } = Execution::read(body)?;
    let reset = Keys::load(ctx.ports)?.verify_reset(&payload, ctx.now).ok_or(Refusal::NoCode)?;
    let account = account::read(ctx.ports, reset.account)?;
    let its = |account: &Account| account.partner == ctx.tenant.partner && account.email == email;
    let account = account.filter(its).ok_or(Refusal::NoCode)?;
    let changed_at = account::password(ctx.ports, account.id)?.map(|password| password.changed_at);
    let fits = epoch::current(ctx.ports, account.id)? == reset.epoch && changed_at == Some(reset.password_of);
    if !fits {
        return Err(Refusal::NoCode.into());
    }
    let phc = password::hash(&password, &ctx.ports.random()).map_err(Refusal::from)?;
    // The last of all, so that what is refused for another reason is not used up.
    if !reset.claim(ctx.ports)? {
        return Err(Refusal::NoCode.into());
    }
    new_password::set(ctx, &account, phc)?;
    if !account::is_verified(ctx.ports, account.id)? {
        // Whoever read the mail has shown it.
        register::taken_over(ctx, &account)?;
    }
    done()
}
