//! Instants as text, in UTC.

use stepgate_storage::Timestamp;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

/// The last millisecond of the year 9999, beyond which there is no RFC 3339.
const LAST: u64 = 253_402_300_799_999;

/// For programs: RFC 3339 with milliseconds, `2026-01-15T10:15:00.000Z`.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    format(
        at,
        format_description!(
            version = 2,
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z"
        ),
    )
}

/// For webhooks: RFC 3339 with microseconds and an offset, `2026-01-15T10:15:00.000000+00:00`.
pub(crate) fn with_offset(at: Timestamp) -> String {
    format(
        at,
        format_description!(
            version = 2,
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]+00:00"
        ),
    )
}

/// For people: `15 January 2026, 10:15 UTC`.
pub(crate) fn plain(at: Timestamp) -> String {
    format(
        at,
        format_description!(version = 2, "[day padding:none] [month repr:long] [year], [hour]:[minute] UTC"),
    )
}

/// For people, to the second: `15 January 2026, 10:15:09 UTC`.
pub(crate) fn plain_seconds(at: Timestamp) -> String {
    format(
        at,
        format_description!(
            version = 2,
            "[day padding:none] [month repr:long] [year], [hour]:[minute]:[second] UTC"
        ),
    )
}

/// For an SMS: `10:15 UTC`.
pub(crate) fn clock(at: Timestamp) -> String {
    format(at, format_description!(version = 2, "[hour]:[minute] UTC"))
}

fn format(at: Timestamp, description: &[BorrowedFormatItem<'_>]) -> String {
    let millis = i64::try_from(at.0.min(LAST)).unwrap_or_default();
    // Every part of the descriptions above is known for every instant up to LAST, so this cannot fail.
    (OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(millis)).format(description).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_reads_the_same_for_programs_and_people() {
        let at = Timestamp(1_768_472_109_045);
        assert_eq!(rfc3339(at), "2026-01-15T10:15:09.045Z");
        assert_eq!(with_offset(at), "2026-01-15T10:15:09.045000+00:00");
        assert_eq!(plain(at), "15 January 2026, 10:15 UTC");
        assert_eq!(plain_seconds(at), "15 January 2026, 10:15:09 UTC");
        assert_eq!(clock(at), "10:15 UTC");
        assert_eq!(rfc3339(Timestamp(u64::MAX)), "9999-12-31T23:59:59.999Z");
        assert_eq!(rfc3339(Timestamp(0)), "1970-01-01T00:00:00.000Z");
    }
}
