//! The FiatAddress object.

use super::Record;
use super::status::Status;
use crate::call::Call;
use crate::http::ApiError;
use crate::json;
use crate::ports::Ports;
use crate::when;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// A fiat address as the API shows it.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct FiatAddress {
    id: Uuid,
    customer_id: Uuid,
    status: Status,
    #[cfg_attr(test, schema(value_type = crate::payment::CurrencyCode))]
    currency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    label: Option<String>,
    #[cfg_attr(test, schema(value_type = super::fields::BankDetails))]
    bank_details: Value,
    #[cfg_attr(test, schema(value_type = crate::payment::AccountIdentifier))]
    bank_account_identifier: Value,
    bank_name: String,
    #[cfg_attr(test, schema(value_type = crate::payment::Country))]
    country: String,
    ownership_verified: bool,
    is_third_party: bool,
    #[cfg_attr(test, schema(format = DateTime))]
    created_at: String,
    #[cfg_attr(test, schema(format = DateTime))]
    updated_at: String,
}

impl FiatAddress {
    pub(super) fn load<P: Ports>(call: &Call<'_, P>, record: Record) -> Result<FiatAddress, ApiError> {
        let status = Status::of(call.ports, &record)?;
        FiatAddress::of(record, status)
    }

    pub(super) fn of(record: Record, status: Status) -> Result<FiatAddress, ApiError> {
        let account = json::value_of(&record.account)
            .map_err(|_| ApiError::Internal("an account could not be written".into()))?;
        Ok(FiatAddress {
            id: record.id,
            customer_id: record.customer_id,
            status,
            currency: record.currency.to_string(),
            label: record.label,
            bank_details: record.bank_details,
            bank_account_identifier: account,
            bank_name: record.bank_name,
            country: record.country,
            // Who confirmed it is its owner; a bank that says the name on the account is another matter.
            ownership_verified: status == Status::Registered && !record.is_third_party,
            is_third_party: record.is_third_party,
            created_at: when::rfc3339(record.created_at),
            updated_at: when::rfc3339(record.created_at),
        })
    }
}
