//! Sending a message to somebody who has an account, or may have one.

use super::caps::{self, Capped};
use super::codes::Recipient;
use super::context::Context;
use super::refusal::{Refusal, Result};
use crate::guarded;
use crate::ports::Ports;
use crate::ports::delivery::Message;

/// Refuses what [`deliver`] would. To be asked before a code is made, which makes the one before it worthless.
pub(super) fn check<P: Ports>(ctx: &Context<'_, P>, to: &Recipient) -> Result<()> {
    let Recipient { destination, on_behalf } = to;
    Ok(caps::check(ctx.ports, &ctx.settings.messages, &ctx.scope(), destination, *on_behalf, ctx.now)?)
}

/// Counts a message and hands it over; in the sandbox, to its inbox.
pub(super) fn deliver<P: Ports>(ctx: &Context<'_, P>, to: &Recipient, message: &Message) -> Result<()> {
    let Recipient { destination, on_behalf } = to;
    caps::admit(ctx.ports, &ctx.settings.messages, &ctx.scope(), destination, *on_behalf, ctx.now)?;
    Ok(guarded::deliver(ctx.ports, ctx.settings.environment, ctx.now, message, None)?)
}

impl From<Capped> for Refusal {
    fn from(capped: Capped) -> Refusal {
        match capped {
            Capped::Full { seconds } => Refusal::TooManyMessages { seconds },
            Capped::Country => Refusal::Destination,
            Capped::Failed(error) => error.into(),
        }
    }
}
