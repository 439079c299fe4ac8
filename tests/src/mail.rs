//! Messages: what came to whom, and the code and link in it.

use futures::future::{BoxFuture, FutureExt, ready};
use std::sync::{Mutex, PoisonError};
use stepgate_host::delivery::{Delivery, DeliveryError, Message};

/// A message with code and link. Read from its text, as its recipient would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Whose it is.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// All of the text.
    pub text: String,
    /// Six digits.
    pub code: String,
    /// The confirmation link; empty in a message that carries a code only.
    pub link: String,
}

impl Mail {
    pub(crate) fn read(to: &str, subject: &str, text: &str) -> Mail {
        let code = text
            .lines()
            .find_map(|line| line.strip_prefix("Your code: "))
            .unwrap_or_else(|| panic!("no code in the message to {to}"));
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "the code has six digits");
        let link = text.lines().find(|line| line.contains("/confirm/")).unwrap_or_default();
        Mail {
            to: to.into(),
            subject: subject.into(),
            text: text.into(),
            code: code.into(),
            link: link.into(),
        }
    }

    /// The code as the API takes it.
    pub fn number(&self) -> u32 {
        self.code.parse().expect("six digits are a number")
    }

    /// The path of the link.
    pub fn path(&self) -> &str {
        let at = self.link.find("/confirm/").expect("the link leads to the page");
        &self.link[at..]
    }

    /// The secret in the link.
    pub fn token(&self) -> &str {
        self.path().trim_start_matches("/confirm/")
    }
}

/// Stands where a mail transport would, behind the same port: keeps what it is given, or refuses it.
#[derive(Default)]
pub struct Outbox {
    taken: Mutex<Vec<Message>>,
    broken: Mutex<Option<DeliveryError>>,
}

impl Outbox {
    /// Refuses every message from now on, or takes them again.
    pub fn fail(&self, with: Option<DeliveryError>) {
        *self.broken.lock().unwrap_or_else(PoisonError::into_inner) = with;
    }

    pub(crate) fn mails(&self) -> Vec<Mail> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.iter().map(|message| Mail::read(&message.to, &message.subject, &message.text)).collect()
    }
}

impl Delivery for Outbox {
    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), DeliveryError>> {
        let broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let result = match broken {
            Some(error) => Err(error),
            None => {
                self.taken.lock().unwrap_or_else(PoisonError::into_inner).push(message);
                Ok(())
            }
        };
        ready(result).boxed()
    }
}
