//! Another password: changed by who knows the old one, or set by who can read the account's mail.

use super::account::{self, Account};
use super::context::Context;
use super::notices::{self, News};
use super::password::Phc;
use super::refusal::Result;
use super::{budgets, epoch};
use crate::ports::Ports;

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
