//! What people read who have an account, or are thought to have one.
//!
//! Everything said is taken from what was stored and settled: no message promises another time than its code has, and none holds
//! a link, because there is nothing behind one that the sign-in page has not. Other addresses and numbers of the account are masked.

mod asked;
mod news;
#[cfg(test)]
mod tests;

pub(crate) use asked::Asked;
pub(crate) use news::News;

use super::account::Account;
use super::caps::{Destination, For};
use super::codes::{Recipient, Written};
use super::context::Context;
use super::deliver;
use super::names::AccountEmail;
use super::ownership::Why;
use super::refusal::Result;
use crate::messages::{self, Described, Notice};
use crate::ports::Ports;
use crate::ports::delivery::{Channel, Message};
use serde::Serialize;
use stepgate_storage::Timestamp;
use uuid::Uuid;

/// The message that brings a code of an account.
pub(crate) fn code<P: Ports>(
    ctx: &Context<'_, P>,
    asked: Asked,
    account: &Account,
    to: &Recipient,
    written: &Written<'_>,
) -> Message {
    // Six digits only: no other code of an account is taken without an attempt.
    message(ctx, asked, Some(&account.email), &to.destination, &Written { long_code: "", ..*written })
}

/// The mail that brings the codes with which somebody shows that an address is theirs.
pub(crate) fn ownership<P: Ports>(
    ctx: &Context<'_, P>,
    why: Why,
    email: &AccountEmail,
    written: &Written<'_>,
) -> Message {
    let asked = match why {
        Why::SignUp | Why::Registration => Asked::SignUp,
        Why::PasswordReset => Asked::PasswordReset,
    };
    message(ctx, asked, None, &Destination::Email(email.clone()), written)
}

fn message<P: Ports>(
    ctx: &Context<'_, P>,
    asked: Asked,
    account: Option<&AccountEmail>,
    to: &Destination,
    written: &Written<'_>,
) -> Message {
    let lines = account.map(|email| ("Account", email.masked())).into_iter().collect();
    let described = Described { title: asked.title(), lines };
    let advice = match to {
        Destination::Email(_) => asked.advice(),
        Destination::Phone(_) => asked.short_advice(),
    };
    let notice = Notice {
        asked_by: &ctx.tenant.name,
        described: &described,
        requested_at: ctx.now,
        valid_until: written.valid_until,
        code: written.code,
        link: None,
        long_code: Some(written.long_code).filter(|long| !long.is_empty()),
        if_not_you: Some(advice),
        sender_name: &ctx.settings.sender_name,
    };
    match to {
        Destination::Email(email) => {
            let (subject, text) = messages::email(&notice);
            mail(email, subject, text)
        }
        Destination::Phone(phone) => Message {
            channel: Channel::Sms,
            to: phone.as_str().to_owned(),
            subject: String::new(),
            text: messages::sms(&notice, ctx.settings.base_url.host()),
        },
    }
}

/// A mail that brings no code.
pub(crate) fn news<P: Ports>(ctx: &Context<'_, P>, to: &AccountEmail, news: &News<'_>) -> Message {
    let (subject, text) = news.mail(&ctx.tenant.name, &ctx.settings.sender_name, to, ctx.now);
    mail(to, subject, text)
}

fn mail(to: &AccountEmail, subject: String, text: String) -> Message {
    Message { channel: Channel::Email, to: to.as_str().to_owned(), subject, text }
}

/// Tells an owner what was done in their account. It is done by then, so nobody is refused if it cannot be told; the log
/// says so.
pub(crate) fn tell<P: Ports>(ctx: &Context<'_, P>, account: &Account, news: &News<'_>) {
    #[derive(Serialize)]
    struct Line {
        account: Uuid,
        news: &'static str,
        told: bool,
    }
    let told = send(ctx, account, news).is_ok();
    ctx.log("owner_told", Line { account: account.id, news: news.word(), told });
}

/// Tells an owner that their account is locked; none: until they set a new password.
pub(crate) fn locked<P: Ports>(
    ctx: &Context<'_, P>,
    account: &Account,
    until: Option<Timestamp>,
) -> Result<()> {
    let is_over = until.is_some_and(|until| until <= ctx.now);
    send(ctx, account, &News::Locked { wrong_codes: ctx.settings.lock.limit(), until, is_over })
}

fn send<P: Ports>(ctx: &Context<'_, P>, account: &Account, what: &News<'_>) -> Result<()> {
    let to = Recipient {
        destination: Destination::Email(account.email.clone()),
        on_behalf: For::News(account.id),
    };
    deliver::deliver(ctx, &to, &news(ctx, &account.email, what))
}
