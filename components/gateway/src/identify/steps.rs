//! The pages themselves. Everything put into a template is escaped.

use super::code::NoCode;
use super::fields::{Field, Kind, Wrong, asked};
use super::typed::Typed;
use super::{Open, Visit};
use crate::customers::CustomerType;
use crate::http::{ApiError, Response};
use crate::identifications::Status;
use crate::pages::{notice, page};
use crate::ports::Ports;
use crate::ports::challenges::Challenge;
use crate::when;
use askama::Template;
use http::StatusCode;
use stepgate_storage::Timestamp;

/// What this is, and the button that sends a code.
#[derive(Template)]
#[template(path = "identify-start.html")]
struct StartPage<'a> {
    asked_by: &'a str,
    email: String,
    open_until: String,
    problem: Option<&'a str>,
}

/// The code.
#[derive(Template)]
#[template(path = "identify-code.html")]
struct CodePage<'a> {
    asked_by: &'a str,
    email: String,
    valid_until: String,
    attempts_left: u32,
    problem: Option<&'a str>,
}

/// The form.
#[derive(Template)]
#[template(path = "identify-form.html")]
struct FormPage<'a> {
    asked_by: &'a str,
    business: bool,
    seal: &'a str,
    fields: Vec<ShownField<'a>>,
    wrong: &'a [Wrong],
}

/// One field of it.
struct ShownField<'a> {
    field: &'static Field,
    value: &'a str,
    problem: Option<&'a str>,
    /// The ids of what says more about it, in the order of the page.
    described_by: String,
}

impl ShownField<'_> {
    fn input_type(&self) -> &'static str {
        if self.field.kind == Kind::Past { "date" } else { "text" }
    }

    fn has_lines(&self) -> bool {
        matches!(self.field.kind, Kind::Prose | Kind::Names)
    }
}

pub(super) fn start<P: Ports>(
    visit: &Visit<'_, P>,
    open: &Open,
    status: StatusCode,
    problem: Option<&str>,
) -> Result<Response, ApiError> {
    page(
        status,
        &StartPage {
            asked_by: visit.asked_by(&open.identification),
            email: open.email.masked(),
            open_until: when::plain(open.identification.expires_at),
            problem,
        },
    )
}

pub(super) fn code<P: Ports>(
    visit: &Visit<'_, P>,
    open: &Open,
    waiting: &Challenge,
    status: StatusCode,
    problem: Option<&str>,
) -> Result<Response, ApiError> {
    page(
        status,
        &CodePage {
            asked_by: visit.asked_by(&open.identification),
            email: open.email.masked(),
            valid_until: when::plain(Timestamp(waiting.expires_at)),
            attempts_left: waiting.limit.saturating_sub(waiting.attempts),
            problem,
        },
    )
}

pub(super) fn form<P: Ports>(
    visit: &Visit<'_, P>,
    open: &Open,
    seal: &str,
    customer: CustomerType,
    typed: &Typed,
    wrong: &[Wrong],
) -> Result<Response, ApiError> {
    let shown = |field: &'static Field| {
        let problem = wrong.iter().find(|wrong| wrong.field == field.name).map(|wrong| wrong.what.as_str());
        let hint = (!field.hint.is_empty()).then(|| format!("{}-hint", field.name));
        let said = problem.map(|_| format!("{}-problem", field.name));
        let described_by: Vec<String> = hint.into_iter().chain(said).collect();
        ShownField { field, value: typed.get(field.name), problem, described_by: described_by.join(" ") }
    };
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(
        status,
        &FormPage {
            asked_by: visit.asked_by(&open.identification),
            business: customer == CustomerType::Business,
            seal,
            fields: asked(customer, open.identification.with_edd).map(shown).collect(),
            wrong,
        },
    )
}

/// What became of it.
pub(super) fn status(asked_by: &str, status: Status) -> Result<Response, ApiError> {
    let (title, text) = match status {
        Status::Approved => {
            ("Approved", format!("Thank you. Your identification for {asked_by} is complete."))
        }
        Status::Declined => (
            "Declined",
            format!("Your identification was not accepted. Please ask {asked_by} what to do next."),
        ),
        _ => (
            "Submitted",
            format!(
                "Thank you. Your details are being reviewed for {asked_by}. Reload this page to see what became of them."
            ),
        ),
    };
    notice(StatusCode::OK, title, &text, None)
}

/// Says that there is nothing left to do here, and nothing about what it was.
pub(super) fn dead(status: Status) -> Result<Response, ApiError> {
    let (title, text) = match status {
        Status::Expired | Status::Archived | Status::Pending => (
            "This link is no longer valid",
            "Its time is over, or it was withdrawn. If you still want to be identified, ask whoever gave it to you for a new one.",
        ),
        _ => (
            "Already completed",
            "This identification has been submitted. There is nothing left to do here; whoever asked for it will tell you the result.",
        ),
    };
    notice(StatusCode::GONE, title, text, None)
}

/// Why a code could not be taken, and what to do.
pub(super) fn no_code(why: NoCode) -> &'static str {
    match why {
        NoCode::NeverSent => "There is no code yet. Please ask for one.",
        NoCode::Used => "This code has been used already. Please ask for a new one.",
        NoCode::Over => "This code is no longer valid. Please ask for a new one.",
        NoCode::Rejected => "Too many wrong codes were entered. Please ask for a new one.",
    }
}
