//! Instants as text, in UTC.

use stepgate_storage::Timestamp;
use time::{Duration, UtcDateTime};

/// The last millisecond of the year 9999, beyond which there is no RFC 3339.
const LAST: u64 = 253_402_300_799_999;

/// For programs: RFC 3339 with milliseconds, `2026-01-15T10:15:00.000Z`.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    let at = utc(at);
    format!("{}.{:03}Z", to_the_second(at), at.millisecond())
}

/// For webhooks: RFC 3339 with microseconds and an offset, `2026-01-15T10:15:00.000000+00:00`.
pub(crate) fn with_offset(at: Timestamp) -> String {
    let at = utc(at);
    format!("{}.{:06}+00:00", to_the_second(at), at.microsecond())
}

/// For people: `15 January 2026, 10:15 UTC`.
pub(crate) fn plain(at: Timestamp) -> String {
    format!("{}, {}", day(at), clock(at))
}

/// For people, to the second: `15 January 2026, 10:15:09 UTC`.
pub(crate) fn plain_seconds(at: Timestamp) -> String {
    let (hour, minute, second) = utc(at).as_hms();
    format!("{}, {hour:02}:{minute:02}:{second:02} UTC", day(at))
}

/// For an SMS: `10:15 UTC`.
pub(crate) fn clock(at: Timestamp) -> String {
    let (hour, minute, _) = utc(at).as_hms();
    format!("{hour:02}:{minute:02} UTC")
}

fn day(at: Timestamp) -> String {
    let at = utc(at);
    format!("{} {} {}", at.day(), at.month(), at.year())
}

fn to_the_second(at: UtcDateTime) -> String {
    let (hour, minute, second) = at.as_hms();
    // The calendar is the library's; its own way of writing it would add 15 KiB to the component.
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

fn utc(at: Timestamp) -> UtcDateTime {
    UtcDateTime::UNIX_EPOCH + Duration::milliseconds(i64::try_from(at.0.min(LAST)).unwrap_or_default())
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
