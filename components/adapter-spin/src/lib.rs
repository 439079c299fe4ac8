//! stepgate-adapter-spin
