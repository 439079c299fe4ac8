//! What customers have to sign.

use super::error::SettingError;
use super::read::{is_name, read, read_json};
use crate::ports::Settings;
use http::Uri;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A document that a customer has to sign.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = RequiredSigning))]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    pub(crate) id: Uuid,
    pub(crate) url: String,
    pub(crate) display_name: String,
}

/// The most documents there can be: each is looked up for each customer that is shown.
const MOST_DOCUMENTS: usize = 20;

/// What customers have to sign.
pub(crate) fn required_signings(settings: &impl Settings) -> Result<Vec<Document>, SettingError> {
    const NAME: &str = "required_signings";
    if read(settings, NAME)?.is_none() {
        return Ok(Vec::new());
    }
    let documents: Vec<Document> = read_json(settings, NAME)?;
    if documents.len() > MOST_DOCUMENTS {
        return Err(SettingError::new(NAME, format!("must hold {MOST_DOCUMENTS} entries at most")));
    }
    for (place, document) in documents.iter().enumerate() {
        let wrong = |what: &str| SettingError::new(NAME, format!("entry {}: {what}", place + 1));
        let uri: Option<Uri> = document.url.parse().ok();
        if !uri.is_some_and(|uri| uri.scheme_str() == Some("https") && uri.authority().is_some()) {
            return Err(wrong("url must be absolute and start with https://"));
        }
        if !is_name(&document.display_name) {
            return Err(wrong("display_name must be 1 to 80 characters on one line"));
        }
        if documents.iter().take(place).any(|other| other.id == document.id) {
            return Err(wrong("the same id stands there twice"));
        }
    }
    Ok(documents)
}
