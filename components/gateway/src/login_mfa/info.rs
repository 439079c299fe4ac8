//! Who am I: §5.

use super::caller::Caller;
use super::no::Result;
use crate::accounts::account;
use crate::accounts::context::Context;
use crate::accounts::methods;
use crate::http::{ApiError, Response, json};
use crate::ports::Ports;
use crate::when;
use http::StatusCode;
use serde::Serialize;
use uuid::Uuid;

/// What an account's owner is told of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = UserInfo))]
pub(super) struct Info<'a> {
    user_id: Uuid,
    email: &'a str,
    #[cfg_attr(test, schema(format = DateTime))]
    password_last_change_date: String,
    /// Always `ACTIVE`: who is locked out is not answered.
    status: &'static str,
    user_scopes: Vec<&'a str>,
    /// Whether a code is asked for at sign-in.
    authorization_mfa_active: bool,
}

pub(super) fn info<P: Ports>(ctx: &Context<'_, P>, caller: &Caller) -> Result<Response> {
    let account = &caller.account;
    let password = account::password(ctx.ports, account.id)?;
    let password = password.ok_or_else(|| ApiError::Internal("an account has no password".into()))?;
    let info = Info {
        user_id: account.id,
        email: account.email.as_str(),
        // The contract's form.
        password_last_change_date: when::rfc3339(password.changed_at).replace('Z', "+00:00"),
        status: "ACTIVE",
        user_scopes: ctx.tenant.scope.split(' ').filter(|word| !word.is_empty()).collect(),
        authorization_mfa_active: methods::is_due(ctx, account.id)?,
    };
    Ok(json(StatusCode::OK, &info)?)
}
