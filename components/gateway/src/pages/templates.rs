//! The templates, each with what it shows. Everything put into one is escaped.

use askama::Template;

/// One message.
#[derive(Template)]
#[template(path = "notice.html")]
pub(super) struct NoticePage<'a> {
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    /// A trace id to quote.
    pub(super) reference: Option<&'a str>,
}

/// What is to be confirmed, and the button.
#[derive(Template)]
#[template(path = "confirm.html")]
pub(super) struct ConfirmPage<'a> {
    pub(super) title: &'a str,
    pub(super) asked_by: &'a str,
    pub(super) lines: &'a [(&'static str, String)],
    pub(super) requested_at: String,
    pub(super) valid_until: String,
}

/// The sandbox's messages.
#[derive(Template)]
#[template(path = "inbox.html")]
pub(super) struct InboxPage {
    pub(super) messages: Vec<ShownMessage>,
}

/// One of them.
pub(super) struct ShownMessage {
    pub(super) at: String,
    pub(super) to: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) link: Option<String>,
}

/// The front page.
#[derive(Template)]
#[template(path = "landing.html")]
pub(super) struct LandingPage {
    pub(super) sandbox: bool,
}
