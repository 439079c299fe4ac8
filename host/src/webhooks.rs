//! Having webhooks delivered: the component knows what is due and sends it, but does nothing between requests. So it is
//! asked to, every second.

use crate::harness::{Exchange, Harness};
use crate::http::TraceId;
use crate::http::answer::Failure;
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri};
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt;
use std::time::{Duration, Instant};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{MissedTickBehavior, interval, timeout};

const PATH: &str = "/internal/webhooks/run";
/// How often a run starts.
const EVERY: Duration = Duration::from_secs(1);
/// Runs at once, where there are instances enough. One that waits for a slow receiver takes up to 13 s.
const MOST_RUNS: u32 = 8;
/// How long one reason for a failure is not said again.
const SILENCE: Duration = Duration::from_secs(60);
/// Shorter tokens might be guessed.
const MIN_TOKEN: usize = 32;
const MAX_TOKEN: usize = 256;

/// What lets a caller start a run: the component's setting `webhook_run_token`. Has no `Debug`, because it is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookRunToken(String);

/// A text is no token: it must be 32 to 256 characters of visible ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be {MIN_TOKEN} to {MAX_TOKEN} characters of ASCII without spaces")]
pub struct NoToken;

impl WebhookRunToken {
    /// A token that nobody else knows: 256 random bits.
    pub fn random() -> Self {
        Self(rand::random::<[u8; 32]>().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// A token that somebody else may know.
    ///
    /// # Errors
    /// [`NoToken`] if it is too short or too long, or could not stand in a header.
    pub fn new(text: impl Into<String>) -> Result<Self, NoToken> {
        let text = text.into();
        let fits = (MIN_TOKEN..=MAX_TOKEN).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) { Ok(Self(text)) } else { Err(NoToken) }
    }

    /// The token itself, for the component's settings.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Harness {
    /// Has the component deliver webhooks until `shutdown` resolves and the runs under way have ended, or
    /// [`Limits::shutdown_time`](crate::Limits::shutdown_time) is over.
    ///
    /// A run starts every second, whether or not those before it have ended, and at once when one says that there is more to
    /// do. They take a quarter of [`Limits::instances`](crate::Limits::instances), at most 8 and at least 1. Only a run
    /// that fails is logged. Ends early if the component says that it has no such route.
    ///
    /// # Cancel safety
    /// When this is dropped, a run under way goes on to its end.
    pub async fn deliver_webhooks(&self, token: &WebhookRunToken, shutdown: impl Future<Output = ()>) {
        let most = (self.limits().instances / 4).clamp(1, MOST_RUNS) as usize;
        let mut runs = Runs { harness: self.clone(), token: token.clone(), running: JoinSet::new() };
        let mut complaints = Complaints::default();
        let mut ticks = interval(EVERY);
        // After a time with all of them busy one is due, and not all that did not start.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(run) = runs.running.join_next() => match Outcome::of(run) {
                    Outcome::Done { more: true } => runs.start(),
                    Outcome::Done { more: false } => {}
                    Outcome::Failed(failed) => complaints.say(&failed),
                    Outcome::NoRoute => {
                        tracing::warn!("webhooks are not delivered: the component has no {PATH}, or no token for it");
                        break;
                    }
                },
                _ = ticks.tick(), if runs.running.len() < most => runs.start(),
            }
        }
        let rest = async {
            while let Some(run) = runs.running.join_next().await {
                if let Outcome::Failed(failed) = Outcome::of(run) {
                    complaints.say(&failed);
                }
            }
        };
        if timeout(self.limits().shutdown_time, rest).await.is_err() {
            tracing::warn!("webhooks still under way are dropped");
        }
    }
}

struct Runs {
    harness: Harness,
    token: WebhookRunToken,
    running: JoinSet<Outcome>,
}

