//! `POST /api/webhooks` and `POST /api/webhooks/{id}/secret`: an operator's, as they are the dashboard's elsewhere. In the
//! sandbox every key that may write may do this.

use super::super::endpoint::{Endpoint, LISTS, MOST};
use super::super::secret::Seal;
use super::fields::Fields;
use super::object::Webhook;
use crate::call::Call;
use crate::http::{ApiError, Response, json};
use crate::idempotency;
use crate::ids;
use crate::json::{canonical, from_bytes};
use crate::listing::{self, Places, list_of, lists_of};
use crate::owner::Owner;
use crate::ports::Ports;
use crate::settings::Role;
use http::StatusCode;
use uuid::Uuid;

/// Registers a webhook, once for each idempotency key. The answer shows its secret, and no other does.
pub(crate) async fn register<P: Ports>(call: &Call<'_, P>, body: &[u8]) -> Result<Response, ApiError> {
    check_operator(call)?;
    let asked = canonical(body)?;
    let work = async |id| {
        let endpoint = match Endpoint::of(call.ports, id)? {
            // Made by a try that failed afterwards.
            Some(endpoint) => endpoint,
            None => make(call, id, Fields::parse(call.ports, body)?)?,
        };
        endpoint.places.enter(call.ports, id)?;
        // Without its secret: the answer is kept for those who ask again.
        json(StatusCode::CREATED, &Webhook::load(call.ports, endpoint)?)
    };
    let answer = idempotency::once_if_keyed(call, ("POST", call.path), &asked, work).await?;
    disclosed(call, answer)
}

/// Gives a webhook another secret, from now on.
pub(crate) fn renew_secret<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Response, ApiError> {
    check_operator(call)?;
    let endpoint = Endpoint::load(call, id)?;
    let seal = Seal::new(call.ports, ids::new(call.ports, call.now))?;
    let endpoint = Endpoint { seal, updated_at: call.now, ..endpoint };
    endpoint.write(call.ports)?;
    json(StatusCode::OK, &Webhook::disclosed(call.ports, endpoint)?)
}

fn make<P: Ports>(call: &Call<'_, P>, id: Uuid, fields: Fields) -> Result<Endpoint, ApiError> {
    let owner = call.caller.acting_as;
    let partners = list_of(LISTS, &Owner { sub_partner: None, ..owner });
    if listing::newest(call.ports, &partners, MOST)?.len() as u64 >= MOST {
        return Err(ApiError::Refused(
            StatusCode::CONFLICT,
            "too_many_webhooks",
            "There are 50 webhooks, and there can be no more. Change one of them.",
        ));
    }
    let url = fields.url.ok_or_else(|| ApiError::bad_request("url must be given."))?;
    let topics = fields.topics.ok_or_else(|| ApiError::bad_request("topics must be given."))?;
    let endpoint = Endpoint {
        id,
        owner,
        url,
        label: fields.label.unwrap_or_else(|| "Webhook".to_owned()),
        topics,
        enabled: fields.enabled.unwrap_or(true),
        form: fields.form.unwrap_or_default(),
        seal: Seal::new(call.ports, ids::new(call.ports, call.now))?,
        created_at: call.now,
        updated_at: call.now,
        places: Places::claim(call.ports, lists_of(LISTS, &owner))?,
    };
    endpoint.write(call.ports)?;
    Ok(endpoint)
}

/// The answer to a registration, with the secret.
fn disclosed<P: Ports>(call: &Call<'_, P>, answer: Response) -> Result<Response, ApiError> {
    #[derive(serde::Deserialize)]
    struct Made {
        id: Uuid,
    }
    if answer.status() != StatusCode::CREATED {
        return Ok(answer);
    }
    let made: Made = from_bytes(answer.body())
        .ok_or_else(|| ApiError::Internal("the answer to a registration cannot be read".into()))?;
    let endpoint = Endpoint::of(call.ports, made.id)?.ok_or(ApiError::NotFound)?;
    json(StatusCode::CREATED, &Webhook::disclosed(call.ports, endpoint)?)
}

fn check_operator<P: Ports>(call: &Call<'_, P>) -> Result<(), ApiError> {
    if call.caller.role == Role::Operator || call.settings.environment.is_sandbox() {
        Ok(())
    } else {
        Err(ApiError::Forbidden("Only an operator's API key may do this."))
    }
}
