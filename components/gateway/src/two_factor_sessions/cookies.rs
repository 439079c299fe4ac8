//! Cookies: out and back.
//!
//! All of ours are out of reach of scripts, and are sent by no other site's pages except when somebody follows a link here.

use crate::accounts::context::Context;
use crate::http::Response;
use core::time::Duration;
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};

pub(super) const SESSION: &str = "session_id";
pub(super) const DEVICE: &str = "device_token";

/// Has the browser keep a cookie for so long.
pub(super) fn set<P>(
    ctx: &Context<'_, P>,
    response: &mut Response,
    name: &str,
    value: &str,
    lasts: Duration,
) {
    // Without TLS a browser drops a cookie that is Secure. Only a sandbox has none.
    let secure = if ctx.settings.base_url.is_https() { "; Secure" } else { "" };
    let seconds = lasts.as_secs();
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    // Tokens are letters, digits, - and _, so this is a header.
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

/// A cookie that came. None if it came twice with different values: a page of a neighbouring host may have set one of them.
pub(super) fn read<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let pairs =
        headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';'));
    let mut values = pairs.filter_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    });
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}
