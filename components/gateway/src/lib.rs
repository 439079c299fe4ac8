//! The HTTP side of Stepgate: the JSON API, the page behind a confirmation link, and the sandbox's inbox.
//!
//! [`answer`] takes a request and whatever the component imports ([`Ports`]) and gives the response. It knows neither
//! Spin nor WebAssembly; `component.rs` connects it to them.
//!
//! | module | what it knows |
//! |---|---|
//! | `gateway` | the way of a request: trace id, settings, caller, route, handler |
//! | `routes`, `http`, `auth`, `rate`, `settings` | one step of that way each |
//! | `customers`, `autoramps`, `fiat_addresses`, `identifications`, `authentication_codes` | the JSON API |
//! | `accounts` | who signs in: what both account APIs stand on |
//! | `login_mfa`, `two_factor_sessions` | the two account APIs |
//! | `settled` | what happens once, whoever asks for it |
//! | `listing` | pages of lists |
//! | `accounts` | people who sign in: what the account APIs stand on |
//! | `guarded` | the one mechanism by which an action waits for its confirmation |
//! | `payment` | accounts, addresses and currencies: what is one, and how a body's fields are read |
//! | [`messages`] | what a person reads in a mail or SMS |
//! | `tokens` | what signed-in programs show |
//! | `pages` | what a person sees in a browser |
//! | `webhooks` | telling partners what has changed |
//! | `identify` | the pages behind the link of an identification |
//! | `inbox`, `sandbox` | what exists in the sandbox only |

mod accounts;
mod auth;
mod authentication_codes;
mod autoramps;
mod bindings;
mod call;
#[cfg(target_arch = "wasm32")]
mod component;
mod customers;
mod email;
mod external;
mod fiat_addresses;
mod gateway;
mod guarded;
mod http;
mod idempotency;
mod identifications;
mod identify;
mod ids;
mod inbox;
mod json;
mod listing;
mod login_mfa;
mod mac;
pub mod messages;
#[cfg(test)]
mod openapi;
mod owner;
mod pages;
mod payment;
mod ports;
mod rate;
mod routes;
mod sandbox;
mod settings;
mod settled;
mod stored;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod tokens;
mod two_factor_sessions;
mod webhooks;
mod when;

pub use gateway::answer;
pub use http::{Body, BodyError};
pub use ports::{
    Challenges, Deliver, NoAnswer, Outbound, Ports, SettingUnavailable, Settings, Surroundings, challenges,
    delivery,
};
