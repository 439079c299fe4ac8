//! stepgate-storage
