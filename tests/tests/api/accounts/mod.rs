//! The two account APIs at once, through HTTP: the attacks of `security.md` that concern accounts. What each of them answers row by
//! row is tested in components/gateway.

mod attempts;
mod bad_input;
mod blocks;
mod clients;
mod codes;
mod devices;
mod enumeration;
mod factors;
mod failures;
mod lifetimes;
mod limits;
mod locked;
mod messages;
mod people;
mod revocations;
mod sessions;
mod tenants;
