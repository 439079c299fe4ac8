//! stepgate-model
