use crate::Mutant;

/// What an issuer does, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Task {
    /// A new challenge for the entity, with all attempts.
    Issue,
    /// A new code for a challenge that is there, with the attempts it has left.
    Replace,
}

/// What the store holds in the first state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Nothing: the entity never had a challenge.
    Empty,
    /// One challenge, number 1, sent.
    Issued,
}

/// Which codes the clients type in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codes {
    /// The right one or nonsense. Enough wherever codes of other challenges are not the point.
    RightOrWrong,
    /// Also the codes of the entity's other challenges.
    Any,
}

/// The participants and the bounds of one exploration. All times are ticks.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Clients that verify one code each, at most 3.
    pub verifiers: usize,
    /// Issuers of one task each, at most 2.
    pub issuers: Vec<Task>,
    /// Whether an issuer starts only when no other is at work (it may have died there).
    pub in_turn: bool,
    /// Whether somebody asks for the status in two steps, over and over.
    pub reader: bool,
    /// What is there at first.
    pub start: Start,
    /// Codes compared per challenge, resends included.
    pub limit: u8,
    /// How long a challenge lives; none is beyond the horizon.
    pub lifetime: Option<u8>,
    /// The clock stops here.
    pub horizon: u8,
    /// Whether "expired" is said this long after the end where no rank is in flight, and no answer is given where
    /// one is. Without, it is said once nothing can be in flight any more, and "pending" until then.
    pub early_after: Option<u8>,
    /// How far the verifiers' clocks are behind everyone else's.
    pub lag: u8,
    /// What clients type in.
    pub codes: Codes,
    /// Whether somebody with access to the store gives each later record the keyed hash of the one before.
    pub transplant: bool,
    /// The rule that is broken, if any.
    pub mutant: Option<Mutant>,
}

impl Scenario {
    fn base() -> Self {
        Self {
            verifiers: 0,
            issuers: Vec::new(),
            in_turn: false,
            reader: false,
            start: Start::Issued,
            limit: 2,
            lifetime: None,
            horizon: 0,
            early_after: None,
            lag: 0,
            codes: Codes::RightOrWrong,
            transplant: false,
            mutant: None,
        }
    }

    /// Three clients and a challenge whose time runs out.
    pub fn expiry() -> Self {
        Self { verifiers: 3, reader: true, lifetime: Some(1), horizon: 4, ..Self::base() }
    }

    /// The same with clients on a host whose clock is `lag` ticks behind everyone else's.
    pub fn skewed_clocks(lag: u8) -> Self {
        Self { lag, reader: false, horizon: 5, ..Self::expiry() }
    }

    /// Three clients and one issuer that supersedes their challenge.
    pub fn supersede() -> Self {
        Self { verifiers: 3, issuers: vec![Task::Issue], horizon: 3, ..Self::base() }
    }

    /// Superseding while the time runs out, watched by a reader.
    pub fn supersede_and_expire() -> Self {
        Self {
            verifiers: 2,
            issuers: vec![Task::Issue],
            reader: true,
            lifetime: Some(1),
            horizon: 4,
            ..Self::base()
        }
    }

    /// Two issuers at once over a challenge in use.
    pub fn two_issuers() -> Self {
        Self { verifiers: 2, issuers: vec![Task::Issue; 2], horizon: 3, ..Self::base() }
    }

    /// Two issuers at once for an entity that is new.
    pub fn two_first_issuers() -> Self {
        Self { start: Start::Empty, ..Self::two_issuers() }
    }

    /// Two resends, at once or one after the other, and three clients.
    pub fn resends() -> Self {
        Self { verifiers: 3, issuers: vec![Task::Replace; 2], horizon: 2, ..Self::base() }
    }

    /// The same for challenges with one attempt.
    pub fn resends_of_one_attempt() -> Self {
        Self { verifiers: 2, limit: 1, ..Self::resends() }
    }

    /// Two resends, the second of which starts when the first is done or dead.
    pub fn resends_in_turn() -> Self {
        Self { in_turn: true, ..Self::resends() }
    }

    /// A resend and a new challenge at once.
    pub fn resend_against_issue() -> Self {
        Self { verifiers: 2, issuers: vec![Task::Issue, Task::Replace], horizon: 3, ..Self::base() }
    }

    /// Codes of one challenge typed in for another.
    pub fn foreign_codes() -> Self {
        Self { verifiers: 2, issuers: vec![Task::Issue], horizon: 2, codes: Codes::Any, ..Self::base() }
    }

    /// The same, with keyed hashes copied from one record to the next.
    pub fn transplanted_codes() -> Self {
        Self { transplant: true, ..Self::foreign_codes() }
    }

    /// The same where "expired" is said as early as it can be.
    #[must_use]
    pub fn expiring_early(self, margin: u8) -> Self {
        Self { early_after: Some(margin), ..self }
    }

    /// The same with one rule broken.
    #[must_use]
    pub fn with(self, mutant: Mutant) -> Self {
        Self { mutant: Some(mutant), ..self }
    }

    pub(crate) fn breaks(&self, mutant: Mutant) -> bool {
        self.mutant == Some(mutant)
    }
}
