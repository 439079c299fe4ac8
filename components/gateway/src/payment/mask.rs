//! Showing enough of an account to recognise it.

/// What stands for the rest of an account number.
const HIDDEN: &str = "****";

/// How much of either end of a wallet's address is shown, besides a prefix that all have.
///
/// The address is no secret, but who owns it is. Six characters at either end, because an address that shares two and
/// three with the expected one is made in a second, and would be confirmed in its place.
const WALLET_END: usize = 6;

/// `**** 6789`: the last four characters, or the last two of a number of less than eight. The text is ASCII.
pub(super) fn tail(number: &str) -> String {
    let shown = if number.len() < 8 { 2 } else { 4 };
    format!("{HIDDEN} {}", last(number, shown))
}

/// `DE89 **** 3000`. The text is ASCII.
pub(super) fn ends(number: &str) -> String {
    format!("{} {HIDDEN} {}", first(number, 4), last(number, 4))
}

/// `0x5aAeb6…1BeAed`, `9WzDXw…AWWM`. The text is ASCII.
pub(super) fn wallet(address: &str) -> String {
    let prefix = if address.starts_with("0x") { 2 } else { 0 };
    format!("{}…{}", first(address, prefix + WALLET_END), last(address, WALLET_END))
}

fn first(text: &str, length: usize) -> &str {
    text.get(..length).unwrap_or("")
}

fn last(text: &str, length: usize) -> &str {
    text.len().checked_sub(length).and_then(|start| text.get(start..)).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_number_is_not_shown_whole() {
        assert_eq!(tail("12345678901234567"), "**** 4567");
        assert_eq!(tail("12345678"), "**** 5678");
        assert_eq!(tail("1234567"), "**** 67");
        assert_eq!(tail("1234"), "**** 34");
        assert_eq!(tail("1"), "**** ");
    }
}
