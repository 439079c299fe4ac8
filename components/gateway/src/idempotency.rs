//! `IDEMPOTENCY-KEY`: `contracts/identifications.md` §3.

use crate::call::Call;
use crate::http::{ApiError, Response, json, single};
use crate::ids;
use crate::json::{from_bytes, from_text};
use crate::ports::Ports;
use crate::settings::idempotency_key_required;
use core::time::Duration;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use stepgate_storage::StoreError;
use stepgate_storage::idempotency::{Begun, Claim, Name, begin, digest, finish, give_up};
use uuid::Uuid;

const HEADER: &str = "idempotency-key";

/// How long a second request with the same key waits for the first.
const PATIENCE: Duration = Duration::from_secs(12);

/// The first pause between two looks; each is twice the one before it, up to [`LONGEST_PAUSE`].
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    status: u16,
    /// JSON, byte for byte as it was sent.
    body: Box<RawValue>,
}

/// Does `work` once for each key, and answers every later request with the same key and body as the first was answered.
///
/// `work` gets an id for what it makes. It is the same however often the work is begun, so a try that failed half-way
/// and the one after it make one thing.
///
/// `asked` is what is asked for, in one spelling only ([`crate::json::canonical`]). The key is looked up together with
/// who asks and for what. 401, 429 and 5xx are not kept: there, the same request may be tried again.
pub(crate) async fn once<P: Ports>(
    call: &Call<'_, P>,
    method: &str,
    asked: &str,
    work: impl AsyncFnOnce(Uuid) -> Result<Response, ApiError>,
) -> Result<Response, ApiError> {
    let key = given_key(call)?.ok_or_else(wrong_key)?;
    once_under(call, key, (method, call.path), asked, work).await
}

/// Like [`once`] for a route whose key may be left out, as `contracts/identifications.md` §3 reads: work without a key is a
/// piece of its own each time. The setting `idempotency_key_required` makes it a must.
///
/// `place` is the method and the path, in one spelling for all that mean the same.
pub(crate) async fn once_if_keyed<P: Ports>(
    call: &Call<'_, P>,
    place: (&str, &str),
    asked: &str,
    work: impl AsyncFnOnce(Uuid) -> Result<Response, ApiError>,
) -> Result<Response, ApiError> {
    match given_key(call)? {
        Some(key) => once_under(call, key, place, asked, work).await,
        None if idempotency_key_required(call.ports)? => Err(wrong_key()),
        None => work(ids::new(call.ports, call.now)).await,
    }
}

async fn once_under<P: Ports>(
    call: &Call<'_, P>,
    key: &str,
    place: (&str, &str),
    asked: &str,
    work: impl AsyncFnOnce(Uuid) -> Result<Response, ApiError>,
) -> Result<Response, ApiError> {
    match begun(call, key, place, asked).await? {
        Claimed::Answered(response) => Ok(response),
        Claimed::Ours(claim, id) => ended(call, &claim, work(id).await),
    }
}

/// What comes before the work. Not in [`once_under`], of which there is one for each kind of work.
async fn begun<P: Ports>(
    call: &Call<'_, P>,
    key: &str,
    (method, path): (&str, &str),
    asked: &str,
) -> Result<Claimed, ApiError> {
    let digest = digest(&[asked]);
    let name = Name::new(&[&call.caller.acting_as.scope(), method, path, key]);
    let seed = ids::new(call.ports, call.now).to_string();
    claim(call, &name, &digest, &seed).await
}

/// What comes after it.
fn ended<P: Ports>(
    call: &Call<'_, P>,
    claim: &Claim,
    result: Result<Response, ApiError>,
) -> Result<Response, ApiError> {
    let response = match result {
        Err(error) if error.internal_reason().is_some() => {
            // The failure is what the caller has to hear of, not that the claim will only lapse by itself.
            let _ = give_up(call.ports, call.ports.now(), claim);
            return Err(error);
        }
        Err(error) => error.response_as(call.errors, call.trace),
        Ok(response) => response,
    };
    settle(call, claim, &response)?;
    Ok(response)
}

/// The key a request comes with.
pub(crate) fn given_key<'a, P>(call: &Call<'a, P>) -> Result<Option<&'a str>, ApiError> {
    let key = single(call.headers, HEADER).map_err(|_| wrong_key())?;
    let good = |key: &str| key.len() <= 255 && key.bytes().all(|byte| byte.is_ascii_graphic());
    if key.is_none_or(good) { Ok(key) } else { Err(wrong_key()) }
}

fn wrong_key() -> ApiError {
    ApiError::bad_request("IDEMPOTENCY-KEY must be given once, as 1 to 255 visible characters.")
}

enum Claimed {
    /// The work, and the id for what it makes.
    Ours(Claim, Uuid),
    Answered(Response),
}

async fn claim<P: Ports>(
    call: &Call<'_, P>,
    name: &Name,
    digest: &str,
    seed: &str,
) -> Result<Claimed, ApiError> {
    let mut pause = SHORTEST_PAUSE;
    let mut waited = Duration::ZERO;
    loop {
        match begin(call.ports, call.ports.now(), name, digest, seed)? {
            Begun::Do(claim) => {
                let id = ids::parse(claim.seed()).ok_or(StoreError::Corrupt("idempotency entry"))?;
                return Ok(Claimed::Ours(claim, id));
            }
            Begun::Replay(answer) => return replay(&answer).map(Claimed::Answered),
            Begun::Conflict => {
                return Err(ApiError::Conflict("This IDEMPOTENCY-KEY was used with another body."));
            }
            Begun::Running if waited >= PATIENCE => {
                return Err(ApiError::Refused(
                    StatusCode::CONFLICT,
                    "idempotency_key_in_use",
                    "A request with this IDEMPOTENCY-KEY is still running. Try again.",
                ));
            }
            Begun::Running => {
                call.ports.sleep(pause).await;
                waited += pause;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

fn settle<P: Ports>(call: &Call<'_, P>, claim: &Claim, response: &Response) -> Result<(), ApiError> {
    let (status, now) = (response.status(), call.ports.now());
    let for_now = status == StatusCode::UNAUTHORIZED
        || status == StatusCode::TOO_MANY_REQUESTS
        || status.is_server_error();
    if for_now {
        return Ok(give_up(call.ports, now, claim)?);
    }
    let body: &RawValue = from_bytes(response.body()).ok_or_else(unreadable)?;
    let kept = Kept { status: status.as_u16(), body: body.to_owned() };
    let text = serde_json::to_string(&kept).map_err(|_| unreadable())?;
    Ok(finish(call.ports, now, claim, &text)?)
}

fn replay(answer: &str) -> Result<Response, ApiError> {
    let kept: Kept = from_text(answer).map_err(|_| unreadable())?;
    json(StatusCode::from_u16(kept.status).map_err(|_| unreadable())?, &kept.body)
}

fn unreadable() -> StoreError {
    StoreError::Corrupt("kept answer")
}
