//! Where what is: `contracts/two-factor-sessions.md`, and what is ours beside it.

use crate::http::Verb;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Login,
    Logout,
    Me,
    /// What @pubflow clients ask whether their session is good.
    Validate,
    Register,
    RegisterPublic,
    RegisterVerify,
    BridgeValidate,
    System,
    Methods,
    /// `:method/setup`.
    Setup,
    /// `:method/start`.
    Start,
    Verify,
    Toggle,
    /// `DELETE :id`.
    Method,
    Devices,
    Device,
}

/// Every path. What stands for itself comes before a parameter in its place.
pub(crate) const TABLE: &[(&str, Place)] = &[
    ("/auth/login", Place::Login),
    ("/auth/logout", Place::Logout),
    ("/auth/me", Place::Me),
    ("/auth/user/me", Place::Me),
    ("/auth/validate-session", Place::Validate),
    ("/auth/validation", Place::Validate),
    ("/auth/register", Place::Register),
    ("/auth/register/public", Place::RegisterPublic),
    ("/auth/register/verify", Place::RegisterVerify),
    ("/auth/bridge/validate", Place::BridgeValidate),
    ("/bridge/validate", Place::BridgeValidate),
    ("/auth/two_factor/system", Place::System),
    ("/auth/two_factor/methods", Place::Methods),
    ("/auth/two_factor/verify", Place::Verify),
    ("/auth/two_factor/toggle", Place::Toggle),
    ("/auth/two_factor/devices", Place::Devices),
    ("/auth/two_factor/devices/{id}", Place::Device),
    ("/auth/two_factor/{id}", Place::Method),
    ("/auth/two_factor/{id}/setup", Place::Setup),
    ("/auth/two_factor/{id}/start", Place::Start),
];

/// Which sessions a route is for: `contracts/two-factor-sessions.md` §2 and §4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    Nothing,
    /// A session, pending or active.
    Session,
    Active,
}

impl Place {
    pub(crate) fn verbs(self) -> &'static [Verb] {
        match self {
            Place::Me | Place::Validate | Place::System | Place::Methods | Place::Devices => &[Verb::Get],
            Place::Method | Place::Device => &[Verb::Delete],
            _ => &[Verb::Post],
        }
    }

    pub(super) fn needs(self) -> Needs {
        match self {
            Place::Login
            | Place::Validate
            | Place::Register
            | Place::RegisterPublic
            | Place::RegisterVerify
            | Place::BridgeValidate
            | Place::System => Needs::Nothing,
            Place::Logout | Place::Me | Place::Start | Place::Verify => Needs::Session,
            Place::Methods
            | Place::Setup
            | Place::Toggle
            | Place::Method
            | Place::Devices
            | Place::Device => Needs::Active,
        }
    }
}
