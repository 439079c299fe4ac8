//! When a message is tried: at once, and ten times more within a day, further and further apart.

use crate::ports::Surroundings;
use core::time::Duration;
use stepgate_storage::Timestamp;

/// After which attempt how many seconds pass until the next.
const PAUSES: [u64; 10] = [15, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800];

/// The number of the last attempt; the first is 1.
pub(super) const LAST: u32 = 11;

/// How long after it was written a message is still tried.
const LIFETIME: Duration = Duration::from_secs(86_400);

/// When the attempt after this one is due. Not all at the same time: a tenth more or less, by chance.
pub(super) fn after(
    surroundings: &impl Surroundings,
    attempt: u32,
    written: Timestamp,
    now: Timestamp,
) -> Timestamp {
    let place = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let pause = PAUSES.get(place).copied().unwrap_or(60) * 1_000;
    let chance = u64::from(u16::from_le_bytes(surroundings.random()));
    let pause = pause - pause / 10 + pause / 5 * chance / u64::from(u16::MAX);
    let next = now + Duration::from_millis(pause);
    let end = written + LIFETIME;
    // The last one is not put off beyond the end, and what comes after it is the end.
    if next > end && now < end { end } else { next }
}

/// Whether there is no attempt of this number any more. The first is made however late it is, unless the receiver has
/// `refused` something since the message was written.
pub(super) fn is_over(attempt: u32, refused: bool, written: Timestamp, now: Timestamp) -> bool {
    attempt > LAST || ((attempt > 1 || refused) && now.since(written) > LIFETIME + Duration::from_secs(60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestPorts;

    /// §6: retry with backoff up to 24 h.
    #[test]
    fn a_message_is_tried_eleven_times_within_a_day() {
        for _ in 0..100 {
            let ports = TestPorts::default();
            let written = ports.now();
            let mut now = written;
            let mut pauses = Vec::new();
            let mut attempt = 1;
            while !is_over(attempt, true, written, now) {
                let next = after(&ports, attempt, written, now);
                pauses.push(next.since(now).as_secs());
                now = next;
                attempt += 1;
            }
            assert!((10..=12).contains(&attempt), "{attempt} {pauses:?}");
            assert!((13..=17).contains(&pauses[0]) && (54..=66).contains(&pauses[1]), "{pauses:?}");
            let last = now.since(written).as_secs();
            assert!((77_000..=86_400 + 120).contains(&last), "{last}");
        }
    }

    #[test]
    fn no_two_messages_are_tried_at_the_same_times() {
        let ports = TestPorts::default();
        let now = ports.now();
        let first = after(&ports, 5, now, now);
        assert!((0..20).any(|_| after(&ports, 5, now, now) != first));
    }
}
