//! Codes that show that an address is somebody's, whether it has an account or not: of sign-ups and password resets.
//!
//! Strangers can ask for them, for any address, so the core's records of them end by themselves (`until-<day>/` in the entity).
//! The day is that of the asking; whoever comes back looks under today's and under yesterday's.

use super::caps::{Destination, For};
use super::codes::{self, Counts, Payload, Place, Recipient, Times, Written};
use super::context::Context;
use super::names::AccountEmail;
use super::refusal::{Refusal, Result};
use crate::ports::Ports;
use crate::ports::delivery::Message;
use serde::de::DeserializeOwned;
use stepgate_storage::idempotency::digest;
use stepgate_storage::{Day, Timestamp};

/// What an address is confirmed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// `contracts/login-mfa.md` §6.
    SignUp,
    /// `contracts/two-factor-sessions.md` §3.
    Registration,
    PasswordReset,
}

impl Why {
    fn purpose(self) -> &'static str {
        match self {
            Why::SignUp => "sign-up",
            Why::Registration => "registration",
            Why::PasswordReset => "password-reset",
        }
    }
}

/// Sends a code to an address. What was sent for the same before is worthless.
pub(crate) async fn send<P: Ports>(
    ctx: &Context<'_, P>,
    why: Why,
    email: &AccountEmail,
    times: Times,
    payload: Payload,
    write: &dyn Fn(&Written<'_>) -> Message,
) -> Result<Timestamp> {
    let [today, yesterday] = places(ctx, why, email);
    // The core keeps the distance within a day; around midnight it is kept here.
    codes::check_interval(ctx, &yesterday, times)?;
    let to = Recipient { destination: Destination::Email(email.clone()), on_behalf: For::Anybody };
    let sent = codes::send(ctx, &today, times, &to, payload, write).await?;
    codes::withdraw(ctx, &yesterday).await?;
    Ok(sent)
}

/// Tries a code of six digits, or the long one of the same mail. The long one takes no attempt, and works where the
/// attempts are used up: nobody can keep an owner from what is theirs by guessing.
pub(crate) fn check<P: Ports, T: DeserializeOwned>(
    ctx: &Context<'_, P>,
    why: Why,
    email: &AccountEmail,
    code: &str,
) -> Result<T> {
    let [today, yesterday] = places(ctx, why, email);
    let tried = |place: &Place| match is_long(code) {
        true => codes::check_long(ctx, place, code),
        false => codes::check(ctx, place, code, |_: &T| true),
    };
    match tried(&today) {
        Err(Refusal::NoCode) => tried(&yesterday),
        other => other,
    }
}

/// What the outstanding code of an address was sent with.
pub(crate) fn waiting_for<P: Ports, T: DeserializeOwned>(
    ctx: &Context<'_, P>,
    why: Why,
    email: &AccountEmail,
) -> Result<Option<T>> {
    let [today, yesterday] = places(ctx, why, email);
    let (one, other) = (codes::waiting_for(ctx, &today)?, codes::waiting_for(ctx, &yesterday)?);
    Ok(one.or(other))
}

/// Whether this has the form of a long code; six digits have not.
pub(crate) fn is_long(code: &str) -> bool {
    code.len() == 54
}

fn places<P: Ports>(ctx: &Context<'_, P>, why: Why, email: &AccountEmail) -> [Place; 2] {
    let place = |day: Day| Place {
        entity: format!(
            "until-{}/{}/{}",
            day.plus(2).0,
            why.purpose(),
            digest(&[&ctx.scope(), email.as_str()])
        ),
        purpose: why.purpose(),
        counts: Counts::Ownership(email.as_str().to_owned()),
    };
    let today = ctx.now.day();
    [place(today), place(today.previous())]
}
