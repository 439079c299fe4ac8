//! UUIDs as the API spells them.

use crate::ports::Surroundings;
use stepgate_storage::Timestamp;
use uuid::{Builder, Uuid};

/// Reads the form with four hyphens, in either case, and no other. What is not one is nobody's id.
pub(crate) fn parse(text: &str) -> Option<Uuid> {
    if text.len() == 36 { Uuid::try_parse(text).ok() } else { None }
}

/// A new id whose first 48 bits are the time, so that what hangs on it can be kept under the right day.
pub(crate) fn new(surroundings: &impl Surroundings, now: Timestamp) -> Uuid {
    Builder::from_unix_timestamp_millis(now.0, &surroundings.random()).into_uuid()
}

/// When an id made by [`new`] was made; none for an id of another kind.
pub(crate) fn made_at(id: Uuid) -> Option<Timestamp> {
    let (seconds, nanos) = id.get_timestamp().filter(|_| id.get_version_num() == 7)?.to_unix();
    Some(Timestamp(seconds.checked_mul(1000)?.checked_add(u64::from(nanos / 1_000_000))?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestPorts;

    #[test]
    fn an_id_carries_its_time() {
        let ports = TestPorts::default();
        let now = Timestamp(1_800_000_000_123);
        assert_eq!(made_at(new(&ports, now)), Some(now));
        assert_ne!(new(&ports, now), new(&ports, now));
        assert_eq!(made_at(Uuid::from_u128(0x3c90c3cc_0d44_4b50_8888_8dd25736052a)), None);
    }

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        assert!(parse("3c90c3cc-0d44-4b50-8888-8dd25736052a").is_some());
        assert_eq!(
            parse("3C90C3CC-0D44-4B50-8888-8DD25736052A"),
            parse("3c90c3cc-0d44-4b50-8888-8dd25736052a")
        );
        for other in [
            "",
            "3c90c3cc0d444b5088888dd25736052a",
            "{3c90c3cc-0d44-4b50-8888-8dd25736052a}",
            "urn:uuid:3c90c3cc-0d44-4b50-8888-8dd25736052a",
            "3c90c3cc-0d44-4b50-8888-8dd25736052",
            "3c90c3cc-0d44-4b50-8888-8dd25736052ä",
            "%33c90c3cc-0d44-4b50-8888-8dd25736052a",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
