//! `POST /auth/register/verify`: ours. Whoever has the mail and the password that was registered has the account.

use super::body::Confirmation;
use super::{Waiting, let_in, waiting};
use crate::accounts::context::Context;
use crate::accounts::ownership::{self, Why};
use crate::accounts::password;
use crate::accounts::refusal::Refusal;
use crate::accounts::register::{self, Beginning};
use crate::accounts::sign_in::{self, Credentials, SignedIn};
use crate::accounts::{account, epoch, lock};
use crate::http::Response;
use crate::ports::Ports;
use crate::two_factor_sessions::fields::Fields;
use crate::two_factor_sessions::refused::{Refused, Result};
use stepgate_storage::StoreError;

/// Password first, as at sign-in and counted with it; then the code.
pub(in crate::two_factor_sessions) fn verify<P: Ports>(
    ctx: &Context<'_, P>,
    fields: &Fields,
) -> Result<Response> {
    let Confirmation { email, code, password } = Confirmation::read(fields)?;
    let before = waiting(ctx, &email)?;
    let credentials = Credentials { name: email.as_str(), password: &password, device: None };
    let known = match sign_in::first_factor(ctx, &credentials, before.as_ref().and_then(Waiting::phc)) {
        // Anybody can use up the guesses at an address. Whoever has the mail has one more.
        Err(Refusal::TooManyLogins { .. }) if ownership::is_long(code) => None,
        known => Some(known?),
    };
    if let Some(SignedIn::Owner(owner)) = &known {
        lock::check(ctx, owner.account.id)?;
    }
    let confirmed: Waiting = match ownership::check(ctx, Why::Registration, &email, code) {
        Ok(confirmed) => confirmed,
        Err(Refusal::Locked { until }) => return Err(Refused::Spent { until }),
        Err(refusal) => return Err(refusal.into()),
    };
    match (confirmed, known) {
        // The same registration whose password was checked, and not one that came in between.
        (Waiting { person: Some(person), .. }, known @ (Some(SignedIn::NotVerified) | None))
            if before.as_ref().and_then(Waiting::phc) == Some(&person.phc)
                && (known.is_some()
                    || password::guess(&person.phc, &password).map_err(Refusal::from)?.is_right()) =>
        {
            let account = register::create(ctx, person, Beginning { verified: true, two_factor: false })?;
            let epoch = epoch::current(ctx.ports, account.id)?;
            let_in(ctx, &account, epoch, true)
        }
        (Waiting { account: Some(id), .. }, Some(SignedIn::Owner(owner))) if owner.account.id == id => {
            register::verified(ctx, &owner.account)?;
            let account = account::read(ctx.ports, id)?.ok_or(StoreError::Corrupt("account"))?;
            let_in(ctx, &account, owner.epoch, true)
        }
        _ => Err(Refusal::NoCode.into()),
    }
}
