//! The pages behind the link of an identification: confirm the address, fill in the form, see what became of it.
//!
//! Which step comes next is not stored. It follows from what is: whether the identification is open, whether this browser has
//! given a code, whether a code waits. So a page that is reloaded goes on where it was. Opening a page changes
//! nothing, because mail scanners open links; only its buttons do.
//!
//! The link alone shows who asks and a masked address. Everything else takes a code from the customer's mail.

mod code;
mod fields;
mod origin;
mod session;
mod steps;
mod typed;

use crate::call::log_line;
use crate::customers;
use crate::email::Email;
use crate::http::{ApiError, Body, Response, TraceId, Verb, empty, read_body};
use crate::identifications::{self, Identification, Link, Status, Submitted};
use crate::pages::{notice, unknown_link};
use crate::ports::Ports;
use crate::settings::{ApiSettings, IssueSettings};
use code::{Checked, Sending};
use http::header::{LOCATION, RETRY_AFTER, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use session::Session;
use typed::Typed;
use uuid::Uuid;

/// One request to one of the pages.
struct Visit<'a, P> {
    ports: &'a P,
    trace: &'a TraceId,
    settings: &'a ApiSettings,
    issue: &'a IssueSettings,
    headers: &'a HeaderMap,
    /// As it stands in the path; it has led somewhere.
    token: &'a str,
}

/// An identification that waits to be filled in.
struct Open {
    identification: Identification,
    /// Where the customer gets mail now.
    email: Email,
    /// There if this browser has given a code that went there.
    session: Option<Session>,
}

/// `GET` and `POST` of `/identify/{token}`.
pub(crate) async fn answer<P: Ports>(
    ports: &P,
    trace: &TraceId,
    (verb, headers): (Verb, &HeaderMap),
    token: &str,
    body: impl Body,
) -> Result<Response, ApiError> {
    let settings = ApiSettings::load(ports)?;
    let issue = IssueSettings::load(ports, settings.environment)?;
    if verb != Verb::Get {
        origin::check(headers, &issue.base_url)?;
    }
    let visit = Visit { ports, trace, settings: &settings, issue: &issue, headers, token };
    let identification = match identifications::by_token(ports, token)? {
        Link::Unknown => return unknown_link(),
        Link::Over(identification, status) => return visit.over(&identification, status),
        Link::Open(identification) => identification,
    };
    let open = visit.open(identification)?;
    if verb == Verb::Get {
        return visit.show(&open);
    }
    typed::check_form(headers)?;
    let typed = Typed::parse(&read_body(headers, body).await?)?;
    match typed.get("do") {
        "send" => visit.send(&open).await,
        "check" => visit.check(&open, typed.get("code")),
        "submit" => visit.submit(&open, &typed).await,
        _ => Err(ApiError::bad_request("There is no such button.")),
    }
}

