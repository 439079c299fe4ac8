//! The ways in which an exchange can differ from the description.

/// What is not as described. If the service is right, `UPDATE_OPENAPI=1 cargo test -p stepgate-gateway openapi` writes the
/// description anew; what it is made from is described beside each route's handlers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Drift {
    /// The description itself is no use.
    #[error("docs/openapi.json cannot be used: {0}")]
    Unreadable(String),
    /// Something was done at a place that is not described.
    #[error("{0}: docs/openapi.json has no such operation")]
    Operation(String),
    /// The operation is described, this status of it is not.
    #[error("{0}: docs/openapi.json has no such status there")]
    Status(String),
    /// A header of ours that is not described, or one that is and is missing.
    #[error("{0}: the header {1} is not as docs/openapi.json says")]
    Header(String, String),
    /// The body is of another type, or there is one where none is described, or none where one is.
    #[error("{0}: its body is of type {1:?}, which is not as docs/openapi.json says")]
    MediaType(String, String),
    /// The body of the answer.
    #[error("{0}: its body is not as docs/openapi.json says: {1}")]
    Answer(String, String),
    /// An example in the description.
    #[error("the example of {0} is not as docs/openapi.json itself says: {1}")]
    Example(String, String),
    /// The body of a request that was carried out.
    #[error("{0}: the body of the request is not as docs/openapi.json says: {1}")]
    Request(String, String),
}
