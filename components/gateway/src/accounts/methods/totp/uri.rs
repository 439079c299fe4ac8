//! What a QR code tells an app: the Key URI format, `otpauth://`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands for itself in a URI (RFC 3986 §2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How much of a name is told, in characters. The app shows about as much, and a code with more in it is hard to scan.
const LONGEST_ISSUER: usize = 32;
const LONGEST_LABEL: usize = 64;

/// The URI for a secret in base 32.
pub(super) fn otpauth(secret: &str, issuer: &str, label: &str) -> String {
    let issuer = name(issuer, LONGEST_ISSUER);
    let label = name(label, LONGEST_LABEL);
    // All parameters that have a default are there nevertheless: not every app has the same.
    format!(
        "otpauth://totp/{issuer}:{label}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"
    )
}

/// A colon separates the two names, escaped or not, so neither may hold one.
fn name(text: &str, longest: usize) -> String {
    let shown = |character: &char| *character != ':' && !character.is_control();
    let text: String = text.chars().filter(shown).take(longest).collect();
    utf8_percent_encode(text.trim(), ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_and_cannot_add_anything() {
        assert_eq!(
            otpauth("ABC", "Acme & Söhne", "ann+1@example.com"),
            "otpauth://totp/Acme%20%26%20S%C3%B6hne:ann%2B1%40example.com?secret=ABC\
             &issuer=Acme%20%26%20S%C3%B6hne&algorithm=SHA1&digits=6&period=30"
        );
        let planted = otpauth("ABC", "A:B\n", " x?secret=DEF&issuer=Y#/%3A: ");
        assert_eq!(
            planted,
            "otpauth://totp/AB:x%3Fsecret%3DDEF%26issuer%3DY%23%2F%253A?secret=ABC\
             &issuer=AB&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        let uri = otpauth("ABC", &"é".repeat(80), &"a".repeat(300));
        assert_eq!(uri.matches("%C3%A9").count(), 2 * LONGEST_ISSUER);
        assert!(uri.contains(&format!(":{}?", "a".repeat(LONGEST_LABEL))));
    }
}
