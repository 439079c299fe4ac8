//! What the API and the pages do, from request to answer, over the real core.

mod anything;
mod api_page;
mod autoramps;
mod bad_input;
mod codes;
mod customers;
mod email_change;
mod failures;
mod fiat_addresses;
mod flow;
mod idempotency;
mod identifications;
mod login_mfa;
mod operators;
mod pages;
mod races;
mod rate;
mod sandbox;
mod scopes;
mod two_factor_sessions;
mod webhooks;
