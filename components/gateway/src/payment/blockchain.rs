//! The blockchains of the contract's §5.2.

use super::fields::alternatives;
use super::text::stored_as_text;
use super::{Text, Why};
use core::fmt;

/// A blockchain, spelled exactly as here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) enum Blockchain {
    Solana,
    Ethereum,
    Polygon,
    Arbitrum,
    Base,
    Stellar,
    Citrea,
    Plasma,
    Avalanche,
    Moca,
    Tempo,
    Tron,
    Bsc,
}

impl Blockchain {
    pub(crate) const ALL: [Blockchain; 13] = [
        Blockchain::Solana,
        Blockchain::Ethereum,
        Blockchain::Polygon,
        Blockchain::Arbitrum,
        Blockchain::Base,
        Blockchain::Stellar,
        Blockchain::Citrea,
        Blockchain::Plasma,
        Blockchain::Avalanche,
        Blockchain::Moca,
        Blockchain::Tempo,
        Blockchain::Tron,
        Blockchain::Bsc,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Blockchain::Solana => "Solana",
            Blockchain::Ethereum => "Ethereum",
            Blockchain::Polygon => "Polygon",
            Blockchain::Arbitrum => "Arbitrum",
            Blockchain::Base => "Base",
            Blockchain::Stellar => "Stellar",
            Blockchain::Citrea => "Citrea",
            Blockchain::Plasma => "Plasma",
            Blockchain::Avalanche => "Avalanche",
            Blockchain::Moca => "Moca",
            Blockchain::Tempo => "Tempo",
            Blockchain::Tron => "Tron",
            Blockchain::Bsc => "Bsc",
        }
    }
}

impl Text for Blockchain {
    const IS: &'static str = "a blockchain";
    const LONGEST: usize = 9;

    fn check(text: &str) -> Result<Blockchain, Why> {
        let all = Blockchain::ALL;
        all.into_iter()
            .find(|chain| chain.as_str() == text)
            .ok_or_else(|| format!("must be {}", alternatives(all.iter().map(|chain| chain.as_str()))).into())
    }
}

impl fmt::Display for Blockchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

stored_as_text!(Blockchain);

#[cfg(test)]
mod tests {
    use super::*;

    /// Copied from the contract, so that a name that is mistyped above is found.
    const CONTRACT: &str =
        "Solana Ethereum Polygon Arbitrum Base Stellar Citrea Plasma Avalanche Moca Tempo Tron Bsc";

    #[test]
    fn they_are_the_contracts_in_its_spelling() {
        let names: Vec<&str> = Blockchain::ALL.iter().map(|chain| chain.as_str()).collect();
        assert_eq!(names.join(" "), CONTRACT);
        for name in names {
            assert_eq!(Blockchain::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn other_spellings_are_refused_with_the_list() {
        for text in ["", "solana", "BSC", "Bitcoin", "Base ", "Вase", "Base\u{0}"] {
            let why = Blockchain::parse(text).unwrap_err();
            assert!(why.starts_with("must be Solana, Ethereum,") && why.ends_with("Tron or Bsc"), "{why}");
        }
    }
}
