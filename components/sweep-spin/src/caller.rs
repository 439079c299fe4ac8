//! Who may sweep: whoever holds the variable `sweep_token`.

use subtle::ConstantTimeEq as _;

/// The shortest token that is taken. `openssl rand -hex 16` makes one.
const MIN_TOKEN: usize = 32;

#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "used by the component"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// No usable token is set, so there is no such route.
    NoRoute,
    /// The token is missing or wrong.
    Stranger,
    Operator,
}

/// `token`: the variable. `authorization`: the request's header.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "used by the component"))]
pub(crate) fn identify(token: &str, authorization: Option<&str>) -> Caller {
    if token.len() < MIN_TOKEN {
        return Caller::NoRoute;
    }
    let given = authorization.and_then(|header| header.strip_prefix("Bearer ")).unwrap_or_default();
    if bool::from(given.as_bytes().ct_eq(token.as_bytes())) { Caller::Operator } else { Caller::Stranger }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn without_a_long_token_there_is_no_route() {
        assert_eq!(identify("", Some("Bearer ")), Caller::NoRoute);
        assert_eq!(identify("short", Some("Bearer short")), Caller::NoRoute);
    }

    #[test]
    fn only_the_token_opens() {
        assert_eq!(identify(TOKEN, Some(&format!("Bearer {TOKEN}"))), Caller::Operator);
        for wrong in [None, Some(""), Some("Bearer "), Some(TOKEN), Some(&TOKEN[1..]), Some("Bearer x")] {
            assert_eq!(identify(TOKEN, wrong), Caller::Stranger, "{wrong:?}");
        }
        assert_eq!(identify(TOKEN, Some(&format!("Bearer {TOKEN}x"))), Caller::Stranger);
    }
}
