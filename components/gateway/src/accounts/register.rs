//! Making an account: once for each address and each user name, however many try at once.

use super::account::{self, Account, Name, Password};
use super::context::Context;
use super::methods::{self, Method};
use super::names::{AccountEmail, UserName};
use super::password::Phc;
use super::phone::Phone;
use super::refusal::{Refusal, Result};
use crate::ids;
use crate::ports::Ports;
use crate::settings::Mfa;
use serde::{Deserialize, Serialize};
use stepgate_storage::StoreError;
use stepgate_storage::idempotency::{self, Begun, Claim};
use uuid::Uuid;

/// Somebody who is to have an account.
#[derive(Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) email: AccountEmail,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_name: Option<UserName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<Phone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_type: Option<String>,
    pub(crate) phc: Phc,
}

/// How an account begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Beginning {
    /// The address was shown to be theirs.
    pub(crate) verified: bool,
    /// The owner's two-factor switch. On wherever it is mandatory. It counts once the address is verified, which makes it the
    /// first method.
    pub(crate) two_factor: bool,
}

/// Makes an account. What is made twice because the first died half-way is one account.
pub(crate) fn create<P: Ports>(
    ctx: &Context<'_, P>,
    person: Person,
    beginning: Beginning,
) -> Result<Account> {
    let (store, scope) = (ctx.ports, ctx.scope());
    let email = Name::Email(person.email.clone());
    let user = person.user_name.clone().map(Name::User);
    let id = ids::new(ctx.ports, ctx.now);
    let (id, email_claim) = match claim(ctx, &email, id)? {
        Claimed::Ours(id, claim) => (id, claim),
        Claimed::Taken => return Err(Refusal::EmailTaken),
    };
    let user_claim = match &user {
        None => None,
        Some(user) => match claim(ctx, user, id)? {
            Claimed::Ours(owner, claim) if owner == id => Some(claim),
            _ => {
                idempotency::give_up(store, ctx.now, &email_claim)?;
                return Err(Refusal::UserNameTaken);
            }
        },
    };
    let account = Account {
        id,
        partner: ctx.tenant.partner,
        email: person.email,
        user_name: person.user_name,
        phone: person.phone,
        name: person.name,
        last_name: person.last_name,
        user_type: person.user_type,
        created_at: ctx.now,
    };
    account::write(store, &account)?;
    account::set_password(store, id, &Password { phc: person.phc, changed_at: ctx.now })?;
    account::set_two_factor(store, id, beginning.two_factor || ctx.tenant.mfa == Mfa::Mandatory)?;
    if beginning.verified {
        verified(ctx, &account)?;
    }
    if let Some(user) = &user {
        account::enter(store, &scope, user, id)?;
    }
    // The last: from here on the account is there.
    account::enter(store, &scope, &email, id)?;
    for claim in user_claim.iter().chain([&email_claim]) {
        idempotency::finish(store, ctx.now, claim, &id.to_string())?;
    }
    ctx.log("account_created", Created { account: id, partner: ctx.tenant.partner });
    Ok(account)
}

#[derive(Serialize)]
struct Created {
    account: Uuid,
    partner: Uuid,
}

/// The address is its owner's: it is their first method.
pub(crate) fn verified<P: Ports>(ctx: &Context<'_, P>, account: &Account) -> Result<()> {
    first_method(ctx, account)?;
    account::set_verified(ctx.ports, account.id, ctx.now)?;
    Ok(())
}

/// Makes the account's address a method, or one again.
pub(crate) fn first_method<P: Ports>(ctx: &Context<'_, P>, account: &Account) -> Result<Method> {
    let method = methods::add_email(ctx, account.id, &account.email)?;
    methods::activate(ctx, account.id, &method)?;
    Ok(Method { is_active: true, ..method })
}

/// Likewise, by whoever has just set the password by way of the mailbox: they need not be who registered it, so the second factors
/// that were added before go.
pub(crate) fn taken_over<P: Ports>(ctx: &Context<'_, P>, account: &Account) -> Result<()> {
    for method in methods::all(ctx, account.id)? {
        methods::remove(ctx, account.id, &method)?;
    }
    verified(ctx, account)
}

/// Whether a name can be given to an account.
enum Claimed {
    /// To this one: whoever began with it before died, and goes on here.
    Ours(Uuid, Claim),
    Taken,
}

fn claim<P: Ports>(ctx: &Context<'_, P>, name: &Name, id: Uuid) -> Result<Claimed> {
    let scope = ctx.scope();
    if is_taken(ctx, name)? {
        return Ok(Claimed::Taken);
    }
    let kind = match name {
        Name::Email(_) => "account of e-mail",
        Name::User(_) => "account of user name",
    };
    let work = idempotency::Name::new(&[kind, &scope, name.as_str()]);
    match idempotency::begin(ctx.ports, ctx.now, &work, "", &id.to_string())? {
        Begun::Do(claim) => {
            let id = ids::parse(claim.seed()).ok_or(StoreError::Corrupt("account claim"))?;
            Ok(Claimed::Ours(id, claim))
        }
        Begun::Replay(_) => Ok(Claimed::Taken),
        Begun::Running | Begun::Conflict => Err(Refusal::Unsettled),
    }
}

/// An account is there once its address leads to it. A user name that leads to one which is not is left over from somebody who
/// died half-way.
fn is_taken<P: Ports>(ctx: &Context<'_, P>, name: &Name) -> Result<bool> {
    let (store, scope) = (ctx.ports, ctx.scope());
    let Some(id) = account::id_of(store, &scope, name)? else { return Ok(false) };
    let Some(account) = account::read(store, id)? else { return Ok(false) };
    Ok(account::id_of(store, &scope, &Name::Email(account.email))? == Some(id))
}
