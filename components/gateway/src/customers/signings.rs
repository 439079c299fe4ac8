//! What a customer has to sign, and has signed: `contracts/identifications.md` §5. Which documents these are, the setting
//! `required_signings` says.

use super::archive::check_not_archived;
use super::record::Record;
use crate::call::Call;
use crate::http::{ApiError, Response, json};
use crate::idempotency;
use crate::ids;
use crate::json::{canonical, object};
use crate::ports::Ports;
use crate::settings::{self, Document};
use crate::stored;
use crate::when;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use stepgate_storage::{RecordKey, Timestamp};
use uuid::{Builder, Uuid};

const WHAT: &str = "signing";

/// A signing as the API shows it.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = Signing))]
pub(super) struct Shown {
    id: Uuid,
    customer_id: Uuid,
    /// The document that was signed.
    content_id: Uuid,
    #[cfg_attr(test, schema(format = DateTime))]
    created_at: String,
    #[cfg_attr(test, schema(format = DateTime))]
    updated_at: String,
}

/// The documents there are, and since when each is signed.
pub(super) struct Signed {
    customer: Uuid,
    documents: Vec<(Document, Option<Timestamp>)>,
}

impl Signed {
    pub(super) fn load(ports: &impl Ports, customer: Uuid) -> Result<Signed, ApiError> {
        let mut documents = Vec::new();
        for document in settings::required_signings(ports)? {
            let at = stored::read(ports, &key(customer, document.id), WHAT)?;
            documents.push((document, at));
        }
        Ok(Signed { customer, documents })
    }

    /// Whether nothing is left to be signed.
    pub(super) fn is_complete(&self) -> bool {
        self.documents.iter().all(|(_, at)| at.is_some())
    }

    /// The ids of the signings there are.
    pub(super) fn ids(&self) -> Vec<Uuid> {
        let signed = self.documents.iter().filter(|(_, at)| at.is_some());
        signed.map(|(document, _)| signing_id(self.customer, document.id)).collect()
    }
}

/// `GET /api/customers/{id}/required-signings`: what is left to be signed.
pub(crate) fn required<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Response, ApiError> {
    let record = Record::load(call, id)?;
    let signed = Signed::load(call.ports, record.id)?;
    let left = signed.documents.into_iter().filter(|(_, at)| at.is_none());
    json(StatusCode::OK, &left.map(|(document, _)| document).collect::<Vec<_>>())
}

/// The body, before its values are looked at. `null` counts as absent.
#[derive(Deserialize)]
pub(super) struct Fields {
    signed: Option<Value>,
    content_id: Option<Value>,
}

/// What is asked for.
pub(super) struct Asked {
    signed: bool,
    /// None if no document is named.
    pub(super) content: Option<Uuid>,
}

impl Fields {
    pub(super) fn read(&self) -> Result<Asked, ApiError> {
        let signed = self.signed.as_ref().and_then(Value::as_bool);
        let signed = signed.ok_or_else(|| ApiError::bad_request("signed must be true or false."))?;
        let content = self.content_id.as_ref().and_then(Value::as_str).and_then(ids::parse);
        Ok(Asked { signed, content })
    }
}

/// `POST /api/customers/{id}/signings`. A document is signed once; to sign it again answers the same.
pub(crate) async fn sign<P: Ports>(call: &Call<'_, P>, id: &str, body: &[u8]) -> Result<Response, ApiError> {
    let asked = canonical(body)?;
    let work = async |_| {
        let record = Record::load(call, id)?;
        let Asked { signed, content } = object::<Fields>(body)?.read()?;
        check_not_archived(call.ports, record.id)?;
        let documents = Signed::load(call.ports, record.id)?.documents;
        let Some((document, before)) =
            documents.into_iter().find(|(document, _)| Some(document.id) == content)
        else {
            return Err(unprocessable("content_id must be the id of a document that has to be signed."));
        };
        let at = match before {
            Some(at) => at,
            // Without consent there is no signing that could be answered.
            None if !signed => {
                return Err(unprocessable("signed must be true for the document to be signed."));
            }
            None => {
                stored::write(call.ports, &key(record.id, document.id), &call.now, WHAT)?;
                call.now
            }
        };
        json(
            StatusCode::CREATED,
            &Shown {
                id: signing_id(record.id, document.id),
                customer_id: record.id,
                content_id: document.id,
                created_at: when::rfc3339(at),
                updated_at: when::rfc3339(at),
            },
        )
    };
    idempotency::once_if_keyed(call, ("POST", call.path), &asked, work).await
}

/// Forgets what was signed, of the documents there are.
pub(super) fn forget(ports: &impl Ports, customer: Uuid) -> Result<(), ApiError> {
    for document in settings::required_signings(ports)? {
        ports.delete(&key(customer, document.id))?;
    }
    Ok(())
}

fn unprocessable(what: &'static str) -> ApiError {
    ApiError::Refused(StatusCode::UNPROCESSABLE_ENTITY, "unprocessable", what)
}

/// The same for everybody who asks: two who sign at once make one signing.
fn signing_id(customer: Uuid, document: Uuid) -> Uuid {
    let hash = Sha256::new()
        .chain_update(b"stepgate signing\0")
        .chain_update(customer.as_bytes())
        .chain_update(document.as_bytes())
        .finalize();
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(hash) {
        *to = from;
    }
    Builder::from_custom_bytes(bytes).into_uuid()
}

fn key(customer: Uuid, document: Uuid) -> RecordKey {
    RecordKey::forever(&format!("customer/{customer}/signed/{document}"))
}
