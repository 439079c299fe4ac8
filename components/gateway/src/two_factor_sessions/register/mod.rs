//! Coming to have an account: `contracts/two-factor-sessions.md` §3, and docs/accounts.md for the three modes.
//!
//! Where registration is `verified`, no answer tells whether an address has an account: the same is done for one that has, and its
//! owner is told by mail. The account begins when the address is confirmed, by somebody who knows the password that was
//! registered: otherwise its owner could be brought to confirm an account that a stranger chose the password of.

pub(super) mod body;
mod verify;

pub(super) use verify::verify;

use super::fields::Fields;
use super::refused::{Refused, Result};
use super::{answers, bridge, login, shown};
use crate::accounts::account::{self, Account, Name};
use crate::accounts::codes::{Payload, Times};
use crate::accounts::context::Context;
use crate::accounts::epoch;
use crate::accounts::names::{AccountEmail, UserName};
use crate::accounts::notices::{self, News};
use crate::accounts::ownership::{self, Why};
use crate::accounts::password::Phc;
use crate::accounts::phone::Phone;
use crate::accounts::refusal::Refusal;
use crate::accounts::register::{self, Beginning, Person};
use crate::accounts::sessions;
use crate::http::Response;
use crate::ports::Ports;
use crate::settings::Registration;
use crate::when::rfc3339;
use body::Body;
use core::time::Duration;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

const TIMES: Times = Times { lifetime: Duration::from_secs(600), between: Duration::from_secs(30) };

/// What a code that was sent to an address makes of it. Nothing, for one that has an account already.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Waiting {
    /// Who gets an account by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    person: Option<Person>,
    /// Whose address it verifies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<Uuid>,
    /// The password of whoever registered an address that has an account. It opens nothing: they are answered as if it had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    registered: Option<Phc>,
}

impl Waiting {
    /// The password of whoever registered.
    pub(super) fn phc(&self) -> Option<&Phc> {
        self.person.as_ref().map(|person| &person.phc).or(self.registered.as_ref())
    }
}

/// What waits for an address to be confirmed.
pub(super) fn waiting<P: Ports>(ctx: &Context<'_, P>, email: &AccountEmail) -> Result<Option<Waiting>> {
    Ok(ownership::waiting_for(ctx, Why::Registration, email)?)
}

/// `POST /auth/register`: for anybody where that is so, and for the partner's own servers.
pub(super) async fn register<P: Ports>(
    ctx: &Context<'_, P>,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Response> {
    if bridge::is_there(ctx, headers)? {
        return at_once(ctx, fields).await;
    }
    match ctx.tenant.registration {
        Registration::Closed => Err(Refused::RegistrationClosed),
        Registration::Open if !ctx.tenant.must_verify() => at_once(ctx, fields).await,
        // An account that nobody has confirmed would keep its address from its owner, and could not be asked for again.
        Registration::Open | Registration::Verified => verified_first(ctx, fields).await,
    }
}

/// `POST /auth/register/public`: for the partner's own servers only.
pub(super) async fn register_public<P: Ports>(
    ctx: &Context<'_, P>,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Response> {
    bridge::require(ctx, headers)?;
    at_once(ctx, fields).await
}

/// The account begins now. Whether its owner may sign in before the address is verified, the tenant says.
async fn at_once<P: Ports>(ctx: &Context<'_, P>, fields: &Fields) -> Result<Response> {
    let person = Body::read(fields)?.person(ctx)?;
    let email = person.email.clone();
    if let Some(account) = unverified(ctx, &email)? {
        // Its mail was lost, or its code is too old. Nothing else of it is changed.
        return verify_later(ctx, &account).await;
    }
    let account = register::create(ctx, person, Beginning { verified: false, two_factor: false })?;
    if ctx.tenant.must_verify() {
        return verify_later(ctx, &account).await;
    }
    let epoch = epoch::current(ctx.ports, account.id)?;
    let_in(ctx, &account, epoch, false)
}

