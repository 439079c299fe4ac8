/// One rule of the protocol, left out or got wrong. Each is caught by the property its test names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    // --- taking an attempt ---
    /// The word is read, and the attempt added afterwards without a look at its rank.
    ReadThenTake,
    /// A lost answer to an attempt is taken for a rank within the limit.
    LostMeansReserved,
    /// An attempt looks at its rank only, and not whether the period ended in a success.
    SuccessUnseen,
    /// Who finds attempts that came to nothing gives the account new ones at once.
    DeadGivenBack,
    /// Being refused while locked begins the lock anew.
    AskingProlongs,

    // --- success ---
    /// A success is added however long ago its attempt was taken.
    RightAfterFence,
    /// A success moves the hint and leaves no trace in the word, so it and a lock overwrite each other.
    SuccessIsOnlyTheHint,
    /// A lost answer to a success lets its caller in.
    LostMeansSuccess,

    // --- locking ---
    /// All attempts taken is a lock, whatever is in flight.
    LockWithoutWait,
    /// The wait is as long as a client's fence: nothing is allowed for the time an `add` may be under way.
    WaitIsOnlyTheFence,
    /// Nothing is allowed for clocks that differ.
    NoMarginForClocks,
    /// Whether the wait is over is read off the clock after the word was looked at.
    ClockAfterWord,
    /// When a period was full is read off the clock before its word was seen to be.
    FullBeforeSeen,
    /// A period that ended in a lock is followed by one that is named by when the lock is over, by whoever's clock.
    NamedByTime,
    /// Who finds a period full moves on by one from wherever the hint is.
    NextFromTheHint,
    /// A lock is counted from when somebody looks at it.
    LockFromNow,
    /// The attempts in a row are those since the last lock.
    RowEndsWithLock,
    /// Each lock is as long as the first.
    LocksDoNotGrow,
    /// A period is forgotten as soon as it is over.
    ForgottenAtOnce,
}
