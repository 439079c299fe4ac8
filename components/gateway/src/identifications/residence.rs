//! In which country a person lives, as it said when it was identified: `residence_country` of `contracts/identifications.md` §2.

use super::record::{Identification, list_of};
use super::state::submission;
use crate::call::Call;
use crate::http::ApiError;
use crate::listing;
use crate::payment::{Country, Text as _};
use crate::ports::Ports;
use serde_json::Value;
use serde_json::value::RawValue;
use stepgate_storage::StoreError;

/// The country, for the customer's newest identification; none for an older one, and where the form was not filled in or did
/// not ask.
pub(super) fn residence_country<P: Ports>(
    call: &Call<'_, P>,
    identification: &Identification,
) -> Result<Option<String>, ApiError> {
    let newest: Option<Identification> = listing::newest_entry(call, &list_of(identification.customer_id))?;
    if newest.is_none_or(|newest| newest.id != identification.id) {
        return Ok(None);
    }
    let submitted = submission(identification.id).read::<Box<RawValue>>(call.ports)?;
    let Some(entry) = submitted.and_then(|submitted| submitted.entry) else { return Ok(None) };
    let answers: Value = serde_json::from_str(entry.more.get())
        .map_err(|_| StoreError::Corrupt("submission of an identification"))?;
    // The `country` of a business is where it is registered.
    let is_person = answers.get("customer_type").and_then(Value::as_str) == Some("Person");
    let country = answers.get("country").and_then(Value::as_str).filter(|_| is_person);
    Ok(country.filter(|country| Country::parse(country).is_ok()).map(str::to_owned))
}
