/// The number of a challenge within its entity, from 1. 0 stands for none.
pub(crate) type Generation = u8;

/// The counter word of a challenge: its lanes, each of which only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Word {
    pub(crate) attempts: u8,
    pub(crate) closed: u8,
    pub(crate) wrong: u8,
    /// Ranks whose holder says that nothing will come of them.
    pub(crate) void: u8,
    pub(crate) right: u8,
}

impl Word {
    /// Ranks that are accounted for.
    pub(crate) fn accounted(self) -> u8 {
        self.wrong + self.void + self.right
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Status {
    #[default]
    Pending,
    Confirmed,
    Rejected,
    Expired,
    /// No answer: the caller gets an error.
    Open,
}

impl Status {
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Confirmed | Self::Rejected | Self::Expired)
    }
}
