//! The operations of this module, for `crate::openapi`.

use super::code::Typed;
use super::fields::Fields;
use super::methods_routes::{Start, To};
use super::refused::Refused;
use super::{change, login, register, verify};
use crate::accounts::methods::Kind;
use crate::http::{ApiError, Verb};
use crate::openapi::{Access, Group, Op, Place, named};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Ref, Schema, Type};
use uuid::Uuid;

pub(crate) const GROUP: Group = Group {
    name: "Two-factor sessions",
    text: "Signing people in by sessions, pending until the second factor is given. Which instance's people it is about, the host says. \
           A session goes in `X-Session-ID` or in the cookie `session_id`; with the cookie alone, a POST must say that it is JSON. \
           Everything an answer holds stands in `data`; some of it beside, for clients that look there. Refusals have one shape: go by \
           `code`. Exists where the deployment keeps accounts.",
    examples,
};

/// Who signs in, under one of the names.
#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct LoginBody {
    /// An address, or a user name.
    email: Option<String>,
    user_name: Option<String>,
    userName: Option<String>,
    username: Option<String>,
    password: String,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct RegistrationBody {
    email: String,
    /// 8 characters at least, 128 bytes at most.
    password: String,
    name: Option<String>,
    last_name: Option<String>,
    lastName: Option<String>,
    /// 3 to 32 letters, digits, dots, hyphens or underscores, a letter first.
    user_name: Option<String>,
    userName: Option<String>,
    username: Option<String>,
    /// Like `+15551234567`.
    phone: Option<String>,
    user_type: Option<String>,
    userType: Option<String>,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct RegistrationVerifyBody {
    email: String,
    /// The six digits, or the long code in the same mail.
    code: String,
    /// The one that was registered.
    password: String,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct BridgeBody {
    session_id: Option<String>,
    sessionId: Option<String>,
}

/// Where codes are to go. An app and recovery codes need nothing.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct TwoFactorSetupBody {
    email: Option<String>,
    phone: Option<String>,
    /// Either.
    identifier: Option<String>,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct TwoFactorStartBody {
    /// `login`, `setup`, `remove` or `toggle`. Need not be there in a pending session.
    action: Option<String>,
    method_id: Option<String>,
    methodId: Option<String>,
    method: Option<String>,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct TwoFactorVerifyBody {
    /// Six digits, or a recovery code.
    code: String,
    /// As in starting.
    action: Option<String>,
    /// `email`, `sms`, `totp` or `recovery`.
    method: Option<String>,
    method_id: Option<String>,
    methodId: Option<String>,
    /// With `login`: no code is asked for on this device for 30 days.
    remember_device: Option<bool>,
    rememberDevice: Option<bool>,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct TwoFactorToggleBody {
    enabled: Option<bool>,
    two_factor_enabled: Option<bool>,
    twoFactorEnabled: Option<bool>,
    /// Must be right if it is there.
    verification_code: Option<String>,
    verificationCode: Option<String>,
    code: Option<String>,
    verification_method_id: Option<String>,
    verificationMethodId: Option<String>,
    verification_method: Option<String>,
    verificationMethod: Option<String>,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct TwoFactorRemovalBody {
    /// Must be right if it is there.
    verification_code: Option<String>,
    verificationCode: Option<String>,
    code: Option<String>,
    verification_method_id: Option<String>,
    verificationMethodId: Option<String>,
    verification_method: Option<String>,
    verificationMethod: Option<String>,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct SessionsUser {
    /// `usr_` and a UUID. Not there before there is an account.
    #[schema(nullable = false)]
    id: Option<String>,
    email: String,
    name: Option<String>,
    last_name: Option<String>,
    user_name: Option<String>,
    user_type: Option<String>,
    picture: Option<String>,
    /// Masked in a pending session.
    phone: Option<String>,
    /// Whether the address was confirmed.
    is_verified: bool,
    /// Whether signing in takes a second factor.
    two_factor: bool,
    #[schema(format = DateTime, nullable = false)]
    created_at: Option<String>,
    #[schema(format = DateTime, nullable = false)]
    updated_at: Option<String>,
}

/// A second factor, as signing in shows it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct SessionsMethod {
    id: Uuid,
    /// `email`, `sms`, `totp` or `recovery`.
    method: String,
    /// `pending_setup` or `active`.
    status: String,
    /// Masked; none of those that go nowhere.
    identifier: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

/// The same, to its owner.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct SessionsMethodWhole {
    #[schema(inline)]
    #[serde(flatten)]
    method: SessionsMethod,
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    #[schema(inline)]
    metadata: MethodMetadata,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct MethodMetadata {
    /// Of recovery codes: how many were not used.
    #[schema(nullable = false)]
    remaining: Option<u64>,
}

named! {
    /// The word of a method; where the deployment says so, the method.
    AvailableMethod = RefOr::T(Schema::AnyOf(
        AnyOfBuilder::new()
            .item(ObjectBuilder::new().schema_type(Type::String))
            .item(RefOr::Ref::<Schema>(Ref::from_schema_name("SessionsMethod")))
            .build(),
    ))
}

/// A session; `requires_2fa` if it waits for its second factor, and then `success` is false.
#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct LoginAnswer {
    success: bool,
    user: SessionsUser,
    session_id: String,
    sessionId: String,
    #[schema(format = DateTime)]
    expires_at: String,
    #[schema(format = DateTime, nullable = false)]
    expiresAt: Option<String>,
    #[schema(nullable = false)]
    requires_2fa: Option<bool>,
    #[schema(nullable = false)]
    available_methods: Option<Vec<AvailableMethod>>,
    #[schema(nullable = false)]
    methods: Option<Vec<SessionsMethod>>,
    /// Seconds until the pending session ends.
    #[schema(nullable = false)]
    expires_in: Option<u64>,
    /// Whether a code is on its way.
    #[schema(nullable = false)]
    verification_sent: Option<bool>,
    /// By which method.
    method: Option<String>,
}

/// Declares an answer that holds `data`, and what stands beside it.
macro_rules! answer {
    ($(#[$doc:meta])* $name:ident { $data:ident $(, $field:ident : $type:ty)* $(,)? }) => {
        $(#[$doc])*
        #[derive(ToSchema)]
        #[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
        struct $name {
            success: bool,
            data: $data,
            $(#[schema(nullable = false)] $field: Option<$type>,)*
        }
    };
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct LogoutAnswer {
    success: bool,
    message: String,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct RegistrationData {
    user: SessionsUser,
    /// Then there is no session yet.
    #[schema(nullable = false)]
    requiresVerification: Option<bool>,
    #[schema(inline, nullable = false)]
    session: Option<SessionsSession>,
    #[schema(nullable = false)]
    sessionId: Option<String>,
    #[schema(format = DateTime, nullable = false)]
    expiresAt: Option<String>,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct SessionsSession {
    session_id: String,
    #[schema(format = DateTime)]
    expires_at: String,
}

answer! {
    /// An account, with a session; or none yet, and a mail is on its way.
    RegistrationAnswer { RegistrationData, user: SessionsUser, requiresVerification: bool }
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
struct MeData {
    user: SessionsUser,
    /// `pending` or `active`.
    session_status: String,
    two_factor_verified: u8,
    #[schema(format = DateTime)]
    expires_at: String,
    #[schema(nullable = false)]
    isValid: Option<bool>,
    #[schema(format = DateTime, nullable = false)]
    expiresAt: Option<String>,
    #[schema(inline, nullable = false)]
    session: Option<BridgeSession>,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct BridgeSession {
    session_id: String,
    user_id: String,
    status: String,
    two_factor_verified: u8,
    #[schema(format = DateTime)]
    expires_at: String,
}

answer! {
    /// Whose session it is.
    MeAnswer { MeData, user: SessionsUser, isValid: bool, expires_at: String, expiresAt: String, session: BridgeSession }
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct TwoFactorSystem {
    global_two_factor_enabled: bool,
    /// Of `email`, `sms`, `totp` and `recovery`.
    available_methods: Vec<String>,
}

answer! { TwoFactorSystemAnswer { TwoFactorSystem } }

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct TwoFactorMethods {
    methods: Vec<SessionsMethodWhole>,
}

answer! { TwoFactorMethodsAnswer { TwoFactorMethods, methods: Vec<SessionsMethodWhole> } }

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct TwoFactorSetup {
    success: bool,
    method_id: Uuid,
    method: String,
    status: String,
    /// Whether a code is on its way.
    verification_sent: bool,
    /// Seconds within which it can be confirmed; recovery codes need not be.
    #[schema(nullable = false)]
    expires_in: Option<u64>,
    message: String,
    /// Of an app: for typing in. Shown once.
    #[schema(nullable = false)]
    secret: Option<String>,
    #[schema(nullable = false)]
    otpauth_uri: Option<String>,
    /// The same as a picture, in a `data:` URI.
    #[schema(nullable = false)]
    qr_code: Option<String>,
    /// Recovery codes. Shown once.
    #[schema(nullable = false)]
    codes: Option<Vec<String>>,
}

answer! { TwoFactorSetupAnswer { TwoFactorSetup, method_id: Uuid, message: String, expires_in: u64 } }

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct TwoFactorStart {
    success: bool,
    method: String,
    method_id: Uuid,
    /// `pending`.
    status: String,
    /// Whether a code is on its way. That of an app is where it always is.
    verification_sent: bool,
    expires_in_seconds: Option<u64>,
    expires_in: Option<u64>,
    message: String,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct TwoFactorStartAnswer {
    success: bool,
    data: TwoFactorStart,
    message: String,
    expires_in: Option<u64>,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct TwoFactorVerification {
    success: bool,
    verified: bool,
    /// `active`.
    session_status: String,
    two_factor_verified: u8,
    /// Not of a setup.
    session_activated: bool,
    #[schema(format = DateTime)]
    expires_at: String,
    message: String,
    user: VerifiedUser,
    /// Of a device that is remembered from now on. Send it back in `X-Device-Token` when signing in.
    #[schema(nullable = false)]
    device_token: Option<String>,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct VerifiedUser {
    id: String,
    email: String,
    name: Option<String>,
    /// 0 or 1.
    two_factor: u8,
}

answer! { TwoFactorVerifyAnswer { TwoFactorVerification, message: String, user: VerifiedUser } }

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct TwoFactorRemoval {
    success: bool,
    removed: bool,
    id: Uuid,
    /// Whether signing in takes a second factor still.
    two_factor: bool,
    two_factor_enabled: bool,
    message: String,
}

answer! { TwoFactorRemovalAnswer { TwoFactorRemoval, message: String, two_factor: bool } }

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct TwoFactorSwitch {
    success: bool,
    two_factor_enabled: bool,
    two_factor: bool,
    active_methods: Vec<String>,
    message: String,
}

answer! { TwoFactorToggleAnswer { TwoFactorSwitch, message: String, two_factor: bool } }

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct SessionsDevice {
    id: Uuid,
    /// What it calls itself. Anybody can write that: escape it.
    label: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct SessionsDevices {
    devices: Vec<SessionsDevice>,
}

answer! { SessionsDevicesAnswer { SessionsDevices } }

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct SessionsDeviceRemoval {
    removed: bool,
    id: Uuid,
}

answer! { SessionsDeviceRemovalAnswer { SessionsDeviceRemoval } }

pub(crate) fn place(place: super::Place) -> Place {
    use super::Place as At;
    let op = match place {
        At::Login => post("login", "Sign in", "Where a second factor is due, its first code is sent at once.")
            .takes::<LoginBody>(
                json!({ "email": "ann@example.com", "user_name": "ann", "userName": "ann", "username": "ann", "password": PASSWORD }),
                |body| login::Body::read(&Fields::read(body)?).map(drop),
            )
            .answers::<LoginAnswer>(200, "A session, active or pending.")
            .refuses(401, "The name or the password is wrong.")
            .refuses(403, "The address is not confirmed yet.")
            .refuses(423, ""),
        At::Logout => session(post("logout", "Sign out", "")).answers::<LogoutAnswer>(200, "The session has ended."),
        At::Me => session(get("getMe", "Whose session is it")).answers::<MeAnswer>(200, "The account."),
        At::Validate => get("validateSession", "Whether a session is good")
            .answers::<MeAnswer>(200, "It is.")
            .refuses(401, "It is not. The texts are `Invalid session` and `Session expired`.")
            .refuses(403, "It waits for its second factor."),
        At::Register => registers(post(
            "register",
            "Register",
            "For anybody, or for those who hold the bridge secret: the deployment says which. Unless registration is open, the address \
             has to be confirmed, and no answer tells whether it has an account.",
        )),
        At::RegisterPublic => registers(post(
            "registerByBridge",
            "Register somebody",
            "With `X-Bridge-Secret`, for the partner's own servers.",
        )),
        At::RegisterVerify => post("verifyRegistration", "Confirm an address", "")
            .takes::<RegistrationVerifyBody>(
                json!({ "email": "ann@example.com", "code": "123456", "password": PASSWORD }),
                |body| register::body::Confirmation::read(&Fields::read(body)?).map(drop),
            )
            .answers::<RegistrationAnswer>(200, "The account, and a session.")
            .refuses(401, "The password is not the one that was registered, or nothing was.")
            .refuses(409, "The address or the user name has an account meanwhile.")
            .refuses(423, ""),
        At::BridgeValidate => post("validateByBridge", "Whose session is it", "With `X-Bridge-Secret`. A pending session is none.")
            .may_take::<BridgeBody>(json!({ "session_id": "ses_…", "sessionId": "ses_…" }), |body| {
                Fields::read(body)?.text(&["session_id", "sessionId"]).map(drop)
            })
            .answers::<MeAnswer>(200, "The account and the session.")
            .refuses(401, "The secret is wrong, or there is no such session."),
        At::System => get("getTwoFactorSystem", "What is offered").answers::<TwoFactorSystemAnswer>(200, "The methods."),
        At::Methods => session(get("listTwoFactorMethods", "List second factors"))
            .answers::<TwoFactorMethodsAnswer>(200, "All that are set up or being set up."),
        At::Setup => session(post("setUpTwoFactor", "Set a second factor up", "Confirmed by `verify` with the action `setup`."))
            .may_take::<TwoFactorSetupBody>(
                json!({ "email": "ann@example.com", "phone": "+15551234567", "identifier": "ann@example.com" }),
                |body| To::read(Kind::Email, &Fields::read(body)?).map(drop),
            )
            .answers::<TwoFactorSetupAnswer>(200, "How it goes on.")
            .refuses(409, "The account has had as many as it may have.")
            .refuses(423, ""),
        At::Start => session(post("startTwoFactor", "Have a code sent", "Again, or for another action. The one before is void."))
            .may_take::<TwoFactorStartBody>(
                json!({ "action": "login", "method_id": METHOD, "methodId": METHOD, "method": "email" }),
                |body| of(Start::read(&Fields::read(body)?).map(drop)),
            )
            .answers::<TwoFactorStartAnswer>(200, "It is on its way.")
            .refuses(423, ""),
        At::Verify => session(post("verifyTwoFactor", "Give a code", "For the sign-in, a setup, a removal or the switch."))
            .takes::<TwoFactorVerifyBody>(
                json!({
                    "code": "482913", "action": "login", "method": "email", "method_id": METHOD, "methodId": METHOD,
                    "remember_device": true, "rememberDevice": true,
                }),
                |body| of(verify::Body::read(&Fields::read(body)?).map(drop)),
            )
            .answers::<TwoFactorVerifyAnswer>(200, "It was right."),
        At::Toggle => session(post("toggleTwoFactor", "Switch two-factor sign-in on or off", ""))
            .takes::<TwoFactorToggleBody>(
                with_code(json!({ "enabled": true, "two_factor_enabled": true, "twoFactorEnabled": true })),
                |body| of(change::Body::read(&Fields::read(body)?).map(drop)),
            )
            .answers::<TwoFactorToggleAnswer>(200, "It is so now."),
        At::Method => session(delete("removeTwoFactorMethod", "Remove a second factor"))
            .may_take::<TwoFactorRemovalBody>(with_code(json!({})), |body| {
                of(Typed::optional(&Fields::read(body)?).map(drop))
            })
            .answers::<TwoFactorRemovalAnswer>(200, "It is gone."),
        At::Devices => session(get("listRememberedDevices", "List remembered devices"))
            .answers::<SessionsDevicesAnswer>(200, "Those on which no code is asked for."),
        At::Device => session(delete("forgetRememberedDevice", "Forget a device"))
            .answers::<SessionsDeviceRemovalAnswer>(200, "It is forgotten."),
    };
    let place_of = Place::new(&GROUP, [op]);
    match place {
        At::Setup | At::Start => place_of.word("method", "`email`, `sms`, `totp` or `recovery`."),
        At::Method | At::Device => place_of.word("id", "As the list has it."),
        _ => place_of,
    }
}

const PASSWORD: &str = "correct horse";
const METHOD: &str = "aaaaaaaa-0d44-8b50-8888-8dd25736052a";

fn post(id: &'static str, summary: &'static str, text: &'static str) -> Op {
    Op::new(Verb::Post, id, summary, text).with(Access::Open)
}

fn get(id: &'static str, summary: &'static str) -> Op {
    Op::new(Verb::Get, id, summary, "").with(Access::Open)
}

fn delete(id: &'static str, summary: &'static str) -> Op {
    Op::new(Verb::Delete, id, summary, "").with(Access::Open)
}

fn session(op: Op) -> Op {
    op.with(Access::Session)
}

fn registers(op: Op) -> Op {
    op.takes::<RegistrationBody>(
        json!({
            "email": "ann@example.com", "password": PASSWORD, "name": "Ann", "last_name": "Archer", "lastName": "Archer",
            "user_name": "ann", "userName": "ann", "username": "ann", "phone": "+15551234567", "user_type": "buyer",
            "userType": "buyer",
        }),
        |body| register::body::Body::read(&Fields::read(body)?).map(drop),
    )
    .answers::<RegistrationAnswer>(200, "The account, or what is asked for before there is one.")
    .refuses(401, "The bridge secret is wrong.")
    .refuses(403, "Registration is closed.")
    .refuses(409, "The address or the user name has an account; of addresses, where registration is open.")
}

fn with_code(mut body: Value) -> Value {
    for name in ["verification_code", "verificationCode", "code"] {
        body[name] = "482913".into();
    }
    for name in ["verification_method_id", "verificationMethodId"] {
        body[name] = METHOD.into();
    }
    for name in ["verification_method", "verificationMethod"] {
        body[name] = "email".into();
    }
    body
}

fn of(read: super::refused::Result<()>) -> Result<(), ApiError> {
    read.map_err(|_: Refused| ApiError::bad_request("not as described"))
}

fn examples() -> Vec<(&'static str, Value)> {
    Vec::new()
}
