//! The operations of this module, for `crate::openapi`.

use super::fields::Fields;
use super::password::Change;
use super::reset::Execution;
use super::sign_up::Newcomer;
use super::token::{SignIn, refresh_token};
use super::{Done, Nothing, devices, info, issued, no, reset, sessions, sign_up, switch};
use crate::http::{ApiError, Verb};
use crate::openapi::{Access, Group, Op, Place, named, parameter, text, words};
use crate::tokens::JwkSet;
use crate::tokens::revocations::Page;
use serde_json::{Value, json};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Ref, Schema};
use utoipa::openapi::{RefOr, Required};
use utoipa::{PartialSchema as _, ToSchema};

pub(crate) const GROUP: Group = Group {
    name: "Login MFA",
    text: "Signing people in by tokens, with a code as the second factor. Which partner's people it is about, the header `partnerId` \
           says; signed in, the access token does. Refusals have one shape: go by `status`. Exists where the deployment keeps accounts.",
    examples,
};

/// Signing in. Send `mfaCode` in the second step only.
#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct PasswordGrant {
    email: String,
    password: String,
    /// Six digits. With `mfaMethod` `recovery`, one of the recovery codes.
    mfaCode: Option<String>,
    /// Which second factor to use: `email`, `sms`, `totp` or `recovery`. Otherwise the one that the last code was sent by, or the
    /// oldest.
    mfaMethod: Option<String>,
    /// With a code: no code is asked for on this device for 30 days. The answer has a `device_token` then.
    rememberDevice: Option<bool>,
}

/// Going on.
#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct RefreshGrant {
    refreshToken: String,
}

named! {
    /// Either; `grantType` says which. A refresh token may be called `refresh_token` too, and the header's value be sent as `grant_type`.
    TokenRequest = any_of([
        RefOr::Ref(Ref::from_schema_name("PasswordGrant")),
        RefOr::Ref(Ref::from_schema_name("RefreshGrant")),
        one_text("refresh_token"),
    ])
}

