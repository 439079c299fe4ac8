//! E-mail addresses.

use core::fmt;
use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};

/// The longest address that fits into an SMTP command (RFC 5321 §4.5.3.1.3).
const LONGEST: usize = 254;

/// An address of printable ASCII, as it is stored, compared and sent to: the domain in lower case.
///
/// `Debug` does not show it: an address is not for logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Email(String);

impl Email {
    /// Reads what a client sent. Space around it is dropped; the part before the `@` keeps its case, because only its
    /// host knows whether case matters there.
    ///
    /// Quoted local parts, address literals and anything beyond ASCII are refused: not every mail server
    /// takes them, and a second factor that cannot be sent locks its owner out.
    pub(crate) fn parse(text: &str) -> Option<Email> {
        let text = text.trim();
        let plain = text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        if !plain || EmailAddress::parse_with_options(text, options).is_err() {
            return None;
        }
        let (local, domain) = text.rsplit_once('@')?;
        Some(Email(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Enough to recognise an address one knows, and to see that it is another: `a***e@example.com`. The domain is shown
    /// whole, because it is what somebody else's address can hardly share.
    pub(crate) fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        let first = local.get(..1).unwrap_or("");
        let last = if local.len() > 4 { local.get(local.len() - 1..).unwrap_or("") } else { "" };
        format!("{first}***{last}@{domain}")
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_normalised_once() {
        let address = Email::parse("  Ann.Lee+x@Example.COM ").unwrap();
        assert_eq!(address.as_str(), "Ann.Lee+x@example.com");
        assert_eq!(address.masked(), "A***x@example.com");
        assert_eq!(Email::parse("a@mail.b.co.uk").unwrap().masked(), "a***@mail.b.co.uk");
    }

    #[test]
    fn what_a_mail_server_may_not_take_is_no_address() {
        let long = format!("{}@{}.com", "a".repeat(64), "b".repeat(200));
        for text in [
            "",
            "a",
            "@b.com",
            "a@",
            "a@b",
            "a@b@c.com",
            "a b@c.com",
            "a@b.com\r\nBcc: x@y.com",
            "a\u{0}@b.com",
            "\"a\"@b.com",
            "a@[127.0.0.1]",
            "Ann <a@b.com>",
            "ä@b.com",
            "a@bä.com",
            "a@-b.com",
            "a..b@c.com",
            ".a@b.com",
            "a,b@c.com",
            &long,
        ] {
            assert_eq!(Email::parse(text), None, "{text}");
        }
    }

    #[test]
    fn debug_output_does_not_show_it() {
        assert!(!format!("{:?}", Email::parse("ann@example.com")).contains("ann"));
    }
}
