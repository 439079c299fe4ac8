//! The operations of this module, for `crate::openapi`.

mod answers;
mod bodies;

use super::code::Typed;
use super::fields::Fields;
use super::methods_routes::{Start, To};
use super::refused::Refused;
use super::{change, login, register, verify};
use crate::accounts::methods::Kind;
use crate::http::{ApiError, Verb};
use crate::openapi::{Access, Group, Op, Place};
use answers::{
    LoginAnswer, LogoutAnswer, MeAnswer, RegistrationAnswer, SessionsDeviceRemovalAnswer,
    SessionsDevicesAnswer, TwoFactorMethodsAnswer, TwoFactorRemovalAnswer, TwoFactorSetupAnswer,
    TwoFactorStartAnswer, TwoFactorSystemAnswer, TwoFactorToggleAnswer, TwoFactorVerifyAnswer,
};
use bodies::{
    BridgeBody, LoginBody, RegistrationBody, RegistrationVerifyBody, TwoFactorRemovalBody,
    TwoFactorSetupBody, TwoFactorStartBody, TwoFactorToggleBody, TwoFactorVerifyBody,
};
use serde_json::{Value, json};

pub(crate) const GROUP: Group = Group {
    name: "Two-factor sessions",
    text: "Signing people in by sessions, pending until the second factor is given. Which instance's people it is about, the host says. \
           A session goes in `X-Session-ID` or in the cookie `session_id`; with the cookie alone, a POST must say that it is JSON. \
           Everything an answer holds stands in `data`; some of it beside, for clients that look there. Refusals have one shape: go by \
           `code`. Exists where the deployment keeps accounts.",
    examples,
};

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
