//! The operations of this module, for `crate::openapi`.

pub(crate) use super::fields::{Address, EmailAddress, Recipient as AccountHolder};
use super::fields::{BankDetails, NewFiatAddress};
use super::object::FiatAddress;
use super::status::Status;
use crate::http::{ApiError, Verb};
use crate::listing::described::of_pages;
use crate::openapi::{Group, Key, Op, Place, named, words};
use crate::payment::{Coded, CurrencyCode};
use crate::sandbox;
use serde_json::{Value, json};
use utoipa::{PartialSchema as _, ToSchema};
use uuid::Uuid;

pub(crate) const GROUP: Group = Group {
    name: "Fiat addresses",
    text: "Bank accounts that customers are paid out to. Those of somebody else wait for the customer's code; a deployment may \
           let all of them wait.",
    examples,
};

// What `NewFiatAddress::parse` reads. `crate::openapi::tests` holds the two together.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct NewFiatAddressBody {
    customer_id: Uuid,
    /// The bare code, as a string, is read too.
    currency: CodedOrBare,
    /// What to call it.
    #[schema(max_length = 140)]
    label: Option<String>,
    bank_details: BankDetails,
}

// What `Fields::coded_or_bare` reads.
#[derive(serde::Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its shape is used")]
enum CodedOrBare {
    Coded(#[schema(inline)] Coded<CurrencyCode>),
    Bare(CurrencyCode),
}

pub(crate) fn all() -> Place {
    let list =
        Op::new(Verb::Get, "listFiatAddresses", "List fiat addresses", "Those you reach, page by page.")
            .queries(of_pages())
            .query("status", "Those with this status; if left out, the registered ones.", Status::schema())
            .answers_page_of::<FiatAddress>();
    let create = Op::new(Verb::Post, "createFiatAddress", "Register a fiat address", "")
        .key(Key::Required)
        .takes::<NewFiatAddressBody>(
            json!({
                "customer_id": CUSTOMER,
                "currency": { "code": "EUR" },
                "label": "Salary",
                "bank_details": bank_details(),
            }),
            |body| NewFiatAddress::parse(body).map(drop),
        )
        .answers::<FiatAddress>(200, "The fiat address.")
        .refuses(403, "The customer is archived.")
        .refuses(404, "There is no such customer.")
        .refuses(409, "The account is registered for the customer already.");
    Place::new(&GROUP, [list, create])
}

pub(crate) fn of_customer() -> Place {
    let list = Op::new(
        Verb::Get,
        "listFiatAddressesOfCustomer",
        "List a customer's fiat addresses",
        "All of them, whatever their status.",
    )
    .queries(of_pages())
    .answers_page_of::<FiatAddress>();
    Place::new(&GROUP, [list]).id("customer_id", "The customer.")
}

pub(crate) fn one() -> Place {
    let get = Op::new(Verb::Get, "getFiatAddress", "Look up a fiat address", "")
        .answers::<FiatAddress>(200, "The fiat address.");
    let delete = Op::new(
        Verb::Delete,
        "deleteFiatAddress",
        "Delete a fiat address",
        "What waits for a code is withdrawn.",
    )
    .answers::<FiatAddress>(200, "The fiat address, as it was.");
    Place::new(&GROUP, [get, delete])
        .id("customer_id", "The customer.")
        .sub("fiat_address_id", "The fiat address.")
}

pub(crate) fn retry() -> Place {
    let retry = Op::new(
        Verb::Post,
        "retryFiatAddressAuthorization",
        "Not implemented",
        "Always answered with 404. Register the address again instead.",
    )
    .deprecated();
    Place::new(&GROUP, [retry]).id("fiat_address_id", "The fiat address.")
}

pub(crate) fn status() -> Place {
    let decide = Op::new(
        Verb::Put,
        "decideFiatAddress",
        "Say what the bank said",
        "For operators' keys only, and never before the customer.",
    )
    .takes::<BankStatus>(json!("Registered"), |body| {
        let status: Result<Status, _> = serde_json::from_slice(body);
        status.map(drop).map_err(|_| ApiError::bad_request("status"))
    })
    .answers::<FiatAddress>(200, "The fiat address.")
    .refuses(403, "This is not an operator's key.")
    .refuses(409, "It waits for its customer, or its customer did not confirm it.");
    Place::new(&GROUP, [decide]).id("fiat_address_id", "The fiat address.")
}

named! {
    /// What an operator can say.
    BankStatus = words("What it has come to.", ["Registered", "RegistrationFailed", "RegistrationPending"])
}

pub(crate) fn sandbox() -> Place {
    let set = Op::new(
        Verb::Put,
        "setSandboxFiatAddressStatus",
        "Set the status of a fiat address",
        "What a bank would say. `AuthorizationRequired` sends a code, so that confirming can be rehearsed; any other makes \
         the code that waits worthless.",
    )
    .takes::<Status>(json!("Registered"), |body| {
        let status: Result<Status, _> = serde_json::from_slice(body);
        status.map(drop).map_err(|_| ApiError::bad_request("status"))
    })
    .answers::<FiatAddress>(200, "The fiat address.");
    Place::new(&sandbox::described::GROUP, [set]).id("fiat_address_id", "The fiat address.")
}

const CUSTOMER: &str = "019bc1b2-6f6b-7a52-9a55-0c3d5e8a1f10";

fn bank_details() -> Value {
    json!({
        "recipient": { "type": "Individual", "given_name": "Ada", "family_name": "Lovelace" },
        "provider_name": "Example Bank",
        "provider_country": { "code": "DE" },
        "account_identifier": { "type": "SEPA", "iban": "DE89370400440532013000" },
        "address": {
            "street": "Main Street 1", "city": "Berlin", "state": "BE", "country": { "code": "DE" },
            "postal_code": "10115",
        },
        "is_third_party": false,
        "email_address": { "email": "ada@example.com" },
        "phone_number": "+49 30 1234567",
    })
}

fn examples() -> Vec<(&'static str, Value)> {
    vec![(
        "FiatAddress",
        json!({
            "id": "019bc1d0-3c5e-7d22-9b4f-7e6a5d4c3b20",
            "customer_id": CUSTOMER,
            "status": "RegistrationPending",
            "currency": "EUR",
            "label": "Salary",
            "bank_details": bank_details(),
            "bank_account_identifier": { "type": "SEPA", "iban": "DE89370400440532013000" },
            "bank_name": "Example Bank",
            "country": "DE",
            "ownership_verified": false,
            "is_third_party": false,
            "created_at": "2026-01-15T10:06:00Z",
            "updated_at": "2026-01-15T10:06:00Z",
        }),
    )]
}
