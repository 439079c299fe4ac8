use super::{Channel, Delivery, DeliveryError, Message};
use futures::future::BoxFuture;
use std::sync::Arc;

/// A transport of its own for each channel.
pub struct ByChannel {
    /// Takes e-mail.
    pub email: Arc<dyn Delivery>,
    /// Takes text messages.
    pub sms: Arc<dyn Delivery>,
}

impl Delivery for ByChannel {
    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), DeliveryError>> {
        match message.channel {
            Channel::Email => self.email.send(message),
            Channel::Sms => self.sms.send(message),
        }
    }
}
