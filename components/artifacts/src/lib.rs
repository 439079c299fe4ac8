//! stepgate-artifacts
