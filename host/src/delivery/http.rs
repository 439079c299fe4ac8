//! Every message by one HTTP POST to a delivery service: the same body, headers and meaning of answers as on Spin
//! (docs/spin.md, "Messages"), so that one service does for both.

use super::{Channel, Delivery, DeliveryError, Message};
use crate::outbound::{Outbound, OutboundLimits};
use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt, ready};
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Request, Uri};
use http_body_util::{BodyExt as _, Full};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::Serialize;
use std::net::IpAddr;
use std::time::Duration;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

/// How long everything may take. Shorter than the guest's fence of 10 s: an answer after that would not be believed.
const TIMEOUT: Duration = Duration::from_secs(8);
/// Messages on their way at once. The harness sends with a quarter of its instances at most.
const MAX_REQUESTS: usize = 256;

/// What is wrong with where messages go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpDeliveryError {
    /// No URL of a service.
    #[error("must be an absolute URL without user and fragment")]
    Url,
    /// Messages hold live codes.
    #[error(
        "must begin with https://, or with http:// where its host is this machine, as 127.0.0.1, [::1] or localhost"
    )]
    InTheClear,
    /// The token cannot stand in a header.
    #[error("must be printable ASCII without spaces")]
    Token,
}

/// Posts messages as JSON: `{"channel":"sms","to":"+15551234567","subject":"","text":"…"}`. Has no `Debug`, because
/// URL and token may both be secret.
pub struct HttpDelivery {
    url: Uri,
    host: HeaderValue,
    authorization: Option<HeaderValue>,
    outbound: Outbound,
}

impl HttpDelivery {
    /// To `url`, with `token` as `Authorization: Bearer …`. It trusts the machine's root certificates, follows no
    /// redirects and uses no proxy.
    ///
    /// # Errors
    /// [`HttpDeliveryError`] names what is wrong, and quotes nothing.
    pub fn new(url: &str, token: Option<&str>) -> Result<Self, HttpDeliveryError> {
        let uri: Uri = url.parse().map_err(|_| HttpDeliveryError::Url)?;
        let authority = uri.authority().ok_or(HttpDeliveryError::Url)?;
        if authority.as_str().contains('@') || url.contains('#') {
            return Err(HttpDeliveryError::Url);
        }
        match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => {}
            Some(scheme) if *scheme == Scheme::HTTP && is_this_machine(authority) => {}
            Some(scheme) if *scheme == Scheme::HTTP => return Err(HttpDeliveryError::InTheClear),
            _ => return Err(HttpDeliveryError::Url),
        }
        let host = HeaderValue::from_str(authority.as_str()).map_err(|_| HttpDeliveryError::Url)?;
        Ok(Self {
            host,
            authorization: token.map(bearer).transpose()?,
            url: uri,
            outbound: Outbound::new(OutboundLimits {
                requests: MAX_REQUESTS,
                requests_per_host: MAX_REQUESTS,
                total_time: TIMEOUT,
                ..OutboundLimits::default()
            }),
        }
        .anywhere())
    }

    /// Through something else. For tests, and for root certificates of one's own.
    #[must_use]
    pub fn through(mut self, outbound: Outbound) -> Self {
        self.outbound = outbound;
        self.anywhere()
    }

    /// It is the operator who says where messages go, so no network is out of reach. What goes there in the clear has
    /// been settled.
    fn anywhere(mut self) -> Self {
        self.outbound = self.outbound.allow([IpNet::V4(Ipv4Net::default()), IpNet::V6(Ipv6Net::default())]);
        self
    }

    fn request(&self, message: &Message) -> Result<Request<WasiBody>, DeliveryError> {
        #[derive(Serialize)]
        struct Notice<'a> {
            channel: &'static str,
            to: &'a str,
            subject: &'a str,
            text: &'a str,
        }
        let notice = Notice {
            channel: match message.channel {
                Channel::Email => "email",
                Channel::Sms => "sms",
            },
            to: &message.to,
            subject: &message.subject,
            text: &message.text,
        };
        // The library's own words could quote the message.
        let malformed = || DeliveryError::Refused("the message has no valid form".into());
        let body = serde_json::to_vec(&notice).map_err(|_| malformed())?;
        let mut request = Request::post(self.url.clone())
            .header(HOST, self.host.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(CONTENT_LENGTH, HeaderValue::from(body.len()));
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        let body = Full::new(Bytes::from(body)).map_err(|never| match never {}).boxed_unsync();
        request.body(body).map_err(|_| malformed())
    }
}

