//! What requests hold.

use utoipa::ToSchema;

/// Who signs in, under one of the names.
#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
pub(super) struct LoginBody {
    /// An address, or a user name.
    email: Option<String>,
    user_name: Option<String>,
    userName: Option<String>,
    username: Option<String>,
    password: String,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
pub(super) struct RegistrationBody {
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
pub(super) struct RegistrationVerifyBody {
    email: String,
    /// The six digits, or the long code in the same mail.
    code: String,
    /// The one that was registered.
    password: String,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
pub(super) struct BridgeBody {
    session_id: Option<String>,
    sessionId: Option<String>,
}

/// Where codes are to go. An app and recovery codes need nothing.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
pub(super) struct TwoFactorSetupBody {
    email: Option<String>,
    phone: Option<String>,
    /// Either.
    identifier: Option<String>,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
pub(super) struct TwoFactorStartBody {
    /// `login`, `setup`, `remove` or `toggle`. Need not be there in a pending session.
    action: Option<String>,
    method_id: Option<String>,
    methodId: Option<String>,
    method: Option<String>,
}

#[derive(ToSchema)]
#[allow(dead_code, non_snake_case, reason = "only its shape is used, in the API's spelling")]
pub(super) struct TwoFactorVerifyBody {
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
pub(super) struct TwoFactorToggleBody {
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
pub(super) struct TwoFactorRemovalBody {
    /// Must be right if it is there.
    verification_code: Option<String>,
    verificationCode: Option<String>,
    code: Option<String>,
    verification_method_id: Option<String>,
    verificationMethodId: Option<String>,
    verification_method: Option<String>,
    verificationMethod: Option<String>,
}
