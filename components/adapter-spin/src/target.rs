//! Where messages go: the variables `delivery_url` and `delivery_token`, parsed.

use http::Uri;
use http::uri::Scheme;

/// An address a message may be posted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) tls: bool,
    pub(crate) authority: String,
    pub(crate) path_and_query: String,
}

impl Target {
    /// Messages hold live codes, so plain HTTP is for the machine itself and for Spin's own service chaining, which
    /// stays inside the process. The text names the rule and never the address: it may hold a secret path.
    pub(crate) fn parse(url: &str) -> Result<Self, &'static str> {
        let uri: Uri = url.parse().map_err(|_| "delivery_url is not a URL")?;
        let authority = uri.authority().ok_or("delivery_url has no host")?;
        if authority.as_str().contains('@') {
            return Err("delivery_url must not hold a user name; use delivery_token");
        }
        let tls = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP && stays_here(authority.host()) => false,
            _ => return Err("delivery_url must begin with https:// (http:// only for this machine)"),
        };
        Ok(Self {
            tls,
            authority: authority.as_str().into(),
            path_and_query: uri.path_and_query().map_or("/", |path| path.as_str()).into(),
        })
    }
}

fn stays_here(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".spin.internal")
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart() {
        let target = Target::parse("https://mail.example:8443/send?via=spin").unwrap();
        assert_eq!(
            target,
            Target {
                tls: true,
                authority: "mail.example:8443".into(),
                path_and_query: "/send?via=spin".into()
            }
        );
        assert_eq!(Target::parse("https://mail.example").unwrap().path_and_query, "/");
    }

    #[test]
    fn plain_http_never_leaves_the_machine() {
        for here in ["127.0.0.1:8025", "127.9.9.9", "[::1]:80", "localhost", "mail.spin.internal"] {
            assert_eq!(
                Target::parse(&format!("http://{here}/")).map(|target| target.tls),
                Ok(false),
                "{here}"
            );
        }
        for away in ["mail.example", "10.0.0.7", "[2001:db8::1]", "localhost.example", "xspin.internal"] {
            assert!(Target::parse(&format!("http://{away}/")).is_err(), "{away}");
        }
    }

    #[test]
    fn other_urls_are_refused_without_being_repeated() {
        for wrong in
            ["mail.example", "/s3cret", "ftp://s3cret/", "https://user:s3cret@mail.example/", "https://", ""]
        {
            let text = Target::parse(wrong).unwrap_err();
            assert!(!text.contains("s3cret"), "{text}");
        }
    }
}
