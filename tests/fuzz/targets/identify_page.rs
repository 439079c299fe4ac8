//! The hosted identification: whoever has the link needs the code, and whoever fills in the form a session.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use stepgate_fuzz::check::{Answer, Visit, visit};
use stepgate_fuzz::request::Sent;
use stepgate_fuzz::world::WRITER;

const MOST: usize = 6;

/// Its cookie, and the seal of the form it has been shown.
type Browser = Option<(&'static str, &'static str)>;

/// Each link, its identification, and the browser that has given its code already.
const LINKS: [(&str, &str, Browser); 3] = [
    ("LINK", "IDENTIFICATION", None),
    ("LAST_LINK", "LAST_IDENTIFICATION", Some(("COOKIE", "SEAL"))),
    ("BUSINESS_LINK", "BUSINESS_IDENTIFICATION", Some(("BUSINESS_COOKIE", "BUSINESS_SEAL"))),
];

// The first byte says which link, the second in which environment. Each line is a form, or, with `!` before it, one without
// the cookie.
fuzz_target!(|input: &[u8]| {
    let [which, environment, forms @ ..] = input else { return };
    let (link, identification, cookie) = LINKS[usize::from(*which) % LINKS.len()];
    let sandbox = environment % 2 == 1;
    visit(|visit| {
        visit.ports.set("environment", if sandbox { "sandbox" } else { "production" });
        let path = format!("/identify/{}", visit.world.id(link));
        let mut session = cookie.map(|(cookie, _)| visit.world.id(cookie).to_owned());
        let mut seal = cookie.map(|(_, seal)| visit.world.id(seal).to_owned());
        let mut codes =
            if cookie.is_none() { vec![visit.world.id("PAGE_CODE").to_owned()] } else { Vec::new() };
        let forms = visit.world.fill_in(forms);
        for form in forms.split(|byte| *byte == b'\n').take(MOST) {
            let (form, anonymous) = match form.strip_prefix(b"!") {
                Some(form) => (form, true),
                None => (form, false),
            };
            let sent = as_form(&path, form, if anonymous { None } else { session.as_deref() });
            let before = status(visit, identification);
            let Some(answer) = visit.send(&sent) else { return };
            if let Some(code) = newest_code(visit)
                && codes.last() != Some(&code)
            {
                visit.learn_code(&code);
                codes.push(code);
            }
            check_cookie(&answer, form, &codes, sandbox);
            let after = status(visit, identification);
            if before != after {
                assert!(session.is_some() && !anonymous, "a form was taken without a session");
                assert_eq!(field(form, "do"), "submit");
                // That of a session which began here stands in a page that nobody has read.
                assert!(
                    seal.as_ref().is_some_and(|seal| field(form, "seal") == *seal),
                    "another form's seal"
                );
                assert_eq!((before.as_str(), answer.status), (Some("Pending"), 303));
            }
            if let Some(given) =
                answer.header("set-cookie").split(';').next().filter(|given| !given.is_empty())
            {
                (session, seal) = (Some(given.to_owned()), None);
            }
            let page = match &session {
                Some(session) => Sent::new("GET", &path).with("cookie", session),
                None => Sent::new("GET", &path),
            };
            visit.send(&page);
        }
    });
});

fn as_form(path: &str, form: &[u8], session: Option<&str>) -> Sent {
    let sent =
        Sent::new("POST", path).with("content-type", "application/x-www-form-urlencoded").with_body(form);
    match session {
        Some(session) => sent.with("cookie", session),
        None => sent,
    }
}

/// A session is given to whoever gives a code that was sent, and to nobody else.
fn check_cookie(answer: &Answer, form: &[u8], codes: &[String], sandbox: bool) {
    let cookie = answer.header("set-cookie");
    if cookie.is_empty() {
        return;
    }
    let typed: String = field(form, "code").chars().filter(char::is_ascii_digit).collect();
    assert!(codes.contains(&typed) || sandbox && typed == "123456", "{typed} was taken for a code");
    for part in ["identify=", "Path=/identify", "HttpOnly", "SameSite=Lax", "Secure"] {
        assert!(cookie.contains(part), "{part} is missing from the cookie");
    }
}

/// A field of a form, if it is there once.
fn field(form: &[u8], name: &str) -> String {
    let mut values = form_urlencoded::parse(form).filter(|(given, _)| given == name).map(|(_, value)| value);
    values.next().map(std::borrow::Cow::into_owned).unwrap_or_default()
}

fn newest_code(visit: &Visit<'_>) -> Option<String> {
    let text = visit.ports.messages().pop()?;
    text.split("Your code: ").nth(1).and_then(|rest| rest.get(..6)).map(str::to_owned)
}

fn status(visit: &Visit<'_>, identification: &str) -> Value {
    let path = format!("/api/identifications/{}", visit.world.id(identification));
    let read = Sent::new("GET", &path).with("x-api-key", WRITER);
    visit.exchange(&read).expect("it is a request").json()["status"].clone()
}
