//! The operations of this module, for `crate::openapi`.

pub(crate) use super::object::AuthenticationCode;
use super::object::status_name;
use super::submission::Submission;
use crate::http::Verb;
use crate::openapi::{Group, Op, Place, named};
use crate::ports::challenges::ChallengeStatus as Status;
use serde_json::{Value, json};
use utoipa::ToSchema;

pub(crate) const GROUP: Group = Group {
    name: "Authentication codes",
    text: "Which code waits for something, and submitting one. The code itself is in the message to its owner only.",
    examples,
};

named! {
    /// What a code has come to.
    CodeStatus = crate::openapi::words(
        "All but `Pending` are final. `Rejected`: wrong too many times. `Expired`: too late, replaced or withdrawn.",
        [Status::Pending, Status::Confirmed, Status::Rejected, Status::Expired].map(status_name),
    )
}

// What `Submission::parse` reads. `crate::openapi::tests` holds the two together.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct SubmissionBody {
    /// The six digits as an integer, without the zeros they may begin with.
    #[schema(minimum = 0, maximum = 999_999)]
    code: u32,
}

pub(crate) fn of_entity() -> Place {
    let get = Op::new(
        Verb::Get,
        "getPendingAuthenticationCode",
        "Find the code that waits for something",
        "Costs no attempt.",
    )
    .answers::<AuthenticationCode>(200, "The code that waits.")
    .refuses(404, "Nothing waits there.");
    Place::new(&GROUP, [get]).id(
        "entity_id",
        "An autoramp, a fiat address or a change of an e-mail address. A customer stands for the change of its address.",
    )
}

pub(crate) fn one() -> Place {
    let submit = Op::new(
        Verb::Put,
        "submitAuthenticationCode",
        "Submit a code",
        "A wrong code is answered with 200 too: `status` tells what came of it.",
    )
    .takes::<SubmissionBody>(json!({ "code": 123_456 }), |body| Submission::parse(body).map(drop))
    .answers::<AuthenticationCode>(200, "What has become of the code.");
    Place::new(&GROUP, [submit]).id("authentication_code_id", "The code's own id.")
}

fn examples() -> Vec<(&'static str, Value)> {
    vec![(
        "AuthenticationCode",
        json!({
            "id": "3c90c3cc-0d44-4b50-8888-8dd25736052a",
            "status": "Pending",
            "attempts": 0,
            "entity_id": "019bc1b4-0a3c-7b61-9d2f-7e4c1b8a5d30",
            "expires_at": "2026-01-15T10:11:00Z",
        }),
    )]
}
