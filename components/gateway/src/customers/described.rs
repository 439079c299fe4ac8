//! The operations of this module, for `crate::openapi`.

use super::fields::{CustomerUpdate, NewCustomer};
use super::filter::LONGEST_TERM;
use super::object::Customer;
use super::record::CustomerType;
use super::signings::{self, Fields};
use super::standing::Status;
use super::{email_changes, fields, suspension};
use crate::http::{ApiError, Verb};
use crate::identifications;
use crate::json::object;
use crate::listing::described::of_pages;
use crate::openapi::{Group, Key, Op, Place, named, text};
use crate::settings::Document;
use serde_json::{Value, json};
use utoipa::{PartialSchema as _, ToSchema};
use uuid::Uuid;

pub(crate) const GROUP: Group = Group {
    name: "Customers",
    text: "The people and companies whose sensitive actions are guarded, and what they have to sign.",
    examples,
};

named! {
    /// What has become of a change of an address.
    EmailChangeStatus = crate::openapi::words(
        "`Dropped`: rejected, expired, replaced or withdrawn.",
        email_changes::STATUSES,
    )
}

// What `NewCustomer::parse` reads. `crate::openapi::tests` holds the two together, here and below.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct NewCustomerBody {
    customer_type: CustomerType,
    /// Where the customer is asked to confirm things.
    #[schema(max_length = 254)]
    email: String,
    #[schema(schema_with = short_text)]
    name: Option<String>,
    /// An id of your own. It must not belong to another customer.
    #[schema(schema_with = short_text)]
    external_id: Option<String>,
}

// What `CustomerUpdate::parse` reads.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct CustomerUpdateBody {
    /// The address it is to have. The present one withdraws the change that waits.
    #[schema(max_length = 254)]
    email: String,
    /// An id of your own. Left out, it stays as it is.
    #[schema(schema_with = short_text)]
    external_id: Option<String>,
}

// What `signings::sign` reads.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct SigningBody {
    /// Whether the customer has signed.
    signed: bool,
    /// The document, as `required-signings` names it.
    content_id: Uuid,
}

pub(crate) fn all() -> Place {
    let list = Op::new(Verb::Get, "listCustomers", "List customers", "Those you reach, page by page.")
        .queries(of_pages())
        .query(
            "search_term",
            "Any part of a name or of an address, or the whole of an id.",
            text("A term.", LONGEST_TERM),
        )
        .query("customer_type", "May come several times; any of them fits.", Vec::<CustomerType>::schema())
        .query("status", "May come several times; any of them fits.", Vec::<Status>::schema())
        .query(
            "identification_status",
            "The status of the newest identification. May come several times; any of them fits.",
            Vec::<identifications::Status>::schema(),
        )
        .query("has_transactions", "Nobody has any here, so `true` finds nobody.", bool::schema())
        .answers_page_of::<Customer>();
    let create = Op::new(Verb::Post, "createCustomer", "Make a customer", "")
        .key(Key::Required)
        .takes::<NewCustomerBody>(
            json!({ "customer_type": "Person", "email": "ada@example.com", "name": "Ada Lovelace", "external_id": "ada-1" }),
            |body| NewCustomer::parse(body).map(drop),
        )
        .answers::<Customer>(201, "The customer.");
    Place::new(&GROUP, [list, create])
}

pub(crate) fn one() -> Place {
    let get =
        Op::new(Verb::Get, "getCustomer", "Look up a customer", "").answers::<Customer>(200, "The customer.");
    let update = Op::new(
        Verb::Put,
        "updateCustomer",
        "Change a customer's e-mail address or external id",
        "The external id changes at once. Another address waits until the owner of the present one has confirmed it; \
         asking again replaces the change that waits.",
    )
    .takes::<CustomerUpdateBody>(json!({ "email": "ada@new.example", "external_id": "ada-2" }), |body| {
        CustomerUpdate::parse(body).map(drop)
    })
    .answers_nothing("Done. The headers are there if a change of the address waits now.")
    .header("Location", "The change that waits.")
    .header("X-Authentication-Code-ID", "The id of the code that was sent for it.")
    .refuses(403, "The customer is archived.");
    Place::new(&GROUP, [get, update]).id("customer_id", "The customer.")
}

pub(crate) fn by_external_id() -> Place {
    let get = Op::new(Verb::Get, "getCustomerByExternalId", "Look up a customer by your own id", "")
        .answers::<Customer>(200, "The customer.");
    Place::new(&GROUP, [get]).external_id()
}

pub(crate) fn archive() -> Place {
    let archive = Op::new(
        Verb::Put,
        "archiveCustomer",
        "Archive a customer",
        "For ever, and the customer's identifications too. What waits for a confirmation of its address is withdrawn.",
    )
    .answers::<Customer>(200, "The customer.")
    .refuses(503, UNFINISHED);
    Place::new(&GROUP, [archive]).id("customer_id", "The customer.")
}

