//! Where a request goes, as its URL says.

use http::Uri;
use http::uri::Scheme;
use std::net::{IpAddr, Ipv6Addr};
use wasmtime_wasi_http::Error;

/// The longest name there is in the DNS.
const MAX_NAME: usize = 253;

pub(super) struct Target {
    pub(super) is_secure: bool,
    pub(super) host: Host,
    pub(super) port: u16,
}

pub(super) enum Host {
    Address(IpAddr),
    /// Lower-case, without a dot at its end. May be another way to write an address: whoever looks it up finds out.
    Name(String),
}

impl Host {
    /// For the log, for TLS, and to count by.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Address(address) => address.to_string(),
            Self::Name(name) => name.clone(),
        }
    }
}

impl Target {
    pub(super) fn of(uri: &Uri) -> Result<Self, Error> {
        let is_secure = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(Error::HttpProtocolError),
        };
        let authority = uri.authority().ok_or(Error::HttpRequestUriInvalid)?;
        if authority.as_str().contains('@') {
            return Err(Error::HttpRequestUriInvalid);
        }
        let port = match authority.port() {
            Some(port) => port.as_u16(),
            // What is there is no port: too large, or nothing after the colon.
            None if authority.as_str() != authority.host() => return Err(Error::HttpRequestUriInvalid),
            None if is_secure => 443,
            None => 80,
        };
        Ok(Self { is_secure, host: host(authority.host())?, port })
    }
}

fn host(text: &str) -> Result<Host, Error> {
    if let Some(inside) = text.strip_prefix('[') {
        // Without a zone: link-local addresses are out of reach.
        let address = inside.strip_suffix(']').and_then(|text| text.parse::<Ipv6Addr>().ok());
        return address.map(|address| Host::Address(address.into())).ok_or(Error::HttpRequestUriInvalid);
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(Host::Address(address));
    }
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    if name.is_empty() || name.len() > MAX_NAME {
        return Err(Error::HttpRequestUriInvalid);
    }
    Ok(Host::Name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(uri: &str) -> Result<(bool, String, u16), Error> {
        let target = Target::of(&uri.parse().unwrap())?;
        Ok((target.is_secure, target.host.text(), target.port))
    }

    #[test]
    fn hosts_and_ports_are_read() {
        for (uri, secure, host, port) in [
            ("https://Example.COM/hook?a=b", true, "example.com", 443),
            ("https://example.com.:8443/", true, "example.com", 8443),
            ("http://10.0.0.1", false, "10.0.0.1", 80),
            ("https://[2001:db8::1]", true, "2001:db8::1", 443),
            ("https://[::1]:444/", true, "::1", 444),
            ("http://2130706433/", false, "2130706433", 80),
        ] {
            let target = read(uri).unwrap();
            assert_eq!((target.0, target.1.as_str(), target.2), (secure, host, port), "{uri}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for uri in [
            "https://user@example.com/",
            "https://user:pass@example.com/",
            "https://@example.com/",
            "https://./",
            "https://[::1%25eth0]/",
            "https://[v1.a]/",
            "https://example.com:/",
            "https://example.com:99999/",
        ] {
            // Some of these are no URL to begin with.
            let Ok(uri) = uri.parse::<Uri>() else { continue };
            assert!(matches!(Target::of(&uri), Err(Error::HttpRequestUriInvalid)), "{uri}");
        }
        assert!(matches!(read("ftp://example.com/"), Err(Error::HttpProtocolError)));
        assert!(matches!(read("/path"), Err(Error::HttpProtocolError)));
    }
}
