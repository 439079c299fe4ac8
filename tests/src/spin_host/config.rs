//! `wasi:config` as Spin serves it: the variables of the component.

use stepgate_host::State;

use super::bindings::wasi::config::store::{Error, Host};
use super::{host, lock};

impl Host for State {
    fn get(&mut self, name: String) -> wasmtime::Result<Result<Option<String>, Error>> {
        Ok(Ok(lock(&host(self)?.0.variables).get(&name).cloned()))
    }

    fn get_all(&mut self) -> wasmtime::Result<Result<Vec<(String, String)>, Error>> {
        let host = host(self)?;
        let variables = lock(&host.0.variables);
        Ok(Ok(variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect()))
    }
}
