//! Which keys may go.

const DAY: u64 = 86_400;

/// How much later than it may be a key is removed: clocks of machines that share a store differ.
const MARGIN: u64 = 3_600;

/// Whether `key`, as it stands in Spin's store, is one of ours whose last day is over. `now`: seconds since 1970.
///
/// Keys look like `stepgate:<r or c>/<day>/<path>`, with `-` for a day that never comes. Whatever looks otherwise
/// is somebody else's and stays: on Redis the store is shared.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "used by the component"))]
pub(crate) fn is_over(key: &str, now: u64) -> bool {
    last_day(key).is_some_and(|day| {
        let over = u64::from(day).saturating_add(1).saturating_mul(DAY).saturating_add(MARGIN);
        now >= over
    })
}

fn last_day(key: &str) -> Option<u32> {
    let (shape, rest) = key.strip_prefix("stepgate:")?.split_once('/')?;
    let (day, path) = rest.split_once('/')?;
    if !matches!(shape, "r" | "c") || path.is_empty() || !day.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    day.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_goes_an_hour_after_its_last_day_and_not_before() {
        let over = 20_001 * 86_400 + 3_600;
        for key in ["stepgate:r/20000/challenge/x", "stepgate:c/20000/word/x"] {
            assert!(!is_over(key, over - 1), "{key}");
            assert!(is_over(key, over), "{key}");
        }
    }

    #[test]
    fn a_key_for_ever_stays() {
        assert!(!is_over("stepgate:r/-/entity/x", u64::MAX));
        assert!(!is_over("stepgate:c/-/generation/x", u64::MAX));
    }

    #[test]
    fn what_is_not_ours_stays() {
        for key in [
            "r/1/x",
            "stepgate:",
            "stepgate:r",
            "stepgate:r/1",
            "stepgate:r/1/",
            "stepgate:x/1/x",
            "stepgate:r//x",
            "stepgate:r/+1/x",
            "stepgate:r/-1/x",
            "stepgate:r/1 /x",
            "xstepgate:r/1/x",
            "STEPGATE:r/1/x",
            "stepgate:r/99999999999/x",
            "stepgate:session/1/x",
        ] {
            assert!(!is_over(key, u64::MAX), "{key}");
        }
    }

    proptest! {
        #[test]
        fn no_key_goes_before_its_time(day in any::<u32>(), before in 1_u64..1_000_000) {
            let end = (u64::from(day) + 1) * DAY;
            let key = format!("stepgate:r/{day}/x");
            prop_assert!(!is_over(&key, end.saturating_sub(before)));
            prop_assert!(is_over(&key, end + MARGIN));
        }
    }
}
