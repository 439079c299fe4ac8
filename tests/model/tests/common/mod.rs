//! Runs one exploration.
#![allow(dead_code, reason = "each test file uses its part of this module")]

use std::collections::{BTreeSet, HashMap};

use stateright::{Checker, Expectation, HasDiscoveries, Model, Path};
use stepgate_model::{Action, Protocol, Scenario, State};

/// Explores every state, and asserts that nothing forbidden happens in any and that each of `reached` does in some.
pub(crate) fn holds(scenario: Scenario, reached: &[&str]) {
    holds_except("", scenario, reached);
}

/// The same, with one property left out of account.
pub(crate) fn holds_except(exempt: &str, scenario: Scenario, reached: &[&str]) {
    let discoveries = explore(scenario, exempt);
    for name in reached {
        assert!(discoveries.contains_key(name), "never reached: {name}");
    }
}

/// Explores every state, and asserts that nothing forbidden happens and that `reached` does not either.
pub(crate) fn never_reaches(scenario: Scenario, reached: &str) {
    let model = Protocol { scenario: scenario.clone() };
    assert_eq!(model.properties().iter().filter(|it| it.name == reached).count(), 1, "no such property");
    let discoveries = explore(scenario, "");
    assert!(!discoveries.contains_key(reached), "reached: {reached}");
}

/// Asserts that `property` breaks, and prints how.
pub(crate) fn breaks(scenario: Scenario, property: &'static str) {
    let mutant = scenario.mutant;
    let model = Protocol { scenario };
    assert_eq!(model.property(property).expectation, Expectation::Always);
    let checker = model
        .checker()
        .threads(1)
        .finish_when(HasDiscoveries::AllOf(BTreeSet::from([property])))
        .spawn_bfs()
        .join();
    let states = checker.unique_state_count();
    let path = checker.discovery(property);
    assert!(path.is_some(), "{mutant:?} went unnoticed in {states} states");
    println!("{mutant:?} breaks \"{property}\" within {states} states:");
    for action in path.into_iter().flat_map(Path::into_actions) {
        println!("  {action:?}");
    }
}

/// Explores every state. Panics with the way to the first that is forbidden.
fn explore(scenario: Scenario, exempt: &str) -> HashMap<&'static str, Path<State, Action>> {
    let model = Protocol { scenario };
    let forbidden: BTreeSet<_> = model
        .properties()
        .iter()
        .filter(|it| it.expectation == Expectation::Always && it.name != exempt)
        .map(|it| it.name)
        .collect();
    let checker =
        model.checker().threads(1).finish_when(HasDiscoveries::AnyOf(forbidden.clone())).spawn_bfs().join();
    let discoveries = checker.discoveries();
    for name in forbidden {
        let way = discoveries.get(name).cloned().map(Path::into_actions);
        assert!(way.is_none(), "broken: {name}\n{way:#?}");
    }
    assert!(checker.is_done(), "the exploration stopped early");
    println!("{} states, {} deep", checker.unique_state_count(), checker.max_depth());
    discoveries
}
