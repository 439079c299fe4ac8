//! stepgate-gateway
