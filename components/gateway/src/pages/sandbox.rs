//! The front page, and what the sandbox shows besides.

use super::page;
use super::templates::{InboxPage, LandingPage, ShownMessage};
use crate::http::{ApiError, Response, json};
use crate::inbox::{self, Entry};
use crate::ports::Ports;
use crate::settings::Environment;
use crate::when;
use http::StatusCode;
use serde::Serialize;

pub(super) fn landing(ports: &impl Ports) -> Result<Response, ApiError> {
    page(StatusCode::OK, &LandingPage { sandbox: Environment::load(ports)?.is_sandbox() })
}

pub(super) fn inbox_page(ports: &impl Ports) -> Result<Response, ApiError> {
    let shown = |entry: Entry| ShownMessage {
        at: when::plain_seconds(entry.at),
        to: entry.to,
        subject: entry.subject,
        text: entry.text,
        link: entry.link,
    };
    let messages = inbox::newest_first(ports)?.into_iter().map(shown).collect();
    page(StatusCode::OK, &InboxPage { messages })
}

/// The same for scripts.
pub(super) fn inbox_json(ports: &impl Ports) -> Result<Response, ApiError> {
    #[derive(Serialize)]
    struct Item {
        at: String,
        channel: String,
        to: String,
        subject: String,
        text: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        link: Option<String>,
    }
    #[derive(Serialize)]
    struct Items {
        items: Vec<Item>,
    }
    let item = |entry: Entry| Item {
        at: when::rfc3339(entry.at),
        channel: entry.channel,
        to: entry.to,
        subject: entry.subject,
        text: entry.text,
        link: entry.link,
    };
    json(StatusCode::OK, &Items { items: inbox::newest_first(ports)?.into_iter().map(item).collect() })
}