impl Delivery for HttpDelivery {
    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), DeliveryError>> {
        async move {
            let request = self.request(&message)?;
            let sent = self.outbound.send(request, RequestOptions::default(), ready(Ok(())), None);
            match sent.await {
                Ok(answer) => judge(answer.status().as_u16()),
                Err(error) => Err(DeliveryError::Unavailable(reason(&error).into())),
            }
        }
        .boxed()
    }
}

/// 400, 413 and 422 speak of this message. Everything else that is no success may be mended, so it is worth trying again.
fn judge(status: u16) -> Result<(), DeliveryError> {
    match status {
        200..=299 => Ok(()),
        400 | 413 | 422 => Err(DeliveryError::Refused(format!("the delivery service answered {status}"))),
        _ => Err(DeliveryError::Unavailable(format!("the delivery service answered {status}"))),
    }
}

fn reason(error: &Error) -> &'static str {
    match error {
        Error::HttpResponseTimeout | Error::ConnectionTimeout | Error::DnsTimeout => {
            "the delivery service did not answer in time"
        }
        _ => "the delivery service could not be reached",
    }
}

fn bearer(token: &str) -> Result<HeaderValue, HttpDeliveryError> {
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(HttpDeliveryError::Token);
    }
    let mut value = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| HttpDeliveryError::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Whether what is sent to that host leaves this machine for no network, where codes could be read by others.
fn is_this_machine(authority: &Authority) -> bool {
    let host = authority.host();
    host.eq_ignore_ascii_case("localhost")
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_in_the_clear_to_this_machine_only() {
        for url in [
            "https://sms.example/send?via=stepgate",
            "https://10.1.2.3:8443/",
            "http://127.0.0.1:9000/",
            "http://127.1.2.3",
            "http://[::1]:9000/send",
            "http://LocalHost/",
        ] {
            assert!(HttpDelivery::new(url, None).is_ok(), "{url}");
        }
        for url in [
            "http://sms.example/",
            "http://10.1.2.3/",
            "http://localhost.example/",
            "http://127.0.0.1.example/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
        ] {
            assert_eq!(HttpDelivery::new(url, None).err(), Some(HttpDeliveryError::InTheClear), "{url}");
        }
        for url in ["", "sms.example", "/send", "ftp://sms.example/", "https://user@sms.example/", "https://"]
        {
            assert_eq!(HttpDelivery::new(url, None).err(), Some(HttpDeliveryError::Url), "{url}");
        }
    }

    #[test]
    fn a_token_is_one_word() {
        for token in ["", " ", "a b", "a\r\nX: y", "\u{e9}"] {
            let made = HttpDelivery::new("https://sms.example/", Some(token));
            assert_eq!(made.err(), Some(HttpDeliveryError::Token), "{token:?}");
        }
        assert!(HttpDelivery::new("https://sms.example/", Some("abc.DEF_-~+/=")).is_ok());
    }

    #[test]
    fn only_a_2xx_means_taken_and_only_what_speaks_of_the_message_is_final() {
        for status in 100..600 {
            let judged = judge(status);
            assert_eq!(judged.is_ok(), (200..300).contains(&status), "{status}");
            let is_final = matches!(judged, Err(DeliveryError::Refused(_)));
            assert_eq!(is_final, [400, 413, 422].contains(&status), "{status}");
        }
    }
}