named! {
    /// The code, under one of these names. `mfaMethod` may be there as well, as in signing in.
    SwitchConfirmBody = any_of(["confirmationCode", "code", "confirmCode", "mfaCode"].map(one_text))
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct SignUpBody {
    email: String,
    /// 8 to 32 characters, among them a lower-case letter, an upper-case letter, a digit and a symbol. The one that counts comes with
    /// the code.
    password: String,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct SignUpConfirmBody {
    email: String,
    /// The six digits, or the long code in the same mail.
    emailConfirmCode: String,
    /// The account's from now on.
    password: String,
    /// Must be `true`.
    termsAndConditionsConfirmed: bool,
    termsAndConditionsVersion: i64,
    /// Any text of at most 255 characters.
    userType: String,
    referralCode: Option<String>,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct PasswordChangeBody {
    oldPassword: String,
    /// As at sign-up.
    newPassword: String,
    /// As in signing in.
    mfaMethod: Option<String>,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct PasswordChangeConfirmBody {
    oldPassword: String,
    newPassword: String,
    confirmCode: String,
    mfaMethod: Option<String>,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct PasswordResetBody {
    email: String,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct PasswordResetConfirmBody {
    email: String,
    /// The six digits, or the long code in the same mail.
    confirmCode: String,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct PasswordResetExecuteBody {
    email: String,
    newPassword: String,
    /// What `confirm` answered.
    payload: String,
}

pub(crate) fn place(place: super::Place) -> Place {
    use super::Place as At;
    let op = match place {
        At::Token => token(),
        At::Switch => {
            post("switchMfa", "Ask for 2FA to be switched on or off", "To what it is not now. Sends a code.")
                .with(Access::Bearer)
                .answers::<Done>(200, "A code is asked for.")
                .refuses(403, "2FA cannot be switched here: it is mandatory, or there is none.")
        }
        At::SwitchConfirm => post(
            "confirmMfaSwitch",
            "Switch 2FA on or off",
            "To what was settled when the code was asked for.",
        )
        .with(Access::Bearer)
        .takes::<SwitchConfirmBody>(json!({ "confirmationCode": "123456" }), |body| {
            let mut fields = Fields::parse(body)?;
            read(switch::confirmation_code(&mut fields).ok_or_else(|| fields.refuse()))
        })
        .answers::<Done>(200, "It is switched.")
        .refuses(403, "2FA cannot be switched here: it is mandatory, or there is none."),
        At::UserInfo => get("getUserInfo", "Who am I").answers::<info::Info<'_>>(200, "The account."),
        At::SignUp => post(
            "signUp",
            "Sign up",
            "Mails a code, whether or not the address has an account: the mail says which.",
        )
        .queries([partner()])
        .takes::<SignUpBody>(json!({ "email": EMAIL, "password": "Passw0rd!" }), |body| {
            read(sign_up::read_beginning(body))
        })
        .answers::<Done>(200, "There is a mail on its way.")
        .refuses(403, "Nobody can sign up here."),
        At::SignUpConfirm => post(
            "confirmSignUp",
            "Confirm a sign-up",
            "Makes the account, and signs its owner in.",
        )
        .queries([partner()])
        .takes::<SignUpConfirmBody>(
            json!({
                "email": EMAIL, "emailConfirmCode": "123456", "password": "Passw0rd!",
                "termsAndConditionsConfirmed": true, "termsAndConditionsVersion": 3, "userType": "PERSON",
                "referralCode": "FRIEND",
            }),
            |body| read(Newcomer::read(body)),
        )
        .answers::<issued::Body<'_>>(200, "The account's first tokens.")
        .refuses(403, "Nobody can sign up here.")
        .refuses(409, "The same is being done at this moment.")
        .refuses(423, "Too many wrong codes for this address. The long code in the mail still works."),
        At::Logout => Op::new(Verb::Delete, "logOut", "Sign out", "Ends the session of this token.")
            .with(Access::Bearer)
            .answers::<Nothing>(200, "It is over."),
        At::LogoutAll => Op::new(
            Verb::Put,
            "logOutEverywhere",
            "Sign out everywhere",
            "Remembered devices are forgotten too.",
        )
        .with(Access::Bearer)
        .answers::<Nothing>(200, "All sessions are over."),
        At::Sessions => get("listSessions", "List where the account is signed in")
            .answers::<sessions::All>(200, "Newest first."),
        At::CurrentSession => get("getSession", "Look up the session of this token")
            .answers::<sessions::Shown>(200, "The session."),
        At::PasswordChange => post("changePassword", "Ask for another password", "Sends a code.")
            .with(Access::Bearer)
            .takes::<PasswordChangeBody>(
                json!({ "oldPassword": "Passw0rd!", "newPassword": "N3w-passw0rd", "mfaMethod": "email" }),
                |body| read(Change::read(Fields::parse(body)?)),
            )
            .answers::<Done>(200, "A code is asked for.")
            .refuses(401, "The old password is wrong, or the access token is no good."),
        At::PasswordChangeConfirm => {
            let text = "Ends every session of the account, this one included, and forgets remembered devices. Sign in again.";
            post("confirmPasswordChange", "Change the password", text)
                .with(Access::Bearer)
                .takes::<PasswordChangeConfirmBody>(
                    json!({
                        "oldPassword": "Passw0rd!", "newPassword": "N3w-passw0rd", "confirmCode": "123456",
                        "mfaMethod": "email",
                    }),
                    |body| read(Change::read_confirmed(body)),
                )
                .answers::<Done>(200, "It is changed.")
                .refuses(401, "The old password is wrong, or the access token is no good.")
        }
        At::PasswordReset => post(
            "resetPassword",
            "Ask for a new password",
            "Mails a code; to an address without an account, that there is none.",
        )
        .queries([partner()])
        .takes::<PasswordResetBody>(json!({ "email": EMAIL }), |body| read(reset::read_beginning(body)))
        .answers::<Done>(200, "There is a mail on its way."),
        At::PasswordResetConfirm => post("confirmPasswordReset", "Confirm a password reset", "")
            .queries([partner()])
            .takes::<PasswordResetConfirmBody>(json!({ "email": EMAIL, "confirmCode": "123456" }), |body| {
                read(reset::read_confirmation(body))
            })
            .answers::<reset::Payload>(200, "What lets its bearer set a new password.")
            .refuses(423, "Too many wrong codes for this address. The long code in the mail still works."),
        At::PasswordResetExecute => {
            let text = "Ends every session of the account, and forgets remembered devices. An account that is locked stays locked.";
            post("executePasswordReset", "Set a new password", text)
                .queries([partner()])
                .takes::<PasswordResetExecuteBody>(
                    json!({ "email": EMAIL, "newPassword": "N3w-passw0rd", "payload": "eyJhbGciOiJFZERTQSIs…" }),
                    |body| read(Execution::read(body)),
                )
                .answers::<Done>(200, "It is set.")
        }
        At::Devices => {
            get("listDevices", "List remembered devices").answers::<devices::All>(200, "Newest first.")
        }
        At::Device => {
            Op::new(Verb::Delete, "forgetDevice", "Forget a device", "A code is asked for on it again.")
                .with(Access::Bearer)
                .answers::<Nothing>(200, "It is forgotten.")
        }
        At::Jwks => Op::new(
            Verb::Get,
            "getKeys",
            "The keys of access tokens",
            "For whoever verifies them. See `docs/tokens.md`.",
        )
        .with(Access::Open)
        .answers::<JwkSet>(200, "The keys. Keep them for five minutes at most."),
        At::Revocations => {
            let text = "For whoever verifies access tokens by their signature alone: ask twice a minute. Takes a key of the partner's.";
            Op::new(Verb::Get, "listRevocations", "What was revoked before its time", text)
                .query("after", "The `next` of the answer before.", text_of_a_place())
                .answers::<Page>(200, "Some of it.")
                .refuses(403, "The partner of this key keeps no accounts here.")
        }
    };
    let place_of_it = Place::new(&GROUP, [op]);
    match place {
        At::Device => place_of_it.id("device_id", "The device."),
        _ => place_of_it,
    }
}

fn token() -> Op {
    let text = "Step 1 is without `mfaCode`: where a code is due it is sent, and the answer is 424. Step 2 is the same with the code. Step \
                1 again sends a newer code, at most once a minute; the older one is worthless then.";
    let mut op = post("getTokens", "Sign in, or go on", text)
        .queries([
            partner(),
            parameter(
                ParameterIn::Header,
                "grantType",
                "How tokens are asked for. May stand in the body instead.",
                words("", ["password_email", "refresh_token"]),
            ),
            parameter(
                ParameterIn::Header,
                "X-Device-Token",
                "Of a remembered device: no code is asked for on it.",
                self::text("A `device_token`.", 100),
            ),
        ])
        .takes::<TokenRequest>(
            json!({
                "email": EMAIL, "password": "Passw0rd!", "mfaCode": "123456", "mfaMethod": "email",
                "rememberDevice": true,
            }),
            |body| {
                let mut fields = Fields::parse(body)?;
                match refresh_token(&mut fields) {
                    Some(_) => Ok(()),
                    None => read(SignIn::read(Fields::parse(body)?)),
                }
            },
        )
        .or_takes("a refresh token", json!({ "refreshToken": "rt_…" }))
        .answers::<issued::Body<'_>>(200, "Signed in.")
        .refuses(
            401,
            "The e-mail address or the password is wrong; or the refresh token is too old, used or revoked.",
        )
        .refuses(403, "The address of this account was not confirmed yet.")
        .refuses(423, "The account is locked: too many wrong codes.")
        .refuses(424, "The password is right, and a code is due. It was sent.");
    op.schema::<PasswordGrant>();
    op.schema::<RefreshGrant>();
    op
}

fn post(id: &'static str, summary: &'static str, text: &'static str) -> Op {
    Op::new(Verb::Post, id, summary, text).with(Access::Open)
}

fn get(id: &'static str, summary: &'static str) -> Op {
    Op::new(Verb::Get, id, summary, "").with(Access::Bearer)
}

fn partner() -> Parameter {
    let mut partner = parameter(ParameterIn::Header, "partnerId", "Whose people it is about.", i32::schema());
    partner.required = Required::True;
    partner
}

fn text_of_a_place() -> RefOr<Schema> {
    text("As it was answered.", 100)
}

fn any_of(schemas: impl IntoIterator<Item = RefOr<Schema>>) -> RefOr<Schema> {
    schemas.into_iter().fold(AnyOfBuilder::new(), AnyOfBuilder::item).into()
}

/// An object that has this text at least.
fn one_text(name: &str) -> RefOr<Schema> {
    ObjectBuilder::new().property(name, String::schema()).required(name).into()
}

fn read<T>(what: no::Result<T>) -> Result<(), ApiError> {
    what.map(drop).map_err(|_| ApiError::bad_request("not as described"))
}

const EMAIL: &str = "ann@example.com";

fn examples() -> Vec<(&'static str, Value)> {
    let id = "019bc1b2-6f6b-7a52-9a55-0c3d5e8a1f10";
    vec![
        (
            "LoginMfaRefusal",
            json!({
                "status": "FAILED_DEPENDENCY", "message": "2FA is required for this account",
                "traceId": "TraceId unavailable", "errors": [],
            }),
        ),
        (
            "TokenBody",
            json!({
                "access_token": "eyJhbGciOiJFZERTQSIs…", "token_type": "Bearer", "refresh_token": "rt_…",
                "scope": "user_mfa:read user_mfa:create", "expires_in": 604_800, "user_id": format!("usr:{id}"),
            }),
        ),
        (
            "UserInfo",
            json!({
                "userId": id, "email": EMAIL, "passwordLastChangeDate": "2026-01-14T08:58:47.874+00:00",
                "status": "ACTIVE", "userScopes": ["user_mfa:read", "user_mfa:create"],
                "authorizationMfaActive": true,
            }),
        ),
        (
            "SignedInSession",
            json!({
                "id": "019bc1e0-4d6f-7e33-8c5a-8f7b6e5d4c30", "createdAt": "2026-01-15T10:07:00.000Z",
                "current": true, "userAgent": "Example/1.0",
            }),
        ),
    ]
}
