//! `PUT /api/authentication-codes/{id}`: a code is submitted.

use super::object::{AuthenticationCode, status_name};
use super::submission::Submission;
use crate::call::{Call, log_line};
use crate::guarded;
use crate::http::{ApiError, Response, TraceId, json};
use crate::ids;
use crate::ports::challenges::{self, ChallengeStatus as Status, Verdict, Verified};
use crate::ports::{Ports, Surroundings};
use http::StatusCode;
use serde::Serialize;

/// Compares a code and answers what became of the challenge. A wrong code is a 200 too: the status tells.
pub(crate) fn submit<P: Ports>(call: &Call<'_, P>, id: &str, body: &[u8]) -> Result<Response, ApiError> {
    let submission = Submission::parse(body)?;
    let id = ids::parse(id).ok_or(ApiError::NotFound)?.to_string();
    let scope = call.caller.acting_as.scope();
    let sandbox = call.settings.environment.is_sandbox();
    let outcome = call.ports.verify(&scope, &id, submission.digits(), &call.settings.mac_keys, sandbox);
    log_attempt(call.ports, call.trace, "code", Some(&scope), Some(&id), &outcome);
    let challenge = outcome?.challenge;
    if challenge.status == Status::Confirmed {
        // What is said to have taken effect has to stay so: this makes it permanent.
        call.ports.current(&challenge.scope, &challenge.entity)?;
    }
    guarded::answered(call.ports, call.trace, &challenge)?;
    json(StatusCode::OK, &AuthenticationCode::of(challenge)?)
}

/// One line for each attempt, whatever came of it (ASVS 5.0 16.3.1). Not the code, not the token.
pub(crate) fn log_attempt(
    surroundings: &impl Surroundings,
    trace: &TraceId,
    by: &str,
    scope: Option<&str>,
    id: Option<&str>,
    outcome: &Result<Verified, challenges::Error>,
) {
    let attempt = match outcome {
        Ok(Verified { verdict, challenge }) => Attempt {
            by,
            scope: Some(&challenge.scope),
            challenge: Some(&challenge.id),
            verdict: verdict_name(*verdict),
            status: Some(status_name(challenge.status)),
            attempts: Some(challenge.attempts),
        },
        Err(error) => {
            Attempt { by, scope, challenge: id, verdict: failure_name(error), status: None, attempts: None }
        }
    };
    surroundings.log(&log_line("attempt", trace, attempt));
}

/// What the log says of an attempt.
#[derive(Serialize)]
struct Attempt<'a> {
    by: &'a str,
    scope: Option<&'a str>,
    challenge: Option<&'a str>,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<u32>,
}

fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "confirmed",
        Verdict::ConfirmedAlready => "confirmed-already",
        Verdict::Wrong => "wrong",
        Verdict::Refused => "refused",
    }
}

fn failure_name(error: &challenges::Error) -> &'static str {
    match error {
        challenges::Error::NotFound => "not-found",
        challenges::Error::Invalid(_) => "invalid",
        challenges::Error::Throttled(_) => "throttled",
        challenges::Error::Over(_) => "over",
        challenges::Error::Unavailable(_) => "unavailable",
    }
}
