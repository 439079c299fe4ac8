//! Asking for a change: deciding what is to become of a thing, holding that, and telling who has to confirm it.

use super::hold::{Order, announce, hold, withdraw};
use super::{Change, Held, Standing};
use crate::call::Call;
use crate::email::Email;
use crate::http::ApiError;
use crate::owner::Owner;
use crate::ports::Ports;
use crate::settings::IssueSettings;
use crate::webhooks;
use core::time::Duration;
use uuid::Uuid;

/// How often a thing may change under a request before it gives up.
const TRIES: usize = 3;

/// Nobody gets a mail, reads it and types the code in faster than this.
const FASTEST_PERSON: Duration = Duration::from_secs(1);

/// How long it may take until a challenge is issued, and a little more.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The thing that is to change.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) owner: &'a Owner,
    /// The core's name for it.
    pub(crate) entity: &'a str,
    /// What the API calls the `entity_id` of the code.
    pub(crate) entity_id: Uuid,
}

/// What a request comes to, seen from how the thing stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It is as it was asked to be, and nothing waits.
    Leave,
    /// It is as it was asked to be; what waits is not wanted any more.
    Withdraw,
    /// This person is asked to confirm this.
    Ask(Email, Box<Change>),
}

/// Does what `decide` says, and answers the id of the code that was sent, if one was.
///
/// `decide` is asked again when the change is held, and has to look at everything its decision rests on each time. Only a
/// decision that still holds then is told to anybody.
pub(crate) async fn ask<P: Ports>(
    call: &Call<'_, P>,
    subject: Subject<'_>,
    decide: &dyn Fn(&Standing) -> Result<Decision, ApiError>,
) -> Result<Option<String>, ApiError> {
    let scope = subject.owner.scope();
    let look = || Standing::of(call.ports, &scope, subject.entity);
    for _ in 0..TRIES {
        let looked = call.ports.now();
        let standing = look()?;
        let decision = decide(&standing)?;
        let Decision::Ask(recipient, change) = &decision else {
            if decision == Decision::Leave {
                return Ok(None);
            }
            withdraw(call, subject.owner, subject.entity).await?;
            // It may have been confirmed before it was closed: look again.
            continue;
        };
        let settings = IssueSettings::load(call.ports, call.settings.environment)?;
        let order = order(call, subject, recipient, change);
        if let Some(kind) = change.action().told_as() {
            // It ends by itself, if nobody ends it. Its time begins when it is issued, which may have to wait.
            let ends = call.ports.now()
                + Duration::from_secs(settings.policy.lifetime_seconds.into())
                + LONGEST_WAIT;
            webhooks::expect(call.ports, kind, subject.entity_id, ends)?;
        }
        let (issued, waited) = hold(call, &settings, &order).await?;
        // Who is asked, and for what, has to fit how things stand now that the change is held. Whoever ends the thing, or
        // bars its customer, says so first and closes what is open after that. So either it is seen here, or what was held
        // is closed there.
        //
        // What the core said of the thing is out of date only if a change was open, or could have been opened and confirmed
        // while this request hung. It is closed by now, so a second look is final.
        let in_doubt =
            standing.open().is_some() || waited || call.ports.now().since(looked) >= FASTEST_PERSON;
        let still_holds = || -> Result<bool, ApiError> {
            let again = if in_doubt { Some(look()?) } else { None };
            let now = again.as_ref().unwrap_or(&standing);
            Ok(now.applied == standing.applied && decide(now)? == decision)
        };
        let holds = still_holds();
        if !matches!(holds, Ok(true)) {
            // Nobody knows the code, and nobody will.
            withdraw(call, subject.owner, subject.entity).await?;
            holds?;
            continue;
        }
        announce(call, &settings, &order, &issued).await?;
        return Ok(Some(issued.challenge.id));
    }
    Err(ApiError::Internal("what was to be changed kept changing".into()))
}

fn order<P: Ports>(call: &Call<'_, P>, subject: Subject<'_>, recipient: &Email, change: &Change) -> Order {
    Order {
        owner: *subject.owner,
        entity: subject.entity.to_owned(),
        recipient: recipient.clone(),
        held: Held {
            entity_id: subject.entity_id,
            requested_at: call.now,
            asked_by: call.caller.partner_name.clone(),
            change: change.clone(),
        },
    }
}
