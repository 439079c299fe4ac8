//! Messages: what came to whom, and the code and link in it.

use futures::future::{BoxFuture, FutureExt};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use stepgate_host::delivery::{Delivery, DeliveryError, Message};

/// A message with what is in it. Read from its text, as its recipient would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Whose it is.
    pub to: String,
    /// The subject line; empty in an SMS.
    pub subject: String,
    /// All of the text.
    pub text: String,
    /// Six digits; empty in a mail that tells news of an account.
    pub code: String,
    /// The confirmation link; empty in a message that carries a code only.
    pub link: String,
    /// The code that takes no attempt; empty where there is none.
    pub long_code: String,
}

impl Mail {
    pub(crate) fn read(to: &str, subject: &str, text: &str) -> Mail {
        let is_sms = to.starts_with('+');
        let code = if is_sms {
            text.lines()
                .last()
                .and_then(|line| line.strip_prefix('@')?.split_once(" #"))
                .map(|(_, code)| code)
        } else {
            text.lines().find_map(|line| line.strip_prefix("Your code: "))
        };
        let link = text.lines().find(|line| line.contains("/confirm/")).unwrap_or_default();
        let asks = is_sms || !link.is_empty() || subject.contains(": confirm ");
        assert_eq!(code.is_some(), asks, "a code is in what asks for one and nowhere else: {subject}");
        let code = code.unwrap_or_default();
        let is_code = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
        assert!(is_code || !asks, "the code has six digits");
        let mut after = text.lines().skip_while(|line| !line.ends_with("this one still works in its place:"));
        let long_code = after.nth(1).unwrap_or_default();
        Mail {
            to: to.into(),
            subject: subject.into(),
            text: text.into(),
            code: code.into(),
            link: link.into(),
            long_code: long_code.into(),
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
    /// How long a message takes.
    slow: Mutex<Duration>,
}

impl Outbox {
    /// Refuses every message from now on, or takes them again.
    pub fn fail(&self, with: Option<DeliveryError>) {
        *self.broken.lock().unwrap_or_else(PoisonError::into_inner) = with;
    }

    /// Takes so long for every message from now on.
    pub fn delay(&self, by: Duration) {
        *self.slow.lock().unwrap_or_else(PoisonError::into_inner) = by;
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
        let slow = *self.slow.lock().unwrap_or_else(PoisonError::into_inner);
        async move {
            tokio::time::sleep(slow).await;
            result
        }
        .boxed()
    }
}
