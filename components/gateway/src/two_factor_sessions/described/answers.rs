//! What answers hold.

use crate::openapi::named;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Ref, Schema, Type};
use uuid::Uuid;

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
pub(super) struct SessionsUser {
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
pub(super) struct SessionsMethod {
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
pub(super) struct SessionsMethodWhole {
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
pub(super) struct MethodMetadata {
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
pub(super) struct LoginAnswer {
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
        pub(super) struct $name {
            success: bool,
            data: $data,
            $(#[schema(nullable = false)] $field: Option<$type>,)*
        }
    };
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
pub(super) struct LogoutAnswer {
    success: bool,
    message: String,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
pub(super) struct RegistrationData {
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
pub(super) struct SessionsSession {
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
pub(super) struct MeData {
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
pub(super) struct BridgeSession {
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
pub(super) struct TwoFactorSystem {
    global_two_factor_enabled: bool,
    /// Of `email`, `sms`, `totp` and `recovery`.
    available_methods: Vec<String>,
}

answer! { TwoFactorSystemAnswer { TwoFactorSystem } }

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
pub(super) struct TwoFactorMethods {
    methods: Vec<SessionsMethodWhole>,
}

answer! { TwoFactorMethodsAnswer { TwoFactorMethods, methods: Vec<SessionsMethodWhole> } }

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
pub(super) struct TwoFactorSetup {
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
pub(super) struct TwoFactorStart {
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
pub(super) struct TwoFactorStartAnswer {
    success: bool,
    data: TwoFactorStart,
    message: String,
    expires_in: Option<u64>,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
pub(super) struct TwoFactorVerification {
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
pub(super) struct VerifiedUser {
    id: String,
    email: String,
    name: Option<String>,
    /// 0 or 1.
    two_factor: u8,
}

answer! { TwoFactorVerifyAnswer { TwoFactorVerification, message: String, user: VerifiedUser } }

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
pub(super) struct TwoFactorRemoval {
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
pub(super) struct TwoFactorSwitch {
    success: bool,
    two_factor_enabled: bool,
    two_factor: bool,
    active_methods: Vec<String>,
    message: String,
}

answer! { TwoFactorToggleAnswer { TwoFactorSwitch, message: String, two_factor: bool } }

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
pub(super) struct SessionsDevice {
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
pub(super) struct SessionsDevices {
    devices: Vec<SessionsDevice>,
}

answer! { SessionsDevicesAnswer { SessionsDevices } }

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
pub(super) struct SessionsDeviceRemoval {
    removed: bool,
    id: Uuid,
}

answer! { SessionsDeviceRemovalAnswer { SessionsDeviceRemoval } }
