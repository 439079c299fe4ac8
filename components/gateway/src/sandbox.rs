//! `/api/sandbox`: what exists in the sandbox only (`contracts/authentication-codes.md` §6).

#[cfg(test)]
pub(crate) mod described;

use crate::autoramps;
use crate::call::Call;
use crate::customers;
use crate::fiat_addresses;
use crate::http::{ApiError, Response, json};
use crate::idempotency;
use crate::ports::Ports;
use crate::webhooks;
use http::StatusCode;

/// `POST /api/sandbox/reset`: begins anew, and answers `true`.
///
/// Forgets the caller's customers, and what is theirs. The inbox is everybody's, so it stays.
pub(crate) async fn reset<P: Ports>(call: &Call<'_, P>) -> Result<Response, ApiError> {
    idempotency::once(call, "POST", "", async |_| {
        autoramps::forget_all(call).await?;
        fiat_addresses::forget_all(call).await?;
        customers::forget_all(call).await?;
        webhooks::forget_all(call)?;
        json(StatusCode::OK, &true)
    })
    .await
}