impl Runs {
    fn start(&mut self) {
        let (harness, request) = (self.harness.clone(), request(&self.token));
        self.running.spawn(async move {
            let exchange = Exchange::start(&request);
            let trace = exchange.trace;
            let answer = harness.answer(&exchange, request).await;
            judge(answer).unwrap_or_else(|reason| Outcome::Failed(Failed { reason, trace: Some(trace) }))
        });
    }
}

fn request(token: &WebhookRunToken) -> Request<Bytes> {
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = Uri::from_static(PATH);
    // INVARIANT: a token is visible ASCII.
    #[expect(clippy::expect_used, reason = "a token is visible ASCII")]
    let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.0)).expect("visible ASCII");
    bearer.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, bearer);
    request
}

enum Outcome {
    Done { more: bool },
    NoRoute,
    Failed(Failed),
}

struct Failed {
    reason: Reason,
    trace: Option<TraceId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Reason {
    /// The harness answered in the component's place.
    Failure(Failure),
    Status(StatusCode),
    Unreadable,
    Lost,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failure(failure) => f.write_str(failure.message()),
            Self::Status(status) => write!(f, "the component answered {}", status.as_u16()),
            Self::Unreadable => f.write_str("the component's answer cannot be read"),
            Self::Lost => f.write_str("the run broke off"),
        }
    }
}

impl Outcome {
    fn of(run: Result<Self, JoinError>) -> Self {
        run.unwrap_or(Self::Failed(Failed { reason: Reason::Lost, trace: None }))
    }
}

/// What of the component's answer matters here.
#[derive(Deserialize)]
struct Report {
    more: bool,
}

fn judge(answer: Result<Response<Bytes>, Failure>) -> Result<Outcome, Reason> {
    let answer = answer.map_err(Reason::Failure)?;
    match answer.status() {
        StatusCode::OK => {
            let report: Report = serde_json::from_slice(answer.body()).map_err(|_| Reason::Unreadable)?;
            Ok(Outcome::Done { more: report.more })
        }
        StatusCode::NOT_FOUND => Ok(Outcome::NoRoute),
        status => Err(Reason::Status(status)),
    }
}

/// Says each reason once in a while: what fails every second would fill the log.
#[derive(Default)]
struct Complaints(HashMap<Reason, Instant>);

impl Complaints {
    fn say(&mut self, failed: &Failed) {
        if self.is_due(failed.reason, Instant::now()) {
            let trace_id = failed.trace.map(tracing::field::display);
            tracing::warn!(reason = %failed.reason, trace_id, "a run of the webhooks failed");
        }
    }

    fn is_due(&mut self, reason: Reason, now: Instant) -> bool {
        match self.0.get(&reason) {
            Some(said) if now.duration_since(*said) < SILENCE => false,
            _ => {
                self.0.insert(reason, now);
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_said_once_a_minute() {
        let mut complaints = Complaints::default();
        let start = Instant::now();
        let busy = Reason::Failure(Failure::Overloaded);
        assert!(complaints.is_due(busy, start));
        assert!(!complaints.is_due(busy, start + Duration::from_secs(59)));
        assert!(complaints.is_due(Reason::Status(StatusCode::UNAUTHORIZED), start));
        assert!(complaints.is_due(busy, start + Duration::from_secs(60)));
        assert!(!complaints.is_due(busy, start + Duration::from_secs(61)));
    }

    #[test]
    fn tokens_are_long_and_fit_into_a_header() {
        for text in ["", "short", &"x".repeat(31), &"x".repeat(257), &format!("{}\n", "x".repeat(40))] {
            assert!(WebhookRunToken::new(text).is_err(), "{text:?}");
        }
        for text in ["with a space in between the two halves", &"ä".repeat(40)] {
            assert!(WebhookRunToken::new(text).is_err(), "{text:?}");
        }
        assert!(WebhookRunToken::new("x".repeat(32)).is_ok());
        let (one, other) = (WebhookRunToken::random(), WebhookRunToken::random());
        assert!(one != other);
        assert!(WebhookRunToken::new(one.as_str()).is_ok_and(|again| again == one));
    }
}
