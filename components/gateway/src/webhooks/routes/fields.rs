//! What a body says about a webhook.

use super::super::sign::Form;
use super::super::topic::{TOPICS, Topic};
use crate::http::ApiError;
use crate::json::object;
use crate::ports::Settings;
use crate::settings::Environment;
use http::Uri;
use serde::Deserialize;
use serde_json::Value;

/// The longest address, in bytes.
const LONGEST_URL: usize = 2_000;

/// The longest label, in characters.
const LONGEST_LABEL: usize = 80;

/// The body, before its values are looked at. `null` counts as absent.
#[derive(Deserialize)]
struct Body {
    enabled: Option<Value>,
    label: Option<Value>,
    topics: Option<Value>,
    url: Option<Value>,
    signature: Option<Value>,
}

/// What it says. None is not said.
pub(in crate::webhooks) struct Fields {
    pub(in crate::webhooks) enabled: Option<bool>,
    pub(in crate::webhooks) label: Option<String>,
    pub(in crate::webhooks) topics: Option<Vec<Topic>>,
    pub(in crate::webhooks) url: Option<String>,
    pub(in crate::webhooks) form: Option<Form>,
}

impl Fields {
    pub(in crate::webhooks) fn parse(settings: &impl Settings, body: &[u8]) -> Result<Fields, ApiError> {
        let body: Body = object(body)?;
        let environment = Environment::load(settings)?;
        Ok(Fields {
            enabled: read(body.enabled, |value| value.as_bool(), "enabled must be true or false.")?,
            label: read(body.label, label, "label must be 1 to 80 characters on one line.")?,
            topics: read(body.topics, topics, "topics must be a list of names of topics.")?,
            url: match environment {
                Environment::Sandbox => read(
                    body.url,
                    |value| url(value, &["https", "http"]),
                    "url must be an absolute http:// or https:// address without user and fragment.",
                )?,
                Environment::Production => read(
                    body.url,
                    |value| url(value, &["https"]),
                    "url must be an absolute https:// address without user and fragment.",
                )?,
            },
            form: read(body.signature, form, "signature must be hex or standard-webhooks.")?,
        })
    }
}

fn read<T>(
    value: Option<Value>,
    read: impl FnOnce(&Value) -> Option<T>,
    wrong: &'static str,
) -> Result<Option<T>, ApiError> {
    let read = |value| read(&value).ok_or_else(|| ApiError::bad_request(wrong));
    value.map(read).transpose()
}

fn label(value: &Value) -> Option<String> {
    let label = value.as_str()?.trim();
    let good = (1..=LONGEST_LABEL).contains(&label.chars().count()) && !label.chars().any(char::is_control);
    good.then(|| label.to_owned())
}

fn topics(value: &Value) -> Option<Vec<Topic>> {
    let mut topics = Vec::new();
    for name in value.as_array()? {
        let topic = TOPICS.into_iter().find(|topic| Some(topic.name()) == name.as_str())?;
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    Some(topics)
}

fn form(value: &Value) -> Option<Form> {
    match value.as_str()? {
        "hex" => Some(Form::Hex),
        "standard-webhooks" => Some(Form::StandardWebhooks),
        _ => None,
    }
}

/// An address that can be sent to as it is written. Whether it may be is for the host to say, which sees where it leads.
fn url(value: &Value, schemes: &[&str]) -> Option<String> {
    let text = value.as_str()?;
    if text.len() > LONGEST_URL || text.contains('#') || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let uri: Uri = text.parse().ok()?;
    let authority = uri.authority()?;
    let good = schemes.contains(&uri.scheme_str()?)
        && !authority.host().is_empty()
        && !authority.as_str().contains('@');
    good.then(|| text.to_owned())
}
