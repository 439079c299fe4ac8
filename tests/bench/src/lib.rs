//! stepgate-bench
