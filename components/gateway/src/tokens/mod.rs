//! Tokens: what a signed-in program shows, and what it renews that with.
//!
//! An access token says itself who its bearer is, and a signature that it is ours; nothing has to be read from the store to
//! know that. A refresh token is a random text of which the store knows a hash. `docs/tokens.md` is for whoever verifies them.
//!
//! | module | what it knows |
//! |---|---|
//! | `keys` | the keys, and their signatures |
//! | `jws` | how something is said under a signature |
//! | `access` | what an access token says, and when it is believed |
//! | `reset` | what lets its bearer set a new password, once |
//! | `jwks` | what others need to verify one |
//! | `refresh` | families of refresh tokens: each is used once |
//! | `revocations` | which access tokens are dead before their time, for those who do not ask the store |

mod access;
mod jwks;
mod jws;
mod keys;
pub(crate) mod refresh;
pub(crate) mod reset;
pub(crate) mod revocations;
#[cfg(test)]
mod tests;

pub(crate) use access::Claims;
#[cfg(test)]
pub(crate) use jwks::JwkSet;
pub(crate) use keys::Keys;
