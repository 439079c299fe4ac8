/// What a request has written to, or seen in, a store and that is not known to be durable: a span of batches.
///
/// Only the store that noted it can read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen(Option<Span>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    first: u64,
    last: u64,
}

impl Seen {
    /// Nothing written or seen yet.
    pub const NOTHING: Self = Self(None);

    /// Notes that something of this batch was written or seen. Batches are numbered upwards by the store.
    pub fn note(&mut self, batch: u64) {
        self.0 = Some(match self.0 {
            None => Span { first: batch, last: batch },
            Some(span) => Span { first: span.first.min(batch), last: span.last.max(batch) },
        });
    }

    /// The oldest and the newest batch noted.
    pub fn span(self) -> Option<(u64, u64)> {
        self.0.map(|span| (span.first, span.last))
    }
}

#[cfg(test)]
mod tests {
    use super::Seen;

    #[test]
    fn covers_everything_noted() {
        let mut seen = Seen::NOTHING;
        assert_eq!(seen.span(), None);
        for batch in [5, 3, 9, 4] {
            seen.note(batch);
        }
        assert_eq!(seen.span(), Some((3, 9)));
    }
}
