//! stepgate-otp
