//! The description of the API in OpenAPI 3.1, made from the code.
//!
//! Only tests have it: what it comes to is `docs/openapi.json`, and that is what the component serves and what every
//! exchange in the tests is held against (`tests/openapi`). So nothing in here is in the component.
//!
//! An operation is described beside its handler, in the `described.rs` of its module: what is special about it. What
//! follows from its route (paths, methods, how it says no) is added here. [`place`] says where each route is described,
//! and does not compile without; `tests` holds the descriptions against the routes and the readers of bodies.
//!
//! | module | what it knows |
//! |---|---|
//! | `operation`, `place`, `words` | what a description is written with |
//! | `refusals` | how routes say no |
//! | `document` | all of it together |

mod document;
mod operation;
mod place;
mod refusals;
mod tests;
mod words;

pub(crate) use operation::{Access, Key, Op};
pub(crate) use place::{Group, Place};
pub(crate) use words::{named, parameter, text, uuid, words};

use crate::routes::Route;
use crate::{
    authentication_codes, autoramps, customers, fiat_addresses, identifications, login_mfa, sandbox,
    two_factor_sessions, webhooks,
};

/// The groups, in the order in which they are read.
const GROUPS: [&Group; 9] = [
    &customers::described::GROUP,
    &authentication_codes::described::GROUP,
    &autoramps::described::GROUP,
    &fiat_addresses::described::GROUP,
    &identifications::described::GROUP,
    &webhooks::described::GROUP,
    &login_mfa::described::GROUP,
    &two_factor_sessions::described::GROUP,
    &sandbox::described::GROUP,
];

/// What there is at a route of the API; none at one that is a page.
fn place(route: Route) -> Option<Place> {
    Some(match route {
        Route::Customers => customers::described::all(),
        Route::Customer => customers::described::one(),
        Route::CustomerByExternalId => customers::described::by_external_id(),
        Route::CustomerArchive => customers::described::archive(),
        Route::CustomerSuspension => customers::described::suspension(),
        Route::EmailChange => customers::described::email_change(),
        Route::RequiredSignings => customers::described::required_signings(),
        Route::Signings => customers::described::signings(),
        Route::CodeOfEntity => authentication_codes::described::of_entity(),
        Route::Code => authentication_codes::described::one(),
        Route::Autoramps => autoramps::described::all(),
        Route::Autoramp => autoramps::described::one(),
        Route::AutorampByExternalId => autoramps::described::by_external_id(),
        Route::AutorampRetry => autoramps::described::retry(),
        Route::AutorampStatus => autoramps::described::status(),
        Route::FiatAddresses => fiat_addresses::described::all(),
        Route::FiatAddressesOfCustomer => fiat_addresses::described::of_customer(),
        Route::FiatAddress => fiat_addresses::described::one(),
        Route::FiatAddressRetry => fiat_addresses::described::retry(),
        Route::FiatAddressStatus => fiat_addresses::described::status(),
        Route::Identifications => identifications::described::of_customer(),
        Route::NewIdentification => identifications::described::new(),
        Route::Identification => identifications::described::one(),
        Route::IdentificationArchive => identifications::described::archive(),
        Route::IdentificationReview => identifications::described::review(),
        Route::IdentificationAnswers => identifications::described::answers(),
        Route::Webhooks => webhooks::described::all(),
        Route::Webhook => webhooks::described::one(),
        Route::WebhookPing => webhooks::described::ping(),
        Route::WebhookSecret => webhooks::described::secret(),
        Route::DeadLetters => webhooks::described::dead_letters(),
        Route::DeadLetterRetry => webhooks::described::retry(),
        Route::SandboxIdentification => identifications::described::sandbox(),
        Route::SandboxAutoramp => autoramps::described::sandbox(),
        Route::SandboxFiatAddress => fiat_addresses::described::sandbox(),
        Route::SandboxReset => sandbox::described::reset(),
        Route::LoginMfa(place) => login_mfa::described::place(place),
        Route::TwoFactorSessions(place) => two_factor_sessions::described::place(place),
        Route::Confirm
        | Route::Identify
        | Route::Inbox
        | Route::InboxJson
        | Route::Landing
        | Route::Stylesheet
        | Route::OpenApi
        | Route::ApiPage
        | Route::Health
        | Route::WebhookRun => return None,
    })
}
