//! The epoch of an account: whatever began under another one is over.
//!
//! A counter, so that moving it can be neither raced nor undone. Sessions, refresh tokens and remembered devices carry the epoch
//! that was read before the credentials were looked at: one that moves meanwhile ends what is about to begin.

use super::context::Context;
use crate::http::ApiError;
use crate::ports::Ports;
use crate::tokens::revocations::{self, Revoked};
use stepgate_storage::{CounterKey, Store, StoreError};
use uuid::Uuid;

/// The epoch that an account is in.
pub(crate) fn current(store: &impl Store, account: Uuid) -> Result<u64, StoreError> {
    add(store, account, 0)
}

/// Ends every session, refresh token and remembered device of an account. Answers the new epoch.
fn end(store: &impl Store, account: Uuid) -> Result<u64, StoreError> {
    add(store, account, 1)
}

/// The same, and tells those who verify access tokens without asking here: before, because whoever is out cannot ask again to be
/// told of.
///
/// If telling fails so does this: fail the request, so that it is made again.
pub(crate) fn end_and_tell<P: Ports>(ctx: &Context<'_, P>, account: Uuid) -> Result<(), ApiError> {
    let told = current(ctx.ports, account)?.saturating_add(1);
    tell(ctx, account, told)?;
    let epoch = end(ctx.ports, account)?;
    // Somebody else has ended one meanwhile: who began in between is out as well.
    if epoch > told { tell(ctx, account, epoch) } else { Ok(()) }
}

fn tell<P: Ports>(ctx: &Context<'_, P>, account: Uuid, epoch: u64) -> Result<(), ApiError> {
    revocations::note(ctx.ports, &ctx.scope(), Revoked::Before { account, epoch })
}

fn add(store: &impl Store, account: Uuid, delta: i64) -> Result<u64, StoreError> {
    let key = CounterKey::forever(&format!("account/{account}/epoch"));
    u64::try_from(store.add(&key, delta)?).map_err(|_| StoreError::Corrupt("epoch"))
}
