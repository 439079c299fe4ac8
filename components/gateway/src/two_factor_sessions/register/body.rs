//! What comes with a registration, and with its confirmation.

use crate::accounts::context::Context;
use crate::accounts::methods::Kind;
use crate::accounts::names::{AccountEmail, UserName};
use crate::accounts::ownership;
use crate::accounts::password::{self, Password, Rule};
use crate::accounts::phone::Phone;
use crate::accounts::refusal::Refusal;
use crate::accounts::register::Person;
use crate::http::ApiError;
use crate::ports::Ports;
use crate::two_factor_sessions::fields::Fields;
use crate::two_factor_sessions::refused::Result;

/// The longest name of somebody, in characters.
const LONGEST_NAME: usize = 80;

/// Who wants an account.
pub(in crate::two_factor_sessions) struct Body {
    email: AccountEmail,
    password: Password,
    user_name: Option<UserName>,
    phone: Option<Phone>,
    name: Option<String>,
    last_name: Option<String>,
    user_type: Option<String>,
}

impl Body {
    pub(in crate::two_factor_sessions) fn read(fields: &Fields) -> core::result::Result<Body, ApiError> {
        let invalid = |what: &'static str| ApiError::bad_request(what);
        let email = fields.text(&["email"])?.and_then(AccountEmail::parse);
        let email = email.ok_or_else(|| invalid("Invalid email format"))?;
        let text = fields.text(&["password"])?.unwrap_or_default();
        let password = Password::parse(text, Rule::Length).map_err(|unfit| invalid(unfit.words()))?;
        let user_name = match fields.text(&["user_name", "userName", "username"])? {
            None => None,
            Some(text) => {
                let wrong =
                    "user_name must be 3 to 32 letters, digits, dots, hyphens or underscores, a letter first";
                Some(UserName::parse(text).ok_or_else(|| invalid(wrong))?)
            }
        };
        let phone = match fields.text(&["phone"])? {
            None => None,
            Some(text) => Some(Phone::parse(text).ok_or_else(|| invalid("phone must be like +15551234567"))?),
        };
        Ok(Body {
            email,
            password,
            user_name,
            phone,
            name: name(fields, &["name"])?,
            last_name: name(fields, &["last_name", "lastName"])?,
            user_type: name(fields, &["user_type", "userType"])?,
        })
    }

    pub(super) fn person<P: Ports>(self, ctx: &Context<'_, P>) -> Result<Person> {
        let phc = password::hash(&self.password, &ctx.ports.random()).map_err(Refusal::from)?;
        let Body { email, user_name, phone, name, last_name, user_type, .. } = self;
        Ok(Person { email, user_name, phone, name, last_name, user_type, phc })
    }
}

fn name(fields: &Fields, names: &[&str]) -> core::result::Result<Option<String>, ApiError> {
    let Some(text) = fields.text(names)?.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text.chars().count() > LONGEST_NAME || text.chars().any(char::is_control) {
        return Err(ApiError::bad_request("Names may have 80 characters at most, on one line"));
    }
    Ok(Some(text.to_owned()))
}

/// What confirms an address.
pub(in crate::two_factor_sessions) struct Confirmation<'f> {
    pub(super) email: AccountEmail,
    pub(super) code: &'f str,
    pub(super) password: password::Typed,
}

impl Confirmation<'_> {
    pub(in crate::two_factor_sessions) fn read(
        fields: &Fields,
    ) -> core::result::Result<Confirmation<'_>, ApiError> {
        let invalid = |what: &'static str| ApiError::bad_request(what);
        let email = fields.text(&["email"])?.and_then(AccountEmail::parse);
        let email = email.ok_or_else(|| invalid("Invalid email format"))?;
        let code = fields.text(&["code"])?.unwrap_or_default();
        if !Kind::Email.takes(code) && !ownership::is_long(code) {
            return Err(invalid("code must be a string of 6 digits, or the long code of the mail"));
        }
        let password = fields.text(&["password"])?.and_then(password::Typed::parse);
        let password = password.ok_or_else(|| invalid("password must be given, of 256 bytes at most"))?;
        Ok(Confirmation { email, code, password })
    }
}
