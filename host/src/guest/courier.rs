//! Keeps a slow mail server from taking every instance: each message on its way holds one.

use crate::delivery::{Delivery, DeliveryError, Message};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How long a message may wait for those before it.
const PATIENCE: Duration = Duration::from_secs(1);

/// Sends messages with a quarter of all instances at most. Those that wait for it take another half at most, so that
/// a quarter is left for requests that send nothing.
pub(crate) struct Courier {
    delivery: Arc<dyn Delivery>,
    sending: Semaphore,
    present: Semaphore,
}

impl Courier {
    pub(crate) fn new(delivery: Arc<dyn Delivery>, instances: u32) -> Self {
        let instances = instances as usize;
        Self {
            delivery,
            sending: Semaphore::new((instances / 4).max(1)),
            present: Semaphore::new((instances - instances.div_ceil(4)).max(1)),
        }
    }

    pub(super) async fn send(&self, message: Message) -> Result<(), DeliveryError> {
        let busy = || DeliveryError::Unavailable("too many messages are on their way".into());
        let _present = self.present.try_acquire().map_err(|_| busy())?;
        match timeout(PATIENCE, self.sending.acquire()).await {
            Ok(Ok(_sending)) => self.delivery.send(message).await,
            Ok(Err(_)) | Err(_) => Err(busy()),
        }
    }
}
