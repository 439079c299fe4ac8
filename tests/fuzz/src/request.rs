//! Requests as inputs write them.

use http::{HeaderName, HeaderValue, Method, Request, Uri};

/// A request that may not be one yet: what a server would not hand on is found out by [`Sent::request`].
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// As it is sent.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// In their order, names repeated or not.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Any bytes.
    pub body: Vec<u8>,
}

impl Sent {
    /// A request without headers and body.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Sent {
        Sent { method: method.into(), target: target.into(), ..Sent::default() }
    }

    /// With one header more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Sent {
        self.headers.push((name.into(), value.as_ref().to_vec()));
        self
    }

    /// With this body.
    #[must_use]
    pub fn with_body(self, body: impl Into<Vec<u8>>) -> Sent {
        Sent { body: body.into(), ..self }
    }

    /// Reads `METHOD TARGET`, a header on each line, an empty line and the body. What is no header is left out.
    #[must_use]
    pub fn parse(text: &[u8]) -> Sent {
        let mut sent = Sent::default();
        let (first, mut rest) = line(text);
        let first = String::from_utf8_lossy(first);
        let (method, target) = first.split_once(' ').unwrap_or((&first, ""));
        (sent.method, sent.target) = (method.into(), target.into());
        loop {
            let (header, after) = line(rest);
            rest = after;
            if header.is_empty() {
                break;
            }
            if let Some(colon) = header.iter().position(|byte| *byte == b':') {
                let (name, value) = header.split_at(colon);
                let value = value[1..].strip_prefix(b" ").unwrap_or(&value[1..]);
                sent.headers.push((String::from_utf8_lossy(name).into_owned(), value.to_vec()));
            }
        }
        sent.body = rest.to_vec();
        sent
    }

    /// The values of a header, as a server takes them.
    #[must_use]
    pub fn values(&self, name: &str) -> Vec<&[u8]> {
        let named = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named
            .filter(|(_, value)| HeaderValue::from_bytes(value).is_ok())
            .map(|(_, value)| &value[..])
            .collect()
    }

    /// The path without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// Whether this text is in it anywhere, so that an answer may repeat it.
    #[must_use]
    pub fn mentions(&self, text: &str) -> bool {
        let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        self.target.contains(text) || holds(&self.body) || self.headers.iter().any(|(_, value)| holds(value))
    }

    /// As the gateway gets it; none where no server would hand it on.
    #[must_use]
    pub fn request(&self) -> Option<Request<Vec<u8>>> {
        if !self.target.starts_with('/') {
            return None;
        }
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = Method::from_bytes(self.method.as_bytes()).ok()?;
        *request.uri_mut() = self.target.parse::<Uri>().ok()?;
        for (name, value) in &self.headers {
            let (name, value) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value));
            if let (Ok(name), Ok(value)) = (name, value) {
                request.headers_mut().append(name, value);
            }
        }
        Some(request)
    }
}

fn line(text: &[u8]) -> (&[u8], &[u8]) {
    match text.iter().position(|byte| *byte == b'\n') {
        Some(end) => (text[..end].strip_suffix(b"\r").unwrap_or(&text[..end]), &text[end + 1..]),
        None => (text, &[]),
    }
}
