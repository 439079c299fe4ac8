//! People who sign in: what both account APIs stand on. No HTTP.

pub(crate) mod caps;
pub(crate) mod names;
pub(crate) mod phone;
