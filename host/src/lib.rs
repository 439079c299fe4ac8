//! stepgate-host
