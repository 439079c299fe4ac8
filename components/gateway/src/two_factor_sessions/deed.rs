//! What a code confirms in this API, and where it is kept: `contracts/two-factor-sessions.md` §4 and §5.

use super::refused::{Refused, Result};
use crate::accounts::account::Account;
use crate::accounts::codes::{self, Counts, Times};
use crate::accounts::context::Context;
use crate::accounts::methods::Method;
use crate::accounts::refusal::Refusal;
use crate::accounts::second_factor::{self, Action, Binding};
use crate::accounts::sessions::Session;
use crate::ids;
use crate::ports::Ports;
use core::time::Duration;
use stepgate_storage::{CounterKey, Day, StoreError, Timestamp};
use uuid::Uuid;

/// How long a code lives, if its session does.
const LIFETIME: Duration = Duration::from_secs(600);

/// How soon there is another by the same method.
const BETWEEN: Duration = Duration::from_secs(30);

/// How many are sent in one pending session.
const MOST_SENDS: i64 = 5;

/// The actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Login,
    Setup,
    Remove,
    Toggle,
}

impl Deed {
    pub(super) const ALL: [Deed; 4] = [Deed::Login, Deed::Setup, Deed::Remove, Deed::Toggle];

    pub(super) fn word(self) -> &'static str {
        match self {
            Deed::Login => "login",
            Deed::Setup => "setup",
            Deed::Remove => "remove",
            Deed::Toggle => "toggle",
        }
    }

    /// What a request is about; in a pending session the sign-in, unless it says otherwise. Nothing else can be done there, and
    /// the sign-in nowhere else.
    pub(super) fn read(word: Option<&str>, session: &Session) -> Result<Deed> {
        const ACTION: &str = "action must be login, setup, remove or toggle";
        let deed = match word {
            None if session.is_pending() => Deed::Login,
            None => return Err(Refused::Invalid(ACTION)),
            Some(word) => {
                let deed = Deed::ALL.into_iter().find(|deed| deed.word() == word);
                deed.ok_or(Refused::Invalid(ACTION))?
            }
        };
        match (deed, session.is_pending()) {
            (Deed::Login, true) | (Deed::Setup | Deed::Remove | Deed::Toggle, false) => Ok(deed),
            (_, true) => Err(Refused::Pending),
            // There is nothing to sign in to any more, so there is no code for it either.
            (Deed::Login, false) => Err(Refusal::NoCode.into()),
        }
    }

    fn purpose(self) -> &'static str {
        match self {
            Deed::Login => "session-login",
            Deed::Setup => "session-setup",
            Deed::Remove => "session-remove",
            Deed::Toggle => "session-toggle",
        }
    }

    fn action(self) -> Action {
        match self {
            Deed::Login => Action::Login,
            Deed::Setup => Action::Setup,
            Deed::Remove => Action::Remove,
            Deed::Toggle => Action::Switch,
        }
    }
}

/// The place of a code: its own for each session, action and method.
pub(super) fn place(session: &Session, deed: Deed, method: &Method) -> Result<codes::Place> {
    let (day, id) = (kept_until(session)?, session.id);
    Ok(codes::Place {
        entity: format!("until-{}/2fa/{id}/{}/{}", day.0, deed.word(), method.id),
        purpose: deed.purpose(),
        counts: Counts::SecondFactor(session.account),
    })
}

/// Until when what belongs to a session is kept. Both ends compute it: whoever sends a code and whoever tries it.
fn kept_until(session: &Session) -> core::result::Result<Day, StoreError> {
    if session.is_pending() {
        let made = ids::made_at(session.id).ok_or(StoreError::Corrupt("session id"))?;
        // Made in the last minutes of a day, it ends on the next, and the core keeps a code for a day longer.
        Ok(made.day().plus(2))
    } else {
        Ok(session.until.day().plus(2))
    }
}

/// What was sent.
pub(super) struct Sent {
    /// How long its code is good; none where nothing was sent, because its owner has the code.
    pub(super) until: Option<Timestamp>,
}

/// Sends the code of a method.
pub(super) async fn send<P: Ports>(
    ctx: &Context<'_, P>,
    account: &Account,
    session: &Session,
    deed: Deed,
    method: &Method,
) -> Result<Sent> {
    let left = Duration::from_secs(session.until.since(ctx.now).as_secs());
    if left.is_zero() {
        return Err(Refused::NoSession);
    }
    let times = Times { lifetime: LIFETIME.min(left), between: BETWEEN };
    let place = place(session, deed, method)?;
    let binding = Binding { method: method.id, session: Some(session.id), target: None, new_password: None };
    let counted = match method.kind.is_sent() && session.is_pending() {
        true => Some(count(ctx, session)?),
        false => None,
    };
    let sent = second_factor::start(ctx, account, &place, times, (deed.action(), method), &binding).await;
    if let (
        Err(Refusal::TooSoon { .. } | Refusal::TooManyMessages { .. } | Refusal::Destination),
        Some(counter),
    ) = (&sent, &counted)
    {
        // Nothing was sent, so it is none of them.
        ctx.ports.add(counter, -1)?;
    }
    Ok(Sent { until: sent? })
}

/// Takes one of the sends of a pending session. Before it is sent, so that no two at once are one too many.
fn count<P: Ports>(ctx: &Context<'_, P>, session: &Session) -> Result<CounterKey> {
    let counter = CounterKey::until(kept_until(session)?, &format!("session/{}/sends", session.id));
    if ctx.ports.add(&counter, 1)? > MOST_SENDS {
        // The next sign-in has its own.
        return Err(Refused::Sends { seconds: session.until.since(ctx.now).as_secs() });
    }
    Ok(counter)
}

/// Whose code a request tries.
pub(super) fn fits(session: Uuid) -> impl Fn(&Binding) -> bool {
    move |binding| binding.session == Some(session)
}
