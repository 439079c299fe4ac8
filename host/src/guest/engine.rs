//! Compiling the component, and the bounds that wasmtime itself keeps.

use crate::limits::Limits;
use std::path::PathBuf;
use std::time::Duration;
use wasmtime::component::Component;
use wasmtime::{CacheConfig, Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Result};

/// A guest that computes without end is stopped this often, so that its deadline can be looked at.
const TICK: Duration = Duration::from_millis(20);
/// Memories and tables per instance: one of each per component that was composed into it, and some to spare.
const MEMORIES: u32 = 6;
const TABLES: u32 = 12;
/// Core instances per instance. Adapters between components count, too.
const CORE_INSTANCES: u32 = 40;
/// Instances that are being dropped while their successors start already.
const SPARE_INSTANCES: u32 = 8;

/// Where compiled code is kept between starts.
#[derive(Clone, Debug)]
pub(crate) enum Cache {
    Off,
    Folder(PathBuf),
}

/// Compiles the component, or loads what was compiled before.
pub(crate) fn compile(component: &[u8], limits: &Limits, cache: &Cache) -> Result<Component> {
    let mut config = Config::new();
    config
        .wasm_component_model_async(true)
        .epoch_interruption(true)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool(limits)));
    if let Cache::Folder(folder) = cache {
        let mut settings = CacheConfig::new();
        settings.with_directory(folder);
        config.cache(Some(wasmtime::Cache::new(settings)?));
    }
    let engine = Engine::new(&config)?;
    let component = Component::from_binary(&engine, component)?;
    tick(&engine)?;
    Ok(component)
}

fn pool(limits: &Limits) -> PoolingAllocationConfig {
    let instances = limits.instances.saturating_add(SPARE_INSTANCES);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(CORE_INSTANCES))
        .total_memories(instances.saturating_mul(MEMORIES))
        .total_tables(instances.saturating_mul(TABLES))
        // A call takes one stack, and each call between components inside of it may take another.
        .total_stacks(instances.saturating_mul(MEMORIES))
        .max_memory_size(limits.instance_memory);
    pool
}

/// Ends by itself when the engine is gone.
fn tick(engine: &Engine) -> Result<()> {
    let engine = engine.weak();
    std::thread::Builder::new().name("stepgate-tick".into()).spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(TICK);
        }
    })?;
    Ok(())
}
