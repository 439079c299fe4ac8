//! Codes for what is done by somebody who is signed in: one place for each action of an account, bound to the session that asked.
//!
//! A code that is sent carries in its challenge what it was asked for. Of an authenticator app and of recovery codes nothing is sent,
//! so that what was asked is a record of its own here, which counts for as long as a code would. Both stay in the store for longer
//! than they count, so of a password they hold an id and no hash.

use super::TIMES;
use super::caller::Caller;
use super::no::{No, Result};
use crate::accounts::account::Account;
use crate::accounts::budgets::{self, Budget};
use crate::accounts::codes::{self, Counts, Place};
use crate::accounts::context::Context;
use crate::accounts::methods::{self, Kind, Method, MethodId};
use crate::accounts::refusal::Refusal;
use crate::accounts::second_factor::{self, Action, Binding};
use crate::ports::Ports;
use crate::stored;
use serde::{Deserialize, Serialize};
use stepgate_storage::{RecordKey, Timestamp};
use uuid::Uuid;

const WHAT: &str = "step that waits for a code";

/// What waits for a code that is not sent.
#[derive(Serialize, Deserialize)]
struct Asked {
    binding: Binding,
    until: Timestamp,
}

/// What is done with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Switch,
    PasswordChange,
}

/// What is to be so after it.
pub(super) enum Aim {
    /// The two-factor switch is on, or off.
    Switched(bool),
    /// The password is the one that is kept by this.
    Password(Uuid),
}

impl Aim {
    fn step(&self) -> Step {
        match self {
            Aim::Switched(_) => Step::Switch,
            Aim::Password(_) => Step::PasswordChange,
        }
    }
}

impl Step {
    fn word(self) -> &'static str {
        match self {
            Step::Switch => "switch",
            Step::PasswordChange => "password-change",
        }
    }

    fn action(self) -> Action {
        match self {
            Step::Switch => Action::Switch,
            Step::PasswordChange => Action::PasswordChange,
        }
    }

    fn place(self, account: Uuid) -> Place {
        Place {
            entity: format!("account/{account}/{}", self.word()),
            purpose: match self {
                Step::Switch => "login-mfa-switch",
                Step::PasswordChange => "password-change",
            },
            counts: Counts::SecondFactor(account),
        }
    }

    fn key(self, account: Uuid) -> RecordKey {
        RecordKey::forever(&format!("account/{account}/asked/{}", self.word()))
    }
}

/// The methods that a step can be confirmed with; where there are none, the account's address.
pub(super) fn usable<P: Ports>(ctx: &Context<'_, P>, account: &Account) -> Result<Vec<Method>> {
    let active = methods::active(ctx, account.id)?;
    if !active.is_empty() {
        return Ok(active);
    }
    let identifier = account.email.as_str().to_owned();
    Ok(vec![Method {
        id: MethodId::new(account.id, Kind::Email, &identifier),
        kind: Kind::Email,
        identifier,
        is_active: false,
        created_at: account.created_at,
    }])
}

/// Asks for a code.
pub(super) async fn ask<P: Ports>(
    ctx: &Context<'_, P>,
    caller: &Caller,
    wanted: Option<Kind>,
    aim: Aim,
) -> Result<()> {
    let step = aim.step();
    let methods = usable(ctx, &caller.account)?;
    let method = chosen(&methods, wanted)?;
    let account = &caller.account;
    let (target, new_password) = match aim {
        Aim::Switched(on) => (Some(on), None),
        Aim::Password(id) => (None, Some(id)),
    };
    let binding = Binding { method: method.id, session: Some(caller.session.id), target, new_password };
    if method.kind.is_sent() {
        let place = step.place(account.id);
        second_factor::start(ctx, account, &place, TIMES, (step.action(), method), &binding).await?;
    } else {
        let asked = Asked { binding, until: ctx.now + TIMES.lifetime };
        stored::write(ctx.ports, &step.key(account.id), &asked, WHAT)?;
    }
    Ok(())
}

/// Tries a code. Answers what it was asked for, and what it was confirmed with.
///
/// `aimed`: whether what it was asked for is what is to be done. If not there is no code, and no attempt is taken.
pub(super) fn confirm<P: Ports>(
    ctx: &Context<'_, P>,
    caller: &Caller,
    step: Step,
    wanted: Option<Kind>,
    code: &str,
    aimed: &dyn Fn(&Binding) -> bool,
) -> Result<(Binding, Method)> {
    let account = caller.account.id;
    let place = step.place(account);
    let methods = usable(ctx, &caller.account)?;
    let asked: Option<Asked> = stored::read(ctx.ports, &step.key(account), WHAT)?;
    let asked = asked.filter(|asked| ctx.now < asked.until).map(|asked| asked.binding);
    let method = match wanted {
        Some(_) => chosen(&methods, wanted)?,
        None => match of_outstanding(ctx, &place, &methods)? {
            Some(method) => method,
            None => match asked.as_ref().and_then(|asked| by_id(&methods, asked.method)) {
                Some(method) => method,
                None => chosen(&methods, None)?,
            },
        },
    };
    read_code(ctx, account, method.kind, code)?;
    let fits = |binding: &Binding| {
        binding.method == method.id && binding.session == Some(caller.session.id) && aimed(binding)
    };
    if method.kind.is_sent() {
        let binding = second_factor::verify(ctx, account, &place, method, code, &fits)?;
        return Ok((binding.ok_or(Refusal::NoCode)?, method.clone()));
    }
    let Some(asked) = asked.filter(fits) else { return Err(Refusal::NoCode.into()) };
    second_factor::verify(ctx, account, &place, method, code, &|_| false)?;
    ctx.ports.delete(&step.key(account))?;
    Ok((asked, method.clone()))
}

/// The method that a client asks for, or the oldest. Recovery codes only stand in for others.
pub(super) fn chosen(methods: &[Method], wanted: Option<Kind>) -> Result<&Method> {
    let fits = |method: &&Method| match wanted {
        Some(kind) => method.kind == kind,
        None => method.kind != Kind::Recovery,
    };
    methods.iter().find(fits).ok_or_else(|| No::field("mfaMethod", "is no method of this account"))
}

/// The method by which the outstanding code was sent.
pub(super) fn of_outstanding<'m, P: Ports>(
    ctx: &Context<'_, P>,
    place: &Place,
    methods: &'m [Method],
) -> Result<Option<&'m Method>> {
    let binding: Option<Binding> = codes::waiting_for(ctx, place)?;
    Ok(binding.and_then(|binding| by_id(methods, binding.method)))
}

fn by_id(methods: &[Method], id: MethodId) -> Option<&Method> {
    methods.iter().find(|method| method.id == id)
}

/// Row 7: refuses what cannot be a code of this kind, without taking an attempt.
pub(super) fn read_code<P: Ports>(ctx: &Context<'_, P>, account: Uuid, kind: Kind, code: &str) -> Result<()> {
    if kind.takes(code) {
        return Ok(());
    }
    Err(No::CannotBeACode { left: budgets::check(ctx, &Budget::SecondFactor(account))?.left })
}
