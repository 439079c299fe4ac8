//! One rule of the protocol broken at a time: the model must find what goes wrong. Each scenario holds without
//! the mutant (tests/protocol.rs), so it is the rule that makes the difference.

mod common;

use common::{breaks, never_reaches};
use stepgate_model::property::reached;
use stepgate_model::property::{
    FAILS_CLOSED, IN_TIME, LIMIT, NEVER_CHANGES, NEVER_LOST, NEVER_REOPENS, ONE_WINNER, OWN_CODE_ONLY,
};
use stepgate_model::{Mutant, Scenario};

#[test]
fn comparing_before_the_attempt_is_taken_breaks_the_limit() {
    breaks(Scenario::expiry().with(Mutant::CompareBeforeAttempt), LIMIT);
}

#[test]
fn rejected_by_rank_is_taken_back() {
    breaks(Scenario::expiry().with(Mutant::RejectedByRank), NEVER_CHANGES);
}

#[test]
fn without_the_right_lane_two_win() {
    breaks(Scenario::expiry().with(Mutant::EveryRightWins), ONE_WINNER);
}

#[test]
fn a_flag_closes_nothing() {
    breaks(Scenario::supersede().with(Mutant::CloseByFlagOnly), NEVER_CHANGES);
    breaks(Scenario::supersede().with(Mutant::CloseByFlagOnly), NEVER_LOST);
}

#[test]
fn without_the_wait_a_confirmation_is_lost() {
    breaks(Scenario::supersede().with(Mutant::CloseWithoutWait), NEVER_CHANGES);
    breaks(Scenario::supersede().with(Mutant::CloseWithoutWait), NEVER_LOST);
}

#[test]
fn a_resend_with_all_attempts_breaks_the_limit() {
    breaks(Scenario::resends_of_one_attempt().with(Mutant::ResendRefills), LIMIT);
}

#[test]
fn a_right_code_after_the_fence_changes_what_was_said() {
    breaks(Scenario::supersede().with(Mutant::RightAfterFence), NEVER_LOST);
    breaks(Scenario::expiry().with(Mutant::RightAfterFence), NEVER_CHANGES);
}

#[test]
fn without_the_second_look_at_the_clock_a_late_code_counts() {
    breaks(Scenario::expiry().with(Mutant::NoSecondClock), IN_TIME);
}

#[test]
fn a_wrong_code_after_the_fence_turns_expired_into_rejected() {
    breaks(Scenario::supersede().with(Mutant::WrongAfterFence), NEVER_CHANGES);
    breaks(Scenario::expiry().with(Mutant::WrongAfterFence), NEVER_CHANGES);
}

#[test]
fn a_fence_measured_from_the_answer_is_no_fence() {
    breaks(Scenario::supersede().with(Mutant::FenceFromAnswer), NEVER_LOST);
}

#[test]
fn expired_without_grace_is_taken_back() {
    breaks(Scenario::expiry().with(Mutant::ExpiredWithoutGrace), NEVER_CHANGES);
}

#[test]
fn pending_said_while_others_say_expired() {
    breaks(Scenario::expiry().expiring_early(0).with(Mutant::PendingInsteadOfNoAnswer), NEVER_REOPENS);
}

/// Where clocks differ, "nothing is in flight" is no reason to say "expired" right at the end.
#[test]
fn expired_said_early_is_taken_back_where_clocks_differ() {
    breaks(Scenario::skewed_clocks(1).expiring_early(0), NEVER_CHANGES);
}

#[test]
fn a_clock_read_after_the_word_lies() {
    breaks(Scenario::expiry().with(Mutant::ClockAfterWord), NEVER_CHANGES);
}

#[test]
fn slots_read_after_the_word_lie() {
    breaks(Scenario::supersede_and_expire().with(Mutant::SlotsAfterWord), NEVER_CHANGES);
}

#[test]
fn a_refusal_that_ignores_later_slots_says_pending_again() {
    breaks(Scenario::supersede().with(Mutant::StatusWithoutSlots), NEVER_REOPENS);
}

#[test]
fn waiting_for_the_fence_alone_is_too_short() {
    breaks(Scenario::supersede().with(Mutant::WaitIsOnlyTheFence), NEVER_LOST);
}

#[test]
fn waiting_from_before_the_close_is_too_short() {
    breaks(Scenario::supersede().with(Mutant::WaitFromBeforeClose), NEVER_LOST);
}

#[test]
fn a_confirmation_during_the_wait_must_be_seen() {
    breaks(Scenario::supersede().with(Mutant::NoLastLook), NEVER_LOST);
}

#[test]
fn a_clock_read_after_the_last_look_misses_a_confirmation() {
    breaks(Scenario::supersede().with(Mutant::ClockAfterLastLook), NEVER_LOST);
}

#[test]
fn a_confirmation_in_a_slot_written_late_must_be_seen() {
    breaks(Scenario::two_issuers().with(Mutant::GapsUnseen), NEVER_LOST);
}

#[test]
fn a_resend_that_says_expired_without_a_slot_is_contradicted() {
    breaks(Scenario::resends_of_one_attempt().with(Mutant::ResendExpiresWithoutSlot), NEVER_CHANGES);
}

#[test]
fn a_number_given_out_and_not_closed_comes_alive_later() {
    breaks(Scenario::two_issuers().with(Mutant::GapsLeftOpen), NEVER_CHANGES);
}

#[test]
fn a_resend_that_ignores_what_lies_between_breaks_the_limit() {
    breaks(Scenario::resends_of_one_attempt().with(Mutant::GapsUnseen), LIMIT);
}

#[test]
fn a_resend_that_rejects_by_rank_is_contradicted() {
    breaks(Scenario::resends_of_one_attempt().with(Mutant::ResendRejectsByRank), NEVER_CHANGES);
}

#[test]
fn a_lost_answer_taken_for_a_yes_confirms() {
    breaks(Scenario::expiry().with(Mutant::LostMeansYes), FAILS_CLOSED);
}

#[test]
fn a_rank_on_the_entitys_newest_word_confirms_another_change() {
    breaks(Scenario::supersede().with(Mutant::RankOnNewestWord), OWN_CODE_ONLY);
}

#[test]
fn a_keyed_hash_that_covers_only_the_code_can_be_moved() {
    breaks(Scenario::transplanted_codes().with(Mutant::UnboundCode), OWN_CODE_ONLY);
}

/// Safe, and useless: a resend that dies after closing leaves no attempt to the next.
#[test]
fn where_closers_count_as_verifiers_a_crashed_resend_uses_up_all_attempts() {
    never_reaches(
        Scenario::resends_in_turn().with(Mutant::ClosersCountAsVerifiers),
        reached::RESENT_AFTER_CRASH,
    );
}

/// Not a rule but an assumption: the closer's wait has to cover how far clocks are apart, too.
#[test]
fn clocks_further_apart_than_the_wait_allows_for() {
    breaks(Scenario::skewed_clocks(2), NEVER_CHANGES);
}
