//! What methods there are, setting one up, and having its code sent: `contracts/two-factor-sessions.md` §4.

use super::caller::Caller;
use super::code::{self, Said};
use super::deed::{self, Deed};
use super::fields::Fields;
use super::refused::{Refused, Result};
use super::{answers, guard, shown};
use crate::accounts::account::Account;
use crate::accounts::context::Context;
use crate::accounts::methods::{self, Kind, Method, qr, recovery, totp};
use crate::accounts::names::AccountEmail;
use crate::accounts::notices::{self, News};
use crate::accounts::phone::Phone;
use crate::accounts::refusal::Refusal;
use crate::http::{ApiError, Response};
use crate::ports::Ports;
use crate::settings::AccountKeys;
use serde_json::{Value, json};

/// `GET /auth/two_factor/system`.
pub(super) fn system<P: Ports>(ctx: &Context<'_, P>) -> Result<Response> {
    let mut offered = Vec::new();
    for kind in [Kind::Email, Kind::Sms, Kind::Totp, Kind::Recovery] {
        if is_offered(ctx, kind)? {
            offered.push(kind.word());
        }
    }
    let data = json!({ "global_two_factor_enabled": ctx.tenant.two_factor, "available_methods": offered });
    answers::enveloped(data, &[])
}

/// `GET /auth/two_factor/methods`.
pub(super) fn list<P: Ports>(ctx: &Context<'_, P>, caller: &Caller<'_>) -> Result<Response> {
    let account = caller.session.account;
    let methods = methods::all(ctx, account)?;
    let methods: Result<Vec<Value>> =
        methods.iter().map(|method| shown::method_whole(ctx, account, method)).collect();
    answers::enveloped(json!({ "methods": methods? }), &["methods"])
}

fn is_offered<P: Ports>(ctx: &Context<'_, P>, kind: Kind) -> Result<bool> {
    let offered = match kind {
        Kind::Email => true,
        Kind::Sms => ctx.settings.messages.sms_is_offered(),
        Kind::Totp | Kind::Recovery => AccountKeys::are_set(ctx.ports)?,
    };
    Ok(offered && ctx.tenant.two_factor)
}

fn check_offered<P: Ports>(ctx: &Context<'_, P>, kind: Kind) -> Result<()> {
    guard::check_offered(ctx)?;
    if is_offered(ctx, kind)? { Ok(()) } else { Err(Refused::Unavailable("This method is not offered")) }
}

/// The kind that a path names.
fn kind_of(word: &str) -> Result<Kind> {
    Kind::of(word).ok_or(Refused::Invalid("The method must be email, sms, totp or recovery"))
}

/// `POST /auth/two_factor/:method/setup`.
pub(super) async fn setup<P: Ports>(
    ctx: &Context<'_, P>,
    caller: &Caller<'_>,
    word: &str,
    fields: &Fields,
) -> Result<Response> {
    let kind = kind_of(word)?;
    check_offered(ctx, kind)?;
    let destination = To::read(kind, fields)?;
    let leave = guard::check_adding(ctx, &caller.session)?;
    let account = caller.account(ctx)?;
    let method = match destination {
        To::Email(email) => methods::add_email(ctx, account.id, &email)?,
        To::Phone(phone) if !ctx.settings.messages.reaches(&phone) => return Err(Refusal::Destination.into()),
        To::Phone(phone) => methods::add_phone(ctx, account.id, &phone)?,
        To::App => return setup_app(ctx, &account),
        // They count at once.
        To::Paper => return leave.during(ctx, &caller.session, || setup_recovery(ctx, &account)),
    };
    let sent = deed::send(ctx, &account, &caller.session, Deed::Setup, &method).await?;
    let data = json!({
        "success": true,
        "method_id": method.id.to_string(),
        "method": kind.word(),
        "status": shown::status(&method),
        "verification_sent": true,
        "expires_in": seconds_left(ctx, &sent),
        "message": "Verification code sent",
    });
    answers::enveloped(data, &["method_id", "message", "expires_in"])
}

/// What is set up.
pub(super) enum To {
    Email(AccountEmail),
    Phone(Phone),
    App,
    Paper,
}