// What `suspension::read` reads.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct SuspensionBody {
    /// Whether the customer may only be looked at.
    suspended: bool,
}

pub(crate) fn suspension() -> Place {
    let suspend = Op::new(
        Verb::Put,
        "suspendCustomer",
        "Suspend a customer, or lift that",
        "For operators' keys only. What waits for a confirmation is withdrawn, and nothing is made for the customer or changed in \
         it until that is lifted.",
    )
    .takes::<SuspensionBody>(json!({ "suspended": true }), |body| suspension::read(body).map(drop))
    .answers::<Customer>(200, "The customer.")
    .refuses(403, OPERATORS)
    .refuses(503, UNFINISHED);
    Place::new(&GROUP, [suspend]).id("customer_id", "The customer.")
}

const OPERATORS: &str = "This is not an operator's key.";
const UNFINISHED: &str =
    "It is done, but so much waits for the customer that not all of it is withdrawn yet: send it again.";

pub(crate) fn email_change() -> Place {
    let get = Op::new(
        Verb::Get,
        "getEmailChange",
        "Look up a change of an address",
        "Where the `Location` of the request for it leads. It is remembered for a month.",
    )
    .answers::<email_changes::Shown>(200, "The change.");
    Place::new(&GROUP, [get]).id("customer_id", "The customer.").sub("email_change_id", "The change.")
}

pub(crate) fn required_signings() -> Place {
    let get = Op::new(Verb::Get, "listRequiredSignings", "List what is left to be signed", "")
        .answers_list_of::<Document>("The documents.");
    Place::new(&GROUP, [get]).id("customer_id", "The customer.")
}

pub(crate) fn signings() -> Place {
    let sign = Op::new(
        Verb::Post,
        "createSigning",
        "Sign a document",
        "A document is signed once; to sign it again answers the same.",
    )
    .key(Key::Accepted)
    .takes::<SigningBody>(
        json!({ "signed": true, "content_id": "5b0d3b3e-6f0a-4c1e-9a3d-0f3f6f2f7a11" }),
        |body| {
            let read = object::<Fields>(body)?.read()?;
            read.content.map(drop).ok_or_else(|| ApiError::bad_request("content_id"))
        },
    )
    .answers::<signings::Shown>(201, "The signing.")
    .refuses(403, "The customer is archived.")
    .refuses(422, "`content_id` is not the id of a document that has to be signed, or `signed` is false.");
    Place::new(&GROUP, [sign]).id("customer_id", "The customer.")
}

fn short_text() -> utoipa::openapi::schema::Object {
    use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .max_length(Some(fields::LONGEST_TEXT))
        .build()
}

fn examples() -> Vec<(&'static str, Value)> {
    vec![
        (
            "Customer",
            json!({
                "id": "019bc1b2-6f6b-7a52-9a55-0c3d5e8a1f10",
                "customer_type": "Person",
                "status": "IdentificationRequired",
                "name": "Ada Lovelace",
                "email": "ada@example.com",
                "external_id": "ada-1",
                "partner_id": "3c90c3cc-0d44-4b50-8888-8dd25736052a",
                "identification_ids": ["019bc1b3-1c42-7d10-8f2e-5b1a9c7d6e20"],
                "identification_status": "Pending",
                "signing_ids": [],
                "spending_limit_euro": null,
                "created_at": "2026-01-15T10:00:00Z",
                "updated_at": "2026-01-15T10:00:00Z",
            }),
        ),
        (
            "EmailChange",
            json!({
                "id": "019bc1b4-0a3c-7b61-9d2f-7e4c1b8a5d30",
                "customer_id": "019bc1b2-6f6b-7a52-9a55-0c3d5e8a1f10",
                "email": "ada@new.example",
                "status": "AuthorizationRequired",
                "created_at": "2026-01-15T10:01:00Z",
                "expires_at": "2026-01-15T10:11:00Z",
            }),
        ),
        (
            "RequiredSigning",
            json!({
                "id": "5b0d3b3e-6f0a-4c1e-9a3d-0f3f6f2f7a11",
                "url": "https://example.com/terms.pdf",
                "display_name": "Terms of service",
            }),
        ),
        (
            "Signing",
            json!({
                "id": "8f14e45f-ceea-867a-9d5c-2b0c1d3e4f50",
                "customer_id": "019bc1b2-6f6b-7a52-9a55-0c3d5e8a1f10",
                "content_id": "5b0d3b3e-6f0a-4c1e-9a3d-0f3f6f2f7a11",
                "created_at": "2026-01-15T10:20:00Z",
                "updated_at": "2026-01-15T10:20:00Z",
            }),
        ),
    ]
}
