//! People who sign in: what both account APIs stand on. No HTTP.

pub(crate) mod devices;
pub(crate) mod methods;
pub(crate) mod token;
