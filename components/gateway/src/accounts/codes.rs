//! Codes that are sent, through the core: one outstanding for each purpose of an account, the latest only.

use super::budgets::{self, Budget};
use super::caps::{Destination, For};
use super::context::Context;
use super::refusal::{self, Refusal, Result};
use super::{deliver, lock};
use crate::guarded;
use crate::http::ApiError;
use crate::json;
use crate::ports::Ports;
use crate::ports::challenges::{Challenge, ChallengeStatus, Error, Policy, Request, Verdict};
use crate::ports::delivery::Message;
use core::time::Duration;
use serde::Serialize;
use serde::de::DeserializeOwned;
use stepgate_storage::Timestamp;
use uuid::Uuid;

/// How long a code lives, and how soon there may be another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) lifetime: Duration,
    pub(crate) between: Duration,
}

/// What a code is for. Made where it is sent and where it is tried, and only the same opens the same.
pub(crate) struct Place {
    /// The core's entity: one code is outstanding for each.
    pub(crate) entity: String,
    /// Part of the code's seal.
    pub(crate) purpose: &'static str,
    /// Whose attempts it takes.
    pub(crate) counts: Counts,
}

/// Whose attempts a code takes.
pub(crate) enum Counts {
    /// The account's.
    SecondFactor(Uuid),
    /// Those of an address, whether it has an account or not.
    Ownership(String),
}

impl Counts {
    pub(crate) fn budget(&self) -> Budget<'_> {
        match self {
            Counts::SecondFactor(account) => Budget::SecondFactor(*account),
            Counts::Ownership(email) => Budget::Ownership(email),
        }
    }

    /// How many are ever compared with one code. Of an address it is more than its budget has, for the long code in the same mail
    /// takes one as well, and has to work where wrong codes have used up the budget.
    fn of_one_code(&self) -> u8 {
        match self {
            Counts::SecondFactor(_) => 5,
            Counts::Ownership(_) => 10,
        }
    }
}

/// Where a message is to go, and whose messages are counted.
pub(crate) struct Recipient {
    pub(crate) destination: Destination,
    pub(crate) on_behalf: For,
}

/// What a message is written from.
pub(crate) struct Written<'a> {
    pub(crate) code: &'a str,
    /// 54 characters that do what the code does, and cannot be guessed.
    pub(crate) long_code: &'a str,
    pub(crate) valid_until: Timestamp,
}

/// What comes back with the right code.
pub(crate) struct Payload(String);

impl Payload {
    pub(crate) fn of(what: &impl Serialize) -> Result<Payload> {
        let text = serde_json::to_string(what);
        Ok(Payload(text.map_err(|_| ApiError::Internal("what a code is for could not be written".into()))?))
    }
}