impl<P: Ports> Visit<'_, P> {
    /// The partner that asks, by the name it has today.
    fn asked_by(&self, identification: &Identification) -> &str {
        let keys = &self.settings.api_keys;
        let key = keys.iter().find(|key| key.partner == identification.owner.partner);
        key.map_or(&self.issue.sender_name, |key| &key.name)
    }

    fn open(&self, identification: Identification) -> Result<Open, ApiError> {
        let email = customers::email_of(self.ports, identification.customer_id)?;
        let session = Session::of(self.ports, self.headers, identification.id, &email)?;
        Ok(Open { identification, email, session })
    }

    /// The step that comes next.
    fn show(&self, open: &Open) -> Result<Response, ApiError> {
        if let Some(session) = &open.session {
            return self.form(open, session, &Typed::default(), &[]);
        }
        self.confirm_address(open, StatusCode::OK, None)
    }

    /// The page on which a code is typed in, if one waits, or asked for.
    fn confirm_address(
        &self,
        open: &Open,
        status: StatusCode,
        problem: Option<&str>,
    ) -> Result<Response, ApiError> {
        match code::open(self, &open.identification, &open.email)? {
            Some(waiting) => steps::code(self, open, &waiting, status, problem),
            None => steps::start(self, open, status, problem),
        }
    }

    fn form(
        &self,
        open: &Open,
        session: &Session,
        typed: &Typed,
        wrong: &[fields::Wrong],
    ) -> Result<Response, ApiError> {
        let customer = customers::type_of(self.ports, open.identification.customer_id)?;
        steps::form(self, open, &session.seal(), customer, typed, wrong)
    }

    /// The button that sends a code.
    async fn send(&self, open: &Open) -> Result<Response, ApiError> {
        match code::send(self, &open.identification).await? {
            Sending::Sent => self.again(None),
            Sending::TooSoon(seconds) => {
                let problem = format!(
                    "Nothing was sent, because a code was sent a moment ago. You can ask for another in {seconds} seconds."
                );
                let mut response =
                    self.confirm_address(open, StatusCode::TOO_MANY_REQUESTS, Some(&problem))?;
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
                Ok(response)
            }
            Sending::TooMany => self.confirm_address(
                open,
                StatusCode::TOO_MANY_REQUESTS,
                Some("Nothing was sent, because too many codes were sent today. Please try again tomorrow."),
            ),
        }
    }

    /// The code that was typed in.
    fn check(&self, open: &Open, typed: &str) -> Result<Response, ApiError> {
        let checked = code::check(self, &open.identification, &open.email, typed)?;
        let again =
            |problem: &str| self.confirm_address(open, StatusCode::UNPROCESSABLE_ENTITY, Some(problem));
        match checked {
            Checked::Passed => {
                let session = Session::begin(self.ports, open.identification.id, &open.email)?;
                self.again(Some(session.cookie(&self.issue.base_url)?))
            }
            Checked::Unclear => again("Please enter the six digits of the code."),
            Checked::Wrong => again("That is not the code. Please compare it with the message."),
            Checked::None(why) => again(steps::no_code(why)),
            Checked::Spent => notice(
                StatusCode::FORBIDDEN,
                "Too many wrong codes",
                "Too many wrong codes were entered for this link, so it takes none any more. Please ask whoever gave it to you for a new one.",
                None,
            ),
        }
    }

    /// What was filled in.
    async fn submit(&self, open: &Open, typed: &Typed) -> Result<Response, ApiError> {
        let Some(session) = &open.session else {
            return self.confirm_address(
                open,
                StatusCode::FORBIDDEN,
                Some("Nothing was saved, because too much time has passed. Please confirm your e-mail address again."),
            );
        };
        if !session.has_sealed(typed.get("seal")) {
            return Err(ApiError::Forbidden("The form was not one of this session."));
        }
        let identification = &open.identification;
        let customer = customers::type_of(self.ports, identification.customer_id)?;
        let answers = match fields::read(customer, identification.with_edd, typed, self.ports.now()) {
            Ok(answers) => answers,
            Err(wrong) => return self.form(open, session, typed, &wrong),
        };
        match identifications::submit(self.ports, self.trace, identification, &answers).await? {
            Submitted::Taken => {
                let details =
                    Done { identification: identification.id, partner: identification.owner.partner };
                self.ports.log(&log_line("submitted", self.trace, details));
                self.again(None)
            }
            Submitted::Over(status) => self.over(identification, status),
        }
    }

    /// What became of it, to the browser that filled it in; to anybody else, only that the link is dead.
    fn over(&self, identification: &Identification, status: Status) -> Result<Response, ApiError> {
        let submitted = match status {
            Status::Pending | Status::Expired | Status::Archived => false,
            Status::Processed | Status::PendingReview | Status::Approved | Status::Declined => {
                let email = customers::email_of(self.ports, identification.customer_id)?;
                Session::of(self.ports, self.headers, identification.id, &email)?.is_some()
            }
        };
        if submitted { steps::status(self.asked_by(identification), status) } else { steps::dead(status) }
    }

    /// Sends the browser to the page again, so that reloading it repeats nothing.
    fn again(&self, cookie: Option<HeaderValue>) -> Result<Response, ApiError> {
        let mut response = empty(StatusCode::SEE_OTHER);
        let to = format!("{}/identify/{}", self.issue.base_url.path(), self.token);
        let to = HeaderValue::from_str(&to)
            .map_err(|_| ApiError::Internal("a redirect could not be written".into()))?;
        let headers = response.headers_mut();
        headers.insert(LOCATION, to);
        headers.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
        if let Some(cookie) = cookie {
            headers.insert(SET_COOKIE, cookie);
        }
        Ok(response)
    }
}

/// What the log says of a form that was taken: ids, and nothing about the person.
#[derive(Serialize)]
struct Done {
    identification: Uuid,
    partner: Uuid,
}
