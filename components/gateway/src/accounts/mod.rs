//! Accounts: what both account APIs stand on. No HTTP here.

pub(crate) mod password;