/// Sends a code, which makes the one before it worthless. `payload` comes back with the right code; `write` makes the
/// message of it.
///
/// # Errors
///
/// `TooSoon` leaves what is outstanding as it was, and so does `TooManyMessages`, unless another message was the last that could be
/// sent between the moment that there was room and the one that it was taken.
pub(crate) async fn send<P: Ports>(
    ctx: &Context<'_, P>,
    place: &Place,
    times: Times,
    to: &Recipient,
    payload: Payload,
    write: &dyn Fn(&Written<'_>) -> Message,
) -> Result<Timestamp> {
    match deliver::check(ctx, to) {
        // The core keeps the distance. Whoever is too soon as well has to hear of that: a code was sent to them a moment ago.
        Err(full @ Refusal::TooManyMessages { .. }) => {
            check_interval(ctx, place, times)?;
            return Err(full);
        }
        checked => checked?,
    }
    let request = Request {
        scope: ctx.scope(),
        entity: place.entity.clone(),
        subject: to.destination.as_str().to_owned(),
        purpose: place.purpose.to_owned(),
        payload: payload.0,
        policy: Policy {
            lifetime_seconds: seconds(times.lifetime),
            attempts: place.counts.of_one_code(),
            cooldown_seconds: seconds(times.between),
            sandbox: ctx.settings.environment.is_sandbox(),
        },
    };
    let (issued, _) = guarded::issue(ctx.ports, &request, &ctx.settings.mac_keys).await?;
    let valid_until = Timestamp(issued.challenge.expires_at);
    let message = write(&Written { code: &issued.code, long_code: &issued.link_token, valid_until });
    let sent = deliver::deliver(ctx, to, &message);
    if sent.is_err() {
        // Nobody was told, so nobody may guess. What has to be heard of is why, and not whether this works.
        let _ = withdraw(ctx, place).await;
    }
    sent?;
    ctx.log("code_sent", Line { challenge: &issued.challenge.id, purpose: place.purpose, outcome: "sent" });
    Ok(valid_until)
}

/// Tries a code: takes an attempt, compares once, counts. Answers what was sent with the right one.
///
/// `fits` says whether the outstanding code was sent for what is being asked; if not, there is none, and no attempt is taken.
pub(crate) fn check<P: Ports, T: DeserializeOwned>(
    ctx: &Context<'_, P>,
    place: &Place,
    code: &str,
    fits: impl FnOnce(&T) -> bool,
) -> Result<T> {
    let Some((challenge, payload)) = outstanding::<P, T>(ctx, place)?.filter(|(_, payload)| fits(payload))
    else {
        return Err(Refusal::NoCode);
    };
    tried(ctx, place, code, &challenge)?;
    Ok(payload)
}

/// Apart from [`check`], of which there is one for each type of payload and caller.
#[inline(never)]
fn tried<P: Ports>(ctx: &Context<'_, P>, place: &Place, code: &str, challenge: &Challenge) -> Result<()> {
    let budget = place.counts.budget();
    let attempt = lock::reserve(ctx, &place.counts)?;
    let sandbox = ctx.settings.environment.is_sandbox();
    let keys = &ctx.settings.mac_keys;
    let verified = ctx.ports.verify(&challenge.scope, &challenge.id, code, keys, sandbox)?;
    let outcome = match verified.verdict {
        Verdict::Confirmed => "right",
        Verdict::ConfirmedAlready | Verdict::Refused => "over",
        Verdict::Wrong => "wrong",
    };
    ctx.log("code_tried", Line { challenge: &challenge.id, purpose: place.purpose, outcome });
    match verified.verdict {
        Verdict::Confirmed => {
            budgets::right(ctx, &budget, attempt)?;
            Ok(())
        }
        Verdict::Wrong => Err(lock::wrong(ctx, &place.counts, attempt)?),
        // Somebody else was first, or a newer code was, and nothing was compared. It counts as wrong all the same: others wait for
        // the outcome of an attempt that has none.
        Verdict::ConfirmedAlready | Verdict::Refused => {
            let _ = lock::wrong(ctx, &place.counts, attempt)?;
            Err(Refusal::NoCode)
        }
    }
}

/// Tries the long code of a message, which takes no attempt: it cannot be guessed.
pub(crate) fn check_long<P: Ports, T: DeserializeOwned>(
    ctx: &Context<'_, P>,
    place: &Place,
    token: &str,
) -> Result<T> {
    let keys = &ctx.settings.mac_keys;
    let challenge = match ctx.ports.open_link(token, keys) {
        Ok(challenge) => challenge,
        Err(Error::NotFound | Error::Invalid(_)) => return Err(Refusal::NoCode),
        Err(error) => return Err(error.into()),
    };
    let ours = challenge.scope == ctx.scope()
        && challenge.entity == place.entity
        && challenge.purpose == place.purpose;
    if !ours || challenge.status != ChallengeStatus::Pending {
        return Err(Refusal::NoCode);
    }
    let payload: T = payload(&challenge)?;
    let verified = ctx.ports.confirm_link(token, keys)?;
    if verified.verdict == Verdict::Confirmed { Ok(payload) } else { Err(Refusal::NoCode) }
}

/// What an outstanding code was sent with; none where there is none.
pub(crate) fn waiting_for<P: Ports, T: DeserializeOwned>(
    ctx: &Context<'_, P>,
    place: &Place,
) -> Result<Option<T>> {
    Ok(outstanding(ctx, place)?.map(|(_, payload)| payload))
}

/// Refuses where it is too soon after the last code, whatever has become of that since: §2 of `contracts/login-mfa.md`. One that
/// was withdrawn is not seen.
pub(super) fn check_interval<P: Ports>(ctx: &Context<'_, P>, place: &Place, times: Times) -> Result<()> {
    let Some(newest) = newest(ctx, place)? else { return Ok(()) };
    let left = times.between.saturating_sub(ctx.now.since(Timestamp(newest.issued_at)));
    if left.is_zero() { Ok(()) } else { Err(Refusal::TooSoon { seconds: refusal::seconds(left) }) }
}

/// When the outstanding code was sent; none where there is none.
pub(crate) fn sent_at<P: Ports>(ctx: &Context<'_, P>, place: &Place) -> Result<Option<Timestamp>> {
    Ok(current(ctx, place)?.map(|challenge| Timestamp(challenge.issued_at)))
}

/// Makes what is outstanding worthless.
pub(crate) async fn withdraw<P: Ports>(ctx: &Context<'_, P>, place: &Place) -> Result<()> {
    Ok(guarded::close(ctx.ports, &ctx.scope(), &place.entity).await?)
}

fn outstanding<P: Ports, T: DeserializeOwned>(
    ctx: &Context<'_, P>,
    place: &Place,
) -> Result<Option<(Challenge, T)>> {
    let Some(challenge) = current(ctx, place)? else { return Ok(None) };
    let payload = payload(&challenge)?;
    Ok(Some((challenge, payload)))
}

fn current<P: Ports>(ctx: &Context<'_, P>, place: &Place) -> Result<Option<Challenge>> {
    Ok(newest(ctx, place)?.filter(|challenge| challenge.status == ChallengeStatus::Pending))
}

fn newest<P: Ports>(ctx: &Context<'_, P>, place: &Place) -> Result<Option<Challenge>> {
    let challenge = match ctx.ports.current(&ctx.scope(), &place.entity) {
        Ok(state) => state.challenge,
        Err(Error::NotFound) => None,
        Err(error) => return Err(error.into()),
    };
    Ok(challenge.filter(|challenge| challenge.purpose == place.purpose))
}

fn payload<T: DeserializeOwned>(challenge: &Challenge) -> Result<T> {
    json::from_text(&challenge.payload)
        .map_err(|_| Refusal::Failed(ApiError::Internal("what a code is for could not be read".into())))
}

fn seconds(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}

#[derive(Serialize)]
struct Line<'a> {
    challenge: &'a str,
    purpose: &'a str,
    outcome: &'a str,
}
