//! What is kept of what a program calls itself. Anybody can write that: it is for people, escaped.

/// The most, in characters.
const LONGEST: usize = 80;

pub(crate) fn kept(user_agent: &str) -> String {
    user_agent.chars().filter(|one| !one.is_control()).take(LONGEST).collect()
}
