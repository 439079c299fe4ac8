//! stepgate-hello
