/// One rule of the protocol, left out or got wrong. Each is caught by the property its test names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    // --- verifying ---
    /// The code is compared first and the attempt is added afterwards.
    CompareBeforeAttempt,
    /// Every right code is told "confirmed", not only the one that made the lane 1.
    EveryRightWins,
    /// A right code is added however long ago its rank was taken.
    RightAfterFence,
    /// A wrong code is added however long ago its rank was taken.
    WrongAfterFence,
    /// The fence is measured from when the answer to the attempt was seen, not from before it was asked for.
    FenceFromAnswer,
    /// The clock is not read again once the rank is taken.
    NoSecondClock,
    /// The record is read by the challenge's id, the rank is taken on the entity's newest word.
    RankOnNewestWord,
    /// The keyed hash of a code does not cover the challenge.
    UnboundCode,
    /// An answer of the store that was lost is taken for the hoped-for one.
    LostMeansYes,
    /// A refusal on a closed word answers with the status of the word alone, without looking for a later slot.
    StatusWithoutSlots,

    // --- status ---
    /// Rejected is said as soon as every rank is taken.
    RejectedByRank,
    /// Expired is said the moment the time is over, whatever is in flight.
    ExpiredWithoutGrace,
    /// Where "expired" is said early, "pending" is said while a rank is in flight.
    PendingInsteadOfNoAnswer,
    /// The clock is read after the word.
    ClockAfterWord,
    /// The slots are read after the word, if that says closed.
    SlotsAfterWord,

    // --- closing ---
    /// Closing sets its lane and takes no ranks.
    CloseByFlagOnly,
    /// The new challenge is written without waiting for the ranks in flight on the old one.
    CloseWithoutWait,
    /// The wait is as long as the verifier's fence: nothing is allowed for the time an `add` may be under way.
    WaitIsOnlyTheFence,
    /// The wait is counted from before the words were closed.
    WaitFromBeforeClose,
    /// When the wait is over the word is not read again.
    NoLastLook,
    /// Whether the wait is over is read off the clock after the last look at the word.
    ClockAfterLastLook,
    /// The slots are not read again after the words of unwritten slots were closed.
    GapsUnseen,
    /// Only the newest written slot's word is closed, not those of the numbers given out since.
    GapsLeftOpen,
    /// A resend starts with all attempts.
    ResendRefills,
    /// The ranks that closers took before are held for verifiers'. Safe, but see the test.
    ClosersCountAsVerifiers,
    /// A resend that finds no attempt left says "rejected", though some may be in flight or dead.
    ResendRejectsByRank,
    /// A resend that finds no attempt left says "expired" and writes no slot that would make it so.
    ResendExpiresWithoutSlot,
}
