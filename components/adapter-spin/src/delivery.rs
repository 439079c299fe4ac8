//! `delivery` by one HTTP POST per message, to the service that the variables name (docs/spin.md).

use crate::Adapter;
use crate::bindings::exports::stepgate::otp::delivery::{Error, Guest, Message};
use crate::http_post::{NoAnswer, post};
use crate::notice;
use crate::settings::{self, Unreadable};
use crate::target::Target;

impl Guest for Adapter {
    fn send(message: Message) -> Result<(), Error> {
        let url = variable("delivery_url")?.ok_or(Error::Unconfigured)?;
        let target = Target::parse(&url).map_err(unavailable)?;
        let token = variable("delivery_token")?;
        let body = notice::body(&message)?;
        let status = post(&target, token.as_deref(), &body).map_err(|reason| {
            unavailable(match reason {
                NoAnswer::Malformed => "delivery_url or delivery_token cannot be put into a request",
                NoAnswer::Failed => "the delivery service could not be reached",
                NoAnswer::TimedOut => "the delivery service did not answer within 10 seconds",
            })
        })?;
        notice::judge(status)
    }
}

fn variable(name: &str) -> Result<Option<String>, Error> {
    settings::read(name).map_err(|Unreadable| unavailable("the variables provider did not answer"))
}

fn unavailable(reason: &str) -> Error {
    Error::Unavailable(reason.into())
}
