//! What the gateway needs of the world around it, as traits: the imports of the WIT world `gateway`, a clock, randomness.

pub use crate::bindings::stepgate::otp::{challenges, delivery};

use challenges::{Challenge, Closing, EntityState, Issuing, Key, Request, Ticket, Verified};
use core::future::Future;
use core::time::Duration;
use stepgate_storage::{Store, Timestamp};

/// The core. Each function is the one of the same name in `wit/challenges.wit`.
pub trait Challenges {
    /// Issues a challenge for an entity, closing the one before it.
    fn issue(
        &self,
        request: &Request,
        keys: &[Key],
        ticket: Option<Ticket>,
    ) -> Result<Issuing, challenges::Error>;

    /// Takes an attempt and compares a code of six digits.
    fn verify(
        &self,
        scope: &str,
        id: &str,
        code: &str,
        keys: &[Key],
        sandbox: bool,
    ) -> Result<Verified, challenges::Error>;

    /// What a link token stands for. Changes nothing.
    fn open_link(&self, token: &str, keys: &[Key]) -> Result<Challenge, challenges::Error>;

    /// Confirms by link token.
    fn confirm_link(&self, token: &str, keys: &[Key]) -> Result<Verified, challenges::Error>;

    /// One challenge, by its id.
    fn status(&self, scope: &str, id: &str) -> Result<Challenge, challenges::Error>;

    /// The newest challenge and the confirmed value of an entity; makes a confirmation it sees permanent.
    fn current(&self, scope: &str, entity: &str) -> Result<EntityState, challenges::Error>;

    /// Closes the entity's challenge without a successor.
    fn cancel(&self, scope: &str, entity: &str, ticket: Option<Ticket>)
    -> Result<Closing, challenges::Error>;
}

/// Mail and SMS.
pub trait Deliver {
    /// Hands one finished message over; see `wit/delivery.wit`.
    fn send(&self, message: &delivery::Message) -> Result<(), delivery::Error>;
}

/// The place the settings are kept in did not answer. What it said is dropped: it may quote what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingUnavailable;

/// The deployment's settings; `docs/settings.md` lists them.
pub trait Settings {
    /// The value of a setting, or none where it is not set.
    fn setting(&self, name: &str) -> Result<Option<String>, SettingUnavailable>;
}

/// Why a request of ours got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// The host does not send there: an address that is not public, or that is on no list. Nothing was sent.
    NotAllowed,
    /// The host sends too much else at this moment. Nothing was sent.
    Busy,
    /// It could not be reached, or did not speak HTTP.
    Failed,
    /// It did not answer in time.
    TooLate,
}

/// HTTP to others. The host decides where to: it sees which address a name leads to.
pub trait Outbound {
    /// Sends a request and answers the status. Redirects are not followed, and a body that comes back is not read.
    fn post(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> impl Future<Output = Result<http::StatusCode, NoAnswer>>;
}

/// Time, chance and the log.
pub trait Surroundings {
    /// The wall clock.
    fn now(&self) -> Timestamp;

    /// Bytes from the host's cryptographic generator.
    fn random<const N: usize>(&self) -> [u8; N];

    /// Waits without holding up other requests.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()>;

    /// Writes one line to the log.
    fn log(&self, line: &str);
}

/// All of it.
pub trait Ports: Store + Challenges + Deliver + Settings + Outbound + Surroundings {}

impl<T: Store + Challenges + Deliver + Settings + Outbound + Surroundings> Ports for T {}
