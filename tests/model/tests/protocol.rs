//! The protocol as it is built: nothing forbidden happens in any interleaving, and everything wanted can.

mod common;

use common::{holds, holds_except};
use stepgate_model::Scenario;
use stepgate_model::property::{NEVER_REOPENS, reached};

#[test]
fn three_clients_while_the_time_runs_out() {
    holds(
        Scenario::expiry(),
        &[reached::CONFIRMED, reached::CONFIRMED_TWICE, reached::UNTOLD, reached::REJECTED, reached::EXPIRED],
    );
}

#[test]
fn three_clients_where_expired_is_said_early() {
    let reached = [reached::CONFIRMED, reached::REJECTED, reached::EXPIRED];
    holds(Scenario::expiry().expiring_early(0), &reached);
    holds_except(NEVER_REOPENS, Scenario::skewed_clocks(1).expiring_early(1), &reached);
}

/// A host whose clock is behind may say "pending" where another has said "expired", for as long as it is behind.
#[test]
fn three_clients_whose_clock_is_behind() {
    holds_except(
        NEVER_REOPENS,
        Scenario::skewed_clocks(1),
        &[reached::CONFIRMED, reached::REJECTED, reached::EXPIRED],
    );
}

#[test]
fn three_clients_and_a_new_challenge() {
    holds(
        Scenario::supersede(),
        &[
            reached::CONFIRMED,
            reached::CONFIRMED_TWICE,
            reached::REJECTED,
            reached::EXPIRED,
            reached::SUPERSEDED,
            reached::CARRIED,
            reached::WAITED,
            reached::SUCCESSOR_CONFIRMED,
        ],
    );
}

#[test]
fn a_new_challenge_while_the_time_runs_out() {
    holds(
        Scenario::supersede_and_expire(),
        &[reached::CONFIRMED, reached::EXPIRED, reached::SUPERSEDED, reached::CARRIED, reached::WAITED],
    );
}

#[test]
fn a_new_challenge_where_expired_is_said_early() {
    holds(
        Scenario::supersede_and_expire().expiring_early(0),
        &[reached::CONFIRMED, reached::EXPIRED, reached::SUPERSEDED, reached::CARRIED, reached::WAITED],
    );
}

#[test]
fn two_new_challenges_at_once() {
    holds(
        Scenario::two_issuers(),
        &[reached::CONFIRMED, reached::CARRIED, reached::OVERTAKEN, reached::WAITED],
    );
}

#[test]
fn two_first_challenges_at_once() {
    holds(Scenario::two_first_issuers(), &[reached::CONFIRMED, reached::CARRIED, reached::OVERTAKEN]);
}

#[test]
fn resends_share_one_budget() {
    holds(
        Scenario::resends(),
        &[
            reached::CONFIRMED,
            reached::REJECTED,
            reached::RESENT_WITH_LESS,
            reached::RESENT_TWICE,
            reached::NOTHING_LEFT,
            reached::SUCCESSOR_CONFIRMED,
        ],
    );
}

#[test]
fn resends_of_one_attempt() {
    holds(
        Scenario::resends_of_one_attempt(),
        &[reached::CONFIRMED, reached::RESENT_TWICE, reached::NOTHING_LEFT, reached::SUCCESSOR_CONFIRMED],
    );
}

#[test]
fn a_resend_after_a_crashed_one_still_has_attempts() {
    holds(Scenario::resends_in_turn(), &[reached::RESENT_TWICE, reached::RESENT_AFTER_CRASH]);
}

#[test]
fn a_resend_against_a_new_challenge() {
    holds(
        Scenario::resend_against_issue(),
        &[reached::CONFIRMED, reached::SUPERSEDED, reached::RESENT_WITH_LESS, reached::CARRIED],
    );
}

#[test]
fn codes_of_other_challenges() {
    holds(Scenario::foreign_codes(), &[reached::CONFIRMED, reached::SUCCESSOR_CONFIRMED]);
}

#[test]
fn keyed_hashes_copied_between_records() {
    holds(Scenario::transplanted_codes(), &[reached::CONFIRMED, reached::SUPERSEDED]);
}
