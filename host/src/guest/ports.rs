//! `store`, `delivery` and `settings` as the guest imports them.

use super::{Courier, State};
use crate::clock::Clock;
use crate::delivery;
use crate::outbound::Outbound;
use crate::random::Random;
use crate::settings::Settings;
use crate::store::{Key, Store, StoreError, Value};
use std::any::Any;
use std::sync::Arc;
use stepgate::otp::delivery as wit_delivery;
use stepgate::otp::settings as wit_settings;
use stepgate::otp::store as wit_store;
use wasmtime::component::{HasSelf, Linker};

wasmtime::component::bindgen!({
    path: "../wit",
    inline: "
        package stepgate:host;

        world host {
            import stepgate:otp/store@0.1.0;
            import stepgate:otp/delivery@0.1.0;
            import stepgate:otp/settings@0.1.0;
        }
    ",
    imports: { "stepgate:otp/delivery@0.1.0.send": async },
    require_store_data_send: true,
});

/// What every instance is connected to.
pub(crate) struct Ports {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) delivery: Courier,
    pub(crate) settings: Arc<dyn Settings>,
    pub(crate) outbound: Option<Arc<Outbound>>,
    pub(crate) clock: Option<Arc<dyn Clock>>,
    pub(crate) random: Option<Arc<dyn Random>>,
    pub(crate) log: super::GuestLog,
    pub(crate) extension: Option<Arc<dyn Any + Send + Sync>>,
}

pub(super) fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    wit_store::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    wit_delivery::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    wit_settings::add_to_linker::<_, HasSelf<State>>(linker, |state| state)
}

impl wit_store::Host for State {
    fn get(&mut self, key: String) -> Result<Option<String>, wit_store::Error> {
        self.with_store(|store, seen| store.get(Key::new(&key)?, seen)).map_err(Into::into)
    }

    fn set(&mut self, key: String, value: String, expires: Option<u64>) -> Result<(), wit_store::Error> {
        self.with_store(|store, seen| store.set(Key::new(&key)?, Value::new(&value)?, expires, seen))
            .map_err(Into::into)
    }

    fn delete(&mut self, key: String) -> Result<(), wit_store::Error> {
        self.with_store(|store, seen| store.delete(Key::new(&key)?, seen)).map_err(Into::into)
    }

    fn add(&mut self, key: String, delta: i64, expires: Option<u64>) -> Result<i64, wit_store::Error> {
        self.with_store(|store, seen| store.add(Key::new(&key)?, delta, expires, seen)).map_err(Into::into)
    }
}

impl From<StoreError> for wit_store::Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(reason) => Self::Unavailable(reason),
            StoreError::Refused(reason) => Self::Refused(reason),
        }
    }
}

impl wit_settings::Host for State {
    fn get(&mut self, name: String) -> Result<Option<String>, wit_settings::Error> {
        self.ports.settings.get(&name).map_err(|error| wit_settings::Error::Unavailable(error.0))
    }
}

impl wit_delivery::Host for State {
    async fn send(&mut self, message: wit_delivery::Message) -> Result<(), wit_delivery::Error> {
        self.growth.end_turn();
        let channel = match message.channel {
            wit_delivery::Channel::Email => delivery::Channel::Email,
            wit_delivery::Channel::Sms => delivery::Channel::Sms,
        };
        let wit_delivery::Message { to, subject, text, .. } = message;
        // A message must not leave before what it rests on is durable: its code would open nothing after a crash,
        // and a cool-down that was promised would not be kept.
        let seen = self.in_hand().seen();
        self.ports
            .store
            .durable(seen)
            .await
            .map_err(|error| wit_delivery::Error::Unavailable(error.to_string()))?;
        let sent = self.ports.delivery.send(delivery::Message { channel, to, subject, text }).await;
        sent.map_err(|error| match error {
            delivery::DeliveryError::Unavailable(reason) => wit_delivery::Error::Unavailable(reason),
            delivery::DeliveryError::Refused(reason) => wit_delivery::Error::Refused(reason),
            delivery::DeliveryError::Unconfigured => wit_delivery::Error::Unconfigured,
        })
    }
}