/// The account with this address, if it is still to be verified.
fn unverified<P: Ports>(ctx: &Context<'_, P>, email: &AccountEmail) -> Result<Option<Account>> {
    if !ctx.tenant.must_verify() {
        return Ok(None);
    }
    let Some(id) = account::id_of(ctx.ports, &ctx.scope(), &Name::Email(email.clone()))? else {
        return Ok(None);
    };
    if account::is_verified(ctx.ports, id)? {
        return Ok(None);
    }
    Ok(account::read(ctx.ports, id)?)
}

async fn verify_later<P: Ports>(ctx: &Context<'_, P>, account: &Account) -> Result<Response> {
    let email = &account.email;
    let waiting = Waiting { account: Some(account.id), ..Waiting::default() };
    ownership::send(ctx, Why::Registration, email, TIMES, Payload::of(&waiting)?, &|written| {
        notices::ownership(ctx, Why::Registration, email, written)
    })
    .await?;
    let user = shown::user(ctx, account, true)?;
    answers::enveloped(
        json!({ "user": user, "requiresVerification": true }),
        &["user", "requiresVerification"],
    )
}

/// The account begins when the address is confirmed. The same for one that has an account: only its owner is told.
async fn verified_first<P: Ports>(ctx: &Context<'_, P>, fields: &Fields) -> Result<Response> {
    let person = Body::read(fields)?.person(ctx)?;
    if let Some(name) = &person.user_name
        && account::id_of(ctx.ports, &ctx.scope(), &Name::User(name.clone()))?.is_some()
    {
        return Err(Refusal::UserNameTaken.into());
    }
    let found = account::id_of(ctx.ports, &ctx.scope(), &Name::Email(person.email.clone()))?;
    // Read of nobody's account as well.
    let is_verified = account::is_verified(ctx.ports, found.unwrap_or(Uuid::nil()))?;
    let user = announced(&person);
    let email = person.email.clone();
    let waiting = match found {
        None => Waiting { person: Some(person), ..Waiting::default() },
        Some(id) => Waiting {
            account: (!is_verified).then_some(id),
            registered: Some(person.phc),
            ..Waiting::default()
        },
    };
    ownership::send(ctx, Why::Registration, &email, TIMES, Payload::of(&waiting)?, &|written| {
        if is_verified {
            notices::news(ctx, &email, &News::AlreadyThere)
        } else {
            notices::ownership(ctx, Why::Registration, &email, written)
        }
    })
    .await?;
    answers::enveloped(
        json!({ "user": user, "requiresVerification": true }),
        &["user", "requiresVerification"],
    )
}

/// What was asked for, and nothing that is known.
fn announced(person: &Person) -> Value {
    json!({
        "email": person.email.as_str(),
        "name": person.name,
        "last_name": person.last_name,
        "user_name": person.user_name.as_ref().map(UserName::as_str),
        "user_type": person.user_type,
        "phone": person.phone.as_ref().map(Phone::as_str),
        "is_verified": false,
        "two_factor": false,
    })
}

/// `two_factor`: a code was given beside the password, from the mailbox that is the account's first method.
fn let_in<P: Ports>(
    ctx: &Context<'_, P>,
    account: &Account,
    epoch: u64,
    two_factor: bool,
) -> Result<Response> {
    let owner = sessions::Owner { account: account.id, epoch };
    let (token, session) = login::begin(ctx, owner, two_factor)?;
    let expires_at = rfc3339(session.until);
    let data = json!({
        "user": shown::user(ctx, account, true)?,
        "session": { "session_id": token.text(), "expires_at": expires_at },
        "sessionId": token.text(),
        "expiresAt": expires_at,
    });
    let mut response = answers::enveloped(data, &["user"])?;
    login::keep(ctx, &mut response, token.text(), &session);
    Ok(response)
}
