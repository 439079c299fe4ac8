use super::{Delivery, DeliveryError, Message};
use futures::future::{BoxFuture, FutureExt, ready};

/// No transport for any channel.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDelivery;

impl Delivery for NoDelivery {
    fn send(&self, _message: Message) -> BoxFuture<'_, Result<(), DeliveryError>> {
        ready(Err(DeliveryError::Unconfigured)).boxed()
    }
}
