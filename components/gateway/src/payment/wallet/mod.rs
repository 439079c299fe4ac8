//! Addresses on blockchains.

mod evm;
mod solana;
mod stellar;
mod tron;

use super::fields::{Field, FromJson, restored_by_fields};
use super::{Blockchain, FieldError, Why, mask};
use core::fmt;
use serde::Serialize;

/// The longest address of all: a muxed account of Stellar.
const LONGEST: usize = 69;

/// An address, and the chain that it is good for. It is kept in its chain's one canonical spelling.
///
/// serde writes what a request says: `{"chain":"Base","address":"0x…"}`.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct Wallet {
    #[serde(rename = "chain")]
    blockchain: Blockchain,
    address: String,
}

impl Wallet {
    /// Reads an address as its chain writes them.
    pub(crate) fn parse(blockchain: Blockchain, address: &str) -> Result<Wallet, Why> {
        if address.len() > LONGEST {
            return Err(format!("must be an address of {blockchain}, of {LONGEST} characters at most").into());
        }
        let canonical = match blockchain {
            Blockchain::Solana => solana::canonical(address),
            Blockchain::Stellar => stellar::canonical(address),
            Blockchain::Tron => tron::canonical(address),
            Blockchain::Ethereum
            | Blockchain::Polygon
            | Blockchain::Arbitrum
            | Blockchain::Base
            | Blockchain::Citrea
            | Blockchain::Plasma
            | Blockchain::Avalanche
            | Blockchain::Moca
            | Blockchain::Tempo
            | Blockchain::Bsc => evm::canonical(address),
        };
        Ok(Wallet { blockchain, address: canonical? })
    }

    pub(crate) fn blockchain(&self) -> Blockchain {
        self.blockchain
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// `Base 0x5aAeb6…1BeAed`
    pub(crate) fn masked(&self) -> String {
        format!("{} {}", self.blockchain, mask::wallet(&self.address))
    }
}

/// Reads the fields `chain` and `address`.
impl FromJson for Wallet {
    fn from_json(field: &Field<'_>) -> Result<Wallet, FieldError> {
        let fields = field.object()?;
        let blockchain = fields.parse("chain")?;
        let address = fields.required("address")?;
        match address.value().as_str() {
            Some(text) => Wallet::parse(blockchain, text).map_err(|why| address.refuse(why)),
            None => Err(address.refuse("must be an address, as a JSON string")),
        }
    }
}

restored_by_fields!(Wallet);

impl fmt::Debug for Wallet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wallet({}, …)", self.blockchain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESSES: [(Blockchain, &str); 4] = [
        (Blockchain::Base, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
        (Blockchain::Solana, "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"),
        (Blockchain::Stellar, "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"),
        (Blockchain::Tron, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
    ];

    #[test]
    fn an_address_is_good_for_its_kind_of_chain_only() {
        for (own, address) in ADDRESSES {
            assert_eq!(Wallet::parse(own, address).unwrap().address(), address);
            for (other, _) in ADDRESSES.iter().filter(|(other, _)| *other != own) {
                assert!(Wallet::parse(*other, address).is_err(), "{other}: {address}");
            }
        }
        let evm = Blockchain::ALL.into_iter().filter(|chain| Wallet::parse(*chain, ADDRESSES[0].1).is_ok());
        assert_eq!(evm.count(), 10);
    }

    #[test]
    fn a_record_cannot_hold_another_chains_address() {
        let json = r#"{"chain":"Base","address":"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"}"#;
        let wallet: Wallet = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&wallet).unwrap(), json);
        assert!(serde_json::from_str::<Wallet>(&json.replace("Base", "Tron")).is_err());
        assert!(serde_json::from_str::<Wallet>(&json.replace("0x5aA", "0x5aB")).is_err());
    }

    #[test]
    fn a_mask_shows_the_chain_and_the_ends() {
        let masked: Vec<String> = ADDRESSES
            .iter()
            .map(|(chain, address)| Wallet::parse(*chain, address).unwrap().masked())
            .collect();
        assert_eq!(
            masked,
            ["Base 0x5aAeb6…1BeAed", "Solana EPjFWd…yTDt1v", "Stellar GA7QYN…UJVSGZ", "Tron TR7NHq…gjLj6t"]
        );
    }

    #[test]
    fn nothing_long_is_looked_at() {
        for chain in Blockchain::ALL {
            let why = Wallet::parse(chain, &"1".repeat(60_000)).unwrap_err();
            assert!(why.contains("69 characters at most"), "{why}");
        }
    }
}
