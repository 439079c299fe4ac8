//! stepgate-tests
