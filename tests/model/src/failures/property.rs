//! What must hold in every state, and what must be possible at all.

use super::state::{Standing, State};
use super::{Client, Failures};
use stateright::Property;

/// The limit, over all that runs in parallel. Attempts whose holders died count.
pub const LIMIT: &str = "1: between two successes at most `limit` attempts are taken in less than a lock";
/// The limit in a row.
pub const IN_A_ROW: &str = "1: at most so many attempts are taken without a success, locks and all";
/// The race of a success with a lock.
pub const ONE_END: &str = "2: a period that ended in a lock never has a success";
/// A success, or the end of a lock, is good for whoever comes next.
pub const OPEN: &str = "2: with attempts left the account is open";
/// No lock for ever.
pub const ENDS: &str =
    "3: a lock is over so long after the period was first noted full, whatever is asked meanwhile";
/// Errors refuse.
pub const FAILS_CLOSED: &str = "4: a failed store answer lets nobody in";

/// What must be possible, so that a model in which nothing happens proves nothing.
pub mod reached {
    /// Somebody succeeds.
    pub const SUCCESS: &str = "a success";
    /// The last of a period's attempts is the right one.
    pub const LAST_RIGHT: &str = "the last attempt is right";
    /// The account is locked.
    pub const LOCKED: &str = "locked";
    /// It is locked though some attempts came to nothing.
    pub const LOCKED_BY_THE_DEAD: &str = "locked with attempts that died";
    /// An attempt is taken after a lock was over.
    pub const UNLOCKED: &str = "an attempt after a lock";
    /// Somebody succeeds after a lock was over.
    pub const UNLOCKED_AND_IN: &str = "a success after a lock";
    /// A full period of which nobody has noted when.
    pub const UNNOTED: &str = "full, and nobody has noted it";
    /// The hint is behind.
    pub const BEHIND: &str = "an older hint in the place of a newer one";
    /// Two succeed in one period.
    pub const TWICE: &str = "two successes in one period";
    /// The account is blocked.
    pub const BLOCKED: &str = "blocked";
}

pub(crate) fn all() -> Vec<Property<Failures>> {
    vec![
        always(LIMIT, |_, state| !state.seen.crowded),
        always(IN_A_ROW, |model, state| state.seen.count <= model.in_a_row),
        always(ONE_END, |_, state| !state.seen.flipped),
        always(OPEN, |model, state| {
            let full = state.seen.count > 0 && state.seen.count.is_multiple_of(model.limit);
            full || match state.standing(model) {
                Standing::Open => true,
                // Two noted that the same period was full, and it is over by one note only. See ENDS for how long.
                Standing::Busy { period, .. } | Standing::Locked { after: period, .. } => {
                    state.seen.locked[usize::from(period)] && !state.seen.right[usize::from(period)]
                }
                _ => false,
            }
        }),
        always(ENDS, |model, state| {
            let noted = |period: u8| state.seen.noted[usize::from(period)];
            match state.standing(model) {
                Standing::Busy { period, until } => {
                    noted(period).is_some_and(|at| until <= at + model.wait())
                }
                Standing::Locked { after, until, spent } => noted(after)
                    .is_some_and(|at| until <= at + model.lock_after(spent.saturating_sub(model.limit))),
                _ => true,
            }
        }),
        always(FAILS_CLOSED, |_, state| !state.seen.failed_open),
        sometimes(reached::SUCCESS, |_, state| state.seen.right.contains(&true)),
        sometimes(reached::LAST_RIGHT, |model, state| {
            state.words.iter().any(|it| it.right == 1 && it.wrong + 1 == model.limit)
        }),
        sometimes(reached::LOCKED, |model, state| matches!(state.standing(model), Standing::Locked { .. })),
        sometimes(reached::LOCKED_BY_THE_DEAD, |model, state| {
            let dead = |place: usize| state.seen.locked[place] && state.words[place].wrong < model.limit;
            (0..state.words.len()).any(dead)
        }),
        sometimes(reached::UNLOCKED, |model, state| state.seen.count > model.limit),
        sometimes(reached::UNLOCKED_AND_IN, |_, state| {
            (1..state.words.len()).any(|it| state.seen.locked[it - 1] && state.words[it].right > 0)
        }),
        sometimes(reached::UNNOTED, |model, state| {
            state.standing(model) == Standing::Unnoted && state.clients.iter().all(|it| *it == Client::Absent)
        }),
        sometimes(reached::BEHIND, |_, state| {
            state.words.iter().skip(usize::from(state.hint.number) + 1).any(|it| it.taken > 0)
        }),
        sometimes(reached::TWICE, |_, state| state.words.iter().any(|it| it.right > 1)),
        sometimes(reached::BLOCKED, |model, state| state.standing(model) == Standing::Blocked),
    ]
}

// With the types spelled out once, the closures above need none.
type Condition = fn(&Failures, &State) -> bool;

fn always(name: &'static str, condition: Condition) -> Property<Failures> {
    Property::always(name, condition)
}

fn sometimes(name: &'static str, condition: Condition) -> Property<Failures> {
    Property::sometimes(name, condition)
}
