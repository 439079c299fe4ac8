//! Carrying messages to people: the host's side of `wit/delivery.wit`. One transport per file.

mod by_channel;
mod http;
mod none;
#[cfg(feature = "smtp")]
mod smtp;

pub use by_channel::ByChannel;
pub use http::{HttpDelivery, HttpDeliveryError};
pub use none::NoDelivery;
#[cfg(feature = "smtp")]
pub use smtp::{Smtp, SmtpError, SmtpOptions, SmtpTls};

use futures::future::BoxFuture;
use std::fmt;

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// E-mail.
    Email,
    /// Text message.
    Sms,
}

/// A finished message. It holds a live code, so its `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// How it travels.
    pub channel: Channel,
    /// An e-mail address, or a phone number in E.164 form.
    pub to: String,
    /// The subject line of an e-mail; empty for a text message.
    pub subject: String,
    /// Plain text, lines ended by "\n".
    pub text: String,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("channel", &self.channel).finish_non_exhaustive()
    }
}

/// Why a message was not taken. The texts name no recipient and hold nothing of the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// The transport did not answer, or not in time. The message may have been sent.
    #[error("delivery is unavailable: {0}")]
    Unavailable(String),
    /// The transport refused this message for good.
    #[error("delivery was refused: {0}")]
    Refused(String),
    /// Nothing is set up for this channel.
    #[error("no delivery is set up for this channel")]
    Unconfigured,
}

/// Hands finished messages to a transport.
pub trait Delivery: Send + Sync + 'static {
    /// Resolves once the transport has taken responsibility for the message.
    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), DeliveryError>>;
}
