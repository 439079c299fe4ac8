//! The operations of this module, for `crate::openapi`.

use super::answers::Answers;
use super::create::New;
use super::object::Shown;
use super::review::Fields;
use crate::http::Verb;
use crate::json::object;
use crate::listing::described::of_forward_pages;
use crate::openapi::{Group, Key, Op, Place, named, words};
use crate::sandbox;
use serde_json::{Value, json};
use utoipa::ToSchema;

pub(crate) const GROUP: Group = Group {
    name: "Identifications",
    text: "Identifying a customer by a hosted link. The newest identification of a customer is the one that counts.",
    examples,
};

named! {
    /// How a customer is identified.
    IdentificationType = words("By a link.", ["Link"])
}

// What `New::parse` reads. `crate::openapi::tests` holds the two together, here and below.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct NewIdentificationBody {
    #[schema(value_type = IdentificationType)]
    r#type: String,
    /// Whether enhanced due diligence is needed.
    with_edd: Option<bool>,
}

// What `review` reads.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct ReviewBody {
    approved: bool,
    /// Shown with the identification.
    #[schema(max_length = 500)]
    comment: Option<String>,
}

// What `sandbox_review` reads.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct SandboxReviewBody {
    approved: bool,
}

pub(crate) fn of_customer() -> Place {
    let list = Op::new(
        Verb::Get,
        "listIdentifications",
        "List a customer's identifications",
        "Newest first, unless asked otherwise.",
    )
    .queries(of_forward_pages())
    .answers_page_of::<Shown>();
    Place::new(&GROUP, [list]).id("customer_id", "The customer.")
}

pub(crate) fn new() -> Place {
    let create = Op::new(
        Verb::Post,
        "createIdentification",
        "Identify a customer",
        "Each makes another identification, and from then on the earlier ones have no say.",
    )
    .key(Key::Accepted)
    .takes::<NewIdentificationBody>(json!({ "type": "Link", "with_edd": false }), |body| {
        New::parse(body).map(drop)
    })
    .answers::<Shown>(201, "The identification, with the link for the customer. It is not shown again.")
    .refuses(400, "Code `unsupported_identification_type`: it is made by a link here.")
    .refuses(403, "Code `customer_archived`: the customer is archived.")
    .refuses(404, "Code `customer_not_found`: there is no such customer.");
    Place::new(&GROUP, [create]).id("customer_id", "The customer.")
}

pub(crate) fn one() -> Place {
    let get = Op::new(Verb::Get, "getIdentification", "Look up an identification", "")
        .answers::<Shown>(200, "The identification.");
    Place::new(&GROUP, [get]).id("identification_id", "The identification.")
}

pub(crate) fn archive() -> Place {
    let archive = Op::new(
        Verb::Put,
        "archiveIdentification",
        "Archive an identification",
        "From any status, for ever.",
    )
    .answers::<Shown>(200, "The identification.");
    Place::new(&GROUP, [archive]).id("identification_id", "The identification.")
}

pub(crate) fn review() -> Place {
    let review = Op::new(
        Verb::Post,
        "reviewIdentification",
        "Approve or decline an identification",
        "For operators' keys only: whoever asks for an identification must not be the one who approves it.",
    )
    .key(Key::Accepted)
    .takes::<ReviewBody>(json!({ "approved": true, "comment": "The documents are in order." }), |body| {
        let fields: Fields = object(body)?;
        fields.comment()?;
        fields.approved().map(drop)
    })
    .answers::<Shown>(200, "The identification.")
    .refuses(403, "This is not an operator's key.")
    .refuses(
        409,
        "Code `identification_terminal`: it is decided, expired or archived, which does not change.",
    );
    Place::new(&GROUP, [review]).id("identification_id", "The identification.")
}

pub(crate) fn answers() -> Place {
    let get = Op::new(
        Verb::Get,
        "getIdentificationAnswers",
        "Look up what was filled in",
        "For operators' keys only. It is personal data: keep it nowhere.",
    )
    .answers::<Answers<'_>>(200, "What was filled in.")
    .refuses(403, "This is not an operator's key.")
    .refuses(404, "Code `answers_not_found`: nothing has been submitted.");
    Place::new(&GROUP, [get]).id("identification_id", "The identification.")
}

pub(crate) fn sandbox() -> Place {
    let review = Op::new(
        Verb::Post,
        "decideSandboxIdentification",
        "Approve or decline an identification",
        "What compliance would do. One that is decided, expired or archived is not found.",
    )
    .key(Key::Accepted)
    .takes::<SandboxReviewBody>(json!({ "approved": true }), |body| {
        object::<Fields>(body)?.approved().map(drop)
    })
    .answers::<Shown>(201, "The identification.");
    Place::new(&sandbox::described::GROUP, [review]).id("identification_id", "The identification.")
}

fn examples() -> Vec<(&'static str, Value)> {
    vec![(
        "Identification",
        json!({
            "id": "019bc1b3-1c42-7d10-8f2e-5b1a9c7d6e20",
            "customer_id": "019bc1b2-6f6b-7a52-9a55-0c3d5e8a1f10",
            "partner_id": "3c90c3cc-0d44-4b50-8888-8dd25736052a",
            "status": "Pending",
            "url": "https://2fa.example.com/identify/…",
            "with_edd": false,
            "created_at": "2026-01-15T10:02:00Z",
            "updated_at": "2026-01-15T10:02:00Z",
        }),
    )]
}
