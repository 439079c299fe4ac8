//! Deposit accounts that a cancelled autoramp leaves behind. Whoever makes another autoramp for the same customer and
//! source currency takes the account over, and with it whatever others still pay into it: so the customer is asked.

use super::Record;
use super::status::{Status, set};
use crate::http::ApiError;
use crate::payment::Currency;
use crate::ports::Ports;
use stepgate_storage::idempotency::digest;
use stepgate_storage::{RecordKey, StoreError};
use uuid::Uuid;

/// Remembers the account of an autoramp that is cancelled, if it has one.
pub(super) fn leave(ports: &impl Ports, record: &Record) -> Result<(), ApiError> {
    if !set(ports, record.id)?.is_some_and(Status::has_account) {
        return Ok(());
    }
    for currency in &record.source_currencies {
        ports.set(&key(record.customer_id, currency)?, &record.id.to_string())?;
    }
    Ok(())
}

/// Whether any of these currencies has an account that was left behind.
pub(super) fn is_reuse(
    ports: &impl Ports,
    customer: Uuid,
    currencies: &[Currency],
) -> Result<bool, ApiError> {
    for currency in currencies {
        if ports.get(&key(customer, currency)?)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Forgets what an autoramp may have left behind.
pub(super) fn forget(ports: &impl Ports, record: &Record) -> Result<(), ApiError> {
    for currency in &record.source_currencies {
        ports.delete(&key(record.customer_id, currency)?)?;
    }
    Ok(())
}

fn key(customer: Uuid, currency: &Currency) -> Result<RecordKey, ApiError> {
    let currency = serde_json::to_string(currency).map_err(|_| StoreError::Corrupt("currency"))?;
    Ok(RecordKey::forever(&format!("autoramp-account/{}", digest(&[&customer.to_string(), &currency]))))
}
