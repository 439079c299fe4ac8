//! The core as a component, called as any Rust host would, over a store of the harness.

use crate::fixture::{ATTEMPTS, KEY_ID, LIFETIME, PAYLOAD, PURPOSE, SCOPE, SECRET, SUBJECT, entity};
use std::sync::Arc;
use stepgate::otp::store as wit_store;
use stepgate_host::store::{Key, Seen, Store as HostStore, StoreError, Value};
use wasmtime::component::{Component, HasSelf, Linker, ResourceTable};
use wasmtime::{Config, Engine, Result, Store, bail};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

mod bindings {
    wasmtime::component::bindgen!({ path: "../../wit", world: "stepgate:otp/otp" });
}
pub use bindings::exports::stepgate::otp::challenges::{Issued, Verdict};
use bindings::exports::stepgate::otp::challenges::{Issuing, Key as MacKey, Policy, Request};
use bindings::stepgate;

/// Far enough away to never come.
const NO_DEADLINE: u64 = u64::MAX / 2;

struct Host {
    wasi: WasiCtx,
    table: ResourceTable,
    store: Arc<dyn HostStore>,
    seen: Seen,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl wit_store::Host for Host {
    fn get(&mut self, key: String) -> Result<Option<String>, wit_store::Error> {
        Ok(self.store.get(Key::new(&key)?, &mut self.seen)?)
    }

    fn set(&mut self, key: String, value: String, expires: Option<u64>) -> Result<(), wit_store::Error> {
        Ok(self.store.set(Key::new(&key)?, Value::new(&value)?, expires, &mut self.seen)?)
    }

    fn delete(&mut self, key: String) -> Result<(), wit_store::Error> {
        Ok(self.store.delete(Key::new(&key)?, &mut self.seen)?)
    }

    fn add(&mut self, key: String, delta: i64, expires: Option<u64>) -> Result<i64, wit_store::Error> {
        Ok(self.store.add(Key::new(&key)?, delta, expires, &mut self.seen)?)
    }
}

impl From<StoreError> for wit_store::Error {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// One instance of the component.
pub struct Wasm {
    store: Store<Host>,
    otp: bindings::Otp,
    scope: String,
    keys: Vec<MacKey>,
}

impl Wasm {
    pub fn new(store: Arc<dyn HostStore>) -> Result<Self> {
        let mut config = Config::new();
        // As in the harness: the checks that stop a runaway guest are in the code that is measured.
        config.epoch_interruption(true);
        let engine = Engine::new(&config)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
        wit_store::add_to_linker::<_, HasSelf<Host>>(&mut linker, |host| host)?;
        let component = Component::from_binary(&engine, stepgate_artifacts::OTP)?;
        let host = Host {
            wasi: WasiCtx::builder().build(),
            table: ResourceTable::new(),
            store,
            seen: Seen::NOTHING,
        };
        let mut store = Store::new(&engine, host);
        store.set_epoch_deadline(NO_DEADLINE);
        let otp = bindings::Otp::instantiate(&mut store, &component, &linker)?;
        let keys = vec![MacKey { id: KEY_ID.to_owned(), secret: SECRET.to_vec() }];
        Ok(Self { store, otp, scope: SCOPE.to_owned(), keys })
    }

    pub fn issue(&mut self, number: u64) -> Result<Issued> {
        let request = Request {
            scope: SCOPE.to_owned(),
            entity: entity(number),
            subject: SUBJECT.to_owned(),
            purpose: PURPOSE.to_owned(),
            payload: PAYLOAD.to_owned(),
            policy: Policy {
                lifetime_seconds: LIFETIME,
                attempts: ATTEMPTS,
                cooldown_seconds: 0,
                sandbox: false,
            },
        };
        match self.otp.stepgate_otp_challenges().call_issue(&mut self.store, &request, &self.keys, None)?? {
            Issuing::Done(issued) => Ok(issued),
            Issuing::Wait(_) => bail!("nothing was in flight, and yet it had to wait"),
        }
    }

    #[expect(clippy::ptr_arg, reason = "what wasmtime generates takes it so")]
    pub fn verify(&mut self, id: &String, code: &String) -> Result<Verdict> {
        let challenges = self.otp.stepgate_otp_challenges();
        Ok(challenges.call_verify(&mut self.store, &self.scope, id, None, code, &self.keys, false)??.verdict)
    }
}
