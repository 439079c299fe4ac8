//! Where what is: `contracts/login-mfa.md`, and what is ours beside it.

use crate::http::Verb;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Token,
    Switch,
    SwitchConfirm,
    UserInfo,
    SignUp,
    SignUpConfirm,
    Logout,
    LogoutAll,
    Sessions,
    CurrentSession,
    PasswordChange,
    PasswordChangeConfirm,
    PasswordReset,
    PasswordResetConfirm,
    PasswordResetExecute,
    Devices,
    Device,
    Jwks,
    Revocations,
}

/// Every path.
pub(crate) const TABLE: &[(&str, Place)] = &[
    ("/reg/v1/auth/token", Place::Token),
    ("/reg/mfa/authorization/switch", Place::Switch),
    ("/reg/mfa/authorization/switch/confirm", Place::SwitchConfirm),
    ("/reg/v1/user/info", Place::UserInfo),
    ("/reg/user/info", Place::UserInfo),
    ("/reg/v1/signup", Place::SignUp),
    ("/reg/v1/signup/confirm", Place::SignUpConfirm),
    ("/reg/user/session/logout/current", Place::Logout),
    ("/reg/user/session/logout", Place::LogoutAll),
    ("/reg/user/session", Place::Sessions),
    ("/reg/user/session/current", Place::CurrentSession),
    ("/reg/v1/password/change", Place::PasswordChange),
    ("/reg/v1/password/change/confirm", Place::PasswordChangeConfirm),
    ("/reg/v2/password/reset", Place::PasswordReset),
    ("/reg/v2/password/reset/confirm", Place::PasswordResetConfirm),
    ("/reg/v2/password/reset/execute", Place::PasswordResetExecute),
    ("/reg/user/device", Place::Devices),
    ("/reg/user/device/{id}", Place::Device),
    ("/.well-known/jwks.json", Place::Jwks),
    ("/reg/v1/auth/revocations", Place::Revocations),
];

impl Place {
    pub(crate) fn verbs(self) -> &'static [Verb] {
        match self {
            Place::UserInfo
            | Place::Sessions
            | Place::CurrentSession
            | Place::Devices
            | Place::Jwks
            | Place::Revocations => &[Verb::Get],
            Place::Logout | Place::Device => &[Verb::Delete],
            Place::LogoutAll => &[Verb::Put],
            _ => &[Verb::Post],
        }
    }
}
