//! The Autoramp object, and the routes that answer one.

use super::Record;
use super::spelling::Spelling;
use super::status::{State, Status};
use crate::call::Call;
use crate::external;
use crate::fiat_addresses;
use crate::http::{self, ApiError, Response};
use crate::json;
use crate::payment::{Account, AccountIdentifier, Currency, Recipient};
use crate::ports::Ports;
use crate::when;
use ::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// An autoramp as the API shows it.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct Autoramp {
    id: Uuid,
    customer_id: Uuid,
    #[cfg_attr(test, schema(value_type = super::described::AutorampStatus))]
    status: &'static str,
    #[cfg_attr(test, schema(value_type = super::described::AutorampKind))]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    external_id: Option<String>,
    #[cfg_attr(test, schema(value_type = super::described::AutorampSource))]
    source: &'static str,
    source_currencies: Vec<Currency>,
    destination_currency: Currency,
    /// Where it pays out to. While an edit waits for its customer, where it has paid out so far.
    #[cfg_attr(test, schema(value_type = crate::payment::described::Recipient))]
    recipient: Recipient<Value>,
    /// Always empty: there are no quotes here.
    #[cfg_attr(test, schema(value_type = Vec<String>, max_items = 0))]
    quotes: [(); 0],
    /// Always empty: this service opens no accounts to pay into.
    #[cfg_attr(test, schema(value_type = Vec<String>, max_items = 0))]
    deposit_rails: [(); 0],
    #[cfg_attr(test, schema(required))]
    fee_profile_id: Option<Uuid>,
    is_third_party: bool,
    batch_payout: bool,
    #[cfg_attr(test, schema(format = DateTime))]
    created_at: String,
}

impl Autoramp {
    pub(super) fn load<P: Ports>(call: &Call<'_, P>, record: Record) -> Result<Autoramp, ApiError> {
        let state = State::of(call.ports, &record)?;
        Autoramp::of(call, record, state, Spelling::load(call.ports)?)
    }

    pub(super) fn of<P: Ports>(
        call: &Call<'_, P>,
        record: Record,
        state: State,
        spelling: Spelling,
    ) -> Result<Autoramp, ApiError> {
        let State { status, terms } = state;
        Ok(Autoramp {
            id: record.id,
            customer_id: record.customer_id,
            status: status_name(status, spelling),
            kind: kind(&record.source_currencies, &terms.destination_currency),
            name: record.name,
            external_id: record.external_id,
            source: "Standalone",
            source_currencies: record.source_currencies,
            destination_currency: terms.destination_currency,
            recipient: recipient(call.ports, record.customer_id, terms.account)?,
            quotes: [],
            deposit_rails: [],
            fee_profile_id: terms.fee_profile_id,
            is_third_party: record.is_third_party,
            batch_payout: record.batch_payout,
            created_at: when::rfc3339(record.created_at),
        })
    }
}

/// Where it pays out to. A bank account is shown with all of its details, as it was registered.
fn recipient(ports: &impl Ports, customer: Uuid, account: Account) -> Result<Recipient<Value>, ApiError> {
    Ok(match account {
        Account::Crypto(wallet) => Recipient::Wallet(wallet),
        Account::Fiat { account_identifier } => {
            Recipient::BankAccount(
                match fiat_addresses::bank_details(ports, customer, &account_identifier)? {
                    Some(details) => details,
                    // It may have been deleted since.
                    None => alone(&account_identifier)?,
                },
            )
        }
    })
}

fn alone(account: &AccountIdentifier) -> Result<Value, ApiError> {
    #[derive(Serialize)]
    struct Alone<'a> {
        account_identifier: &'a AccountIdentifier,
    }
    json::value_of(&Alone { account_identifier: account })
        .map_err(|_| ApiError::Internal("an account could not be written".into()))
}

/// A status as the API spells it: `contracts/authentication-codes.md` §5 contradicts the published enum, so there is a
/// switch.
pub(super) fn status_name(status: Status, spelling: Spelling) -> &'static str {
    match (status, spelling) {
        (Status::Created | Status::EditPending, Spelling::AuthorizationRequired) => "AuthorizationRequired",
        (Status::Created, Spelling::Published) => "Created",
        (Status::EditPending, Spelling::Published) => "EditPending",
        (Status::Authorized, _) => "Authorized",
        (Status::DepositAccountAdded, _) => "DepositAccountAdded",
        (Status::Approved, _) => "Approved",
        (Status::Rejected, _) => "Rejected",
        (Status::Cancelled, _) => "Cancelled",
    }
}

/// Which way the money goes.
pub(super) fn kind(from: &[Currency], to: &Currency) -> &'static str {
    let from_fiat = from.iter().any(|currency| matches!(currency, Currency::Fiat { .. }));
    match to {
        Currency::Crypto { .. } if from_fiat => "Onramp",
        Currency::Crypto { .. } => "Swap",
        Currency::Fiat { .. } => "Offramp",
    }
}

/// `GET /api/autoramps/{id}`
pub(crate) fn by_id<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Response, ApiError> {
    http::json(StatusCode::OK, &Autoramp::load(call, Record::load(call, id)?)?)
}

/// `GET /api/autoramps/{external_id}/external`
pub(crate) fn by_external_id<P: Ports>(call: &Call<'_, P>, external_id: &str) -> Result<Response, ApiError> {
    let record = external::find::<P, Record>(call, external_id)?;
    http::json(StatusCode::OK, &Autoramp::load(call, record)?)
}
