//! `wasi:keyvalue` as Spin serves it.

use std::future::Future;

use stepgate_host::State;
use wasmtime::component::Resource;
use wasmtime_wasi::WasiView as _;

use super::backend::BackendError;
use super::bindings::wasi::keyvalue::atomics::{CasError, Host as HostAtomics, HostCas};
use super::bindings::wasi::keyvalue::store::{Error, Host as HostStore, HostBucket, KeyResponse};
use super::faults::Moment;
use super::rules::{Ruling, Touch, Violation};
use super::{Counts, SpinHost, host, lock};

/// The one label that spin.toml grants.
const LABEL: &str = "default";

/// An open store. There is but one, so it holds nothing.
pub struct Bucket(());

/// Compare-and-swap is never granted, so none of these is ever made.
pub enum Cas {}

type Answer<T> = wasmtime::Result<Result<T, Error>>;

/// Everything around one operation on a key: count it, judge it, fail it if it is told to.
async fn operate<T, F>(
    host: SpinHost,
    touch: Touch,
    key: String,
    count: fn(&mut Counts) -> &mut u64,
    operation: impl FnOnce(SpinHost, String) -> F,
) -> Answer<T>
where
    F: Future<Output = Result<T, BackendError>>,
{
    *count(&mut lock(&host.0.counts)) += 1;
    let fault = lock(&host.0.faults).next();
    if fault == Some(Moment::Before) {
        return Ok(Err(Error::Other("injected: the request was lost".into())));
    }
    let ruling = lock(&host.0.rules).judge(touch, &key);
    match ruling {
        Ruling::Go => {}
        Ruling::Refuse => return Ok(Err(Error::Other("the store does not take this key".into()))),
        Ruling::Poisoned => {
            return Err(wasmtime::Error::msg("the store is poisoned, as Spin's is after a panic"));
        }
    }
    let result = operation(host, key).await;
    if fault == Some(Moment::After) {
        return Ok(Err(Error::Other("injected: the answer was lost".into())));
    }
    Ok(result.map_err(|error| Error::Other(error.to_string())))
}

impl HostStore for State {
    async fn open(&mut self, identifier: String) -> Answer<Resource<Bucket>> {
        let host = host(self)?;
        lock(&host.0.counts).open += 1;
        if identifier != LABEL {
            return Ok(Err(Error::AccessDenied));
        }
        if let Err(error) = host.0.backend.open().await {
            return Ok(Err(Error::Other(error.to_string())));
        }
        Ok(Ok(self.ctx().table.push(Bucket(()))?))
    }
}

impl HostBucket for State {
    async fn get(&mut self, _bucket: Resource<Bucket>, key: String) -> Answer<Option<Vec<u8>>> {
        operate(
            host(self)?,
            Touch::Get,
            key,
            |counts| &mut counts.get,
            async |host, key| host.0.backend.get(&key).await,
        )
        .await
    }

    async fn set(&mut self, _bucket: Resource<Bucket>, key: String, value: Vec<u8>) -> Answer<()> {
        operate(
            host(self)?,
            Touch::Set,
            key,
            |counts| &mut counts.set,
            async |host, key| host.0.backend.set(&key, value).await,
        )
        .await
    }

    async fn delete(&mut self, _bucket: Resource<Bucket>, key: String) -> Answer<()> {
        operate(
            host(self)?,
            Touch::Delete,
            key,
            |counts| &mut counts.delete,
            async |host, key| host.0.backend.delete(&key).await,
        )
        .await
    }

    async fn exists(&mut self, _bucket: Resource<Bucket>, key: String) -> Answer<bool> {
        operate(
            host(self)?,
            Touch::Exists,
            key,
            |counts| &mut counts.exists,
            async |host, key| host.0.backend.exists(&key).await,
        )
        .await
    }

    async fn list_keys(&mut self, _bucket: Resource<Bucket>, cursor: Option<String>) -> Answer<KeyResponse> {
        let host = host(self)?;
        lock(&host.0.counts).list_keys += 1;
        if cursor.is_some() {
            lock(&host.0.rules).note(Violation::UsedCursor);
            return Ok(Err(Error::Other("a cursor is not supported".into())));
        }
        let keys = host.0.backend.keys().await;
        Ok(keys
            .map(|keys| KeyResponse { keys, cursor: None })
            .map_err(|error| Error::Other(error.to_string())))
    }

    async fn drop(&mut self, bucket: Resource<Bucket>) -> wasmtime::Result<()> {
        self.ctx().table.delete(bucket)?;
        Ok(())
    }
}

impl HostAtomics for State {
    async fn increment(&mut self, _bucket: Resource<Bucket>, key: String, delta: i64) -> Answer<i64> {
        operate(
            host(self)?,
            Touch::Increment,
            key,
            |counts| &mut counts.increment,
            async |host, key| {
                let (sum, overflow) = host.0.backend.increment(&key, delta).await?;
                if overflow {
                    lock(&host.0.rules).note(Violation::Overflow(key));
                }
                Ok(sum)
            },
        )
        .await
    }

    async fn swap(&mut self, _cas: Resource<Cas>, _value: Vec<u8>) -> wasmtime::Result<Result<(), CasError>> {
        lock(&host(self)?.0.rules).note(Violation::UsedCompareAndSwap);
        Ok(Err(CasError::StoreError(Error::Other("compare-and-swap does not hold on Spin".into()))))
    }
}

impl HostCas for State {
    async fn new(&mut self, _bucket: Resource<Bucket>, _key: String) -> Answer<Resource<Cas>> {
        lock(&host(self)?.0.rules).note(Violation::UsedCompareAndSwap);
        Ok(Err(Error::Other("compare-and-swap does not hold on Spin".into())))
    }

    async fn current(&mut self, _cas: Resource<Cas>) -> Answer<Option<Vec<u8>>> {
        lock(&host(self)?.0.rules).note(Violation::UsedCompareAndSwap);
        Ok(Err(Error::Other("compare-and-swap does not hold on Spin".into())))
    }

    async fn drop(&mut self, _cas: Resource<Cas>) -> wasmtime::Result<()> {
        Ok(())
    }
}
