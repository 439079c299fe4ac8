//! What webhooks can be about: `contracts/identifications.md` §6.

use serde::{Deserialize, Serialize};

/// A topic, as the management API spells it. The first five here are told; the others belong to what this service does not do,
/// and can be subscribed to because clients do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = WebhookTopic, description = "What a webhook can be about. The last six belong to what is not done here, and are never told."))]
pub(crate) enum Topic {
    IdentificationStatus,
    CustomerStatus,
    RegisterAutorampStatus,
    RegisterFiatAddressStatus,
    Ping,
    Transaction,
    TransactionStatus,
    NewAutoramp,
    NewBankAccount,
    DepositAddressCreated,
    CustomerCreated,
}

/// All of them.
pub(super) const TOPICS: [Topic; 11] = [
    Topic::IdentificationStatus,
    Topic::CustomerStatus,
    Topic::RegisterAutorampStatus,
    Topic::RegisterFiatAddressStatus,
    Topic::Ping,
    Topic::Transaction,
    Topic::TransactionStatus,
    Topic::NewAutoramp,
    Topic::NewBankAccount,
    Topic::DepositAddressCreated,
    Topic::CustomerCreated,
];

impl Topic {
    /// The `type` of its events.
    pub(super) fn event_type(self) -> &'static str {
        match self {
            Topic::IdentificationStatus => "identification_status",
            Topic::CustomerStatus => "customer_status",
            Topic::RegisterAutorampStatus => "register_autoramp_status",
            Topic::RegisterFiatAddressStatus => "register_fiat_address_status",
            Topic::Ping => "ping",
            Topic::Transaction => "transaction",
            Topic::TransactionStatus => "transaction_status",
            Topic::NewAutoramp => "new_autoramp",
            Topic::NewBankAccount => "new_bank_account",
            Topic::DepositAddressCreated => "deposit_address_created",
            Topic::CustomerCreated => "customer_created",
        }
    }

    /// As the management API spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Topic::IdentificationStatus => "IdentificationStatus",
            Topic::CustomerStatus => "CustomerStatus",
            Topic::RegisterAutorampStatus => "RegisterAutorampStatus",
            Topic::RegisterFiatAddressStatus => "RegisterFiatAddressStatus",
            Topic::Ping => "Ping",
            Topic::Transaction => "Transaction",
            Topic::TransactionStatus => "TransactionStatus",
            Topic::NewAutoramp => "NewAutoramp",
            Topic::NewBankAccount => "NewBankAccount",
            Topic::DepositAddressCreated => "DepositAddressCreated",
            Topic::CustomerCreated => "CustomerCreated",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_spelled_as_the_contract_has_it() {
        for topic in TOPICS {
            assert_eq!(serde_json::to_value(topic).unwrap(), topic.name());
            let snake: String = topic
                .name()
                .chars()
                .flat_map(|c| if c.is_uppercase() { vec!['_', c.to_ascii_lowercase()] } else { vec![c] })
                .collect();
            assert_eq!(snake.trim_start_matches('_'), topic.event_type());
        }
    }
}
