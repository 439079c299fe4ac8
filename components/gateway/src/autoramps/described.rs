//! The operations of this module, for `crate::openapi`.

use super::fields::{Edit, NewAutoramp};
use super::list::{KINDS, SOURCES, STATUSES};
use super::object::Autoramp;
use super::status::Status;
use crate::authentication_codes::described::AuthenticationCode;
use crate::http::{ApiError, Verb};
use crate::listing::described::of_pages;
use crate::openapi::{Group, Key, Op, Place, named, uuid, words};
use crate::payment::{Account, Currency};
use crate::sandbox;
use serde_json::{Value, json};
use utoipa::{PartialSchema as _, ToSchema};
use uuid::Uuid;

pub(crate) const GROUP: Group = Group {
    name: "Autoramps",
    text: "Standing orders from one currency into another. Another destination or fee profile waits for the customer, and so \
           does taking over an account that was used before.",
    examples,
};

named! {
    /// What has become of an autoramp.
    AutorampStatus = words(
        "What waits for a code is `AuthorizationRequired`; a deployment may say `Created` (its making waits) and \
         `EditPending` (an edit waits) instead.",
        STATUSES,
    )
}

named! {
    /// Which way the money goes.
    AutorampKind = words("Which way the money goes.", KINDS)
}

named! {
    /// What an autoramp was made from.
    AutorampSource = words("There are no quotes here, so always `Standalone`.", SOURCES)
}

named! {
    /// What the sandbox sets.
    NewAutorampStatus = words(
        "The first three send a code, so that confirming can be rehearsed; any other makes the code that waits worthless.",
        STATUSES,
    )
}

// What `NewAutoramp::parse` reads. `crate::openapi::tests` holds the two together, here and below.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct NewAutorampBody {
    customer_id: Uuid,
    /// None of them may be the destination currency.
    #[schema(min_items = 1, max_items = 20)]
    source_currencies: Vec<Currency>,
    destination_currency: Currency,
    /// A bank account must be one that the customer has registered.
    recipient_account: Account,
    fee_profile_id: Option<Uuid>,
    #[schema(value_type = Option<AutorampType>)]
    r#type: Option<String>,
    #[schema(max_length = 200)]
    name: Option<String>,
    /// An id of your own. It must not belong to another autoramp.
    #[schema(max_length = 200)]
    external_id: Option<String>,
    source_is_third_party: Option<bool>,
    batch_payout: Option<bool>,
    pay_by_reference: Option<bool>,
    #[schema(min_length = 6, max_length = 140)]
    sepa_payment_reference: Option<String>,
    #[schema(min_length = 1, max_length = 10)]
    ach_payment_reference: Option<String>,
    #[schema(min_length = 6, max_length = 18)]
    fps_payment_reference: Option<String>,
    #[schema(min_length = 1, max_length = 140)]
    swift_payment_reference: Option<String>,
    #[schema(min_length = 1, max_length = 140)]
    wire_message: Option<String>,
}

named! {
    /// What kind of autoramp is made.
    AutorampType = words("There are no quotes here.", ["market"])
}

// What `Edit::parse` reads.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct AutorampEditBody {
    /// The customer whose autoramp it is.
    customer_id: Uuid,
    /// A bank account must be one that the customer has registered.
    recipient_account: Option<Account>,
    destination_currency: Option<Currency>,
    fee_profile_id: Option<Uuid>,
}

pub(crate) fn all() -> Place {
    let list = Op::new(Verb::Get, "listAutoramps", "List autoramps", "Those you reach, page by page.")
        .queries(of_pages())
        .query("customer_id", "Those of one customer.", uuid())
        .query("status", "Those with this status.", AutorampStatus::schema())
        .query("autoramp_type", "Those of this kind.", AutorampKind::schema())
        .query("source", "Those made from this.", AutorampSource::schema())
        .query("is_batch_payout", "Those that pay out in batches, or those that do not.", bool::schema())
        .answers_page_of::<Autoramp>();
    let create = Op::new(
        Verb::Post,
        "createAutoramp",
        "Make an autoramp",
        "If it takes over an account that was used before, it waits for the customer's code.",
    )
    .key(Key::Required)
    .takes::<NewAutorampBody>(
        json!({
            "customer_id": CUSTOMER,
            "source_currencies": [{ "type": "Fiat", "code": "EUR" }],
            "destination_currency": { "type": "Crypto", "token": "USDC", "blockchain": "Base" },
            "recipient_account": {
                "type": "Crypto", "chain": "Base", "address": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            },
            "fee_profile_id": "0c2a8e5b-1d34-4f6a-8b7c-9e0f1a2b3c4d",
            "type": "market",
            "name": "Savings",
            "external_id": "ramp-1",
            "source_is_third_party": false,
            "batch_payout": false,
            "pay_by_reference": false,
            "sepa_payment_reference": "Invoice 2026-1",
            "ach_payment_reference": "2026-1",
            "fps_payment_reference": "Invoice 2026-1",
            "swift_payment_reference": "Invoice 2026-1",
            "wire_message": "Invoice 2026-1",
        }),
        |body| NewAutoramp::parse(body).map(drop),
    )
    .or_takes(
        "into a bank account",
        json!({
            "customer_id": CUSTOMER,
            "source_currencies": [{ "type": "Crypto", "token": "USDC", "blockchain": "Base" }],
            "destination_currency": { "type": "Fiat", "code": "EUR" },
            "recipient_account": {
                "type": "Fiat", "account_identifier": { "type": "SEPA", "iban": "DE89370400440532013000" },
            },
        }),
    )
    .answers::<Autoramp>(201, "The autoramp.")
    .refuses(403, "The customer is archived.")
    .refuses(404, "There is no such customer.")
    .refuses(422, "The customer has not registered that bank account.");
    Place::new(&GROUP, [list, create])
}

