//! What every measurement issues and verifies.

use rand::TryRng;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use stepgate_otp::{
    Clock, Code, Entity, Key, Keys, Payload, Policy, Purpose, Random, RandomError, Request, Result, Scope,
    Subject,
};
use stepgate_storage::Timestamp;

pub const SCOPE: &str = "3c90c3cc-0d44-4b50-8888-8dd25736052a";
pub const PURPOSE: &str = "email-change";
pub const SUBJECT: &str = "ada.lovelace@example.com";
/// As long as the gateway's for a change of an e-mail address.
pub const PAYLOAD: &str = r#"{"entity_id":"019aaa2e-34ab-7c64-9e40-1b1f7d2b8a55","requested_at":1763793600000,"asked_by":"Acme","change":{"kind":"email-change","customer_id":"019aaa2e-34ab-7c64-9e40-1b1f7d2b8a56","from":"ada.lovelace@example.com","to":"ada@new.example.com"}}"#;
pub const KEY_ID: &str = "2026-11";
pub const SECRET: [u8; 32] = [7; 32];
pub const LIFETIME: u32 = 3_600;
/// The most there may be, so that many wrong codes can be compared before the next challenge is needed.
pub const ATTEMPTS: u8 = 100;

pub fn entity(number: u64) -> String {
    format!("customer/019aaa2e-34ab-7c64-9e40-{number:012x}/email")
}

pub fn request(number: u64) -> Result<Request> {
    Ok(Request {
        scope: Scope::parse(SCOPE)?,
        entity: Entity::parse(&entity(number))?,
        subject: Subject::parse(SUBJECT)?,
        purpose: Purpose::parse(PURPOSE)?,
        payload: Payload::parse(PAYLOAD)?,
        policy: Policy::new(LIFETIME, ATTEMPTS, 0, false)?,
    })
}

pub fn keys() -> Result<Keys> {
    Keys::new(vec![Key::new(KEY_ID, &SECRET)?])
}

/// A code that is not `right`.
pub fn other_than(right: &str) -> String {
    let last = if right.ends_with('9') { '0' } else { '9' };
    right.chars().take(5).chain([last]).collect()
}

pub fn text(code: &Code) -> String {
    code.digits().iter().copied().map(char::from).collect()
}

/// The machine's clocks, as the component gets them.
pub struct SystemClock(Instant);

impl Default for SystemClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(now.as_millis().try_into().unwrap_or(u64::MAX))
    }

    fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }
}

/// The generator that wasmtime gives to a component.
pub struct ThreadRandom;

impl Random for ThreadRandom {
    fn fill(&self, bytes: &mut [u8]) -> core::result::Result<(), RandomError> {
        rand::rng().try_fill_bytes(bytes).map_err(|_| RandomError)
    }
}
