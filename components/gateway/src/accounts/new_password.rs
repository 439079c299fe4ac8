//! Another password: changed by who knows the old one, or set by who can read the account's mail.

use super::account::{self, Account};
use super::context::Context;
use super::notices::{self, News};
use super::password::Phc;
use super::refusal::Result;
use super::{budgets, epoch};
use crate::ids;
use crate::ports::Ports;
use crate::stored;
use stepgate_storage::{RecordKey, StoreError};
use uuid::Uuid;

const WHAT: &str = "password that waits for its code";

/// Keeps a password until its code is given, for the day and the next at most, and answers what it is kept by. What a code is for
/// may stay in the store for as long as the account: with the hash in it, that would be a history of passwords.
///
/// Store operations: 1.
pub(crate) fn keep<P: Ports>(ctx: &Context<'_, P>, account: Uuid, phc: &Phc) -> Result<Uuid> {
    let id = ids::new(ctx.ports, ctx.now);
    stored::write(ctx.ports, &key(account, id)?, phc, WHAT)?;
    Ok(id)
}

/// What is kept by this id, if it still is.
///
/// Store operations: 1.
pub(crate) fn kept<P: Ports>(ctx: &Context<'_, P>, account: Uuid, id: Uuid) -> Result<Option<Phc>> {
    Ok(stored::read(ctx.ports, &key(account, id)?, WHAT)?)
}

/// It waits no longer.
///
/// Store operations: 1.
pub(crate) fn forget<P: Ports>(ctx: &Context<'_, P>, account: Uuid, id: Uuid) -> Result<()> {
    Ok(ctx.ports.delete(&key(account, id)?)?)
}

fn key(account: Uuid, id: Uuid) -> core::result::Result<RecordKey, StoreError> {
    let made = ids::made_at(id).ok_or(StoreError::Corrupt(WHAT))?;
    Ok(RecordKey::until(made.day().plus(1), &format!("account/{account}/new-password/{id}")))
}

/// Writes it, and ends every session, token and remembered device there is. Whoever guessed passwords or codes before has to
/// begin anew; a lock goes on (`budgets::owner_returned`).
///
/// Hashed before whatever allows it is used up: a hash can fail for want of memory, and a code is good once.
pub(crate) fn set<P: Ports>(ctx: &Context<'_, P>, account: &Account, phc: Phc) -> Result<()> {
    // Twice: now, so that whoever is in is out even if nothing after this is reached; and afterwards for good, because whoever signs
    // in with the old password at this moment has read the epoch in between.
    epoch::end_and_tell(ctx, account.id)?;
    account::set_password(ctx.ports, account.id, &account::Password { phc, changed_at: ctx.now })?;
    epoch::end_and_tell(ctx, account.id)?;
    budgets::owner_returned(ctx, account)?;
    notices::tell(ctx, account, &News::PasswordChanged);
    Ok(())
}
