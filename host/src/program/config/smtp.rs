use super::WrongSetting;
use super::raw;
use std::net::IpAddr;
use stepgate_host::delivery::{Smtp, SmtpError, SmtpOptions, SmtpTls};

pub(super) fn check(raw: raw::Smtp) -> Result<Smtp, WrongSetting> {
    let (tls, default_port) = match raw.tls {
        raw::SmtpTls::None => (SmtpTls::None, 25),
        raw::SmtpTls::StartTls => (SmtpTls::StartTls, 587),
        raw::SmtpTls::Tls => (SmtpTls::Tls, 465),
    };
    let credentials = match (raw.username, raw.password) {
        (Some(username), Some(password)) => Some((username, password)),
        (None, None) => None,
        (Some(_), None) => return Err(WrongSetting::new("smtp.password", "is required with smtp.username")),
        (None, Some(_)) => return Err(WrongSetting::new("smtp.username", "is required with smtp.password")),
    };
    if raw.host.trim().is_empty() {
        return Err(WrongSetting::new("smtp.host", "must not be empty"));
    }
    if matches!(tls, SmtpTls::None) && !is_this_machine(&raw.host) {
        let why = "may be none only where smtp.host is this machine, as 127.0.0.1, ::1 or localhost";
        return Err(WrongSetting::new("smtp.tls", why));
    }
    let options = SmtpOptions {
        host: raw.host,
        port: raw.port.unwrap_or(default_port),
        tls,
        credentials,
        from: raw.from,
    };
    Smtp::new(options).map_err(|error| match error {
        SmtpError::From => {
            WrongSetting::new("smtp.from", "must be an e-mail address, with or without a name")
        }
        SmtpError::Tls(reason) => WrongSetting::new("smtp.tls", reason),
    })
}

/// Whether what is sent to that host leaves this machine for no network, where codes could be read by others.
fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
