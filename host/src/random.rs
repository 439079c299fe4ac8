//! Randomness, as the guest sees it.

use rand::TryRng;
use std::convert::Infallible;
use std::sync::Arc;

/// A source of random bytes for the guest's codes and tokens. Tests bring one that they can repeat; without one the
/// guest gets the machine's own, through a cryptographic generator.
pub trait Random: Send + Sync + 'static {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// Lends a [`Random`] to WASI.
pub(crate) struct WasiRandom(pub(crate) Arc<dyn Random>);

impl TryRng for WasiRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(buffer);
        Ok(())
    }
}
