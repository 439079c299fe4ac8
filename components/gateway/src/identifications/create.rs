//! `POST /api/customers/{id}/identifications/v2`: `contracts/identifications.md` §2.

use super::customer_not_found;
use super::link::{Sealed, Token};
use super::object::Shown;
use super::record::{Identification, list_of};
use super::state::{State, Status};
use crate::call::Call;
use crate::customers;
use crate::http::{ApiError, Response, json};
use crate::idempotency;
use crate::json::{canonical, from_bytes, object};
use crate::listing::Places;
use crate::ports::Ports;
use crate::settings::IdentificationSettings;
use crate::webhooks::{self, Kind};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use stepgate_storage::StoreError;
use uuid::Uuid;

/// The body, before its values are looked at. `null` counts as absent.
#[derive(Deserialize)]
struct Fields {
    #[serde(rename = "type")]
    kind: Option<Value>,
    with_edd: Option<Value>,
}

/// What is asked for: an identification by a link.
pub(super) struct New {
    with_edd: bool,
}

impl New {
    pub(super) fn parse(body: &[u8]) -> Result<New, ApiError> {
        let fields: Fields = object(body)?;
        match fields.kind.as_ref().and_then(Value::as_str) {
            Some("Link") => {}
            Some("Token" | "Person" | "Business") => {
                return Err(ApiError::Refused(
                    StatusCode::BAD_REQUEST,
                    "unsupported_identification_type",
                    "Identifications are made by a link here: type must be Link.",
                ));
            }
            _ => return Err(ApiError::bad_request("type must be Link.")),
        }
        match fields.with_edd {
            None => Ok(New { with_edd: false }),
            Some(Value::Bool(with_edd)) => Ok(New { with_edd }),
            Some(_) => Err(ApiError::bad_request("with_edd must be true or false.")),
        }
    }
}

/// Makes an identification and answers its link. With an `IDEMPOTENCY-KEY`, once for each key.
pub(crate) async fn create<P: Ports>(
    call: &Call<'_, P>,
    customer: &str,
    body: &[u8],
) -> Result<Response, ApiError> {
    let asked = canonical(body)?;
    let key = idempotency::given_key(call)?.unwrap_or_default();
    let work = async |id| make(call, customer, key, id, body);
    let answer = idempotency::once_if_keyed(call, ("POST", call.path), &asked, work).await?;
    with_open_link(answer, key)
}

fn make<P: Ports>(
    call: &Call<'_, P>,
    customer: &str,
    key: &str,
    id: Uuid,
    body: &[u8],
) -> Result<Response, ApiError> {
    let customer = customers::load(call, customer).map_err(customer_not_found)?;
    let new = New::parse(body)?;
    if customers::archived_at(call.ports, customer.id)?.is_some() {
        return Err(ApiError::Refused(
            StatusCode::FORBIDDEN,
            "customer_archived",
            "The customer is archived.",
        ));
    }
    if customers::is_suspended(call.ports, customer.id)? {
        return Err(ApiError::Refused(
            StatusCode::FORBIDDEN,
            "customer_suspended",
            "The customer is suspended.",
        ));
    }
    let settings = IdentificationSettings::load(call.ports, call.settings.environment)?;
    // A try before this one may have got as far as that. What is there is never written again: it may have moved on.
    let identification = match Identification::of(call.ports, id)? {
        Some(there) => there,
        None => {
            let identification = Identification {
                id,
                customer_id: customer.id,
                owner: customer.owner,
                with_edd: new.with_edd,
                created_at: call.now,
                expires_at: call.now + settings.lifetime,
                places: Places::claim(call.ports, [list_of(customer.id)])?,
            };
            // It expires by itself.
            webhooks::expect(call.ports, Kind::Identification, id, identification.expires_at)?;
            identification.write(call.ports)?;
            identification
        }
    };
    // Nobody knows the token of a try that failed, so there can be another.
    let token = Token::new(call.ports);
    token.enter(call.ports, id)?;
    // Last, so that whatever the list names is complete.
    identification.places.enter(call.ports, id)?;
    let made = State { status: Status::Pending, since: identification.created_at, comment: None };
    let url = settings.base_url.identification(&token.seal(key, id).text());
    json(StatusCode::CREATED, &Shown { url: Some(url), ..Shown::of(&identification, made) })
}

/// Answers as they are made and kept have a sealed token in their link; what goes out has an open one.
fn with_open_link(answer: Response, key: &str) -> Result<Response, ApiError> {
    if answer.status() != StatusCode::CREATED {
        return Ok(answer);
    }
    let unreadable = || StoreError::Corrupt("kept answer");
    let mut shown: Shown = from_bytes(answer.body()).ok_or_else(unreadable)?;
    let url = shown.url.take().ok_or_else(unreadable)?;
    let (base, sealed) = url.rsplit_once('/').ok_or_else(unreadable)?;
    let token = Sealed::parse(sealed).ok_or_else(unreadable)?.open(key, shown.id);
    shown.url = Some(format!("{base}/{}", token.text()));
    json(StatusCode::CREATED, &shown)
}