impl To {
    pub(super) fn read(kind: Kind, fields: &Fields) -> core::result::Result<To, ApiError> {
        // Read whatever the kind, so that a field of the wrong type is refused wherever it stands.
        let email = fields.text(&["email", "identifier"])?;
        let phone = fields.text(&["phone", "identifier"])?;
        let to = match kind {
            Kind::Email => email.and_then(AccountEmail::parse).map(To::Email).ok_or("Invalid email format"),
            Kind::Sms => phone.and_then(Phone::parse).map(To::Phone).ok_or("phone must be like +15551234567"),
            Kind::Totp => Ok(To::App),
            Kind::Recovery => Ok(To::Paper),
        };
        to.map_err(ApiError::bad_request)
    }
}

fn setup_app<P: Ports>(ctx: &Context<'_, P>, account: &Account) -> Result<Response> {
    let setup = totp::start(ctx.ports, account.id, &ctx.tenant.name, account.email.as_str(), ctx.now)?;
    let data = json!({
        "success": true,
        "method_id": methods::app_id(account.id, setup.id).to_string(),
        "method": Kind::Totp.word(),
        "status": shown::PENDING_SETUP,
        "verification_sent": false,
        "secret": setup.secret_base32,
        "otpauth_uri": setup.otpauth_uri,
        "qr_code": qr::data_uri(&setup.otpauth_uri)?,
        "expires_in": setup.expires_at.since(ctx.now).as_secs(),
        "message": "Add the secret to your authenticator app, then enter a code it shows",
    });
    answers::enveloped(data, &["method_id", "message", "expires_in"])
}

fn setup_recovery<P: Ports>(ctx: &Context<'_, P>, account: &Account) -> Result<Response> {
    let codes = recovery::replace(ctx.ports, account.id, ctx.now)?;
    notices::tell(ctx, account, &News::RecoveryCodes);
    let data = json!({
        "success": true,
        "method_id": methods::recovery_id(account.id).to_string(),
        "method": Kind::Recovery.word(),
        "status": shown::ACTIVE,
        "verification_sent": false,
        "codes": codes.texts(),
        "message": "Keep these codes in a safe place. They are not shown again, and those from before no longer work",
    });
    answers::enveloped(data, &["method_id", "message"])
}

/// `POST /auth/two_factor/:method/start`.
pub(super) async fn start<P: Ports>(
    ctx: &Context<'_, P>,
    caller: &Caller<'_>,
    word: &str,
    fields: &Fields,
) -> Result<Response> {
    let kind = kind_of(word)?;
    let asked = Start::read(fields)?;
    let deed = Deed::read(asked.action, &caller.session)?;
    check_offered(ctx, kind)?;
    if deed == Deed::Setup {
        drop(guard::check_adding(ctx, &caller.session)?);
    }
    let method: Method = code::pick(ctx, &caller.session, deed, (&asked.method, kind))?;
    let account = caller.account(ctx)?;
    let sent = deed::send(ctx, &account, &caller.session, deed, &method).await?;
    let (is_sent, left) = (sent.until.is_some(), seconds_left(ctx, &sent));
    let message = match kind {
        Kind::Email | Kind::Sms => "Verification code sent",
        Kind::Totp => "Enter the code that your authenticator app shows",
        Kind::Recovery => "Enter one of your recovery codes",
    };
    let data = json!({
        "success": true,
        "method": kind.word(),
        "method_id": method.id.to_string(),
        "status": "pending",
        "verification_sent": is_sent,
        "expires_in_seconds": left,
        "expires_in": left,
        "message": message,
    });
    answers::enveloped(data, &["message", "expires_in"])
}

/// What is to be started.
pub(super) struct Start<'f> {
    action: Option<&'f str>,
    method: Said,
}

impl Start<'_> {
    pub(super) fn read(fields: &Fields) -> Result<Start<'_>> {
        Ok(Start {
            action: fields.text(&["action"])?,
            method: Said::read(fields, &["method_id", "methodId"], &["method"])?,
        })
    }
}

/// How long a code is good; what is not sent does not end.
fn seconds_left<P>(ctx: &Context<'_, P>, sent: &deed::Sent) -> Option<u64> {
    sent.until.map(|until| until.since(ctx.now).as_secs())
}
