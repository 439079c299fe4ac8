//! What is paid in: `contracts/authentication-codes.md` §5.2, "Currency".

use super::fields::{Field, FromJson};
use super::{Blockchain, CurrencyCode, FieldError, Token};
use core::fmt;
use serde::{Deserialize, Serialize};

/// A token on one blockchain, or a country's money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(tag = "type", try_from = "Stored")]
pub(crate) enum Currency {
    Crypto { token: Token, blockchain: Blockchain },
    Fiat { code: CurrencyCode },
}

#[derive(Clone, Copy, Deserialize)]
enum Kind {
    Crypto,
    Fiat,
}

/// A currency in a record. It may be one that was withdrawn since.
#[derive(Deserialize)]
struct Stored {
    #[serde(rename = "type")]
    kind: Kind,
    token: Option<Token>,
    blockchain: Option<Blockchain>,
    code: Option<CurrencyCode>,
}

impl TryFrom<Stored> for Currency {
    type Error = &'static str;

    fn try_from(stored: Stored) -> Result<Currency, &'static str> {
        match stored {
            Stored { kind: Kind::Crypto, token: Some(token), blockchain: Some(blockchain), .. } => {
                Ok(Currency::Crypto { token, blockchain })
            }
            Stored { kind: Kind::Fiat, code: Some(code), .. } => Ok(Currency::Fiat { code }),
            _ => Err("a currency lacks a field"),
        }
    }
}

impl FromJson for Currency {
    fn from_json(field: &Field<'_>) -> Result<Currency, FieldError> {
        let fields = field.object()?;
        Ok(match fields.one_of("type", &[("Crypto", Kind::Crypto), ("Fiat", Kind::Fiat)])? {
            Kind::Crypto => {
                Currency::Crypto { token: fields.parse("token")?, blockchain: fields.parse("blockchain")? }
            }
            Kind::Fiat => Currency::Fiat { code: fields.parse("code")? },
        })
    }
}

/// For people: `USDC on Solana`, `EUR`.
impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Currency::Crypto { token, blockchain } => write!(f, "{token} on {blockchain}"),
            Currency::Fiat { code } => write!(f, "{code}"),
        }
    }
}
