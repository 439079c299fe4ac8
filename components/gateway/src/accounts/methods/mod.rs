//! Second factors.

pub(crate) mod qr;
pub(crate) mod recovery;
pub(crate) mod totp;
