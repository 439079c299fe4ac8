//! Having an account: §6. It begins when somebody has shown that the address is theirs, with the password that they send with the
//! code; nothing is kept of a sign-up that is not confirmed.
//!
//! For an address that has an account the same is done, and the mail says so and holds no code. There is a code nevertheless, which
//! nobody was told: without one, the answers to wrong ones would be others.

use super::fields::Fields;
use super::issued;
use super::no::{No, Result};
use super::{TIMES, done};
use crate::accounts::account::{self, Name};
use crate::accounts::budgets::{self, Budget};
use crate::accounts::codes::{Payload, Written};
use crate::accounts::context::Context;
use crate::accounts::epoch;
use crate::accounts::methods::Kind;
use crate::accounts::names::AccountEmail;
use crate::accounts::notices::{self, News};
use crate::accounts::ownership::{self, Why};
use crate::accounts::password::{self, Password};
use crate::accounts::refusal::Refusal;
use crate::accounts::register::{self, Beginning, Person};
use crate::accounts::sessions::Owner;
use crate::http::Response;
use crate::ports::Ports;
use crate::settings::Registration;
use http::HeaderMap;
use serde::{Deserialize, Serialize};

/// The longest `userType`, in characters: it is kept with the account.
const LONGEST_TYPE: usize = 255;

/// What the code of a sign-up is sent with: there is nothing to keep.
#[derive(Serialize, Deserialize)]
struct Nobody {}

/// Where and with what somebody signs up.
pub(super) fn read_beginning(body: &[u8]) -> Result<AccountEmail> {
    let mut fields = Fields::parse(body)?;
    // The password is looked at so that nobody has to change it when the code is there; the one that counts comes with that.
    let (email, password) = (fields.email(), fields.new_password("password"));
    match (email, password) {
        (Some(email), Some(_)) => Ok(email),
        _ => Err(fields.refuse()),
    }
}

pub(super) async fn begin<P: Ports>(ctx: &Context<'_, P>, body: &[u8]) -> Result<Response> {
    check_open(ctx)?;
    let email = read_beginning(body)?;
    let is_known = account::id_of(ctx.ports, &ctx.scope(), &Name::Email(email.clone()))?.is_some();
    let write = |written: &Written<'_>| match is_known {
        true => notices::news(ctx, &email, &News::AlreadyThere),
        false => notices::ownership(ctx, Why::SignUp, &email, written),
    };
    ownership::send(ctx, Why::SignUp, &email, TIMES, Payload::of(&Nobody {})?, &write).await?;
    done()
}

/// Somebody who signs up.
pub(super) struct Newcomer {
    email: AccountEmail,
    code: String,
    password: Password,
    user_type: String,
    terms: i64,
}

impl Newcomer {
    pub(super) fn read(body: &[u8]) -> Result<Newcomer> {
        let mut fields = Fields::parse(body)?;
        let (email, code) = (fields.email(), fields.needed(&["emailConfirmCode"]));
        let password = fields.new_password("password");
        if fields.flag("termsAndConditionsConfirmed") != Some(true) {
            fields.wrong::<()>(&["termsAndConditionsConfirmed"], "must be true");
        }
        let terms = fields.whole_number("termsAndConditionsVersion");
        let user_type = fields.needed(&["userType"]);
        if user_type.as_ref().is_some_and(|text| text.is_empty() || text.chars().count() > LONGEST_TYPE) {
            fields.wrong::<()>(&["userType"], "must have 1 to 255 characters");
        }
        // Taken, and of no consequence here.
        let _ = fields.text(&["referralCode"]);
        fields.check()?;
        match (email, code, password, user_type, terms) {
            (Some(email), Some(code), Some(password), Some(user_type), Some(terms)) => {
                Ok(Newcomer { email, code, password, user_type, terms })
            }
            _ => Err(fields.refuse()),
        }
    }
}

/// Refuses where nobody is to sign up.
fn check_open<P: Ports>(ctx: &Context<'_, P>) -> Result<()> {
    match ctx.tenant.registration {
        Registration::Closed => Err(No::Forbidden("Nobody can sign up here.")),
        Registration::Verified | Registration::Open => Ok(()),
    }
}

pub(super) fn confirm<P: Ports>(ctx: &Context<'_, P>, headers: &HeaderMap, body: &[u8]) -> Result<Response> {
    check_open(ctx)?;
    let Newcomer { email, code, password, user_type, terms } = Newcomer::read(body)?;
    read_code(ctx, &email, &code)?;
    // First, because it can fail for want of memory, and the code is good once.
    let phc = password::hash(&password, &ctx.ports.random()).map_err(Refusal::from)?;
    let Nobody {} = ownership::check(ctx, Why::SignUp, &email, &code)?;
    let person = Person {
        email,
        user_name: None,
        phone: None,
        name: None,
        last_name: None,
        user_type: Some(user_type),
        phc,
    };
    let created = register::create(ctx, person, Beginning { verified: true, two_factor: true });
    let account = created.map_err(|refusal| match refusal {
        // Nobody was told the code of an address that has an account.
        Refusal::EmailTaken => Refusal::NoCode,
        other => other,
    })?;
    account::set_terms(ctx.ports, account.id, terms, ctx.now)?;
    let epoch = epoch::current(ctx.ports, account.id)?;
    issued::issue(ctx, headers, Owner { account: account.id, epoch }, None)
}

/// Row 7 of §3: refuses what can be neither of a mail's two codes, without taking an attempt.
pub(super) fn read_code<P: Ports>(ctx: &Context<'_, P>, email: &AccountEmail, code: &str) -> Result<()> {
    if Kind::Email.takes(code) || ownership::is_long(code) {
        return Ok(());
    }
    Err(No::CannotBeACode { left: budgets::check(ctx, &Budget::Ownership(email.as_str()))?.left })
}
