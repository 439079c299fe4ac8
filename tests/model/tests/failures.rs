//! The failures per account: nothing forbidden happens in any interleaving, everything wanted can, and each rule that is left
//! out is missed.

use std::collections::{BTreeSet, HashMap};

use stateright::{Checker, Expectation, HasDiscoveries, Model, Path};
use stepgate_model::failures::property::{ENDS, FAILS_CLOSED, IN_A_ROW, LIMIT, ONE_END, OPEN, reached};
use stepgate_model::failures::{Action, Failures, Mutant, State};

#[test]
fn three_at_once_and_a_lock() {
    holds(
        Failures::one_lock(),
        &[
            reached::SUCCESS,
            reached::LAST_RIGHT,
            reached::LOCKED,
            reached::LOCKED_BY_THE_DEAD,
            reached::UNNOTED,
            reached::TWICE,
        ],
    );
}

#[test]
fn four_at_once() {
    holds(
        Failures::four_at_once(),
        &[reached::SUCCESS, reached::LAST_RIGHT, reached::LOCKED, reached::TWICE],
    );
}

#[test]
fn after_the_lock() {
    holds(
        Failures::past_the_lock(),
        &[reached::LOCKED, reached::UNLOCKED, reached::UNLOCKED_AND_IN, reached::LOCKED_BY_THE_DEAD],
    );
}

#[test]
fn many_periods_and_slow_writers() {
    holds(Failures::many_periods(), &[reached::BEHIND, reached::UNLOCKED, reached::UNLOCKED_AND_IN]);
}

#[test]
fn too_many_in_a_row() {
    holds(Failures::in_a_row(), &[reached::BLOCKED, reached::UNLOCKED_AND_IN]);
}

#[test]
fn clocks_that_differ() {
    holds(Failures::skewed_clocks(), &[reached::LOCKED_BY_THE_DEAD, reached::UNLOCKED, reached::SUCCESS]);
}

#[test]
fn an_attempt_without_a_look_at_its_rank_breaks_the_limit() {
    breaks(Failures::one_lock().with(Mutant::ReadThenTake), LIMIT);
}

#[test]
fn a_lost_rank_taken_for_a_good_one_breaks_the_limit() {
    breaks(Failures::one_lock().with(Mutant::LostMeansReserved), LIMIT);
}

#[test]
fn an_attempt_in_a_period_that_is_over_breaks_the_limit() {
    breaks(Failures::four_at_once().with(Mutant::SuccessUnseen), LIMIT);
}

#[test]
fn dead_attempts_given_back_break_the_limit() {
    breaks(Failures::one_lock().with(Mutant::DeadGivenBack), LIMIT);
}

#[test]
fn a_lock_that_asking_prolongs_never_ends() {
    breaks(Failures::past_the_lock().with(Mutant::AskingProlongs), ENDS);
}

#[test]
fn a_success_after_the_fence_comes_to_a_period_that_is_locked() {
    breaks(Failures::one_lock().with(Mutant::RightAfterFence), ONE_END);
}

#[test]
fn a_success_that_only_moves_the_hint_is_lost_to_a_lock() {
    breaks(Failures::one_lock().with(Mutant::SuccessIsOnlyTheHint), OPEN);
}

#[test]
fn a_lost_answer_taken_for_a_success_lets_in() {
    breaks(Failures::one_lock().with(Mutant::LostMeansSuccess), FAILS_CLOSED);
}

#[test]
fn a_lock_without_a_wait_loses_a_success() {
    breaks(Failures::one_lock().with(Mutant::LockWithoutWait), ONE_END);
}

#[test]
fn waiting_for_the_fence_alone_is_too_short() {
    breaks(Failures::one_lock().with(Mutant::WaitIsOnlyTheFence), ONE_END);
}

#[test]
fn waiting_without_a_margin_is_too_short_where_clocks_differ() {
    breaks(Failures::skewed_clocks().with(Mutant::NoMarginForClocks), ONE_END);
}

#[test]
fn a_clock_read_after_the_word_misses_a_success() {
    breaks(Failures::one_lock().with(Mutant::ClockAfterWord), ONE_END);
}

#[test]
fn full_by_an_old_clock_is_too_early() {
    breaks(Failures::four_at_once().with(Mutant::FullBeforeSeen), ONE_END);
}

/// What the first design says: the counter's key contains the time the lock is over. Two that lock name two counters.
#[test]
fn periods_named_by_the_time_break_the_limit() {
    breaks(Failures::many_periods().with(Mutant::NamedByTime), LIMIT);
}

#[test]
fn moving_on_from_the_hint_passes_a_period_that_is_in_use() {
    breaks(Failures::many_periods().with(Mutant::NextFromTheHint), LIMIT);
}

#[test]
fn a_lock_counted_from_each_look_never_ends() {
    breaks(Failures::many_periods().with(Mutant::LockFromNow), ENDS);
}

#[test]
fn a_row_that_ends_with_a_lock_is_no_row() {
    breaks(Failures::in_a_row().with(Mutant::RowEndsWithLock), IN_A_ROW);
}

#[test]
fn locks_that_do_not_grow_are_over_too_soon() {
    let three_in_a_row = Failures { clients: 1, in_a_row: 3, horizon: 6, ..Failures::in_a_row() };
    holds(three_in_a_row.clone(), &[reached::BLOCKED]);
    breaks(three_in_a_row.with(Mutant::LocksDoNotGrow), LIMIT);
}

#[test]
fn a_period_forgotten_at_once_begins_again() {
    breaks(Failures::one_lock().with(Mutant::ForgottenAtOnce), LIMIT);
}

/// Explores every state, and asserts that nothing forbidden happens in any and that each of `reached` does in some.
fn holds(model: Failures, reached: &[&str]) {
    let forbidden = forbidden(&model);
    let checker =
        model.checker().threads(1).finish_when(HasDiscoveries::AnyOf(forbidden.clone())).spawn_bfs().join();
    let discoveries: HashMap<&'static str, Path<State, Action>> = checker.discoveries();
    println!("{} states, {} deep", checker.unique_state_count(), checker.max_depth());
    for name in forbidden {
        let way = discoveries.get(name).cloned().map(Path::into_actions);
        assert!(way.is_none(), "broken: {name}\n{way:#?}");
    }
    assert!(checker.is_done(), "the exploration stopped early");
    for name in reached {
        assert!(discoveries.contains_key(name), "never reached: {name}");
    }
}

/// Asserts that `property` breaks, and prints how.
fn breaks(model: Failures, property: &'static str) {
    let mutant = model.mutant;
    assert!(forbidden(&model).contains(property));
    let finish = HasDiscoveries::AllOf(BTreeSet::from([property]));
    let checker = model.checker().threads(1).finish_when(finish).spawn_bfs().join();
    let states = checker.unique_state_count();
    let path = checker.discovery(property);
    assert!(path.is_some(), "{mutant:?} went unnoticed in {states} states");
    println!("{mutant:?} breaks \"{property}\" within {states} states:");
    for action in path.into_iter().flat_map(Path::into_actions) {
        println!("  {action:?}");
    }
}

fn forbidden(model: &Failures) -> BTreeSet<&'static str> {
    let properties = model.properties();
    properties.iter().filter(|it| it.expectation == Expectation::Always).map(|it| it.name).collect()
}
