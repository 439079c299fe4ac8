//! The operations of this module, for `crate::openapi`.

use super::routes::{DeadLetterPage, Fields, PingFields, Webhook};
use super::sign::Form;
use super::topic::Topic;
use crate::http::{ApiError, Verb};
use crate::json::object;
use crate::listing::described::of_pages;
use crate::openapi::{Group, Key, Op, Place, text};
use crate::testing::sandbox;
use serde_json::{Value, json};
use utoipa::{PartialSchema as _, ToSchema};
use uuid::Uuid;

pub(crate) const GROUP: Group = Group {
    name: "Webhooks",
    text: "What partners are told when something comes to another status. Each delivery is a POST of a WebhookEvent, with the \
           headers `webhook-id`, `webhook-timestamp` and `webhook-signature`; any 2xx within ten seconds takes it.",
    examples,
};

// What `Fields::parse` reads, where a webhook is made. `crate::openapi::tests` holds the two together, here and below.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct NewWebhookBody {
    /// Where it is told: `https` only, but in the sandbox.
    #[schema(max_length = 2_000)]
    url: String,
    topics: Vec<Topic>,
    #[schema(max_length = 80)]
    label: Option<String>,
    enabled: Option<bool>,
    signature: Option<Form>,
}

// The same, where one is changed.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct WebhookUpdateBody {
    #[schema(max_length = 2_000)]
    url: Option<String>,
    topics: Option<Vec<Topic>>,
    #[schema(max_length = 80)]
    label: Option<String>,
    enabled: Option<bool>,
    signature: Option<Form>,
}

// What `PingFields::customer` reads.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct PingBody {
    /// Whom the event is to be about.
    customer_id: Uuid,
}

/// What is told, byte for byte as it is signed.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used; the letters in the tests are held against it")]
pub(super) struct WebhookEvent {
    /// The topic in lower case, its words joined by underscores.
    r#type: String,
    #[schema(format = DateTime)]
    timestamp: String,
    #[schema(inline)]
    data: EventData,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct EventData {
    customer_id: Uuid,
    #[schema(inline)]
    message: EventMessage,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct EventMessage {
    /// What it is about.
    id: Uuid,
    /// What that has come to; a ping has none.
    #[schema(nullable = false)]
    status: Option<String>,
}

pub(crate) fn all() -> Place {
    let list = Op::new(Verb::Get, "listWebhooks", "List webhooks", "Those you reach, page by page.")
        .queries(of_pages())
        .answers_page_of::<Webhook>();
    let register = Op::new(
        Verb::Post,
        "createWebhook",
        "Register a webhook",
        "For operators' keys; in the sandbox also for keys that may write.",
    )
    .key(Key::Accepted)
    .takes::<NewWebhookBody>(every_field(), |body| {
        let fields = read(body)?;
        match (fields.url, fields.topics) {
            (Some(_), Some(_)) => Ok(()),
            _ => Err(ApiError::bad_request("url and topics must be given.")),
        }
    })
    .answers::<Webhook>(201, "The webhook, with its secret, which is not shown again.")
    .refuses(403, "This is not an operator's key.")
    .refuses(404, "It was forgotten while it was made.")
    .refuses(409, "There are 50 webhooks already.");
    Place::new(&GROUP, [list, register])
}

pub(crate) fn one() -> Place {
    let update = Op::new(
        Verb::Patch,
        "updateWebhook",
        "Change a webhook",
        "What is on its way already goes to the new address too.",
    )
    .takes::<WebhookUpdateBody>(every_field(), |body| read(body).map(drop))
    .answers::<Webhook>(200, "The webhook.");
    Place::new(&GROUP, [update]).id("webhook_id", "The webhook.")
}

pub(crate) fn ping() -> Place {
    let ping = Op::new(Verb::Post, "pingWebhook", "Send a ping", "Whatever topics the webhook has.")
        .key(Key::Accepted)
        .takes::<PingBody>(json!({ "customer_id": CUSTOMER }), |body| {
            object::<PingFields>(body)?.customer().map(drop)
        })
        .answers::<bool>(200, "It is on its way: always `true`.")
        .refuses(404, "There is no such webhook, or no such customer.")
        .refuses(409, "The webhook is disabled.");
    Place::new(&GROUP, [ping]).id("webhook_id", "The webhook.")
}

pub(crate) fn secret() -> Place {
    let renew = Op::new(
        Verb::Post,
        "renewWebhookSecret",
        "Give a webhook another secret",
        "From now on. For operators' keys; in the sandbox also for keys that may write.",
    )
    .answers::<Webhook>(200, "The webhook, with its secret, which is not shown again.")
    .refuses(403, "This is not an operator's key.");
    Place::new(&GROUP, [renew]).id("webhook_id", "The webhook.")
}

pub(crate) fn dead_letters() -> Place {
    let list = Op::new(
        Verb::Get,
        "listDeadLetters",
        "List what nobody took",
        "The newest first. What was sent in vain for 24 hours is kept here.",
    )
    .query("page_size", "How many there are on a page at most: 1 to 100, 10 by default.", u32::schema())
    .query(
        "cursor",
        "The `cursor` of an earlier page: asks for the page after that one.",
        text("A number.", 20),
    )
    .answers::<DeadLetterPage>(200, "One page.");
    Place::new(&GROUP, [list]).id("webhook_id", "The webhook.")
}

pub(crate) fn retry() -> Place {
    let retry = Op::new(Verb::Post, "retryDeadLetter", "Send a dead letter once more", "As a new message.")
        .answers::<bool>(200, "It is on its way: always `true`.");
    Place::new(&GROUP, [retry])
        .id("webhook_id", "The webhook.")
        .number("dead_letter_number", "The letter's `number`.")
}

fn read(body: &[u8]) -> Result<Fields, ApiError> {
    Fields::parse(&sandbox(), body)
}

const CUSTOMER: &str = "019bc1b2-6f6b-7a52-9a55-0c3d5e8a1f10";

fn every_field() -> Value {
    json!({
        "url": "https://hooks.example.com/stepgate",
        "topics": ["IdentificationStatus", "CustomerStatus"],
        "label": "Production",
        "enabled": true,
        "signature": "hex",
    })
}

fn examples() -> Vec<(&'static str, Value)> {
    let event = json!({
        "type": "identification_status",
        "timestamp": "2026-01-15T10:05:00.000000+00:00",
        "data": {
            "customer_id": CUSTOMER,
            "message": { "id": "019bc1b3-1c42-7d10-8f2e-5b1a9c7d6e20", "status": "Approved" },
        },
    });
    let webhook = json!({
        "id": "019bc1e0-4d6f-7e33-8c5a-8f7b6e5d4c30",
        "partner_id": "3c90c3cc-0d44-4b50-8888-8dd25736052a",
        "label": "Production",
        "url": "https://hooks.example.com/stepgate",
        "topics": ["IdentificationStatus", "CustomerStatus"],
        "enabled": true,
        "signature": "hex",
        "created_at": "2026-01-15T10:07:00Z",
        "updated_at": "2026-01-15T10:07:00Z",
    });
    vec![("Webhook", webhook), ("WebhookEvent", event)]
}
