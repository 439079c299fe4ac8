//! What must hold in every state, and what must be possible at all.

use stateright::Property;

use crate::issuer::Issuer;
use crate::model::Protocol;
use crate::state::{PLACES, State};
use crate::word::{Generation, Status};

/// Property 1, over a chain of resends as over one challenge.
pub const LIMIT: &str = "1: at most `limit` codes are compared";
/// Property 2.
pub const ONE_WINNER: &str = "2: at most one caller is told that it confirmed";
/// Property 3, of terminal states.
pub const NEVER_CHANGES: &str = "3: a terminal status never turns into another";
/// Property 3, of pending.
pub const NEVER_REOPENS: &str = "3: pending is never said after a terminal status";
/// Property 3, of the entity's value.
pub const NEVER_LOST: &str = "3: a confirmation is never lost";
/// Property 4.
pub const FAILS_CLOSED: &str = "4: a failed store answer never confirms";
/// Property 5.
pub const OWN_CODE_ONLY: &str = "5: a code confirms no other challenge than its own";
/// Not one of the five: the time of a challenge is kept.
pub const IN_TIME: &str = "6: no code is compared on a rank taken after the time is over";

/// What must be possible, so that a model in which nothing happens proves nothing.
pub mod reached {
    /// Somebody is told that they confirmed.
    pub const CONFIRMED: &str = "somebody confirms";
    /// Two right codes were compared and one of them came second.
    pub const CONFIRMED_TWICE: &str = "a second right code finds it confirmed";
    /// A confirmation whose answer was lost.
    pub const UNTOLD: &str = "confirmed, and nobody was told";
    /// A challenge that ends in rejected.
    pub const REJECTED: &str = "rejected";
    /// A challenge that ends in expired.
    pub const EXPIRED: &str = "expired";
    /// A second challenge is issued.
    pub const SUPERSEDED: &str = "a second challenge is issued";
    /// An issuer found its predecessor confirmed and carried the value over.
    pub const CARRIED: &str = "a confirmation is carried over";
    /// An issuer went on past a rank that died.
    pub const WAITED: &str = "a dead rank is waited out";
    /// The later of two issuers passed the earlier, whose slot came afterwards.
    pub const OVERTAKEN: &str = "an issuer is overtaken";
    /// A challenge after the first is confirmed.
    pub const SUCCESSOR_CONFIRMED: &str = "a successor is confirmed";
    /// A resend with fewer attempts than its predecessor had.
    pub const RESENT_WITH_LESS: &str = "a resend carries used attempts over";
    /// A resend of a resend.
    pub const RESENT_TWICE: &str = "a resend is resent";
    /// A resend succeeds although another had closed the words before it and never finished. Where issuers come
    /// in turn, that other one is dead.
    pub const RESENT_AFTER_CRASH: &str = "a resend succeeds where another did not finish";
    /// A resend finds that nothing is left.
    pub const NOTHING_LEFT: &str = "a resend finds no attempt left";
}

pub(crate) fn all() -> Vec<Property<Protocol>> {
    vec![
        always(LIMIT, |model, state| {
            state.seen.compared.iter().all(|&compared| compared <= model.scenario.limit)
        }),
        always(ONE_WINNER, |_, state| state.seen.winners.iter().all(|&winners| winners <= 1)),
        always(NEVER_CHANGES, |_, state| !state.seen.flipped),
        always(NEVER_REOPENS, |_, state| !state.seen.reopened),
        always(NEVER_LOST, |_, state| {
            let confirmed = |generation: Generation| state.word(generation).right > 0;
            let last = generations().filter(|&generation| confirmed(generation)).max().unwrap_or(0);
            state.value() == last
        }),
        always(FAILS_CLOSED, |_, state| !state.seen.failed_open),
        always(OWN_CODE_ONLY, |_, state| !state.seen.foreign),
        always(IN_TIME, |_, state| !state.seen.late),
        sometimes(reached::CONFIRMED, |_, state| state.seen.winners.contains(&1)),
        sometimes(reached::CONFIRMED_TWICE, |_, state| any(|it| state.word(it).right > 1)),
        sometimes(reached::UNTOLD, |_, state| {
            any(|it| state.word(it).right > 0 && state.seen.winners[usize::from(it)] == 0) && all_done(state)
        }),
        sometimes(reached::REJECTED, |model, state| any(|it| model.status(state, it) == Status::Rejected)),
        sometimes(reached::EXPIRED, |model, state| any(|it| model.status(state, it) == Status::Expired)),
        sometimes(reached::SUPERSEDED, |_, state| state.sent().any(|it| it > 1)),
        sometimes(reached::CARRIED, |_, state| any(|it| state.slot(it).is_some_and(|slot| slot.base > 0))),
        sometimes(reached::WAITED, |_, state| state.issuers.iter().any(|it| it.has_waited(state.now))),
        sometimes(reached::OVERTAKEN, |_, state| {
            let newest = state.newest();
            state.issuers.iter().any(|it| matches!(it, Issuer::Placing { own, .. } if *own < newest))
        }),
        sometimes(reached::SUCCESSOR_CONFIRMED, |_, state| any(|it| it > 1 && state.word(it).right > 0)),
        sometimes(reached::RESENT_WITH_LESS, |model, state| {
            state.sent().any(|it| state.record(it).is_some_and(|record| record.limit < model.scenario.limit))
        }),
        sometimes(reached::RESENT_TWICE, |_, state| {
            state.sent().count() == 3 && state.record(3).is_some_and(|record| record.chain == 1)
        }),
        sometimes(reached::RESENT_AFTER_CRASH, |_, state| {
            state.word(1).closed > 1
                && all_done(state)
                && state.slot(2).is_none()
                && state.record(3).is_some_and(|record| record.chain == 1)
                && state.slot(3).is_some_and(|slot| slot.live)
        }),
        sometimes(reached::NOTHING_LEFT, |_, state| any(|it| state.slot(it).is_some_and(|slot| !slot.live))),
    ]
}

// With the types spelled out once, the closures above need none.
type Condition = fn(&Protocol, &State) -> bool;

fn always(name: &'static str, condition: Condition) -> Property<Protocol> {
    Property::always(name, condition)
}

fn sometimes(name: &'static str, condition: Condition) -> Property<Protocol> {
    Property::sometimes(name, condition)
}

fn generations() -> impl Iterator<Item = Generation> {
    1..PLACES as Generation
}

fn any(condition: impl Fn(Generation) -> bool) -> bool {
    generations().any(condition)
}

fn all_done(state: &State) -> bool {
    !state.verifiers.iter().any(|it| it.is_under_way()) && !state.issuers.iter().any(|it| it.is_under_way())
}
