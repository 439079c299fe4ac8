//! Methods whose codes their owner makes or has: an authenticator app, and recovery codes.

use super::{Kind, Method, MethodId, recovery, totp};
use crate::accounts::context::Context;
use crate::accounts::refusal::Result;
use crate::ports::Ports;
use uuid::Uuid;

pub(super) fn all<P: Ports>(ctx: &Context<'_, P>, account: Uuid) -> Result<Vec<Method>> {
    let apps = totp::state(ctx.ports, account, ctx.now)?;
    let app = |salt: Uuid, is_active, created_at| Method {
        id: app_id(account, salt),
        kind: Kind::Totp,
        identifier: String::new(),
        is_active,
        created_at,
    };
    let mut methods = Vec::new();
    methods.extend(apps.active.map(|active| app(active.id(), true, active.created_at())));
    methods.extend(apps.pending.map(|pending| app(pending.id(), false, pending.created_at())));
    methods.extend(recovery::state(ctx.ports, account)?.map(|set| Method {
        id: recovery_id(account),
        kind: Kind::Recovery,
        identifier: String::new(),
        is_active: true,
        created_at: set.created_at,
    }));
    Ok(methods)
}

/// What an app is called; another for each setup.
pub(crate) fn app_id(account: Uuid, app: Uuid) -> MethodId {
    MethodId::new(account, Kind::Totp, &app.to_string())
}

/// What the recovery codes are called; the same for each set.
pub(crate) fn recovery_id(account: Uuid) -> MethodId {
    MethodId::new(account, Kind::Recovery, "")
}
