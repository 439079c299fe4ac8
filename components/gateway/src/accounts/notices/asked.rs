//! What a code is asked for, in words.

use crate::accounts::second_factor::Action;

/// What a code is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    SignIn,
    /// Switching two-factor sign-in; to what, where that is settled.
    Switch {
        on: Option<bool>,
    },
    /// A new second factor: the one that the code goes to.
    Setup,
    /// The removal of a second factor.
    Removal,
    PasswordChange,
    PasswordReset,
    /// Whether an address is theirs who want an account for it.
    SignUp,
}

/// For what takes a session or a password to ask for.
const CHANGE_IT: &str = "If this was not you, somebody knows your password, or uses your account at this moment: give the code to \
                         nobody, and change your password now.";
const CHANGE_IT_SHORT: &str = "Not you? Change your password.";

impl Asked {
    /// `target`: what is to be so afterwards, where that was settled.
    pub(crate) fn of(action: Action, target: Option<bool>) -> Asked {
        match action {
            Action::Login => Asked::SignIn,
            Action::Switch => Asked::Switch { on: target },
            Action::Setup => Asked::Setup,
            Action::Remove => Asked::Removal,
            Action::PasswordChange => Asked::PasswordChange,
        }
    }

    /// Completes "confirm …".
    pub(super) fn title(self) -> &'static str {
        match self {
            Asked::SignIn => "your sign-in",
            Asked::Switch { on: Some(true) } => "switching two-factor sign-in on",
            Asked::Switch { on: Some(false) } => "switching two-factor sign-in off",
            Asked::Switch { on: None } => "switching two-factor sign-in",
            Asked::Setup => "a new second factor",
            Asked::Removal => "the removal of a second factor",
            Asked::PasswordChange => "the change of your password",
            Asked::PasswordReset => "a new password",
            Asked::SignUp => "that this address is yours",
        }
    }

    pub(super) fn advice(self) -> &'static str {
        match self {
            Asked::SignIn | Asked::Switch { .. } | Asked::Removal | Asked::PasswordChange => CHANGE_IT,
            Asked::Setup => "If this was not you, give the code to nobody: without it nothing is added.",
            Asked::PasswordReset => {
                "If this was not you, do nothing: without the code your password stays as it is."
            }
            Asked::SignUp => {
                "If this was not you, do nothing: without the code nobody can show that this address is theirs."
            }
        }
    }

    /// For an SMS, which has 160 characters before it costs twice.
    pub(super) fn short_advice(self) -> &'static str {
        match self {
            Asked::SignIn | Asked::Switch { .. } | Asked::Removal | Asked::PasswordChange => CHANGE_IT_SHORT,
            Asked::Setup | Asked::PasswordReset | Asked::SignUp => "Not you? Tell nobody the code.",
        }
    }
}