pub(crate) fn one() -> Place {
    let get = Op::new(Verb::Get, "getAutoramp", "Look up an autoramp", "")
        .answers::<Autoramp>(200, "The autoramp.");
    let edit = Op::new(
        Verb::Patch,
        "editAutoramp",
        "Change where an autoramp pays out to",
        "What is asked for waits for the customer's code, and replaces what waited before. To ask for what it has withdraws \
         what waits; a body without a change does nothing.",
    )
    .takes::<AutorampEditBody>(
        json!({
            "customer_id": CUSTOMER,
            "recipient_account": {
                "type": "Crypto", "chain": "Base", "address": "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            },
            "destination_currency": { "type": "Crypto", "token": "USDC", "blockchain": "Base" },
            "fee_profile_id": "0c2a8e5b-1d34-4f6a-8b7c-9e0f1a2b3c4d",
        }),
        |body| Edit::parse(body).map(drop),
    )
    .answers::<Autoramp>(200, "The autoramp, with the terms it has so far.")
    .refuses(403, "The customer is archived.")
    .refuses(404, "The autoramp is cancelled or rejected.")
    .refuses(422, "The customer has not registered that bank account.");
    let cancel = Op::new(
        Verb::Delete,
        "cancelAutoramp",
        "Cancel an autoramp",
        "For good, and what waits for a code is withdrawn. Done again, it changes nothing.",
    )
    .answers_nothing("It is cancelled.");
    Place::new(&GROUP, [get, edit, cancel]).id("autoramp_id", "The autoramp.")
}

pub(crate) fn by_external_id() -> Place {
    let get = Op::new(Verb::Get, "getAutorampByExternalId", "Look up an autoramp by your own id", "")
        .answers::<Autoramp>(200, "The autoramp.");
    Place::new(&GROUP, [get]).external_id()
}

pub(crate) fn retry() -> Place {
    let retry = Op::new(
        Verb::Post,
        "retryAutorampAuthorization",
        "Send another code",
        "Replaces the code that waits by another for the same change. Ask for the change again instead.",
    )
    .deprecated()
    .key(Key::Required)
    .answers::<AuthenticationCode>(201, "The new code.")
    .refuses(404, "Nothing waits there.");
    Place::new(&GROUP, [retry]).id("autoramp_id", "The autoramp.")
}

pub(crate) fn status() -> Place {
    let decide = Op::new(
        Verb::Put,
        "decideAutoramp",
        "Say what compliance or a bank said",
        "For operators' keys only, and never before the customer.",
    )
    .takes::<DecidedStatus>(json!("Approved"), |body| {
        let status: Result<Status, _> = serde_json::from_slice(body);
        status.map(drop).map_err(|_| ApiError::bad_request("status"))
    })
    .answers::<Autoramp>(200, "The autoramp.")
    .refuses(403, "This is not an operator's key.")
    .refuses(
        409,
        "Code `not_authorized`: it waits for its customer. Code `autoramp_terminal`: it is rejected or cancelled for good.",
    );
    Place::new(&GROUP, [decide]).id("autoramp_id", "The autoramp.")
}

named! {
    /// What an operator can say.
    DecidedStatus = words("What it has come to.", ["Authorized", "DepositAccountAdded", "Approved", "Rejected"])
}

pub(crate) fn sandbox() -> Place {
    let set = Op::new(
        Verb::Put,
        "setSandboxAutorampStatus",
        "Set the status of an autoramp",
        "What compliance and a bank would do.",
    )
    .takes::<NewAutorampStatus>(json!("Approved"), |body| {
        let status: Result<Status, _> = serde_json::from_slice(body);
        status.map(drop).map_err(|_| ApiError::bad_request("status"))
    })
    .answers::<Autoramp>(200, "The autoramp.");
    Place::new(&sandbox::described::GROUP, [set]).id("autoramp_id", "The autoramp.")
}

const CUSTOMER: &str = "019bc1b2-6f6b-7a52-9a55-0c3d5e8a1f10";

fn examples() -> Vec<(&'static str, Value)> {
    vec![(
        "Autoramp",
        json!({
            "id": "019bc1c0-2b4d-7c11-8a3e-6d5f4c3b2a10",
            "customer_id": CUSTOMER,
            "status": "AuthorizationRequired",
            "kind": "Onramp",
            "name": "Savings",
            "external_id": "ramp-1",
            "source": "Standalone",
            "source_currencies": [{ "type": "Fiat", "code": "EUR" }],
            "destination_currency": { "type": "Crypto", "token": "USDC", "blockchain": "Base" },
            "recipient": {
                "type": "Wallet", "blockchain": "Base", "address": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            },
            "quotes": [],
            "deposit_rails": [],
            "fee_profile_id": null,
            "is_third_party": false,
            "batch_payout": false,
            "created_at": "2026-01-15T10:05:00Z",
        }),
    )]
}
