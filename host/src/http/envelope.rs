//! What a refusal looks like. The APIs differ in it, and their clients read only their own, so the harness writes the guest's
//! where it answers in the guest's place.

use super::TraceId;
use http::StatusCode;

/// The shapes, by the contract that prints them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Envelope {
    /// authentication-codes.md and identifications.md; also whatever is no API.
    Codes,
    /// login-mfa.md §1.
    LoginMfa,
    /// two-factor-sessions.md §1.
    Sessions,
}

impl Envelope {
    /// By the first segment of a request's path, as the guest decides it.
    pub(super) fn of(path: &str) -> Self {
        match path.split('/').nth(1) {
            Some("reg" | ".well-known") => Self::LoginMfa,
            Some("auth" | "bridge") => Self::Sessions,
            _ => Self::Codes,
        }
    }

    /// A body in JSON. Neither `code` nor `message` holds anything that has to be escaped.
    pub(super) fn write(
        self,
        status: StatusCode,
        code: &'static str,
        message: &'static str,
        trace: TraceId,
    ) -> String {
        match self {
            Self::Codes => format!(r#"{{"message":"{message}","trace_id":"{trace}"}}"#),
            Self::LoginMfa => {
                let name =
                    status.canonical_reason().unwrap_or_default().to_ascii_uppercase().replace(' ', "_");
                format!(r#"{{"status":"{name}","message":"{message}","traceId":"{trace}","errors":[]}}"#)
            }
            // The trace is for who asks for help about a failure of ours.
            Self::Sessions if status.is_server_error() => {
                format!(r#"{{"success":false,"error":"{message}","code":"{code}","trace_id":"{trace}"}}"#)
            }
            Self::Sessions => format!(r#"{{"success":false,"error":"{message}","code":"{code}"}}"#),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;

    #[test]
    fn a_path_has_the_envelope_of_its_api() {
        for (path, envelope) in [
            ("/api/authentication-codes", Envelope::Codes),
            ("/confirm/x", Envelope::Codes),
            ("/", Envelope::Codes),
            ("", Envelope::Codes),
            ("/regional", Envelope::Codes),
            ("/reg/v1/auth/token", Envelope::LoginMfa),
            ("/reg", Envelope::LoginMfa),
            ("/.well-known/jwks.json", Envelope::LoginMfa),
            ("/auth/login", Envelope::Sessions),
            ("/bridge/validate", Envelope::Sessions),
        ] {
            assert_eq!(Envelope::of(path), envelope, "{path}");
        }
    }

    #[test]
    fn each_contract_has_its_fields() {
        let trace = TraceId::of(&HeaderMap::new());
        let shaped = |envelope: Envelope, status| {
            envelope.write(status, "BODY_TOO_LARGE", "too large", trace).replace(&trace.to_string(), "TRACE")
        };
        let write = |envelope| shaped(envelope, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(write(Envelope::Codes), r#"{"message":"too large","trace_id":"TRACE"}"#);
        assert_eq!(
            write(Envelope::LoginMfa),
            r#"{"status":"PAYLOAD_TOO_LARGE","message":"too large","traceId":"TRACE","errors":[]}"#
        );
        assert_eq!(
            write(Envelope::Sessions),
            r#"{"success":false,"error":"too large","code":"BODY_TOO_LARGE"}"#
        );
        assert_eq!(
            shaped(Envelope::Sessions, StatusCode::INTERNAL_SERVER_ERROR),
            r#"{"success":false,"error":"too large","code":"BODY_TOO_LARGE","trace_id":"TRACE"}"#
        );
    }
}
