//! The sandbox's inbox: a log of the last messages, in place of mail.
//!
//! It shows codes that work, to everybody. That is what a sandbox is for, and why it is nowhere else.

use crate::http::ApiError;
use crate::json;
use crate::ports::Ports;
use crate::ports::delivery::{Channel, Message};
use serde::{Deserialize, Serialize};
use stepgate_storage::{Log, StoreError, Timestamp};

/// How many messages are kept.
const KEPT: u64 = 100;

/// A message that would have been sent.
#[derive(Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    pub(crate) channel: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    /// The confirmation link, which stands in the text too; none where only the code confirms.
    #[serde(default)]
    pub(crate) link: Option<String>,
}

pub(crate) fn append(
    ports: &impl Ports,
    at: Timestamp,
    message: &Message,
    link: Option<&str>,
) -> Result<(), ApiError> {
    let channel = match message.channel {
        Channel::Email => "email",
        Channel::Sms => "sms",
    };
    let entry = Entry {
        at,
        channel: channel.into(),
        to: message.to.clone(),
        subject: message.subject.clone(),
        text: message.text.clone(),
        link: link.map(Into::into),
    };
    let text = serde_json::to_string(&entry).map_err(|_| StoreError::Corrupt("inbox entry"))?;
    log().append(ports, &text)?;
    Ok(())
}

/// The messages there are, newest first.
pub(crate) fn newest_first(ports: &impl Ports) -> Result<Vec<Entry>, ApiError> {
    let log = log();
    let last = log.last(ports)?;
    let mut entries = Vec::new();
    for slot in (log.first_kept(last)..=last).rev() {
        if let Some(text) = log.read(ports, slot)? {
            entries.push(json::from_text(&text).map_err(|_| StoreError::Corrupt("inbox entry"))?);
        }
    }
    Ok(entries)
}

fn log() -> Log {
    Log::keeping(KEPT, "inbox")
}
